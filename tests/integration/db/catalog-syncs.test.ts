import { afterAll, beforeEach, expect, test } from "vitest";
import type { CatalogChange } from "../../../lib/catalog/live/changes.ts";
import {
  beginSync,
  finishSync,
  leaseSync,
  readFindings,
  releaseSync,
  saveList,
  saveModel,
  unreadModels,
} from "../../../lib/db/catalog-syncs.ts";
import type { Database } from "../../../lib/db/client.ts";
import { addSeconds } from "../../../lib/shared/clock.ts";
import { RACERS, type Rig, raceAt, racers, startRig } from "../../races/rig.ts";
import type { TestDatabase } from "../../support/database.ts";

const NOW = new Date("2026-11-21T12:00:00Z");
const later = (seconds: number) => addSeconds(NOW, seconds);

let rig: Rig | undefined;
let db: TestDatabase;
let database: Database;
beforeEach(async () => {
  rig ??= await startRig({ races: true });
  ({ db, database } = await rig.open());
});
afterAll(async () => {
  await rig?.end();
});

const begin = (id: string) => beginSync(database, { id, orderedBy: "admin", now: NOW });
const model = (name: string, priceText: string | null = "5 credits") => ({
  model: name,
  title: name,
  provider: "Somebody",
  taskTypes: ["Text to Image"],
  priceText,
});

/** A sync of these models, all read, in the hands of the lease that ends at `leaseUntil`. */
async function readSync(id: string, models: ReturnType<typeof model>[]) {
  await begin(id);
  const leaseUntil = later(60);
  await leaseSync(database, { now: NOW, leaseUntil });
  const lease = { syncId: id, leaseUntil, nextLeaseUntil: leaseUntil };
  await saveList(database, { lease, models });
  for (const { model: name, priceText } of models) {
    await saveModel(database, { lease, model: name, read: { schema: { of: name }, priceText }, now: NOW });
  }
  return { syncId: id, leaseUntil };
}

const gone = (name: string): { id: string; change: CatalogChange } => ({
  id: `gone${name}`,
  change: { kind: "gone-model", model: name },
});
const end = (lease: { syncId: string; leaseUntil: Date }, changes: ReturnType<typeof gone>[]) =>
  finishSync(database, {
    ...lease,
    changes,
    prices: { a: "5 credits" },
    report: { adminIds: [7, 8], payload: { counts: {}, models: 1 } },
    now: later(30),
  });
const proposals = () => db.rows("select id, status from catalog_changes order by id");

test("B5: ordered by many at once, one sync begins", async () => {
  await begin("first");
  await db.rows("update settings set value = '{\"running\": false}' where key = 'catalog-sync'");
  await db.rows("update catalog_syncs set finished_at = started_at");
  const begun = await raceAt(
    db,
    { sql: "select 1 from settings where key = 'catalog-sync' for update" },
    racers(RACERS, (index) => begin(`racer-${index}`)),
  );
  expect(begun.filter(Boolean)).toHaveLength(1);
  expect(await db.rows("select count(*)::int as many from catalog_syncs where finished_at is null")).toEqual([
    { many: 1 },
  ]);
});

test("B5: a fresh installation notes the time; the schedule begins a sync when the last one is old enough", async () => {
  const scheduled = (id: string, now: Date) =>
    beginSync(database, { id, orderedBy: "schedule", ifOlderThan: addSeconds(now, -86_400), now });
  expect(await scheduled("one", NOW)).toBe(false);
  expect(await scheduled("two", later(86_000))).toBe(false);
  expect(await scheduled("three", later(86_400))).toBe(true);
  expect(await scheduled("four", later(2 * 86_400))).toBe(false);
});

test("B5: one of many doubled jobs gets the sync; after its lease another may go on", async () => {
  await begin("sync");
  const leases = await raceAt(
    db,
    { sql: "select 1 from catalog_syncs for update" },
    racers(RACERS, () => leaseSync(database, { now: NOW, leaseUntil: later(60) })),
  );
  expect(leases.filter((lease) => lease !== null)).toHaveLength(1);
  expect(await leaseSync(database, { now: later(59), leaseUntil: later(120) })).toBeNull();
  expect(await leaseSync(database, { now: later(60), leaseUntil: later(120) })).toMatchObject({ syncId: "sync" });
});

