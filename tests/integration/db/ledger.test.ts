import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../../../lib/db/client.ts";
import { credit } from "../../../lib/db/wallets.ts";
import { expectMoneyAddsUp, NOW } from "../../races/money.ts";
import { type Rig, startRig } from "../../races/rig.ts";
import type { TestDatabase } from "../../support/database.ts";

let rig: Rig;
let db: TestDatabase;
let database: Database;
beforeAll(async () => {
  rig = await startRig();
  ({ db, database } = await rig.open());
});
afterAll(async () => {
  await expectMoneyAddsUp(db);
  await rig.end();
});

const pay = (userId: number, id: string, kopecks: bigint, account: "main" | "bonus" = "main") =>
  credit(database, { id, userId, kopecks, account, source: "sandbox", reason: "test", now: NOW });

test("a credit is booked once per cause, also when a repeat names another sum", async () => {
  expect(await pay(1, "sandbox:a", 700n)).toMatchObject({ applied: true, mainKopecks: 700n, bonusKopecks: 0n });
  expect(await pay(1, "sandbox:a", 900n)).toMatchObject({ applied: false, mainKopecks: 700n, bonusKopecks: 0n });
  expect(await pay(1, "sandbox:b", 50n, "bonus")).toMatchObject({
    applied: true,
    mainKopecks: 700n,
    bonusKopecks: 50n,
  });
});

test("a cause that belongs to somebody else credits nobody", async () => {
  await pay(2, "sandbox:mine", 100n);
  expect(await pay(3, "sandbox:mine", 100n)).toMatchObject({ applied: false, mainKopecks: 0n, bonusKopecks: 0n });
});

test("transfers can be neither changed nor deleted, by whatever statement", async () => {
  await pay(4, "sandbox:kept", 100n);
  await expect(db.rows("update transfers set kopecks = 1 where id = 'sandbox:kept'")).rejects.toMatchObject({
    code: "23001",
  });
  await expect(db.rows("delete from transfers where id = 'sandbox:kept'")).rejects.toMatchObject({ code: "23001" });
  expect(await db.rows("select kopecks from transfers where id = 'sandbox:kept'")).toEqual([{ kopecks: "100" }]);
});

test.each([
  ["of nothing", "('x:0', 5, 'credit', 0, 'sandbox', 'main', now())", "transfers_positive"],
  ["below nothing", "('x:1', 5, 'credit', -5, 'sandbox', 'main', now())", "transfers_positive"],
  ["from an account to itself", "('x:2', 5, 'adjust', 5, 'main', 'main', now())", "transfers_two_accounts"],
])("a transfer %s is refused by the table", async (_, values, constraint) => {
  await expect(
    db.rows(`insert into transfers (id, user_id, kind, kopecks, source, destination, created_at) values ${values}`),
  ).rejects.toMatchObject({ code: "23514", constraint });
});

test.each(["main", "bonus", "held", "debt", "queued", "running", "spent"])(
  "a wallet's %s can not fall below zero",
  async (column) => {
    await expect(db.rows(`insert into wallets (user_id, ${column}) values (6, -1)`)).rejects.toMatchObject({
      code: "23514",
    });
  },
);
