import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Database } from "../../lib/db/client.ts";
import { saveStep } from "../../lib/db/dialogues.ts";
import { credited } from "../../lib/db/ledger.ts";
import { readReferrals, referralReward } from "../../lib/db/referrals.ts";
import type { TestDatabase } from "../support/database.ts";
import { expectMoneyAddsUp, makePerson, NOW, nextUpdateId } from "./money.ts";
import { RACERS, type Rig, raceAt, racers, startRig, tally } from "./rig.ts";

const BONUS = 5_000n;

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
});
afterAll(async () => {
  await rig.end();
});

/** A top-up as the statements of Stars and bank transfers credit it: its own row is the guard. */
async function topUp(friendId: number, id: string, monthlyLimit = 50): Promise<void> {
  const paid = sql`paid`;
  const reward = referralReward({ friendId, paid, bonusKopecks: BONUS, monthlyLimit, now: NOW });
  await database.query(sql`
    with paid as (
      insert into settings (key, value, updated_at) values (${id}, 'true'::jsonb, ${NOW.toISOString()}::timestamptz)
      on conflict (key) do nothing returning key
    ), ${reward.parts}, ${credited(
      sql`select 'star:' || paid.key as id, ${friendId}::bigint as user_id, 'credit'::text as kind, 10000::bigint as kopecks,
          'stars'::text as source, 'main'::text as destination, null::text as generation_id, null::text as reason, null::bigint as actor_id
        from paid union all ${reward.rows}`,
      NOW,
    )} select 1`);
}

async function invite(referrerId: number, friendIds: readonly number[]): Promise<void> {
  for (const id of [referrerId, ...friendIds]) {
    if ((await db.rows("select 1 from users where id = $1", [id])).length === 0) {
      await makePerson({ db, database }, id, {});
    }
  }
  for (const friendId of friendIds) {
    await db.rows("insert into referrals (friend_id, referrer_id, created_at) values ($1, $2, $3)", [
      friendId,
      referrerId,
      NOW.toISOString(),
    ]);
  }
}

const walletOf = async (userId: number) =>
  (await db.rows("select main, bonus, debt from wallets where user_id = $1", [userId]))[0];
const walletLock = (userId: number) => ({
  sql: "select 1 from wallets where user_id = $1 for update",
  parameters: [userId],
});
const told = async (userId: number) => await db.rows("select payload from outbox where user_id = $1", [userId]);

test("F7: many top-ups of a friend at once reward both once", async () => {
  await invite(1, [2]);
  await raceAt(
    db,
    walletLock(2),
    racers(RACERS, (index) => topUp(2, `many-${index}`)),
  );
  expect(await walletOf(2)).toEqual({ main: String(10_000 * RACERS), bonus: "5000", debt: "0" });
  expect(await walletOf(1)).toEqual({ main: "0", bonus: "5000", debt: "0" });
  // A second claim would be stopped by the transfers' ids, but would have taken from the month.
  expect(await db.rows("select used from rate_buckets where name = 'referral:1'")).toEqual([{ used: 1 }]);
  expect(await told(2)).toEqual([{ payload: { role: "friend", kopecks: "5000" } }]);
  expect(await told(1)).toEqual([{ payload: { role: "referrer", kopecks: "5000" } }]);
});

test("F7: one top-up told many times at once credits once and rewards once", async () => {
  await invite(4, [3]);
  await raceAt(
    db,
    walletLock(4),
    racers(RACERS, () => topUp(3, "one")),
    // The others stand at the guard of the top-up itself.
    RACERS,
  );
  expect(await walletOf(3)).toMatchObject({ main: "10000", bonus: "5000" });
  expect(await walletOf(4)).toMatchObject({ bonus: "5000" });
});

test("F7: friends who top up at once never give a referrer more rewards than the month allows", async () => {
  const friends = Array.from({ length: RACERS }, (_, index) => 100 + index);
  await invite(99, friends);
  await raceAt(
    db,
    walletLock(99),
    racers(RACERS, (index) => topUp(100 + index, `farm-${index}`, 7)),
  );
  expect(await walletOf(99)).toMatchObject({ bonus: String(7 * 5_000) });
  expect(await readReferrals(database, 99)).toEqual({
    invited: RACERS,
    rewarded: 7,
    earnedKopecks: 35_000n,
    botName: null,
  });
  const friendBonuses = await db.rows("select bonus from wallets where user_id between 100 and 199");
  expect(tally(friendBonuses.map(({ bonus }) => String(bonus)))).toEqual({ "5000": RACERS });
});

test("F7: a chain in which everybody tops up at once waits for nobody in a circle, and pays debts first", async () => {
  const people = Array.from({ length: RACERS + 1 }, (_, index) => 300 + index);
  for (const [index, id] of people.entries()) {
    const referrer = people[index + 1];
    if (referrer !== undefined) await invite(referrer, [id]);
  }
  // What a chargeback left: 1 000 kopecks that the reward pays back.
  await db.rows(
    "insert into transfers (id, user_id, kind, kopecks, source, destination, created_at) values ('back:300', 300, 'adjust', 1000, 'debt', 'stars', $1)",
    [NOW.toISOString()],
  );
  await db.rows("update wallets set debt = 1000 where user_id = 300");
  await raceAt(
    db,
    { sql: "select 1 from wallets where user_id >= 300 order by user_id for update" },
    racers(RACERS, (index) => topUp(300 + index, `chain-${index}`)),
  );
  const bonuses = await db.rows(
    "select user_id, bonus from wallets where user_id between 301 and $1 order by user_id",
    [300 + RACERS - 1],
  );
  expect(tally(bonuses.map(({ bonus }) => String(bonus)))).toEqual({ "10000": RACERS - 1 });
  expect(await walletOf(300)).toEqual({ main: "9000", bonus: "5000", debt: "0" });
});

test("F7: first steps of one new person by many links at once bind one referrer", async () => {
  const referrers = Array.from({ length: RACERS }, (_, index) => 500 + index);
  for (const id of referrers) await makePerson({ db, database }, id, {});
  const saved = await raceAt(
    db,
    { sql: "lock table referrals in exclusive mode" },
    racers(RACERS, (index) =>
      saveStep(database, {
        updateId: nextUpdateId(),
        sender: { id: 700, firstName: "Борис", username: null, language: "ru" },
        expectedRevision: 0,
        state: {},
        now: NOW,
        welcomeBonusKopecks: 0n,
        referrerId: 500 + index,
      }),
    ),
    1,
  );
  expect(saved.filter((revision) => revision !== null)).toEqual([1]);
  expect(await db.rows("select count(*)::int as many from referrals where friend_id = 700")).toEqual([{ many: 1 }]);
});
