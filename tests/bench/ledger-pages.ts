import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";
import { type DialogueNeeds, readDialogue } from "../../lib/db/dialogues.ts";
import { operationsPage } from "../../lib/db/operations.ts";
import { startPostgres } from "../../lib/sandbox/postgres.ts";
import { openDirect } from "../support/direct-database.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { type BenchSection, median, type Reading } from "./section.ts";

/** The person whose pages are read, and how many movements that person has in the larger ledger. */
const USER_ID = 1;
const OWN_TRANSFERS = 10_000;
const FEW = 1_000;
const MANY = 1_000_000;
const READS_PER_ROUND = 40;
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
async function detoursOf(direct: ReturnType<typeof openDirect>, before: string | null): Promise<number> {
  const rows = await direct.database.query(sql`explain ${operationsPage(USER_ID, before)}`);
  const plan = rows.map((row) => String(row["QUERY PLAN"])).join("\n");
  const detours = plan.match(/Seq Scan on transfers|Bitmap|Sort Key/g)?.length ?? 0;
  return plan.includes("Index Scan using transfers_user") ? detours : detours + 1;
}

/** For `npm run bench`: what a page of the ledger costs when there are a thousand times more movements. */
export const ledgerPages: BenchSection = {
  name: "ledger-pages",
  title: `Balance and operations with ${MANY} transfers, against ${FEW}`,
  async run({ rounds }) {
    const folder = await temporaryFolder("bot-bench");
    const postgres = await startPostgres({ dataDirectory: join(folder.path, "data"), note: () => undefined });
    const ledgers: ReturnType<typeof openDirect>[] = [];
    try {
      for (const count of [FEW, MANY]) {
        const name = `ledger_${count}`;
        await postgres.createDatabase(name);
        const client = new pg.Client({ connectionString: postgres.url(name) });
        await client.connect();
        await migrate(drizzle({ client }), {
          migrationsFolder: fileURLToPath(new URL("../../drizzle", import.meta.url)),
        });
        await fill(client, count);
        await client.end();
        ledgers.push(openDirect(postgres.url(name), 1));
      }
      const [few, many] = ledgers;
      if (few === undefined || many === undefined) throw new Error("two ledgers were made");
      const readings: Reading[] = [];
      for (const { name, needs } of PAGES) {
        const times = { few: [] as number[], many: [] as number[] };
        const read = async (ledger: typeof few, into: number[]) => {
          const startedAt = performance.now();
          await readDialogue(ledger.database, { userId: USER_ID, updateId: 1, needs });
          into.push(performance.now() - startedAt);
        };
        // In turns, so that whatever else the machine does falls on both.
        for (let turn = 0; turn < rounds * READS_PER_ROUND; turn += 1) {
          await read(few, times.few);
          await read(many, times.many);
        }
        const [p50Few, p50Many] = [median(times.few), median(times.many)];
        readings.push(
          { name: `${name}: p50 of ${FEW}`, value: p50Few, unit: "ms" },
          { name: `${name}: p50 of ${MANY}`, value: p50Many, unit: "ms" },
          { name: `${name}: ratio`, value: p50Many / p50Few, unit: "×", budget: 1.2 },
        );
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
    } finally {
      for (const ledger of ledgers) await ledger.end();
      await postgres.stop();
      await folder.remove();
    }
  },
};
