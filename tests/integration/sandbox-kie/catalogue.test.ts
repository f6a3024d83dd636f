import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { readModelSchema } from "../../../lib/catalog/live/openapi.ts";
import { catalogueRoutes } from "../../../lib/sandbox/kie/catalogue-control.ts";
import { GONE_MODELS, newsScenario } from "../../../lib/sandbox/kie/catalogue-scenario.ts";
import { requestSchemas } from "../../../lib/sandbox/kie/request-schemas.ts";
import { type KieBench, startBench } from "./harness.ts";

let bench: KieBench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.close());

const listSchema = z.strictObject({
  total: z.number(),
  models: z.array(
    z.strictObject({
      model: z.string(),
      slug: z.string(),
      title: z.string(),
      provider: z.string(),
      taskType: z.array(z.string()).min(1),
      description: z.string().nullable(),
      pricingDesc: z.string().nullable(),
    }),
  ),
});
const ratesSchema = z.strictObject({
  model: z.string(),
  points: z.array(
    z.strictObject({
      start: z.number(),
      end: z.number(),
      successRate: z.number().min(0).max(1).nullable(),
      errorRate: z.number().min(0).max(1).nullable(),
      isNormal: z.boolean(),
    }),
  ),
});

/** Asks a second after whatever was asked before. */
async function ask(path: string) {
  await bench.clock.advance(1);
  return await bench.api("GET", `/api/v1/models${path}`);
}

const list = async (query = "") => listSchema.parse((await ask(query)).data);
const ids = async (query = "") => (await list(query)).models.map(({ model }) => model);

describe("GET /api/v1/models", () => {
  test("lists every current model of the market and the synchronous ones, about 200", async () => {
    const { total, models } = await list();
    expect(total).toBe(models.length);
    expect(total).toBeGreaterThan(190);
    const listed = models.map(({ model }) => model);
    expect(listed).toEqual(expect.arrayContaining(Object.keys(requestSchemas().models)));
    expect(models.filter(({ taskType }) => taskType.includes("Chat")).length).toBe(12);
    expect(new Set(listed).size).toBe(total);
    for (const model of requestSchemas().gone) expect(listed).not.toContain(model);
  });

  test("filters by task types, provider and words, and by all of them together", async () => {
    const videos = await list("?taskType=Text%20to%20Video,Image%20to%20Video");
    expect(videos.total).toBeGreaterThan(40);
    expect(new Set(videos.models.flatMap(({ taskType }) => taskType))).toEqual(
      new Set(["Text to Video", "Image to Video"]),
    );
    expect(await ids("?provider=Recraft")).toHaveLength(2);
    expect(await ids("?q=z-image&provider=Alibaba")).toEqual(["z-image"]);
    expect(await list("?q=midjourney")).toEqual({ total: 0, models: [] });
  });

  test("tells prices in prose, and null where none is known", async () => {
    const { models } = await list("?q=z-image");
    expect(models[0]?.pricingDesc).toBe("0.8 credits per image (0.0040 USD).");
    expect((await ask("/z-image/price")).data).toEqual({ model: "z-image", pricingDesc: models[0]?.pricingDesc });
  });
});

describe("GET /api/v1/models/{model}/schema", () => {
  test("gives a document whose fields are those that createTask takes; the slash of the id stands as it is", async () => {
    const { data } = await ask("/happyhorse/image-to-video/schema");
    expect(data).toMatchObject({ model: "happyhorse/image-to-video", openapi: { openapi: "3.1.0" } });
    // As KIE publishes it: the key of one field ends in a blank.
    expect(JSON.stringify(data)).toContain('"image_urls "');
    const fields = readModelSchema(data);
    expect(Object.keys(fields ?? {})).toEqual(
      Object.keys(requestSchemas().models["happyhorse/image-to-video"]?.input ?? {}),
    );
  });

  test("of a synchronous model names its own path", async () => {
    const { data } = await ask("/gpt-6-codex/schema");
    expect(data).toHaveProperty(["openapi", "paths", "/codex/v1/responses"]);
    expect(readModelSchema(data)).toBeNull();
  });

  test("of an unknown model is 404 in an envelope", async () => {
    expect((await ask("/sora-9/schema")).code).toBe(404);
    expect((await ask("/z-image/colour")).code).toBe(404);
  });
});

describe("GET /api/v1/models/{model}/success-rate", () => {
  const rates = async (model: string) => ratesSchema.parse((await ask(`/${model}/success-rate`)).data).points;

  test("tells 24 hours in stretches of ten minutes, some without a rate", async () => {
    const points = await rates("kling-2.6/text-to-video");
    expect(points).toHaveLength(144);
    for (const [index, point] of points.entries()) {
      expect(point.end - point.start).toBe(600_000);
      if (index > 0) expect(point.start).toBe(points[index - 1]?.end);
    }
    expect(bench.clock.now().getTime() - (points.at(-1)?.end ?? 0)).toBeLessThan(600_000);
    const known = points.filter(({ successRate }) => successRate !== null);
    expect(known.length).toBeGreaterThan(100);
    expect(known.length).toBeLessThan(144);
    expect(known.every(({ isNormal }) => isNormal)).toBe(true);
  });

  test("is what a test sets, until it is taken back", async () => {
    bench.kie.setSuccessRate("z-image", 0.4);
    const bad = await rates("z-image");
    expect(new Set(bad.map(({ successRate }) => successRate))).toEqual(new Set([0.4, null]));
    expect(bad.some(({ isNormal }) => !isNormal)).toBe(true);
    bench.kie.setSuccessRate("z-image", null);
    expect((await rates("z-image")).every(({ successRate }) => successRate === null)).toBe(true);
    bench.kie.setSuccessRate("z-image", undefined);
    expect((await rates("z-image")).some(({ successRate }) => (successRate ?? 0) > 0.9)).toBe(true);
  });
});

