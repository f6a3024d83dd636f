import { type SQL, sql } from "drizzle-orm";
import type pg from "pg";
import { failureCount } from "../../lib/db/breaker.ts";
import { generationJson } from "../../lib/db/generation-json.ts";
import { lineHeads, nextOfOwner } from "../../lib/db/queue.ts";
import { dueQuery } from "../../lib/db/sweeps.ts";
import { compareGrowth, FEW, type Filled, MANY, pagesOf, readBoth, serverMs } from "./growth.ts";
import type { BenchSection, Reading } from "./section.ts";

/** In both: what is open does not grow with what was ever made. */
const OPEN = 400;
const NOW = new Date(Date.UTC(2026, 10, 20, 12));
/** Somebody with several in the queue and, in the larger table, a long past. */
const USER_ID = 1;

const one = (id: string): SQL => sql`(select * from generations where id = ${id}) g`;

/** What the queue, the line at KIE's rate, the sweeper and the circuit breaker ask. */
const QUERIES: readonly { name: string; query: SQL; index: string }[] = [
  { name: "line at KIE's rate", query: lineHeads(18, 3), index: "generations_line" },
  { name: "next of a user", query: sql`select (${nextOfOwner}) from ${one("open-1")}`, index: "generations_queue" },
  {
    name: "own place",
    query: sql`select ${generationJson(sql`g`)} from ${one("open-397")}`,
    index: "generations_queue",
  },
  {
    name: "place in the line",
    query: sql`select ${generationJson(sql`g`)} from ${one("open-399")}`,
    index: "generations_line",
  },
  { name: "failures of the last minutes", query: failureCount(NOW), index: "generations_finished" },
  { name: "due generations", query: dueQuery({ dueBefore: NOW, limit: 50 }), index: "generations_due" },
];

async function fill(client: pg.Client, count: number): Promise<void> {
  const now = NOW.toISOString();
  // The past: one result every twenty seconds, a tenth of them of one person.
  await client.query(
    `insert into generations (id, user_id, entry_key, "values", mode, state, price_kopecks, held_main, held_bonus, posted_kopecks,
       callback_token, failure, deadline_at, created_at, submitted_at, finished_at, told_at)
     select 'past-' || n, case when n % 10 = 0 then $3::bigint else 2 + n / 100 end, 'z-image', '{"prompt":"Море"}', 'real',
       case when n % 9 = 0 then 'failed' else 'delivered' end, 63, 63, 0, case when n % 9 = 0 then 0 else 63 end, 'token',
       case when n % 9 = 0 then 'server' end, at, at - interval '1 minute', at - interval '50 seconds', at, at
     from generate_series(1, $1::int) n, lateral (select $2::timestamptz - n * interval '20 seconds' as at) moment`,
    [count, now, USER_ID],
  );
  // What is open: half of it waits in the line, the rest for places of its owners; some of it is due.
  await client.query(
    `insert into generations (id, user_id, entry_key, "values", mode, state, price_kopecks, held_main, held_bonus, callback_token,
       due_at, deadline_at, created_at, rate_waiting)
     select 'open-' || n, case when n % 20 in (1, 17) then $3::bigint else 1000000 + n end, 'z-image', '{"prompt":"Море"}', 'real', 'queued',
       63, 63, 0, 'token', $2::timestamptz + ((n + 29) % 40) * interval '1 minute' - interval '10 seconds', $2::timestamptz + interval '1 hour',
       $2::timestamptz - ($1::int - n) * interval '1 second', n % 20 in (3, 5, 7, 9, 19) or n % 2 = 0
     from generate_series(0, $1::int - 1) n`,
    [OPEN, now, USER_ID],
  );
  // So many people are there in both, or the smaller table would be a single page.
  await client.query("insert into wallets (user_id) select n from generate_series(2000000, 2020000) n");
  await client.query("insert into wallets (user_id) select distinct user_id from generations");
  await client.query("vacuum analyze");
  // Or the larger table would still be written to disk while it is measured.
  await client.query("checkpoint");
}

/** Reads of the whole table, and an index that should be used and is not. */
async function detoursOf(direct: Filled, query: SQL, index: string): Promise<number> {
  const rows = await direct.database.query(sql`explain ${query}`);
  const plan = rows.map((row) => String(row["QUERY PLAN"])).join("\n");
  const scans = plan.match(/Seq Scan on (generations|wallets)/g)?.length ?? 0;
  return plan.includes(index) ? scans : scans + 1;
}

/** For `npm run bench`: what the queue and the sweeper ask when there is a past of a million generations. */
export const queue: BenchSection = {
  name: "queue",
  title: `Queue and sweeper with ${MANY} generations, against ${FEW}`,
  run: ({ rounds }) =>
    compareGrowth(fill, async (few, many) => {
      // A table of a few pages is read in other ways than a large one; what is compared is the large one's way in both.
      await few.database.query(sql`set enable_bitmapscan = off`);
      await few.database.query(sql`set enable_seqscan = off`);
      const readings: Reading[] = [];
      for (const { name, query, index } of QUERIES) {
        readings.push(
          ...(await readBoth(name, { few, many, rounds }, (database) => serverMs(database, query))),
          {
            name: `${name}: pages, ratio`,
            value: (await pagesOf(many, query)) / (await pagesOf(few, query)),
            unit: "×",
            budget: 1.2,
          },
          {
            name: `${name}: detours in the plan`,
            value: await detoursOf(many, query, index),
            unit: "calls",
            budget: 0,
          },
        );
      }
      return readings;
    }),
};
