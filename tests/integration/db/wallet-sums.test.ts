import { PgDialect } from "drizzle-orm/pg-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../../../lib/db/client.ts";
import { compareWallets, repairBalance, walletsQuery } from "../../../lib/db/wallet-sums.ts";
import { NOW } from "../../races/money.ts";
import { type Rig, startRig } from "../../races/rig.ts";
import type { TestDatabase } from "../../support/database.ts";

const DAY_MS = 86_400_000;
const before = (days: number) => new Date(NOW.getTime() - days * DAY_MS);

let rig: Rig;
let db: TestDatabase;
let database: Database;
/** 1,400 wallets with 100 transfers each, all a month old. */
beforeAll(async () => {
  rig = await startRig();
  ({ db, database } = await rig.open());
  await db.rows(
    `
    insert into transfers (id, user_id, kind, kopecks, source, destination, created_at)
    select 't:' || u || ':' || n, u, 'credit', 10, 'sandbox', 'main', $1::timestamptz + n * interval '1 minute'
    from generate_series(1, 1400) u, generate_series(1, 100) n`,
    [before(30).toISOString()],
  );
  await db.rows("insert into wallets (user_id, main) select u, 1000 from generate_series(1, 1400) u");
  await db.rows("analyze transfers");
  await db.rows("analyze wallets");
});
afterAll(async () => {
  await rig.end();
});

const input = (fields: Partial<Parameters<typeof walletsQuery>[0]> = {}) => ({
  after: 0,
  pageSize: 500,
  movedSince: before(1),
  shares: 7,
  share: 3,
  userIds: [],
  ...fields,
});

test("E6: a page compares those that moved, those whose turn it is and those that are asked for, and no others", async () => {
  expect(await compareWallets(database, input())).toEqual({ last: 500, checked: 72, wrong: [] });
  await db.rows("update wallets set main = 999 where user_id in (7, 10, 14, 21)");
  await db.rows(
    "insert into transfers (id, user_id, kind, kopecks, source, destination, created_at) values ('now', 21, 'credit', 1, 'sandbox', 'bonus', $1)",
    [NOW.toISOString()],
  );
  const { wrong, checked } = await compareWallets(database, input({ userIds: [14] }));
  expect(checked).toBe(74);
  const main = { account: "main", cachedKopecks: 999n, sumKopecks: 1_000n };
  expect(wrong).toEqual([
    { userId: 10, accounts: [main] },
    { userId: 14, accounts: [main] },
    { userId: 21, accounts: [main, { account: "bonus", cachedKopecks: 0n, sumKopecks: 1n }] },
  ]);
  // In seven nights everybody has had a turn.
  const seen = await Promise.all(
    [0, 1, 2, 3, 4, 5, 6].map((share) => compareWallets(database, input({ share, pageSize: 2_000, movedSince: NOW }))),
  );
  expect(seen.reduce((sum, { checked: each }) => sum + each, 0)).toBe(1_400);
  expect(seen.flatMap((each) => each.wrong.map(({ userId }) => userId)).sort((a, b) => a - b)).toEqual([7, 10, 14, 21]);
});

test("E6: pages end where the wallets end", async () => {
  expect(await compareWallets(database, input({ after: 1_000 }))).toMatchObject({ last: null });
  expect(await compareWallets(database, input({ after: 1_400 }))).toEqual({ last: null, checked: 0, wrong: [] });
});

test("E6: the comparison finds a user's transfers by the index, never by reading the whole ledger", async () => {
  const { sql, params } = new PgDialect().sqlToQuery(walletsQuery(input()));
  const plan = (await db.rows(`explain ${sql}`, params)).map((row) => String(row["QUERY PLAN"])).join("\n");
  expect(plan).toContain("transfers_user");
  expect(plan).not.toMatch(/Seq Scan on transfers/);
});

test("E6: a repair that meets a movement does nothing; the next one sees both", async () => {
  await db.rows("update wallets set main = 900 where user_id = 100");
  await db.rows(
    "insert into findings (id, kind, payload, status, created_at) values ('abc', 'balance', '{}', 'open', $1)",
    [NOW.toISOString()],
  );
  const repair = () => repairBalance(database, { findingId: "abc", userId: 100, adminId: 1, now: NOW });
  await db.rows("begin");
  await db.rows("update wallets set main = main + 50 where user_id = 100");
  await db.rows(
    "insert into transfers (id, user_id, kind, kopecks, source, destination, created_at) values ('meanwhile', 100, 'credit', 50, 'sandbox', 'main', $1)",
    [NOW.toISOString()],
  );
  const repairing = repair();
  await new Promise((resolve) => setTimeout(resolve, 300));
  await db.rows("commit");
  expect(await repairing).toBe(false);
  expect(await db.rows("select main from wallets where user_id = 100")).toEqual([{ main: "950" }]);
  expect(await repair()).toBe(true);
  expect(await db.rows("select main from wallets where user_id = 100")).toEqual([{ main: "1050" }]);
  expect(await repair()).toBe(false);
  expect(await db.rows("select status, decided_by from findings")).toEqual([{ status: "repaired", decided_by: "1" }]);
});
