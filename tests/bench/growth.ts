import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";
import * as z from "zod";
import { startPostgres } from "../../lib/sandbox/postgres.ts";
import { openDirect } from "../support/direct-database.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { median, type Reading } from "./section.ts";

/** Rows in the smaller and in the larger of the two databases that are compared. */
export const FEW = 1_000;
export const MANY = 1_000_000;
const READS_PER_ROUND = 40;

export type Filled = ReturnType<typeof openDirect>;

/** Measures with two databases of the product's schema, one of them filled a thousand times more. */
export async function compareGrowth(
  fill: (client: pg.Client, count: number) => Promise<void>,
  measure: (few: Filled, many: Filled) => Promise<Reading[]>,
): Promise<Reading[]> {
  const folder = await temporaryFolder("bot-bench");
  const postgres = await startPostgres({ dataDirectory: join(folder.path, "data"), note: () => undefined });
  const opened: Filled[] = [];
  const filled = async (count: number): Promise<Filled> => {
    const name = `rows_${count}`;
    await postgres.createDatabase(name);
    const client = new pg.Client({ connectionString: postgres.url(name) });
    await client.connect();
    await migrate(drizzle({ client }), { migrationsFolder: fileURLToPath(new URL("../../drizzle", import.meta.url)) });
    await fill(client, count);
    await client.end();
    const database = openDirect(postgres.url(name), 1);
    opened.push(database);
    return database;
  };
  try {
    return await measure(await filled(FEW), await filled(MANY));
  } finally {
    for (const database of opened) await database.end();
    await postgres.stop();
    await folder.remove();
  }
}

/**
 * What a read costs in both: medians in milliseconds, and their ratio against its budget.
 *
 * @param measure reads once. @returns the milliseconds that it took.
 */
export async function readBoth(
  name: string,
  { few, many, rounds }: { few: Filled; many: Filled; rounds: number },
  measure: (database: Filled) => Promise<number>,
): Promise<Reading[]> {
  const times = { few: [] as number[], many: [] as number[] };
  for (let turn = 0; turn < READS_PER_ROUND; turn += 1) {
    await measure(few);
    await measure(many);
  }
  // In turns, so that whatever else the machine does falls on both.
  for (let turn = 0; turn < rounds * READS_PER_ROUND; turn += 1) {
    times.few.push(await measure(few));
    times.many.push(await measure(many));
  }
  const [p50Few, p50Many] = [median(times.few), median(times.many)];
  return [
    { name: `${name}: p50 of ${FEW}`, value: p50Few, unit: "ms" },
    { name: `${name}: p50 of ${MANY}`, value: p50Many, unit: "ms" },
    { name: `${name}: ratio`, value: p50Many / p50Few, unit: "×", budget: 1.2 },
  ];
}

/** As the caller feels it, with the way to the server and back. */
export async function roundTripMs(read: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await read();
  return performance.now() - startedAt;
}

/** What the server itself needs. A query of a twentieth of a millisecond is lost in the time of waking its process. */
export async function serverMs(database: Filled, query: SQL): Promise<number> {
  const explained = await explain(database, query);
  return explained["Planning Time"] + explained["Execution Time"];
}

/** Pages of 8 KB that a query looks at: what it costs whatever else the machine does. */
export async function pagesOf(database: Filled, query: SQL): Promise<number> {
  const { Plan: plan } = await explain(database, query);
  return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"];
}

async function explain({ database }: Filled, query: SQL) {
  const [row] = await database.query(sql`explain (analyze, buffers, format json) ${query}`);
  return explainedSchema.parse(row?.["QUERY PLAN"])[0];
}

const explainedSchema = z.tuple([
  z.looseObject({
    Plan: z.looseObject({ "Shared Hit Blocks": z.number(), "Shared Read Blocks": z.number() }),
    "Planning Time": z.number(),
    "Execution Time": z.number(),
  }),
]);
