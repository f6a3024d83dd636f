import { afterAll, beforeEach, expect, test } from "vitest";
import { createCatalog } from "../../../lib/catalog/load.ts";
import { saveSettingChange } from "../../../lib/db/catalog-decisions.ts";
import type { Database } from "../../../lib/db/client.ts";
import { saveHealth, takeHealthTurn } from "../../../lib/db/health-marks.ts";
import type { FailureCause } from "../../../lib/faults/causes.ts";
import type { GenerationState } from "../../../lib/generation/states.ts";
import { marksOf } from "../../../lib/services/health/mark.ts";
import { addSeconds } from "../../../lib/shared/clock.ts";
import { type Rig, racers, startRig } from "../../races/rig.ts";
import type { TestDatabase } from "../../support/database.ts";

const NOW = new Date("2026-11-21T12:00:00Z");
const later = (minutes: number) => addSeconds(NOW, minutes * 60);
const ADMIN = 7;
const catalog = createCatalog(new URL("../../../catalog/", import.meta.url));

let rig: Rig | undefined;
let db: TestDatabase;
let database: Database;
let made = 0;
beforeEach(async () => {
  rig ??= await startRig();
  ({ db, database } = await rig.open());
});
afterAll(async () => {
  await rig?.end();
});

interface Ends {
  state?: GenerationState;
  failure?: FailureCause | null;
  finishedAt?: Date;
  entryKey?: string;
  wasSubmitted?: boolean;
}

/** Generations that ended, `count` of them. */
async function ended(count: number, ends: Ends = {}): Promise<void> {
  const { state = "delivered", failure = null, finishedAt = NOW, entryKey = "z-image", wasSubmitted = true } = ends;
  for (let index = 0; index < count; index += 1) {
    made += 1;
    await db.rows(
      `insert into generations (id, user_id, entry_key, "values", mode, state, price_kopecks, held_main, held_bonus,
        posted_kopecks, callback_token, failure, deadline_at, created_at, submitted_at, finished_at)
       values ($1, 1, $2, '{}', 'real', $3, 1, 0, 0, 0, 't', $4, $5, $5, $6, $5)`,
      [`g${made}`, entryKey, state, failure, finishedAt.toISOString(), wasSubmitted ? finishedAt.toISOString() : null],
    );
  }
}

const failed = (count: number, failure: FailureCause, ends: Ends = {}) =>
  ended(count, { state: "failed", failure, ...ends });

async function rateOf(model: string, rate: number, readAt = NOW): Promise<void> {
  await db.rows(
    "insert into kie_models (model, title, provider, task_types, success_rate, listed_by, read_at) values ($1, '', '', '[]', $2, 's', $3)",
    [model, rate, readAt.toISOString()],
  );
}

/** What the sweeper does. */
async function mark(now: Date) {
  const facts = await takeHealthTurn(database, now);
  if (facts === null) return null;
  const rows = marksOf(catalog, facts);
  const known = new Set(rows.map(({ entryKey }) => entryKey));
  const forget = facts.marked.filter((key) => !known.has(key));
  return await saveHealth(database, { rows, forget, adminIds: [ADMIN], now });
}

const marks = () => db.rows("select entry_key, mark, hidden from model_health order by entry_key");
const outbox = () =>
  db.rows("select user_id::int as to, kind, payload ->> 'entryKey' as about from outbox order by id");

test("B6: five ends of our own decide; failures of the request and of our account do not count", async () => {
  await ended(6);
  await failed(9, "content-policy");
  await failed(9, "wrong-parameters");
  await failed(9, "input-not-fetched");
  await failed(9, "no-credits");
  await failed(9, "timeout", { wasSubmitted: false });
  await failed(9, "server", { finishedAt: addSeconds(NOW, -86_401) });
  await mark(NOW);
  expect(await marks()).toEqual([{ entry_key: "z-image", mark: "good", hidden: false }]);
});

test.each([
  { good: 9, bad: 1, mark: "good" },
  { good: 8, bad: 1, mark: "shaky" },
  { good: 6, bad: 4, mark: "shaky" },
  { good: 5, bad: 4, mark: "broken" },
])("B6: $good of $good + $bad is $mark", async ({ good, bad, mark: expected }) => {
  await ended(good, { state: "succeeded" });
  await failed(bad - 1, "generation-failed");
  await ended(1, { state: "expired", failure: "timeout" });
  await mark(NOW);
  expect(await marks()).toEqual([{ entry_key: "z-image", mark: expected, hidden: false }]);
});

