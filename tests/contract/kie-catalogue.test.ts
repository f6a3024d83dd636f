import { expect, test } from "vitest";
import { createCatalogueClient } from "../../lib/kie/catalogue.ts";
import { KieRejected, KieUnavailable } from "../../lib/kie/gateway.ts";
import { type Answer, type Arrived, startServer } from "./local-server.ts";

const KEY = "kie-key-that-nobody-may-see";
const GAP_MS = 30;

async function startKie(answer: (request: Arrived) => Answer) {
  const server = await startServer(answer);
  const waits: number[] = [];
  const catalogue = createCatalogueClient({
    baseUrl: `${server.origin}/`,
    apiKey: KEY,
    gapMs: GAP_MS,
    timeoutMs: 500,
    wait: async (milliseconds) => {
      waits.push(milliseconds);
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
    },
  });
  return { server, catalogue, waits };
}

const ok = (data: unknown): Answer => ({ body: { code: 200, msg: "success", data } });
const TOO_OFTEN: Answer = {
  body: { code: 429, msg: "Your call frequency is too high. Please try again later.", data: null },
};

test("B5: the list is read whatever else stands in it, and lines without an id are left out", async () => {
  const { server, catalogue } = await startKie(() =>
    ok({
      total: 4,
      models: [
        {
          model: "z-image",
          slug: "z",
          title: "Z Image",
          provider: "Alibaba",
          taskType: ["Text to Image"],
          pricingDesc: "0.8",
        },
        { model: "kling/v9", title: null, taskType: "Image to Video", description: null, somethingNew: { a: 1 } },
        { title: "no id" },
        "no object",
      ],
    }),
  );
  expect(await catalogue.models()).toEqual([
    { model: "z-image", title: "Z Image", provider: "Alibaba", taskTypes: ["Text to Image"], priceText: "0.8" },
    { model: "kling/v9", title: "kling/v9", provider: "", taskTypes: ["Image to Video"], priceText: null },
  ]);
  expect(server.arrived[0]).toMatchObject({ method: "GET", path: "/api/v1/models" });
  expect(server.arrived[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
});

test("B5: a model's id keeps its slash", async () => {
  const { server, catalogue } = await startKie(() =>
    ok({ model: "grok-imagine/text-to-image", openapi: { paths: {} } }),
  );
  expect(await catalogue.schema("grok-imagine/text-to-image")).toEqual({ paths: {} });
  expect(server.arrived[0]?.path).toBe("/api/v1/models/grok-imagine/text-to-image/schema");
});

test("B5: a missing document, price or rate is null, not an error", async () => {
  const { catalogue } = await startKie((request) =>
    ok(
      request.path.endsWith("/success-rate")
        ? { points: [{ successRate: null }] }
        : { openapi: null, pricingDesc: null },
    ),
  );
  expect(await catalogue.schema("a")).toBeNull();
  expect(await catalogue.priceText("a")).toBeNull();
  expect(await catalogue.successRate("a")).toBeNull();
});

test.each([
  { rates: [0.1, 0.2, 1, 1, 0.9, 0.9, 0.8, 0.8, null], expected: 0.9 },
  { rates: [10, 99, 98.5, 99.5, 99, 99, 99], expected: 0.99 },
  { rates: ["much", 0.5], expected: 0.5 },
])(
  "B6: the rate is the mean of the last six pieces that have one, as a share ($expected)",
  async ({ rates, expected }) => {
    const { catalogue } = await startKie(() =>
      ok({ points: rates.map((successRate) => ({ successRate, isNormal: true })) }),
    );
    expect(await catalogue.successRate("a")).toBeCloseTo(expected, 6);
  },
);

test("B5: questions asked at once go one by one, with a gap after each answer", async () => {
  const moments: { begun: number; ended: number }[] = [];
  const { catalogue } = await startKie(() => {
    moments.push({ begun: performance.now(), ended: performance.now() + 20 });
    return { body: { code: 200, data: { pricingDesc: "1" } }, delayMs: 20 };
  });
  await Promise.all(["a", "b", "c"].map((model) => catalogue.priceText(model)));
  expect(moments).toHaveLength(3);
  for (const [index, { begun }] of moments.entries()) {
    const before = moments[index - 1];
    if (before !== undefined) expect(begun - before.ended).toBeGreaterThanOrEqual(GAP_MS - 2);
  }
});

test("B5: asked too often, it waits and asks again, longer each time; in the end it says so", async () => {
  let refusals = 2;
  const { server, catalogue, waits } = await startKie(() => {
    refusals -= 1;
    return refusals >= 0 ? TOO_OFTEN : ok({ pricingDesc: "8" });
  });
  expect(await catalogue.priceText("a")).toBe("8");
  expect(server.arrived).toHaveLength(3);
  expect(waits).toContain(2 * GAP_MS);
  refusals = 99;
  await expect(catalogue.priceText("a")).rejects.toMatchObject({ name: "KieUnavailable", code: 429 });
});

test.each<{ name: string; answer: Answer; error: unknown }>([
  { name: "an unknown model", answer: { body: { code: 404, msg: "not found", data: null } }, error: KieRejected },
  { name: "a wrong key", answer: { body: { code: 401, msg: `no access for ${KEY}` } }, error: KieRejected },
  { name: "maintenance", answer: { body: { code: 455, msg: "maintenance" } }, error: KieUnavailable },
  { name: "a gateway's page", answer: { status: 502, body: "<html>Bad gateway</html>" }, error: KieUnavailable },
  { name: "a cut connection", answer: "drop", error: KieUnavailable },
  { name: "silence", answer: "silent", error: KieUnavailable },
  { name: "a list that is none", answer: { body: { code: 200, data: { models: "many" } } }, error: KieUnavailable },
])("B5: $name is told by the kind of error, without the key", async ({ answer, error }) => {
  const { catalogue } = await startKie(() => answer);
  const failure: unknown = await catalogue.models().then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(failure).toBeInstanceOf(error);
  expect(String(failure)).not.toContain(KEY);
});
