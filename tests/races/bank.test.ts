import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { addReceipt, cancelRequest, openRequest } from "../../lib/db/bank.ts";
import {
  alertLateReceipts,
  approveRequest,
  expireRequests,
  rejectRequest,
  reverseRequest,
} from "../../lib/db/bank-decisions.ts";
import type { Database } from "../../lib/db/client.ts";
import { addSeconds } from "../../lib/shared/clock.ts";
import type { TestDatabase } from "../support/database.ts";
import { expectMoneyAddsUp, makePerson, NOW } from "./money.ts";
import { RACERS, type Rig, raceAt, racers, startRig, tally } from "./rig.ts";

const HOUR = 3_600;
const LATER = addSeconds(NOW, HOUR);
const ADMINS = [1, 2, 3];

let rig: Rig;
let db: TestDatabase;
let database: Database;
beforeAll(async () => {
  rig = await startRig({ races: true });
  ({ db, database } = await rig.open());
});
afterEach(async () => {
  await rig.proxy.disconnect();
  await expectMoneyAddsUp(db);
  expect(
    await db.rows(`
      select r.id, r.status, r.credited_kopecks, t.* from bank_requests r cross join lateral (
        select coalesce(sum(kopecks) filter (where id = 'bank:' || r.id), 0) as credited,
          coalesce(sum(kopecks) filter (where id like 'bank:' || r.id || ':reversal%'), 0) as taken
        from transfers) t
      where t.credited <> case when r.status in ('approved', 'reversed') then r.credited_kopecks else 0 end
        or t.taken <> case when r.status = 'reversed' then r.credited_kopecks else 0 end`),
  ).toEqual([]);
});
afterAll(async () => {
  await rig.end();
});

const rowOf = (requestId: string) => ({
  sql: "select 1 from bank_requests where id = $1 for update",
  parameters: [requestId],
});

/** A person with an open request of 300 roubles. */
async function makeRequest(userId: number, fields: { main?: bigint } = {}): Promise<string> {
  await makePerson({ db, database }, userId, fields);
  const requestId = `request${userId}`;
  const opened = await openRequest(database, { id: requestId, userId, kopecks: 30_000n, now: NOW, expiresAt: LATER });
  expect(opened?.id).toBe(requestId);
  return requestId;
}

const approve = (requestId: string, userId: number, adminId: number, kopecks = 30_017n) =>
  approveRequest(database, {
    requestId,
    userId,
    adminId,
    kopecks,
    reason: null,
    referral: { bonusKopecks: 5_000n, monthlyLimit: 50 },
    now: NOW,
  });
const receiptOf = (userId: number, receiptId: string) =>
  addReceipt(database, {
    receiptId,
    userId,
    fileId: "file",
    fileUniqueId: "unique",
    kind: "picture",
    sentAs: "photo",
    sha256: "00",
    adminIds: ADMINS,
    now: NOW,
  });
const statusOf = async (requestId: string) =>
  (await db.rows("select status from bank_requests where id = $1", [requestId]))[0]?.["status"];
const count = (answers: readonly boolean[]) => answers.filter(Boolean).length;

test("F4: many admins approve one request, also with different sums: it is credited once, and the user is told once", async () => {
  const requestId = await makeRequest(1);
  const answers = await raceAt(
    db,
    rowOf(requestId),
    racers(RACERS, (index) => approve(requestId, 1, 1 + (index % 3), 30_017n + BigInt(index % 2))),
  );
  expect(count(answers)).toBe(1);
  const [wallet] = await db.rows("select main, bonus from wallets where user_id = 1");
  expect(["30017", "30018"]).toContain(wallet?.["main"]);
  expect(await db.rows("select kind from outbox where user_id = 1")).toEqual([{ kind: "topped-up" }]);
});

test("F5 F7: a promised bonus and a referral come with one of many approvals, once", async () => {
  const requestId = await makeRequest(2);
  await makePerson({ db, database }, 3, {});
  await db.rows(
    "insert into promo_codes (code, kind, percent, created_at, created_by) values ('PLUS10', 'topup', 10, $1, 1)",
    [NOW.toISOString()],
  );
  await db.rows("insert into promo_uses (code, user_id, created_at, generations_left) values ('PLUS10', 2, $1, 1)", [
    NOW.toISOString(),
  ]);
  await db.rows("insert into referrals (friend_id, referrer_id, created_at) values (2, 3, $1)", [NOW.toISOString()]);
  const answers = await raceAt(
    db,
    rowOf(requestId),
    racers(RACERS, () => approve(requestId, 2, 1, 30_000n)),
  );
  expect(count(answers)).toBe(1);
  expect(await db.rows("select user_id, main, bonus from wallets where user_id in (2, 3) order by user_id")).toEqual([
    { user_id: "2", main: "30000", bonus: "8000" },
    { user_id: "3", main: "0", bonus: "5000" },
  ]);
});

test("F2: approval, expiry and cancelling race: one of them, and money only with the approval", async () => {
  const outcomes: string[] = [];
  for (let userId = 10; userId < 16; userId += 1) {
    const requestId = await makeRequest(userId);
    await raceAt(
      db,
      rowOf(requestId),
      racers(RACERS, (index) => {
        if ((index + userId) % 3 === 0) return approve(requestId, userId, 1);
        if ((index + userId) % 3 === 1) return cancelRequest(database, { requestId, userId, now: LATER });
        return expireRequests(database, LATER).then((ended) => ended > 0);
      }),
    );
    const status = String(await statusOf(requestId));
    expect(["approved", "cancelled", "expired"]).toContain(status);
    const [wallet] = await db.rows("select main from wallets where user_id = $1", [userId]);
    expect(wallet).toEqual({ main: status === "approved" ? "30017" : "0" });
    outcomes.push(status);
  }
  expect(outcomes.length).toBe(6);
});

