import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Database, DatabaseFailure } from "../../../lib/db/client.ts";
import { credit } from "../../../lib/db/wallets.ts";
import { NOW } from "../../races/money.ts";
import { type Rig, startRig } from "../../races/rig.ts";
import type { TestDatabase } from "../../support/database.ts";

let rig: Rig;
let db: TestDatabase;
let database: Database;
beforeAll(async () => {
  rig = await startRig();
  ({ db, database } = await rig.open());
});
afterEach(() => {
  rig.proxy.faults.clear();
});
afterAll(async () => {
  await rig.end();
});

async function failureOf(run: () => Promise<unknown>): Promise<DatabaseFailure> {
  try {
    await run();
  } catch (error) {
    if (error instanceof DatabaseFailure) return error;
    throw error;
  }
  throw new Error("the database did not fail");
}

const pay = (id: string, kopecks = 500n) =>
  credit(database, { id, userId: 1, kopecks, account: "main", source: "sandbox", reason: null, now: NOW });

test("numbers beyond a double and moments survive as text", async () => {
  const [row] = await database.query(
    sql`select 9007199254740993::bigint as big, '{"a":[1]}'::jsonb as json, null as nothing`,
  );
  expect(row).toEqual({ big: "9007199254740993", json: { a: [1] }, nothing: null });
});

test("a refusal carries SQLSTATE and constraint, and nothing of the statement", async () => {
  const failure = await failureOf(() =>
    database.query(sql`insert into wallets (user_id, main) values (${987654}::bigint, ${-1}::bigint)`),
  );
  expect(failure).toMatchObject({ sqlState: "23514", constraint: "wallets_not_negative" });
  expect(failure.message).toBe("SQLSTATE 23514 (wallets_not_negative)");
  expect(JSON.stringify(failure) + failure.stack).not.toContain("987654");
  expect(failure.cause).toBeUndefined();
});

test("no answer is an unknown outcome, not a refusal", async () => {
  rig.proxy.faults.failBefore(1);
  expect(await failureOf(() => pay("sandbox:before"))).toMatchObject({ sqlState: null, constraint: null });
  expect(await db.rows("select id from transfers where id = 'sandbox:before'")).toEqual([]);
  rig.proxy.faults.dropAfterCommit(1);
  expect(await failureOf(() => pay("sandbox:after"))).toMatchObject({ sqlState: null });
  expect(await db.rows("select id from transfers where id = 'sandbox:after'")).toEqual([{ id: "sandbox:after" }]);
});

test("a statement that moves money and whose answer is lost may be repeated", async () => {
  rig.proxy.faults.dropAfterCommit(1);
  await failureOf(() => pay("sandbox:lost"));
  expect((await pay("sandbox:lost")).applied).toBe(false);
  expect(await db.rows("select sum(kopecks) from transfers where id = 'sandbox:lost'")).toEqual([{ sum: "500" }]);
});

test("a read is asked a second time, once", async () => {
  rig.proxy.faults.failBefore(1);
  expect(await database.read(sql`select 1 as one`)).toEqual([{ one: 1 }]);
  rig.proxy.faults.failBefore(2);
  expect((await failureOf(() => database.read(sql`select 1 as one`))).sqlState).toBeNull();
});

test("a read that the database refuses is not asked again", async () => {
  const failure = await failureOf(() => database.read(sql`select nothing from nowhere`));
  expect(failure.sqlState).toBe("42P01");
});
