import { afterAll, beforeAll, expect, test } from "vitest";
import { makeMp3 } from "../../lib/sandbox/media/make-mp3.ts";
import { creates, type GenerationColumns, generationNow, logOf, photo, postedUpdate } from "../support/failures.ts";
import { type Person, startWorld, type World } from "../support/world.ts";

/** Words that stand nowhere but in what people wrote, or are called. */
const PRIVATE_WORDS = ["зимородок", "kingfisher", "Аглая", "aglaya_nick", "скворечник", "moorhen"];

let world: World;
let delivered: GenerationColumns;
let failed: GenerationColumns;
let person: Person;

/** A day in the life of the bot in which everything goes wrong once. */
beforeAll(async () => {
  world = await startWorld();
  await world.person(1).says("/start");
  person = world.person(9201);
  world.telegram.setProfile(person.id, { firstName: "Аглая", username: "aglaya_nick" });
  await person.says("/start");
  await person.credited(50_000);

  delivered = await creates(world, person, "зимородок над рекой");
  await world.advance(20);
  failed = await creates(world, person, "fail:policy зимородок");
  await world.advance(20);
  await creates(world, person, "lostall: kingfisher");
  await creates(world, person, "422: kingfisher");
  world.kie.failNextCreate(402);
  await creates(world, person, "moorhen");
  await world.advance(25 * 60);

  await creates(world, person, "big: скворечник");
  world.telegram.faults.next("sendMessage", "server-error");
  world.telegram.faults.next("editMessageMedia", "too-many-requests");
  await world.advance(120);

  await person.sendsFile(await photo("скворечник", "скворечник.png"), { caption: "fail:fetch moorhen" });
  await person.taps("mode:nano-banana:edit");
  await person.taps("Создать");
  await world.advance(60);
  await person.sendsFile({
    bytes: await makeMp3({ seconds: 1, seed: 1 }),
    fileName: "kingfisher.mp3",
    mime: "audio/mpeg",
    kind: "audio",
    title: "зимородок",
  });
  world.telegram.faults.next("getFile", "server-error", { times: 2 });
  await person.sendsFile(await photo("moorhen"));
  world.telegram.faults.clear();

  await person.says("яд \u0000 скворечник");
  await world.advance(60);
  world.database.faults.failBefore(10);
  await person.says("зимородок ещё раз");
  world.database.faults.clear();
  await world.advance(60);
  await world.telegram.userBlocks(person.id);
  await world.advance(60);
  await world.request("/api/telegram", { method: "POST", body: "зимородок" });
  await world.request("/api/telegram", postedUpdate(world, { nonsense: "зимородок" }));
  await world.request("/api/kie?generation=x&token=tttttttttttttttttttttttttt", { method: "POST", body: "{}" });
});
afterAll(async () => {
  await world.expectInvariants();
  await world.end();
});

test("H6: no line holds a secret, a token, a prompt, a file's name or a person's name", () => {
  const log = world.logLines.join("\n");
  const { config } = world.app;
  const secrets = [
    config.TELEGRAM_BOT_TOKEN,
    config.TELEGRAM_WEBHOOK_SECRET,
    config.KIE_API_KEY,
    config.KIE_WEBHOOK_HMAC_KEY,
    config.QSTASH_TOKEN,
    config.QSTASH_CURRENT_SIGNING_KEY,
    config.QSTASH_NEXT_SIGNING_KEY,
    config.DATABASE_URL,
    config.HEALTH_TOKEN,
    delivered.callback_token,
    failed.callback_token,
  ];
  expect(secrets.every((secret) => secret !== undefined && secret !== "")).toBe(true);
  for (const word of [...secrets, ...PRIVATE_WORDS]) expect(log).not.toContain(word);
  expect(log).not.toContain(encodeURIComponent("зимородок"));
});

test("H6: each line is one JSON object with time, level and event", () => {
  const lines = logOf(world);
  expect(lines.length).toBeGreaterThan(30);
  for (const line of lines) {
    expect(line.at).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(["debug", "info", "warn", "error"]).toContain(line.level);
    expect(line.event).toMatch(/^[a-z]+\.[a-z-]+$/);
  }
});

test("H6 I3: one id leads from the update to the generation, and from there to the delivery", () => {
  const ofGeneration = logOf(world).filter((line) => line.generationId === delivered.id);
  const updateIds = new Set(ofGeneration.flatMap((line) => (line.updateId === undefined ? [] : [line.updateId])));
  expect(updateIds.size).toBe(1);
  const events = ofGeneration.map((line) => line.event);
  for (const event of ["generation.created", "kie.create", "kie.look", "generation.outcome", "generation.delivered"]) {
    expect(events).toContain(event);
  }
});

test("H6 I3: every warning and error carries the id of its update or generation, and its cause", () => {
  const troubles = logOf(world).filter((line) => line.level === "warn" || line.level === "error");
  expect(troubles.length).toBeGreaterThan(5);
  const known = new Set(["http.malformed-body"]);
  for (const line of troubles.filter(({ event }) => !known.has(event))) {
    expect(line.updateId ?? line.generationId ?? line.outboxId, JSON.stringify(line)).toBeDefined();
    if (line.event.endsWith("-failed") || line.event.endsWith(".failed")) expect(line.error).toBeDefined();
  }
});

test("I3: a failing generation is logged once with its cause", async () => {
  expect((await generationNow(world, failed.id)).state).toBe("failed");
  const outcomes = logOf(world).filter(
    (line) => line.generationId === failed.id && line.event === "generation.outcome",
  );
  expect(outcomes).toMatchObject([{ event: "generation.outcome", cause: "content-policy", code: "400" }]);
});

test("I3: one failure of Telegram is one line", () => {
  const flood = logOf(world).filter((line) => line.event === "generation.not-told" && line.kind === "flood");
  expect(flood).toHaveLength(1);
  expect(flood[0]?.error).toMatchObject({ name: "TelegramFailure", code: 429 });
});
