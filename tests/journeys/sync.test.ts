import { afterAll, beforeAll, expect, test } from "vitest";
import { createApp } from "../../lib/app.ts";
import type { KieCatalogue } from "../../lib/kie/catalogue.ts";
import { requestSchemas } from "../../lib/sandbox/kie/request-schemas.ts";
import { carryOut } from "../../lib/services/admin/orders.ts";
import type { App } from "../../lib/services/app.ts";
import { withCatalog } from "../../lib/services/catalog/current.ts";
import { syncCatalog } from "../../lib/services/catalog/sync.ts";
import { costOf, visit } from "../bench/round-trips.ts";
import { answerQuestions, create, kopecksOfCredits, kopecksOn, offers } from "../support/buying.ts";
import { orderedSync, runSync, virtualCatalogue } from "../support/catalog-sync.ts";
import { type Person, startWorld, type World } from "../support/world.ts";

const ADMIN = 1;

let world: World;
let admin: Person;
let anna: Person;
beforeAll(async () => {
  world = await startWorld();
  admin = world.person(ADMIN);
  anna = world.person(41);
  await anna.credited(100_000);
  await admin.says("/start");
  await runSync(world);
});
afterAll(async () => {
  await world.expectInvariants();
  await world.end();
});

const schemaOf = (model: string) => {
  const schema = requestSchemas().models[model];
  if (schema === undefined) throw new Error(`KIE has no ${model}`);
  return schema;
};

const newModel = (index: number) => ({
  model: `brand-new/picture-${index}`,
  title: `Brand New ${index}`,
  provider: "Brand New",
  taskType: ["Text to Image"],
  schema: {
    ...schemaOf("z-image"),
    input: { prompt: { type: "string" as const, required: true as const, maxLength: 500 } },
    prices: [{ when: {}, credits: 4, per: "image" as const }],
  },
});

const GONE = ["qwen/text-to-image", "flux-2/pro-text-to-image", "ideogram/v3-text-to-image"];
const REPRICED = ["z-image", "grok-imagine/text-to-image", "google/nano-banana"];
const WITH_NEW_FIELD = [
  "google/nano-banana-edit",
  "nano-banana-pro",
  "gpt-image/1.5-text-to-image",
  "seedream/4.5-text-to-image",
];
const WITHOUT_FIELD = ["google/imagen4", "google/imagen4-fast", "google/imagen4-ultra"];

function alterKie(): void {
  world.kie.alterCatalogue({
    add: [1, 2, 3, 4, 5].map(newModel),
    remove: GONE,
    change: [
      ...REPRICED.map((model) => ({ model, priceText: "Now 7 credits per image" })),
      ...WITH_NEW_FIELD.map((model) => ({
        model,
        setFields: { mood: { type: "string" as const, enum: ["calm", "wild"], default: "calm" } },
      })),
      ...WITHOUT_FIELD.map((model) => ({ model, removeFields: ["seed"] })),
    ],
  });
}

const proposals = () =>
  world.db.rows(
    "select payload ->> 'kind' as kind, payload ->> 'model' as model, status from catalog_changes where kind = 'change' order by 1, 2",
  );
const countOf = (rows: readonly Record<string, unknown>[], kind: string) =>
  rows.filter((row) => row["kind"] === kind && row["status"] === "proposed").length;
const idOf = async (kind: string, model: string) =>
  String(
    (
      await world.db.rows(
        "select id from catalog_changes where payload ->> 'kind' = $1 and payload ->> 'model' = $2 order by created_at desc",
        [kind, model],
      )
    )[0]?.["id"],
  );
const catalogueCalls = () =>
  world.context.calls.list().filter(({ service, method }) => service === "kie" && method.includes("/api/v1/models"));