test("B6: with fewer ends KIE's figure decides, if it is of today", async () => {
  await failed(4, "server");
  await rateOf("z-image", 0.95);
  await rateOf("grok-imagine/text-to-image", 0.1, addSeconds(NOW, -48 * 3600));
  await mark(NOW);
  expect(await marks()).toEqual([{ entry_key: "z-image", mark: "good", hidden: false }]);
});

test("B6: nothing is known of a model, so it has no mark, and one that it had is forgotten", async () => {
  await ended(5);
  expect(await mark(NOW)).toMatchObject({ revision: 1 });
  expect(await mark(later(24 * 60 + 1))).toMatchObject({ revision: 2 });
  expect(await marks()).toEqual([]);
});

test("B6: the marks are made once per ten minutes, whoever asks", async () => {
  const turns = await Promise.all(racers(10, () => takeHealthTurn(database, NOW)).map((take) => take()));
  expect(turns.filter((turn) => turn !== null)).toHaveLength(1);
  expect(await takeHealthTurn(database, later(9))).toBeNull();
  expect(await takeHealthTurn(database, later(10))).not.toBeNull();
});

test("B6: the revision rises only when people see a difference", async () => {
  await ended(10);
  expect(await mark(NOW)).toMatchObject({ revision: 1 });
  await ended(10);
  expect(await mark(later(10))).toMatchObject({ revision: null });
  expect(await db.rows("select succeeded from model_health")).toEqual([{ succeeded: 20 }]);
  await failed(6, "server");
  expect(await mark(later(20))).toMatchObject({ revision: 2 });
});

test("B6: a model that fails too often is hidden by our own ends alone, and admins hear of it once", async () => {
  await rateOf("grok-imagine/text-to-image", 0.01);
  await ended(3);
  await failed(6, "server");
  await mark(NOW);
  expect(await db.rows("select entry_key from model_health where hidden")).toEqual([]);
  await failed(2, "server");
  expect(await mark(later(10))).toMatchObject({ hidden: ["z-image"] });
  expect(await mark(later(20))).toMatchObject({ hidden: [], revision: null });
  expect(await outbox()).toEqual([{ to: ADMIN, kind: "model-hidden", about: "z-image" }]);
});

test("B6: shown by an admin it stays shown, until it has worked once more", async () => {
  await failed(10, "server");
  await mark(NOW);
  await saveSettingChange(database, {
    id: "shown",
    setting: { kind: "visible", entry: "z-image", visible: true },
    adminId: ADMIN,
    now: later(5),
  });
  await failed(1, "server");
  expect(await mark(later(10))).toMatchObject({ hidden: [] });
  expect(await marks()).toEqual([{ entry_key: "z-image", mark: "broken", hidden: false }]);
  await ended(200);
  await mark(later(20));
  expect(await db.rows("select mark, keep_shown from model_health")).toEqual([{ mark: "good", keep_shown: false }]);
});

test("B6: who waited for a model is told once when it is good again", async () => {
  const wait = (userId: number, key: string) =>
    db.rows("insert into health_waits (entry_key, user_id, created_at) values ($1, $2, $3)", [
      key,
      userId,
      NOW.toISOString(),
    ]);
  await wait(21, "z-image");
  await wait(22, "z-image");
  await wait(23, "another");
  await failed(5, "server");
  expect(await mark(NOW)).toMatchObject({ told: 0 });
  await ended(95);
  expect(await mark(later(10))).toMatchObject({ told: 2 });
  expect(await mark(later(20))).toMatchObject({ told: 0 });
  expect(await outbox()).toEqual([
    { to: 21, kind: "model-works", about: "z-image" },
    { to: 22, kind: "model-works", about: "z-image" },
  ]);
  expect(await db.rows("select entry_key from health_waits")).toEqual([{ entry_key: "another" }]);
});

test("B6: marks and an admin's settings made at once do not block one another", async () => {
  await failed(10, "server");
  await mark(NOW);
  for (let round = 1; round <= 10; round += 1) {
    await failed(1, "server");
    const setting = { kind: "visible", entry: "z-image", visible: round % 2 === 0 } as const;
    await Promise.all([
      mark(later(10 * round)),
      saveSettingChange(database, { id: `at-once-${round}`, setting, adminId: ADMIN, now: later(10 * round) }),
    ]);
  }
  const [row] = await db.rows("select (value ->> 'revision')::int as revision from settings where key = 'catalog'");
  expect(Number(row?.["revision"])).toBeGreaterThanOrEqual(11);
});
