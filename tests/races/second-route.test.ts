import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createApp } from "../../lib/app.ts";
import type { Catalog } from "../../lib/catalog/load.ts";
import { readConfig } from "../../lib/config/config.ts";
import type { Database } from "../../lib/db/client.ts";
import { changeRoute, readGeneration } from "../../lib/db/generations.ts";
import { returnToQueue } from "../../lib/db/queue.ts";
import type { KieGateway, StartOutcome, StartTask } from "../../lib/kie/gateway.ts";
import { sandboxEnvironment } from "../../lib/sandbox/environment.ts";
import type { App } from "../../lib/services/app.ts";
import { createCatalogCache } from "../../lib/services/catalog/current.ts";
import { advanceGeneration } from "../../lib/services/generation/advance.ts";
import { addSeconds } from "../../lib/shared/clock.ts";
import { catalog, makeEntry, makeParam } from "../support/catalog-entry.ts";
import type { TestDatabase } from "../support/database.ts";
import { claim, claimOf, expectMoneyAddsUp, makePerson, NOW, PRICE, queueOne, submitOne } from "./money.ts";
import { RACERS, type Rig, raceAt, racers, startRig } from "./rig.ts";

let rig: Rig;
let db: TestDatabase;
let database: Database;
let endpoint: string;
beforeAll(async () => {
  rig = await startRig({ races: true });
  ({ db, database, endpoint } = await rig.open());
});
afterEach(async () => {
  // What KIE refuses to everybody pauses selling, here for no other test.
  await db.rows("delete from settings where key = 'selling-paused'");
  await rig.proxy.disconnect();
  await expectMoneyAddsUp(db);
});
afterAll(async () => {
  await rig.end();
});

const words = (name: string) => makeParam({ name, kind: "text", required: true, maxLength: 1000 });
/** Sold by the market under one name of its field, and by Runway's own endpoints under another. */
const own = makeEntry([words("prompt")], {
  key: "two-ways",
  mode: "two-ways",
  route: { api: "market", id: "made-up/on-the-market" },
  second: { key: "two-ways-second", names: { prompt: "text" } },
});
const other = makeEntry([words("text")], {
  key: "two-ways-second",
  mode: "two-ways-second",
  offer: "second-route",
  why: "Reached through two-ways.",
  route: { api: "runway", id: "runway/generate" },
});

function catalogOfTwo(secondFirst = false): Catalog {
  const family = catalog.entry("z-image")?.family;
  if (family === undefined) throw new Error("no family");
  const switched = secondFirst ? { secondFirst: true as const } : {};
  const entries = new Map([own, other].map((entry) => [entry.key, { family, entry, ...switched }]));
  return { ...catalog, entry: (key) => entries.get(key) ?? catalog.entry(key) };
}

const unknownModel: StartOutcome = { kind: "refused", code: 404, message: "no such model", isUnknownModel: true };

/** The product with a KIE that answers create calls as told; nothing listens where Telegram should be. */
function appWith(
  answer: (task: StartTask) => StartOutcome | Promise<StartOutcome>,
  now = () => NOW,
  base = catalogOfTwo(),
) {
  const started: StartTask[] = [];
  const nowhere = "http://127.0.0.1:9";
  const config = readConfig(sandboxEnvironment(nowhere, db.url, { DATABASE_HTTP_ENDPOINT: endpoint }));
  const made = createApp(config, { clock: { now }, writeLog: () => undefined });
  const kie: KieGateway = {
    ...made.kie,
    async start(task) {
      started.push(task);
      return await answer(task);
    },
  };
  const queue = { ...made.queue, publish: () => Promise.resolve() };
  const app: App = { ...made, database, kie, queue, catalog: base, catalogCache: createCatalogCache(base) };
  return { app, calls: () => started.map(({ api, model, input }) => ({ api, model, input })) };
}

async function queued(userId: number, id: string): Promise<void> {
  await makePerson({ db, database }, userId, { main: 10_000n });
  await queueOne({ db, database }, userId, id);
  await db.rows("update generations set entry_key = 'two-ways' where id = $1", [id]);
}