test("B5: a first sync of an unaltered KIE finds what it has, and keeps to one request per second", () => {
  const calls = catalogueCalls();
  expect(calls.length).toBeGreaterThan(200);
  const gaps = calls.slice(1).map(({ at }, index) => at - (calls[index]?.at ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_000);
  expect(calls.filter(({ answer }) => JSON.stringify(answer).includes('"code":429'))).toEqual([]);
});

test("B5: five new, three gone and ten changed models are reported to the admin", async () => {
  const before = await proposals();
  alterKie();
  await runSync(world);
  const after = await proposals();
  expect(after.filter(({ model }) => String(model).startsWith("brand-new/"))).toHaveLength(5);
  expect(GONE.every((model) => after.some((row) => row["kind"] === "gone-model" && row["model"] === model))).toBe(true);
  expect(countOf(after, "price-text")).toBe(3);
  expect(countOf(after, "field-added") - countOf(before, "field-added")).toBe(WITH_NEW_FIELD.length);
  expect(countOf(after, "field-removed") - countOf(before, "field-removed")).toBe(WITHOUT_FIELD.length);
  expect(admin.readsAll()).toContain("Новые модели: 5");
  expect(admin.readsAll()).toContain("Изменились цены: 3");
  await admin.taps("Посмотреть");
  expect(admin.screen().keyboard?.flat().length).toBeGreaterThan(1);
});

test("B5: an approved model is sold to everybody, made by KIE and paid; rolled back, it is not sold", async () => {
  const proposalId = await idOf("new-model", "brand-new/picture-1");
  const order = (decision: "approve" | "roll-back") =>
    carryOut(world.app, { adminId: ADMIN, order: { kind: "decide", proposalId, decision } });
  const seek = async () => {
    await anna.says("/models");
    await anna.says("Brand New 1");
  };
  await seek();
  expect(offers(anna, "Brand New 1")).toBe(false);
  // Without a price it can not be approved.
  await order("approve");
  await seek();
  expect(offers(anna, "Brand New 1")).toBe(false);
  const completion = { category: "image", price: { credits: 4, per: "image" } } as const;
  await carryOut(world.app, { adminId: ADMIN, order: { kind: "complete", proposalId, completion } });
  await order("approve");
  await seek();
  await anna.taps("Brand New 1");
  await answerQuestions(anna, []);
  expect(kopecksOn(anna.button("show_price_confirmation").text)).toBe(kopecksOfCredits(4));
  await create(anna);
  await world.advance(120);
  expect(world.kie.createdCount(({ model }) => model === "brand-new/picture-1")).toBe(1);
  expect((await anna.wallet()).main + (await anna.wallet()).bonus).toBe(105_000n - kopecksOfCredits(4));
  await order("roll-back");
  await seek();
  expect(offers(anna, "Brand New 1")).toBe(false);
  // What was made with it still opens.
  await anna.says("/history");
  await anna.taps("open:");
  expect(anna.reads()).not.toBe("");
});

test("B5: two instances never disagree on a price after an approval", async () => {
  const other = secondInstance();
  const read = async (app: App) => {
    const [row] = await world.db.rows(
      "select (value ->> 'revision')::int as revision from settings where key = 'catalog'",
    );
    const { catalog } = await withCatalog(app, Number(row?.["revision"] ?? 0));
    return catalog.entry("z-image")?.entry.price.rows.map(({ credits }) => credits);
  };
  expect(await read(world.app)).toEqual(await read(other));
  const proposalId = await idOf("price-text", "z-image");
  const price = { credits: 7, per: "image" } as const;
  await carryOut(world.app, { adminId: ADMIN, order: { kind: "complete", proposalId, completion: { price } } });
  await carryOut(world.app, { adminId: ADMIN, order: { kind: "decide", proposalId, decision: "approve" } });
  expect(await read(other)).toEqual([7]);
  expect(await read(world.app)).toEqual([7]);
  await carryOut(other, { adminId: ADMIN, order: { kind: "decide", proposalId, decision: "roll-back" } });
  expect(await read(world.app)).toEqual(await read(other));
  expect(await read(world.app)).not.toEqual([7]);
});

test("B5: an ignored change is not proposed again; one that KIE took back goes by itself", async () => {
  const ignored = await idOf("gone-model", GONE[0] ?? "");
  await carryOut(world.app, { adminId: ADMIN, order: { kind: "decide", proposalId: ignored, decision: "ignore" } });
  await runSync(world);
  const statuses = async () =>
    world.db.rows(
      "select status from catalog_changes where payload ->> 'kind' = 'gone-model' and payload ->> 'model' = any($1) order by 1",
      [GONE],
    );
  expect(await statuses()).toEqual([{ status: "ignored" }, { status: "proposed" }, { status: "proposed" }]);
  world.kie.resetCatalogue();
  await runSync(world);
  expect(await statuses()).toEqual([{ status: "ignored" }]);
  // Of the price that was decided about, the way back is news again.
  const prices = (await proposals()).filter(({ kind, status }) => kind === "price-text" && status === "proposed");
  expect(prices.map(({ model }) => model)).toEqual(["z-image"]);
});

test("B5: a process that dies in the middle loses one model; the next goes on where it was", async () => {
  const real = virtualCatalogue(world);
  let asked = 0;
  const dying: KieCatalogue = {
    ...real,
    schema: async (model) => {
      asked += 1;
      if (asked === 8) throw new Error("the process died");
      return await real.schema(model);
    },
  };
  await orderedSync(world);
  const app: App = { ...world.app, catalogue: dying };
  const deadline = new AbortController().signal;
  await expect(syncCatalog(app, { deadline })).rejects.toThrow("the process died");
  // A doubled job meanwhile finds the lease taken.
  expect(await syncCatalog(app, { deadline })).toEqual({ read: 0 });
  await world.context.clock.advance(121);
  const { read } = await syncCatalog(app, { deadline });
  const [sync] = await world.db.rows(
    "select total, finished_at is null as running from catalog_syncs order by started_at desc limit 1",
  );
  expect(sync).toEqual({ total: read + 7, running: false });
  expect(asked).toBe(read + 8);
});

test("B5: nobody but an admin may order or decide", async () => {
  const before = await proposals();
  const proposalId = await idOf("new-model", "brand-new/picture-2");
  await carryOut(world.app, { adminId: anna.id, order: { kind: "decide", proposalId, decision: "approve" } });
  await carryOut(world.app, { adminId: anna.id, order: { kind: "sync-now" } });
  expect(await proposals()).toEqual(before);
  expect(await world.db.rows("select id from catalog_syncs where finished_at is null")).toEqual([]);
  await anna.says("/admin");
  expect(anna.reads()).toContain("/admin");
  const { messageId } = anna.screen();
  await anna.forces(messageId, "admin:sync~0");
  expect(await world.db.rows("select id from catalog_syncs where finished_at is null")).toEqual([]);
});

test("A3 B5: with a catalog that was decided about a tap costs one read and one write, as ever", async () => {
  await anna.says("/models");
  const cost = await costOf(world, () => visit(world, anna.id).taps("category:image"));
  expect(cost).toMatchObject({ databaseBefore: 2, writesBefore: 1, databaseAfter: 0, telegramBefore: 1 });
});

/** Another process on the same database. */
function secondInstance(): App {
  return createApp(world.app.config, { clock: world.app.clock, keepAlive: () => undefined, writeLog: () => undefined });
}
