import { sql } from "drizzle-orm";
import type pg from "pg";
import { type DialogueNeeds, readDialogue } from "../../lib/db/dialogues.ts";
import { operationsPage } from "../../lib/db/operations.ts";
import { compareGrowth, FEW, type Filled, MANY, readBoth, roundTripMs } from "./growth.ts";
import type { BenchSection, Reading } from "./section.ts";

/** The person whose pages are read, and how many movements that person has in the larger ledger. */
const USER_ID = 1;
const OWN_TRANSFERS = 10_000;
const START_MS = Date.UTC(2026, 0, 1);
/** The middle of the person's movements. */
const DEEP_CURSOR = `${(START_MS + (OWN_TRANSFERS / 2) * 60_000).toString(36)}.1`;

const PAGES: readonly { name: string; needs: DialogueNeeds }[] = [
  { name: "balance", needs: {} },
  { name: "operations, first page", needs: { operations: { before: null } } },
  { name: "operations, far back", needs: { operations: { before: DEEP_CURSOR } } },
];

/** Movements as credits: one a minute for the person who looks, the others spread over people with a hundred each. */
async function fill(client: pg.Client, count: number): Promise<void> {
  const own = Math.min(OWN_TRANSFERS, count / 2);
  const at = new Date(START_MS).toISOString();
  await client.query("insert into users (id, first_name, language, created_at) values ($1, 'Анна', 'ru', $2)", [
    USER_ID,
    at,
  ]);
  await client.query(
    `insert into transfers (id, user_id, kind, kopecks, source, destination, created_at)
     select 'star:' || n, case when n < $2::int then $3::bigint else 2 + n / 100 end, 'credit', 100, 'stars', 'main', $4::timestamptz + n * interval '1 minute'
     from generate_series(0, $1::int - 1) n`,
    [count, own, USER_ID, at],
  );
  await client.query(
    "insert into wallets (user_id, main) select user_id, sum(kopecks) from transfers group by user_id",
  );
  // So many people are there in both, or the smaller table would be a single page.
  await client.query("insert into wallets (user_id) select 1000000 + n from generate_series(1, 1000) n");
  await client.query("vacuum analyze");
}

/** Steps of a page's plan that read or sort more than the page, where the index alone should give the rows in order. */
async function detoursOf(direct: Filled, before: string | null): Promise<number> {
  const rows = await direct.database.query(sql`explain ${operationsPage(USER_ID, before)}`);
  const plan = rows.map((row) => String(row["QUERY PLAN"])).join("\n");
  const detours = plan.match(/Seq Scan on transfers|Bitmap|Sort Key/g)?.length ?? 0;
  return plan.includes("Index Scan using transfers_user") ? detours : detours + 1;
}

/** For `npm run bench`: what a page of the ledger costs when there are a thousand times more movements. */
export const ledgerPages: BenchSection = {
  name: "ledger-pages",
  title: `Balance and operations with ${MANY} transfers, against ${FEW}`,
  run: ({ rounds }) =>
    compareGrowth(fill, async (few, many) => {
      const readings: Reading[] = [];
      for (const { name, needs } of PAGES) {
        const read = ({ database }: Filled) => readDialogue(database, { userId: USER_ID, updateId: 1, needs });
        readings.push(...(await readBoth(name, { few, many, rounds }, (filled) => roundTripMs(() => read(filled)))));
      }
      for (const before of [null, DEEP_CURSOR]) {
        readings.push({
          name: `detours in the plan of the page ${before === null ? "in front" : "far back"}`,
          value: await detoursOf(many, before),
          unit: "calls",
          budget: 0,
        });
      }
      return readings;
    }),
};
