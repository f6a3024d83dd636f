/** Statements that find rows which contradict one another: each must find none. Shared by the journeys and the simulation. */
export const MONEY_INVARIANTS = {
  "balances are the sums of their transfers": `
    select w.user_id, w.main, w.bonus, w.held, w.debt, s.* from wallets w left join lateral (
      select coalesce(sum(case when destination = 'main' then kopecks when source = 'main' then -kopecks end), 0) as main_sum,
        coalesce(sum(case when destination = 'bonus' then kopecks when source = 'bonus' then -kopecks end), 0) as bonus_sum,
        coalesce(sum(case when destination = 'held' then kopecks when source = 'held' then -kopecks end), 0) as held_sum,
        coalesce(sum(case when source = 'debt' then kopecks when destination = 'debt' then -kopecks end), 0) as debt_sum
      from transfers t where t.user_id = w.user_id) s on true
    where w.main <> s.main_sum or w.bonus <> s.bonus_sum or w.held <> s.held_sum or w.debt <> s.debt_sum
      or w.main < 0 or w.bonus < 0 or w.held < 0`,
  "each hold is posted or voided, once and wholly": `
    select g.id, g.user_id, g.state, g.posted_kopecks from generations g where
      (g.posted_kopecks is null) <> (g.state in ('queued', 'submitting', 'submitted'))
      or (select coalesce(sum(kopecks), 0) from transfers t where t.generation_id = g.id and t.kind = 'hold') <> g.held_main + g.held_bonus
      or (g.posted_kopecks is not null and (select coalesce(sum(kopecks), 0) from transfers t where t.generation_id = g.id and t.kind in ('post', 'void')) <> g.held_main + g.held_bonus)
      or g.posted_kopecks > g.held_main + g.held_bonus or g.posted_kopecks < 0
      or coalesce((select sum(kopecks) from transfers t where t.generation_id = g.id and t.kind = 'post'), 0) <> coalesce(g.posted_kopecks, 0)`,
  "counters of the wallet are right": `
    select w.user_id, w.running, w.queued from wallets w where
      w.running <> (select count(*) from generations g where g.user_id = w.user_id and g.state in ('submitting', 'submitted'))
      or w.queued <> (select count(*) from generations g where g.user_id = w.user_id and g.state = 'queued')`,
  "a batch knows what of it is under way, and is owed once": `
    select b.id, b.user_id, b.size, b.remaining, b.due_at, b.lease_until, b.told_at, i.* from batches b cross join lateral (
      select count(*)::int as items, count(*) filter (where g.posted_kopecks is null)::int as under_way,
        -- A cancelled one was answered when it was cancelled.
        count(*) filter (where g.told_at is not null and g.state <> 'cancelled')::int as told,
        count(*) filter (where g.told_at is null and g.due_at is null)::int as untold,
        count(*) filter (where g.due_at is not null and g.posted_kopecks is not null and not g.loss)::int as owed_alone
      from generations g where g.batch_id = b.id) i
    where i.items <> b.size or i.under_way <> b.remaining or b.remaining < 0
      or (b.due_at is not null) <> (b.remaining = 0 and b.told_at is null)
      or (b.told_at is not null and (b.remaining <> 0 or i.untold <> 0))
      or (b.told_at is null and (i.told <> 0 or i.owed_alone <> 0))`,
} as const satisfies Readonly<Record<string, string>>;