test("B5: whoever lost the lease stores nothing", async () => {
  await begin("sync");
  await leaseSync(database, { now: NOW, leaseUntil: later(60) });
  await leaseSync(database, { now: later(61), leaseUntil: later(200) });
  const lost = { syncId: "sync", leaseUntil: later(60), nextLeaseUntil: later(120) };
  expect(await saveList(database, { lease: lost, models: [model("a")] })).toBe(false);
  expect(await db.rows("select model from kie_models")).toEqual([]);
  await releaseSync(database, lost);
  expect(await leaseSync(database, { now: later(100), leaseUntil: later(300) })).toBeNull();
  expect(await end(lost, [gone("a")])).toBe(false);
  expect(await proposals()).toEqual([]);
});

test("B5: what was read stays read; a model that left the list is not asked for", async () => {
  const { leaseUntil } = await readSync("first", [model("a"), model("b")]);
  expect(await unreadModels(database, "first")).toEqual([]);
  await end({ syncId: "first", leaseUntil }, []);
  await begin("second");
  await leaseSync(database, { now: later(61), leaseUntil: later(120) });
  const lease = { syncId: "second", leaseUntil: later(120), nextLeaseUntil: later(120) };
  await saveList(database, { lease, models: [model("b", null), model("c", null)] });
  // The list said nothing of a price, so the one of the last sync is still the best there is.
  expect(await unreadModels(database, "second")).toEqual([
    { model: "b", priceText: "5 credits" },
    { model: "c", priceText: null },
  ]);
  expect((await readFindings(database, "second")).models.map((each) => each.model)).toEqual(["b", "c"]);
});

test("B5: proposals appear once, keep their decision, and go when they are no longer true", async () => {
  const first = await readSync("first", [model("a")]);
  expect(await end(first, [gone("x"), gone("y"), gone("z")])).toBe(true);
  // The same job once more.
  expect(await end(first, [])).toBe(false);
  await db.rows("update catalog_changes set status = 'ignored' where id = 'gonex'");
  const second = await readSync("second", [model("a")]);
  expect((await readFindings(database, "second")).statuses).toEqual(
    new Map([
      ["gonex", "ignored"],
      ["goney", "proposed"],
      ["gonez", "proposed"],
    ]),
  );
  await end(second, [gone("x"), gone("y")]);
  expect(await proposals()).toEqual([
    { id: "gonex", status: "ignored" },
    { id: "goney", status: "proposed" },
  ]);
  expect(await db.rows("select id, kind from outbox order by id")).toEqual([
    { id: "sync:first:7", kind: "sync-report" },
    { id: "sync:first:8", kind: "sync-report" },
    { id: "sync:second:7", kind: "sync-report" },
    { id: "sync:second:8", kind: "sync-report" },
  ]);
});

test("B5: a price is compared with the one that admins know of", async () => {
  const first = await readSync("first", [model("a"), model("b")]);
  expect((await readFindings(database, "first")).models.map((each) => each.previousPriceText)).toEqual([
    undefined,
    undefined,
  ]);
  await end(first, []);
  await readSync("second", [model("a", "9 credits"), model("b")]);
  expect((await readFindings(database, "second")).models).toMatchObject([
    { model: "a", priceText: "9 credits", previousPriceText: "5 credits" },
    { model: "b", previousPriceText: undefined },
  ]);
});

test("B5: a sync that is given up leaves what was proposed", async () => {
  await end(await readSync("first", [model("a")]), [gone("x")]);
  const { leaseUntil } = await readSync("second", [model("a")]);
  await finishSync(database, { syncId: "second", leaseUntil, changes: null, prices: null, report: null, now: NOW });
  expect(await proposals()).toEqual([{ id: "gonex", status: "proposed" }]);
  expect(await begin("third")).toBe(true);
});
