import { expect, onTestFinished, test } from "vitest";
import { creates, generationNow, movements, photo, signedJob } from "../support/failures.ts";
import { startWorld, type World } from "../support/world.ts";

/** A world of its own that ends with the test. */
async function worldWith(environment: Record<string, string>): Promise<World> {
  const world = await startWorld({ environment });
  onTestFinished(() => world.end());
  return world;
}

const callsToKie = (world: World) => world.context.calls.list().filter((call) => call.service === "kie");

const SWITCHED_OFF = { ALLOW_REAL_GENERATION: "0" };

test.each([
  {
    what: "TEST_MODE",
    environment: { TEST_MODE: "true" },
    mode: "test",
    mark: "Тестовый режим: деньги не списываются.",
  },
  {
    what: "TEST_MODE beside every other switch",
    environment: { TEST_MODE: "1", DRY_RUN: "1", KIE_STUB: "1" },
    mode: "test",
    mark: "Тестовый режим",
  },
  {
    what: "DRY_RUN",
    environment: { DRY_RUN: "yes" },
    mode: "dry-run",
    mark: "DRY RUN: пробный прогон, деньги не списываются.",
  },
  { what: "KIE_STUB", environment: { KIE_STUB: "1" }, mode: "dry-run", mark: "DRY RUN" },
  { what: "no switch at all", environment: SWITCHED_OFF, mode: "dry-run", mark: "DRY RUN" },
])(
  "C11 H5: with $what KIE is never called, nothing is charged and the result says so",
  async ({ environment, mode, mark }) => {
    const world = await worldWith(environment);
    const anna = world.person(9001);
    await anna.says("/start");
    await anna.says("кот на подоконнике");
    const generation = await creates(world, anna, "кот на подоконнике ночью");
    expect(await anna.wallet()).toMatchObject({ main: 0n, bonus: 5000n, held: 0n });
    await world.advance(400);

    expect(await generationNow(world, generation.id)).toMatchObject({ state: "delivered", mode, posted_kopecks: "0" });
    expect(anna.screen().media).toMatchObject([{ kind: "photo" }]);
    expect(anna.reads()).toContain(mark);
    expect(anna.reads()).toContain("деньги не списаны, на балансе 50 ₽");
    expect(await anna.wallet()).toMatchObject({ main: 0n, bonus: 5000n, held: 0n, running: 0, queued: 0 });
    expect(await movements(world, generation.id)).toEqual([]);
    expect(callsToKie(world)).toEqual([]);

    const health = await world.request("/api/health");
    expect(await health.json()).toEqual({ ok: true, mode });
    expect(health.status).toBe(200);
    await world.expectInvariants();
  },
);

test("C11 A6: a rehearsal with a file stores nothing at KIE either", async () => {
  const world = await worldWith({ DRY_RUN: "1" });
  const boris = world.person(9002);
  await boris.says("/start");
  await boris.sendsFile(await photo("дом"), { caption: "добавь снег" });
  await boris.taps("mode:nano-banana:edit");
  await boris.taps("Создать");
  await world.advance(400);
  expect(boris.screen().media).toMatchObject([{ kind: "photo" }]);
  expect(callsToKie(world)).toEqual([]);
});

test.each(["on", "TRUE", " Yes ", "1"])("C11: «%s» allows real generation", async (value) => {
  const world = await worldWith({ ALLOW_REAL_GENERATION: value });
  const vera = world.person(9003);
  await vera.says("/start");
  await creates(world, vera, "кот");
  expect(await vera.wallet()).toMatchObject({ bonus: 4937n, held: 63n });
  expect(callsToKie(world).length).toBeGreaterThan(0);
  await world.advance(20);
  expect(await (await world.request("/api/health")).json()).toEqual({ ok: true, mode: "real" });
});

test.each(["0", "false", "no", "off", "enabled"])("C11: «%s» does not allow real generation", async (value) => {
  const world = await worldWith({ ALLOW_REAL_GENERATION: value });
  expect(world.app.config.mode).toBe("dry-run");
  expect(await (await world.request("/api/health")).json()).toMatchObject({ mode: "dry-run" });
});

test("C11: an empty wallet rehearses too, because nothing is taken", async () => {
  const world = await worldWith({ ...SWITCHED_OFF, WELCOME_BONUS_KOPECKS: "0" });
  const gleb = world.person(9004);
  await gleb.says("/start");
  const generation = await creates(world, gleb, "кот");
  await world.advance(400);
  expect((await generationNow(world, generation.id)).state).toBe("delivered");
  expect(await gleb.wallet()).toMatchObject({ main: 0n, bonus: 0n, held: 0n });
});

test("C11: a job that wakes a rehearsal calls nobody", async () => {
  const world = await worldWith({ TEST_MODE: "1" });
  const dina = world.person(9005);
  await dina.says("/start");
  const generation = await creates(world, dina, "кот");
  const body = JSON.stringify({ name: "advance-generation", generationId: generation.id });
  expect((await world.request("/api/jobs", signedJob(world, body))).status).toBe(200);
  expect(callsToKie(world)).toEqual([]);
});