test("F4: approvals, rejections and reversals of one request in any order leave one consistent end", async () => {
  const requestId = await makeRequest(20);
  const decision = { requestId, adminId: 2, reason: "fake", now: NOW };
  const answers = await raceAt(
    db,
    rowOf(requestId),
    racers(RACERS, async (index) => {
      if (index % 2 === 0) return (await rejectRequest(database, decision)) ? "rejected" : "late";
      if (!(await approve(requestId, 20, 1))) return "late";
      const reversed = await Promise.all([reverseRequest(database, decision), reverseRequest(database, decision)]);
      return count(reversed) === 1 ? "approved and reversed once" : "reversed wrongly";
    }),
  );
  const [end] = answers.filter((answer) => answer !== "late");
  expect(tally(answers)["late"]).toBe(RACERS - 1);
  expect(["rejected", "approved and reversed once"]).toContain(end);
});

test("F4: many reversals take the money once; what was spent becomes a debt", async () => {
  const requestId = await makeRequest(30);
  expect(await approve(requestId, 30, 1)).toBe(true);
  await db.rows(
    "with t as (insert into transfers (id, user_id, kind, kopecks, source, destination, created_at) values ('spent30', 30, 'post', 20000, 'main', 'revenue', $1) returning kopecks) update wallets set main = main - t.kopecks from t where user_id = 30",
    [NOW.toISOString()],
  );
  const answers = await raceAt(
    db,
    rowOf(requestId),
    racers(RACERS, () => reverseRequest(database, { requestId, adminId: 1, reason: "вернули", now: NOW })),
  );
  expect(count(answers)).toBe(1);
  expect(await db.rows("select main, debt from wallets where user_id = 30")).toEqual([{ main: "0", debt: "20000" }]);
});

test("F2: racing wishes for one sum get kopecks of their own, and nobody is left out while some are free", async () => {
  const kopecks = 77_700n;
  const open = (userId: number) =>
    openRequest(database, { id: `tail${userId}`, userId, kopecks, now: NOW, expiresAt: LATER });
  // Every tail of the sum is being taken by somebody who then does not.
  const opened = await raceAt(
    db,
    {
      sql: "insert into bank_requests (id, user_id, kopecks, pay_kopecks, status, created_at, expires_at) select 'gun' || n, 900000 + n, 77700, 77700 + n, 'pending', $1, $1 from generate_series(1, 99) n",
      parameters: [NOW.toISOString()],
    },
    racers(RACERS, (index) => open(1_000 + index)),
  );
  expect(new Set(opened.map((request) => request?.payKopecks)).size).toBe(RACERS);
  for (const request of opened) {
    expect(request?.payKopecks).toBeGreaterThan(kopecks);
    expect(request?.payKopecks).toBeLessThan(kopecks + 100n);
  }
  const rest = await Promise.all(Array.from({ length: 60 }, (_, index) => open(2_000 + index)));
  expect(rest.filter((request) => request !== null).length).toBe(99 - RACERS);
  expect(await open(3_000)).toBeNull();
});

test("F2: one user's racing wishes open one request", async () => {
  const opened = await raceAt(
    db,
    {
      sql: "insert into bank_requests (id, user_id, kopecks, pay_kopecks, status, created_at, expires_at) values ('gun-one', 40, 1, 1, 'pending', $1, $1)",
      parameters: [NOW.toISOString()],
    },
    racers(RACERS, (index) =>
      openRequest(database, {
        id: `one${index}`,
        userId: 40,
        kopecks: 10_000n + BigInt(index) * 100n,
        now: NOW,
        expiresAt: LATER,
      }),
    ),
  );
  expect(opened.filter((request) => request !== null).length).toBe(1);
});

test("F2: a receipt and the expiry race: either it is kept and waits, or it came too late", async () => {
  const requestId = await makeRequest(50);
  const answers = await raceAt(
    db,
    rowOf(requestId),
    racers(RACERS, async (index) => {
      if (index % 2 === 0) return (await expireRequests(database, LATER)) > 0 ? "expired" : "nothing";
      return await receiptOf(50, `receipt${index % 8}`);
    }),
  );
  const status = await statusOf(requestId);
  const kept = await db.rows("select count(*)::int from receipts where request_id = $1", [requestId]);
  expect(["pending", "expired"]).toContain(status);
  if (status === "expired") {
    expect(tally(answers)["added"]).toBeUndefined();
    expect(kept).toEqual([{ count: 0 }]);
  } else {
    expect(kept).toEqual([{ count: 4 }]);
    expect(await db.rows("select count(*)::int from outbox where kind = 'receipt-card'")).toEqual([{ count: 12 }]);
  }
});

test("G8: many sweeps tell each admin once of a receipt that waits", async () => {
  await makeRequest(60);
  expect(await receiptOf(60, "late60")).toBe("added");
  await Promise.all(
    Array.from({ length: RACERS }, () =>
      alertLateReceipts(database, { receiptBefore: LATER, adminIds: ADMINS, now: LATER }),
    ),
  );
  expect(
    await db.rows(
      "select user_id from outbox where kind = 'receipt-late' and payload ->> 'requestId' = 'request60' order by user_id",
    ),
  ).toEqual([{ user_id: "1" }, { user_id: "2" }, { user_id: "3" }]);
});
