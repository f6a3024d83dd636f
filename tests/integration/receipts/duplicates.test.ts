import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Database } from "../../../lib/db/client.ts";
import { finishReceipt, receiptToRead, storeReading, waitingReceipts } from "../../../lib/db/receipts.ts";
import { type Rig, startRig } from "../../races/rig.ts";
import type { TestDatabase } from "../../support/database.ts";

const NOW = new Date("2026-11-21T11:20:00Z");
const SINCE = new Date(NOW.getTime() - 90 * 86_400_000);

let rig: Rig;
let db: TestDatabase;
let database: Database;
beforeAll(async () => {
  rig = await startRig();
  ({ db, database } = await rig.open());
});
afterAll(() => rig.end());
beforeEach(() => db.rows("truncate receipts, bank_requests"));

let last = 0;
interface Row {
  userId?: number;
  requestId?: string;
  sha256?: string;
  file?: string;
  createdAt?: Date;
}
/** A receipt that waits, of a request of its own unless told otherwise. */
async function receipt(row: Row = {}): Promise<string> {
  last += 1;
  const { userId = last, requestId = `q${last}`, sha256 = `sha${last}`, file = `file${last}` } = row;
  await db.rows(
    `insert into bank_requests (id, user_id, kopecks, pay_kopecks, status, created_at, expires_at)
     values ($1, $2, 30000, $3, 'pending', $4, $4) on conflict do nothing`,
    [requestId, userId, 30_000 + last, NOW],
  );
  await db.rows(
    `insert into receipts (id, request_id, user_id, telegram_file_id, file_unique_id, kind, sha256, status, created_at)
     values ($1, $2, $3, 'x', $4, 'picture', $5, 'waiting', $6)`,
    [`r${last}`, requestId, userId, file, sha256, row.createdAt ?? NOW],
  );
  return `r${last}`;
}
interface Read {
  hash?: string;
  operation?: string;
  paidAt?: string;
  score?: number;
}
async function read(receiptId: string, { hash, operation, paidAt, score = 85 }: Read = {}) {
  await storeReading(database, {
    receiptId,
    reading: { sums: ["30001"], paidAt: paidAt ?? null, numbers: operation === undefined ? [] : [operation] },
    score,
    pictureHash: hash ?? null,
    operationNumber: operation ?? null,
  });
  return await finish(receiptId);
}
const finish = (receiptId: string, status: "read" | "unreadable" = "read") =>
  finishReceipt(database, { receiptId, status, picturesSince: SINCE });
const rowOf = async (receiptId: string) => {
  const [row] = await db.rows("select status, score, reading, duplicates from receipts where id = $1", [receiptId]);
  return row ?? {};
};

test("F3: a receipt without a like keeps its score and has no duplicates", async () => {
  const only = await receipt();
  expect(await read(only, { hash: "00ff00ff00ff00ff", operation: "5012345678" })).toMatchObject({ duplicates: [] });
  expect(await rowOf(only)).toMatchObject({ status: "read", score: 85, duplicates: [] });
});

test.each([
  ["bytes", { sha256: "same" }, {}],
  ["file", { file: "same" }, {}],
  ["operation", {}, { operation: "5012345678" }],
  ["picture", {}, { hash: "00ff00ff00ff00ff" }],
] as const)("F3: the same %s at another user is flagged, and the score is 0", async (by, row, seen) => {
  const first = await receipt({ ...row, userId: 7001, requestId: "first" });
  await read(first, seen);
  const second = await receipt({ ...row, userId: 7002 });
  const expected = [{ receiptId: first, requestId: "first", userId: 7001, by }];
  expect(await read(second, seen)).toEqual({ requestId: expect.any(String), duplicates: expected });
  expect(await rowOf(second)).toMatchObject({ score: 0, duplicates: expected });
  expect(await rowOf(first)).toMatchObject({ score: 85, duplicates: [] });
});

test("F3: several likenesses of one receipt are one duplicate, named by the strongest", async () => {
  const seen = { hash: "00ff00ff00ff00ff", operation: "5012345678" };
  await read(await receipt({ sha256: "s", file: "f" }), seen);
  const answer = await read(await receipt({ sha256: "s", file: "f" }), seen);
  expect(answer?.duplicates.map(({ by }) => by)).toEqual(["bytes"]);
});

test("F3: the same picture sent twice for one request is no fraud", async () => {
  await read(await receipt({ userId: 7100, requestId: "one", sha256: "twice" }));
  const again = await read(await receipt({ userId: 7100, requestId: "one", sha256: "twice" }));
  expect(again?.duplicates).toEqual([]);
});

