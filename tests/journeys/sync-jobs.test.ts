import { afterEach, expect, test } from "vitest";
import type { KieCatalogue } from "../../lib/kie/catalogue.ts";
import { KieRejected, KieUnavailable } from "../../lib/kie/gateway.ts";
import { syncCatalog } from "../../lib/services/catalog/sync.ts";
import { orderedSync } from "../support/catalog-sync.ts";
import { type Person, startWorld, type World } from "../support/world.ts";

const ADMIN = 1;
const MODELS = ["z-image", "google/nano-banana", "brand-new/one", "brand-new/two", "brand-new/three"];

let world: World;
afterEach(async () => {
  await world.expectInvariants();
  await world.end();
});

/** A market of five models without documents, that answers at once. */
function marketOf(asked: string[], changes: Partial<KieCatalogue> = {}): KieCatalogue {
  return {
    models: async () =>
      MODELS.map((model) => ({ model, title: model, provider: "", taskTypes: ["Text to Image"], priceText: null })),
    schema: async (model) => {
      asked.push(model);
      return null;
    },
    priceText: async () => "5 credits",
    successRate: async () => 1,
    ...changes,
  };
}

async function begin(
  changes: Partial<KieCatalogue> = {},
  environment: Record<string, string> = {},
): Promise<{ admin: Person; asked: string[] }> {
  world = await startWorld({ environment });
  const asked: string[] = [];
  world.app.catalogue = marketOf(asked, changes);
  const admin = world.person(ADMIN);
  await admin.says("/start");
  return { admin, asked };
}

const syncs = () =>
  world.db.rows(
    "select total, finished_at is not null as finished, lease_until is null as free from catalog_syncs order by started_at, id",
  );
const proposed = async (kind: string) =>
  (await world.db.rows("select id from catalog_changes where payload ->> 'kind' = $1", [kind])).length;

test("B5: an admin's button starts the sync, the queue does it, and its report leads back to the screen", async () => {
  const { promise: pressed, resolve: answers } = Promise.withResolvers<void>();
  const { admin, asked } = await begin();
  const { models } = world.app.catalogue;
  // KIE answers the job's first question when both presses are made.
  world.app.catalogue.models = async () => {
    await pressed;
    return await models();
  };
  await admin.says("/admin");
  await admin.taps("синхронизация");
  const { messageId, data } = admin.button("Синхронизировать сейчас");
  await admin.taps("Синхронизировать сейчас");
  // Pressed again while it runs; the clock would wait for the job.
  await world.telegram.userTaps(ADMIN, messageId, data, { force: true });
  expect(await syncs()).toMatchObject([{ finished: false }]);
  answers();
  await world.advance(10);
  expect(await syncs()).toEqual([{ total: MODELS.length, finished: true, free: true }]);
  expect(asked).toEqual([...MODELS].sort());
  expect(await proposed("new-model")).toBe(3);
  await world.advance(300);
  expect(admin.reads()).toContain("Новые модели: 3");
  await admin.taps("Посмотреть");
  expect(admin.reads()).toContain("новые модели");
});

test("B5: what does not fit into one job is done by the next", async () => {
  const deadline = new AbortController();
  const { asked } = await begin();
  const quick = world.app.catalogue;
  await orderedSync(world);
  const app = {
    ...world.app,
    catalogue: {
      ...quick,
      schema: async (model: string) => {
        if (asked.length === 1) deadline.abort();
        return await quick.schema(model);
      },
    },
  };
  expect(await syncCatalog(app, { deadline: deadline.signal })).toEqual({ read: 2 });
  expect(await syncs()).toEqual([{ total: MODELS.length, finished: false, free: true }]);
  await world.advance(5);
  expect(await syncs()).toMatchObject([{ finished: true }]);
  expect(asked).toEqual([...MODELS].sort());
});

test("B5: while KIE's catalogue does not answer nothing is proposed, and it is asked again", async () => {
  let isDown = true;
  await begin({
    successRate: async () => {
      if (isDown) throw new KieUnavailable("success rate: 502", 502);
      return 0.5;
    },
  });
  await orderedSync(world);
  expect(await syncCatalog(world.app, { deadline: new AbortController().signal })).toEqual({ read: 3 });
  await world.advance(30);
  expect(await syncs()).toMatchObject([{ finished: false }]);
  expect(await proposed("gone-model")).toBe(0);
  isDown = false;
  await world.advance(60);
  expect(await syncs()).toMatchObject([{ finished: true }]);
  expect(await world.db.rows("select success_rate from kie_models where model = 'z-image'")).toEqual([
    { success_rate: 0.5 },
  ]);
});

test("B5: a list that never comes is given up after three hours; the admins are told, and nothing is called gone", async () => {
  const { admin } = await begin({
    models: async () => {
      throw new KieUnavailable("models: timed out", null);
    },
  });
  await orderedSync(world);
  await world.advance(3 * 3600 + 1200);
  expect(await syncs()).toEqual([{ total: 0, finished: true, free: true }]);
  expect(await proposed("gone-model")).toBe(0);
  expect(admin.reads()).toContain("не отвечал");
});

test("B5: one model that KIE never describes does not keep the others waiting for ever", async () => {
  await begin({
    schema: async (model) => {
      if (model === "brand-new/one") throw new KieUnavailable("schema: 500", 500);
      return null;
    },
  });
  await orderedSync(world);
  await world.advance(600);
  expect(await world.db.rows("select count(*)::int as read from kie_models where read_by is not null")).toEqual([
    { read: MODELS.length - 1 },
  ]);
  await world.advance(3 * 3600 + 1200);
  expect(await syncs()).toMatchObject([{ finished: true }]);
  expect(await proposed("new-model")).toBe(3);
});

test("B5: a document that is not there is no reason to stop; a refused key is", async () => {
  let code = 404;
  await begin({
    schema: async () => {
      throw new KieRejected(`schema: ${code}`, code);
    },
  });
  await orderedSync(world);
  const deadline = new AbortController().signal;
  expect(await syncCatalog(world.app, { deadline })).toEqual({ read: MODELS.length });
  code = 401;
  await orderedSync(world);
  expect(await syncCatalog(world.app, { deadline })).toEqual({ read: 0 });
});

test("B5: the first sweep notes the time; a day later the sweeper starts a sync, and finishes what nobody works on", async () => {
  const { asked, admin } = await begin({}, { CATALOG_SYNC_HOURS: "24" });
  await world.advance(600);
  expect(await syncs()).toEqual([]);
  await world.advance(23 * 3600);
  expect(await syncs()).toEqual([]);
  await world.advance(3600 + 600);
  expect(await syncs()).toEqual([{ total: MODELS.length, finished: true, free: true }]);
  expect(asked).toHaveLength(MODELS.length);
  expect(admin.readsAll().match(/Новые модели: 3/g)).toHaveLength(1);
  // A job that got lost: the sweeper finds the sync.
  await orderedSync(world);
  await world.advance(600);
  expect(await syncs()).toMatchObject([{ finished: true }, { finished: true }]);
});

test("B5 C11: where the mock answers for KIE its catalogue is not asked", async () => {
  const { asked, admin } = await begin({}, { TEST_MODE: "1", CATALOG_SYNC_HOURS: "1" });
  await admin.says("/admin");
  await admin.taps("синхронизация");
  await admin.taps("Синхронизировать сейчас");
  await world.advance(2 * 3600);
  expect(asked).toEqual([]);
  expect(await syncs()).toEqual([]);
});