const FIRST = { api: "market", model: "made-up/on-the-market", input: { prompt: "Море" } };
const SECOND = { api: "runway", model: "runway/generate", input: { text: "Море" } };
const stateOf = async (id: string) => await readGeneration(database, id);

test("B4 C1: of many that found the model gone, one may go the other way", async () => {
  await makePerson({ db, database }, 1, { main: 10_000n });
  await submitOne({ db, database }, 1, "raced");
  const input = { generationId: "raced", submittedAt: NOW, from: "market", to: "runway" } as const;
  const lock = { sql: "select 1 from generations where id = $1 for update", parameters: ["raced"] };
  const answers = await raceAt(
    db,
    lock,
    racers(RACERS, () => changeRoute(database, input)),
  );
  expect(answers.filter((isOurs) => isOurs)).toHaveLength(1);
  expect(await stateOf("raced")).toMatchObject({ state: "submitting", api: "runway", taskId: null });
});

test("B4 C7: a claim that was given back, a task that is known and a generation that is over change no route", async () => {
  await makePerson({ db, database }, 2, { main: 10_000n });
  const change = (generationId: string, submittedAt = NOW) =>
    changeRoute(database, { generationId, submittedAt, from: "market", to: "runway" });
  await submitOne({ db, database }, 2, "requeued");
  await returnToQueue(database, { generationId: "requeued", deadlineAt: addSeconds(NOW, 600), dueAt: NOW });
  expect(await change("requeued")).toBe(false);
  const later = addSeconds(NOW, 30);
  expect(await claim(database, claimOf("requeued", { runningLimit: 9, now: later }))).toBe("claimed");
  expect(await change("requeued")).toBe(false);
  await submitOne({ db, database }, 2, "known");
  await db.rows("update generations set task_id = 't1' where id = 'known'");
  expect(await change("known")).toBe(false);
  await submitOne({ db, database }, 2, "called-back");
  await db.rows("update generations set task_id = 't2', state = 'submitted' where id = 'called-back'");
  expect(await change("called-back")).toBe(false);
  const rows = await db.rows("select api from generations where user_id = 2");
  expect(new Set(rows.map(({ api }) => api))).toEqual(new Set(["market"]));
});

test("B4 C1: however often it is advanced at once, each way is called once", async () => {
  await queued(3, "advanced");
  const { app, calls } = appWith(({ api }) =>
    api === "market" ? unknownModel : { kind: "created", taskId: "task-of-the-second" },
  );
  await Promise.all(racers(RACERS, () => advanceGeneration(app, "advanced")).map((racer) => racer()));
  expect(calls()).toEqual([FIRST, SECOND]);
  expect(await stateOf("advanced")).toMatchObject({
    state: "submitted",
    api: "runway",
    taskId: "task-of-the-second",
    priceKopecks: PRICE,
  });
});

test("B4: a model that is gone on both ways is refused once, and the money is back", async () => {
  await queued(4, "nowhere");
  const { app, calls } = appWith(() => unknownModel);
  await advanceGeneration(app, "nowhere");
  await advanceGeneration(app, "nowhere");
  expect(calls()).toEqual([FIRST, SECOND]);
  expect(await stateOf("nowhere")).toMatchObject({ state: "failed", postedKopecks: 0n, failureCode: "404" });
});

let lastUserId = 50;
test.each([
  { kind: "refused", code: 422, message: "wrong", isUnknownModel: false },
  { kind: "unknown", reason: "timed out" },
  { kind: "busy", code: 455, message: "maintenance" },
] satisfies StartOutcome[])("B4: an answer of the kind $kind is no reason to go the other way", async (answer) => {
  const id = `kept-${answer.kind}`;
  lastUserId += 1;
  await queued(lastUserId, id);
  const { app, calls } = appWith(() => answer);
  await advanceGeneration(app, id);
  expect(calls()).toEqual([FIRST]);
  expect((await stateOf(id))?.api).toBe("market");
});

