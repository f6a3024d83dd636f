import { type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import { spendingMonth } from "../ledger/settlement.ts";
import type { Kopecks } from "../shared/kopecks.ts";
import type { Database } from "./client.ts";
import { kopecksJson } from "./rows.ts";

/**
 * A CTE for the statement that stores a step: binds a new person to who brought them. `c` is that statement's CTE with
 * the dialogue's new revision; nothing happens beyond the first step, for somebody the bot knows already, and for a
 * referrer nobody knows or whom the new person had brought. One friend has one referrer, for ever.
 */
export function bindReferral(friendId: number, referrerId: number, now: Date): SQL {
  return sql`insert into referrals (friend_id, referrer_id, created_at)
      select ${friendId}::bigint, ${referrerId}::bigint, ${now.toISOString()}::timestamptz from c
      where c.revision = 1 and ${friendId}::bigint <> ${referrerId}::bigint
        and exists (select 1 from users where id = ${referrerId}::bigint)
        and not exists (select 1 from users where id = ${friendId}::bigint)
        and not exists (select 1 from referrals r where r.friend_id = ${referrerId}::bigint and r.referrer_id = ${friendId}::bigint)
      on conflict (friend_id) do nothing`;
}

/** What a crediting statement needs to reward a referral. */
export interface ReferralReward {
  /** CTEs without `with`; they come before `credited`, and before anything that locks a wallet. */
  parts: SQL;
  /** Rows for `credited`, to be joined by `union all`. */
  rows: SQL;
}

/**
 * The reward for a friend's first paid top-up, as parts of the statement that credits it: bonus money for the friend and,
 * within the monthly limit, for the referrer, and what both are told (outbox). Once per friend, whatever is paid, taken
 * back or repeated later: the referral's row and the transfers' ids each stop a second one.
 *
 * Both wallets are locked in the order of their users before the referral's row, so that racing top-ups never wait for
 * each other in a circle. The limit is a counter with a guard, because a count in the same statement would not see the
 * winner of a race.
 *
 * @param input.paid name of the caller's CTE that has a row only when the top-up was credited now.
 * @param input.bonusKopecks what each of both gets; 0 = off, then there are no rows.
 * @param input.monthlyLimit rewards of one referrer in a month (Europe/Moscow); the friend gets theirs beyond it as well.
 */
export function referralReward(input: {
  friendId: number;
  paid: SQL;
  bonusKopecks: Kopecks;
  monthlyLimit: number;
  now: Date;
}): ReferralReward {
  const at = sql`${input.now.toISOString()}::timestamptz`;
  const friend = sql`${input.friendId}::bigint`;
  const bonus = sql`${input.bonusKopecks.toString()}::bigint`;
  const monthBegins = sql`${`${spendingMonth(input.now)}-01T00:00:00+03:00`}::timestamptz`;
  return {
    parts: sql`referral_pair as (
        select friend_id, referrer_id from referrals
        where friend_id = ${friend} and rewarded_at is null and ${bonus} > 0 and exists (select 1 from ${input.paid})
      ), referral_locked as (
        select user_id from wallets
        where user_id in (select friend_id from referral_pair union all select referrer_id from referral_pair)
        order by user_id for update
      ), referral_taken as (
        update referrals set rewarded_at = ${at} from (select count(*) as wallets from referral_locked) locked
        where locked.wallets > 0 and referrals.friend_id = ${friend} and referrals.rewarded_at is null
        returning referrals.friend_id, referrals.referrer_id
      ), referral_counted as (
        insert into rate_buckets (name, window_start, used)
        select 'referral:' || referrer_id, ${monthBegins}, 1 from referral_taken where ${input.monthlyLimit}::int > 0
        on conflict (name) do update set
          used = case when rate_buckets.window_start >= excluded.window_start then rate_buckets.used + 1 else 1 end,
          window_start = greatest(rate_buckets.window_start, excluded.window_start)
          where rate_buckets.window_start < excluded.window_start or rate_buckets.used < ${input.monthlyLimit}::int
        returning name
      ), referral_rewards as (
        select friend_id as user_id, 'friend' as role from referral_taken
        union all select referrer_id, 'referrer' from referral_taken, referral_counted
      ), referral_told as (
        insert into outbox (id, user_id, kind, payload, due_at, created_at)
        select 'referral:' || ${friend} || ':' || role, user_id, 'referral-reward',
          jsonb_build_object('role', role, 'kopecks', (${bonus})::text), ${at}, ${at}
        from referral_rewards
        on conflict (id) do nothing
      )`,
    rows: sql`select 'referral:' || ${friend} || ':' || role, user_id, 'credit'::text, ${bonus}, 'referral'::text, 'bonus'::text,
        null::text, null::text, null::bigint
      from referral_rewards`,
  };
}

/** How a user's invitations went. */
export interface ReferralCounts {
  invited: number;
  /** For how many of them the user was rewarded, and how much that was. */
  rewarded: number;
  earnedKopecks: Kopecks;
}

/** One statement over the index of the referrer; the rewards are found by their ids. `botName`: as the set-up stored it. */
export async function readReferrals(
  database: Database,
  referrerId: number,
): Promise<ReferralCounts & { botName: string | null }> {
  const [row] = await database.read(sql`
    select count(*)::int as invited, count(t.id)::int as rewarded, coalesce(sum(t.kopecks), 0)::text as earned,
      (select value ->> 'username' from settings where key = 'bot') as bot_name
    from referrals r left join transfers t on r.rewarded_at is not null and t.id = 'referral:' || r.friend_id || ':referrer'
    where r.referrer_id = ${referrerId}::bigint`);
  const read = z
    .object({ invited: z.number(), rewarded: z.number(), earned: kopecksJson, bot_name: z.string().nullable() })
    .parse(row);
  return { invited: read.invited, rewarded: read.rewarded, earnedKopecks: read.earned, botName: read.bot_name };
}
