import type { World } from "./world.ts";

/** By name; a name without anything is there too, so that a report shows what no longer happens. */
export type Counts = Record<string, number>;

const BOUGHT = `
  with items as (
    select g.*, b.kind, count(*) over same as alike
      from generations g left join batches b on b.id = g.batch_id
      window same as (partition by g.batch_id, g."values"))
  select
    count(*) filter (where kind is null)::int as "bought: singly",
    count(*) filter (where kind = 'batch')::int as "bought: in batches",
    count(*) filter (where kind = 'batch' and alike > 1)::int as "bought: in batches, repeated",
    count(*) filter (where kind = 'compare')::int as "bought: in comparisons",
    count(*) filter (where state = 'cancelled')::int as "cancelled: before submission",
    count(*) filter (where extended)::int as "deadline extended",
    count(*) filter (where loss)::int as "late result given free",
    count(*) filter (where state = 'undeliverable')::int as "undeliverable",
    (select count(*)::int from batches where kind = 'batch') as "orders: batches",
    (select count(*)::int from batches where kind = 'compare') as "orders: comparisons",
    (select count(distinct split_part(id, ':', 2))::int from transfers where kind = 'credit' and id like 'star:%') as "paid in Stars"
  from items`;

/** What people did, as the history words it. */
const DONE: Readonly<Record<string, RegExp>> = {
  "bot blocked": /^person \d+ blocks the bot/,
  "bot unblocked": /^person \d+ unblocks the bot/,
  "asked for once more": /^person \d+ presses (again|edit|batch_again)[:~]/,
  "old button pressed": /^person \d+ presses an old /,
};
const STOPPED = /^person \d+ presses (?:an old )?stop_waiting:(\w+)/;

/** How much of everything that people can do has really happened in a world. */
export async function countDeeds({ database, history }: World): Promise<Counts> {
  const { rows } = await database.query<Counts>(BOUGHT);
  const texts = history.all().map(({ text }) => text);
  const stopped = new Set(texts.flatMap((text) => STOPPED.exec(text)?.[1] ?? []));
  const done = Object.entries(DONE).map(([name, words]) => [name, texts.filter((text) => words.test(text)).length]);
  // What is at KIE costs money: nobody can cancel it any more, only stop waiting for it.
  return { ...rows[0], "cancelled: after submission": stopped.size, ...Object.fromEntries(done) };
}

/** All of them together. */
export function sumCounts(all: Iterable<Counts>): Counts {
  const total: Counts = {};
  for (const counts of all) {
    for (const [name, count] of Object.entries(counts)) total[name] = (total[name] ?? 0) + count;
  }
  return Object.fromEntries(Object.entries(total).toSorted(([one], [other]) => one.localeCompare(other)));
}