test("B4 C7: a process that dies in the second call never calls again; the deadline returns the money", async () => {
  await queued(6, "died");
  let now = NOW;
  const { app, calls } = appWith(
    ({ api }) => {
      if (api === "market") return unknownModel;
      throw new Error("killed");
    },
    () => now,
  );
  await expect(advanceGeneration(app, "died")).rejects.toThrow("killed");
  expect(await stateOf("died")).toMatchObject({ state: "submitting", api: "runway", taskId: null });
  for (let minute = 5; minute <= 25; minute += 5) {
    now = addSeconds(NOW, minute * 60);
    await advanceGeneration(app, "died");
  }
  expect(calls()).toEqual([FIRST, SECOND]);
  expect(await stateOf("died")).toMatchObject({ state: "returned", postedKopecks: 0n });
});

test("B4: what the other way said later to is tried again there, and not back at the first", async () => {
  await queued(7, "busy");
  let isBusy = true;
  const { app, calls } = appWith(({ api }) => {
    if (api === "market") return unknownModel;
    return isBusy ? { kind: "busy", code: 429, message: "later" } : unknownModel;
  });
  await advanceGeneration(app, "busy");
  expect(await stateOf("busy")).toMatchObject({ state: "queued", attempt: 1 });
  isBusy = false;
  await advanceGeneration(app, "busy");
  expect(calls()).toEqual([FIRST, SECOND, SECOND]);
  expect(await stateOf("busy")).toMatchObject({ state: "failed", postedKopecks: 0n });
});

test("B4 C7: a generation that went on while the first call was under way is not sent the other way", async () => {
  await queued(12, "went-on");
  const { app, calls } = appWith(async () => {
    await db.rows("update generations set state = 'submitted', task_id = 'called-back' where id = 'went-on'");
    return unknownModel;
  });
  await advanceGeneration(app, "went-on");
  expect(calls()).toEqual([FIRST]);
  expect(await stateOf("went-on")).toMatchObject({ state: "submitted", api: "market", taskId: "called-back" });
});

test("B4: a family that an admin switched goes by its second route first, and by its own when that is gone", async () => {
  await queued(11, "switched");
  const { app, calls } = appWith(
    ({ api }) => (api === "runway" ? unknownModel : { kind: "created", taskId: "own" }),
    () => NOW,
    catalogOfTwo(true),
  );
  await advanceGeneration(app, "switched");
  expect(calls()).toEqual([SECOND, FIRST]);
  expect(await stateOf("switched")).toMatchObject({ state: "submitted", api: "market", taskId: "own" });
});

test("B4 C4: a task of the second way is looked up where it was made", async () => {
  await queued(8, "looked-up");
  const { app } = appWith(({ api }) => (api === "market" ? unknownModel : { kind: "created", taskId: "made" }));
  const looks: unknown[] = [];
  const asked: App = {
    ...app,
    kie: {
      ...app.kie,
      async look(task) {
        looks.push(task);
        return { kind: "pending", state: "generating" };
      },
    },
  };
  await advanceGeneration(asked, "looked-up");
  await advanceGeneration(asked, "looked-up");
  expect(looks).toEqual([{ api: "runway", model: "runway/generate", taskId: "made", output: "image", earlier: {} }]);
});

test("B4: an operation that answers at once is charged and owed without any look", async () => {
  await queued(9, "at-once");
  const outputs = [{ kind: "text", text: "Строка", title: "Текст" }] as const;
  const { app } = appWith(() => ({ kind: "finished", taskId: null, outputs, creditsConsumed: null }));
  await advanceGeneration(app, "at-once");
  expect(await stateOf("at-once")).toMatchObject({
    state: "succeeded",
    postedKopecks: PRICE,
    outputs: [{ kind: "text", url: null, text: "Строка", title: "Текст" }],
  });
});

test("B4 C6: an operation that answers at once with nothing costs nothing", async () => {
  await queued(10, "nothing");
  const { app } = appWith(() => ({ kind: "finished", taskId: null, outputs: [], creditsConsumed: null }));
  await advanceGeneration(app, "nothing");
  expect(await stateOf("nothing")).toMatchObject({ state: "failed", postedKopecks: 0n });
});