test("all four share one request a second of virtual time; an excess is 429 in an envelope on HTTP 200", async () => {
  const paths = ["", "/z-image/schema", "/z-image/price", "/z-image/success-rate"];
  expect((await ask("")).code).toBe(200);
  for (const path of paths) {
    expect(await bench.api("GET", `/api/v1/models${path}`)).toEqual({
      code: 429,
      msg: "Your call frequency is too high. Please try again later.",
      data: null,
    });
  }
  for (const path of paths) expect((await ask(path)).code, path).toBe(200);
  // Other endpoints are not slowed down by it.
  expect((await bench.api("GET", "/api/v1/chat/credit")).code).toBe(200);
});

test("without the key nothing is told", async () => {
  const response = await fetch(`${bench.origin}/kie/api/v1/models`, { headers: { authorization: "Bearer nobody" } });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ code: 401 });
});

describe("a day with news", () => {
  beforeEach(() => bench.kie.alterCatalogue(newsScenario()));

  test("lists 5 new models and not the 3 that are gone", async () => {
    const listed = await ids();
    expect(listed).toHaveLength(198);
    expect(listed).toContain("nova-2/text-to-image");
    for (const model of GONE_MODELS) expect(listed).not.toContain(model);
    expect((await ask("/infinitalk/from-audio/schema")).code).toBe(404);
    const { data } = await ask("/pixverse-v6/text-to-video/schema");
    expect(readModelSchema(data)?.["duration"]).toMatchObject({ max: 10 });
  });

  test("a new model is made and billed, a gone one is refused, a changed one follows its new schema", async () => {
    const before = bench.kie.credits();
    const made = await bench.create("nova-2/text-to-image", { prompt: "кот", aspect_ratio: "16:9" });
    expect(made.code).toBe(200);
    expect(before - bench.kie.credits()).toBe(10);
    await bench.clock.advance(120);
    expect((await bench.record(made.taskId)).state).toBe("success");
    expect(await bench.create("nova-2/text-to-image", { prompt: "кот", aspect_ratio: "5:7" })).toMatchObject({
      code: 500,
    });
    expect(await bench.create("recraft/crisp-upscale", { image: "https://example.com/a.png" })).toMatchObject({
      code: 422,
      msg: "The model name you specified is not supported. Please verify and try again.",
    });
    expect((await bench.create("hailuo/02-text-to-video-pro", { prompt: "кот" })).msg).toBe("style is required");
    expect((await bench.create("z-image", { prompt: "кот", aspect_ratio: "1:1", enhance_prompt: true })).code).toBe(
      200,
    );
  });

  test("is over when it is taken back, also by a reset", async () => {
    bench.kie.resetCatalogue();
    expect((await bench.create("recraft/crisp-upscale", { image: "https://example.com/a.png" })).code).toBe(200);
    expect(await ids()).toHaveLength(196);
    bench.kie.alterCatalogue(newsScenario());
    bench.kie.reset();
    expect(bench.kie.catalogue()).toEqual({ add: [], remove: [], change: [] });
  });

  test("is ordered, told and taken back over the sandbox's own API", async () => {
    const routes = catalogueRoutes(bench.kie);
    const call = async (route: string, body?: unknown): Promise<unknown> => {
      const request = new Request(
        "http://sandbox",
        body === undefined ? {} : { method: "POST", body: JSON.stringify(body) },
      );
      return await (await routes[route]?.(request))?.json();
    };
    expect(await call("POST /sandbox/kie/catalogue/reset")).toEqual({ add: [], remove: [], change: [] });
    expect(await call("POST /sandbox/kie/catalogue", { scenario: "news" })).toHaveProperty("remove", [...GONE_MODELS]);
    expect(await call("POST /sandbox/kie/catalogue", { remove: ["z-image"] })).toEqual({
      add: [],
      remove: ["z-image"],
      change: [],
    });
    expect(await call("GET /sandbox/kie/catalogue")).toHaveProperty("remove", ["z-image"]);
    await call("POST /sandbox/kie/success-rate", { model: "grok-imagine/text-to-image", rate: 0.1 });
    expect(JSON.stringify((await ask("/grok-imagine/text-to-image/success-rate")).data)).toContain(
      '"successRate":0.1,',
    );
    await expect(call("POST /sandbox/kie/catalogue", { remove: ["sora-9"] })).rejects.toThrow(/sora-9/);
  });

  test("can not be made of models that are not there", () => {
    expect(() => bench.kie.alterCatalogue({ remove: ["sora-9"] })).toThrow(/sora-9 is not in the catalogue/);
  });
});