test.each([
  [6, "00ff00ff00ff003f", "000000000000003f"],
  [7, "00ff00ff00ff007f", "000000000000007f"],
])("F3: pictures that differ in %d bits: up to six are near-identical", async (bits, changed, mask) => {
  expect(BigInt(`0x${mask}`).toString(2).replaceAll("0", "")).toHaveLength(bits);
  await read(await receipt(), { hash: "00ff00ff00ff0000" });
  const answer = await read(await receipt(), { hash: changed });
  expect(answer?.duplicates.map(({ by }) => by)).toEqual(bits <= 6 ? ["picture"] : []);
});

test("F3: look-alikes of one bank are no duplicates when both time and operation number are others; one alone is not enough", async () => {
  const hash = "00ff00ff00ff00ff";
  await read(await receipt(), { hash, operation: "5012345678", paidAt: "2026-11-20T10:00:00+03:00" });
  const other = await read(await receipt(), { hash, operation: "6012345678", paidAt: "2026-11-21T14:00:00+03:00" });
  expect(other?.duplicates).toEqual([]);
  const edited = await read(await receipt(), { hash, operation: "7012345678", paidAt: "2026-11-20T10:00:00+03:00" });
  expect(edited?.duplicates.map(({ by }) => by)).toEqual(["picture"]);
  const unread = await read(await receipt(), { hash });
  expect(unread?.duplicates).toHaveLength(3);
});

test("F3: pictures are compared 90 days back, everything else for ever", async () => {
  const old = new Date(SINCE.getTime() - 1_000);
  await read(await receipt({ createdAt: old }), { hash: "00ff00ff00ff00ff" });
  await read(await receipt({ createdAt: old }), { operation: "5012345678" });
  const answer = await read(await receipt(), { hash: "00ff00ff00ff00ff", operation: "5012345678" });
  expect(answer?.duplicates.map(({ by }) => by)).toEqual(["operation"]);
});

test("F3: what is read is stored once: a later reading of the same receipt changes nothing", async () => {
  const once = await receipt();
  await read(once, { score: 100 });
  expect(await read(once, { score: 1, operation: "5012345678" })).toBeNull();
  expect(await rowOf(once)).toMatchObject({ status: "read", score: 100 });
  expect(await receiptToRead(database, once)).toBeNull();
});

test("F3: an unreadable receipt has no score, and is still known by its bytes", async () => {
  const first = await receipt({ sha256: "broken" });
  expect(await finish(first, "unreadable")).toMatchObject({ duplicates: [] });
  const second = await receipt({ sha256: "broken" });
  expect((await finish(second, "unreadable"))?.duplicates).toMatchObject([{ receiptId: first, by: "bytes" }]);
  expect(await rowOf(second)).toMatchObject({ status: "unreadable", score: null, reading: null });
});

test("F3: of two receipts of one operation read at the same moment at least one is flagged", async () => {
  for (let round = 0; round < 10; round += 1) {
    const operation = `50123456${round}`;
    const both = [await receipt(), await receipt()];
    const answers = await Promise.all(both.map((each) => read(each, { operation })));
    expect(answers.flatMap((answer) => answer?.duplicates ?? []).length).toBeGreaterThanOrEqual(1);
  }
});

test("F3: many likes are kept as five", async () => {
  for (let count = 0; count < 7; count += 1) await read(await receipt({ sha256: "many" }));
  expect((await read(await receipt({ sha256: "many" })))?.duplicates).toHaveLength(5);
});

test("F3: what waits is found between two moments, oldest first", async () => {
  const at = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);
  const late = await receipt({ createdAt: at(6) });
  const later = await receipt({ createdAt: at(20) });
  await receipt({ createdAt: at(1) });
  await read(await receipt({ createdAt: at(10) }));
  const found = await waitingReceipts(database, { since: at(60), before: at(5), limit: 10 });
  expect(found).toEqual([
    { receiptId: later, createdAt: at(20) },
    { receiptId: late, createdAt: at(6) },
  ]);
});

test("F3: the search over 20,000 receipts stays far below a second", async () => {
  await db.rows(
    `insert into receipts (id, request_id, user_id, telegram_file_id, file_unique_id, kind, sha256, picture_hash, status, operation_number, created_at)
     select 'm' || n, 'mq' || n, n, 'x', 'mf' || n, 'picture', 'ms' || n, lpad(to_hex(n::bigint * 2654435761), 16, '0'), 'read',
       'mo' || n, $1::timestamptz - n * interval '5 minutes' from generate_series(1, 20000) n`,
    [NOW],
  );
  await db.rows("analyze receipts");
  const one = await receipt({ sha256: "ms77" });
  const startedAt = performance.now();
  const answer = await read(one, { hash: "ffffffffffffffff", operation: "mo99" });
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  expect(answer?.duplicates.map(({ by }) => by)).toEqual(["bytes", "operation"]);
});
