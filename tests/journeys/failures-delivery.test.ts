import { expect, test } from "vitest";
import { afterCall, creates, generationNow, movements, tasksFor } from "../support/failures.ts";
import { sharedWorld } from "../support/shared-world.ts";
import type { Person } from "../support/world.ts";

const world = sharedWorld();

const ofBot = (person: Person) => person.messages().filter((message) => message.from === "bot");
const withMedia = (person: Person) => ofBot(person).filter((message) => message.media !== undefined);
const called = (method: string, userId: number) =>
  world.context.calls
    .list()
    .filter((call) => call.service === "telegram" && call.method === method)
    // A number in JSON, a text in a multipart form.
    .filter((call) => new RegExp(`"chat_id":"?${userId}"?[,}]`).test(JSON.stringify(call.body)));

async function fileIdOf(generationId: string): Promise<unknown> {
  const [row] = await world.db.rows("select file_id from outputs where generation_id = $1", [generationId]);
  return row?.file_id;
}

async function expectCharged(person: Person, generationId: string): Promise<void> {
  expect(await person.wallet()).toMatchObject({ bonus: 4937n, held: 0n, running: 0, queued: 0 });
  expect(await movements(world, generationId)).toEqual(["hold bonus→held 63", "post held→revenue 63"]);
}

test("D4 D5: a result for somebody who blocked the bot is kept, and comes from the history after unblocking", async () => {
  const ira = await world.newcomer();
  const generation = await creates(world, ira, "озеро");
  await world.telegram.userBlocks(ira.id);
  await world.advance(20);
  expect((await generationNow(world, generation.id)).state).toBe("undeliverable");
  await expectCharged(ira, generation.id);
  expect(withMedia(ira)).toEqual([]);

  await world.advance(3600);
  await world.telegram.userUnblocks(ira.id);
  await ira.says("/history");
  expect(ira.reads()).toContain("готово, но не доставлено");
  await ira.taps(`open:${generation.id}`);
  await ira.taps("Прислать ещё раз");
  expect(withMedia(ira)).toHaveLength(1);
  expect(ira.reads()).toContain("списано 0,63 ₽, осталось 49,37 ₽");
  expect((await generationNow(world, generation.id)).state).toBe("delivered");
  expect(await fileIdOf(generation.id)).toEqual(expect.any(String));
  await expectCharged(ira, generation.id);
  expect(tasksFor(world, "озеро")).toHaveLength(1);
});

test("D1 D4 D5: a result that arrived after unblocking is sent again by Telegram's own file id", async () => {
  const lena = await world.newcomer();
  const generation = await creates(world, lena, "пруд");
  await world.telegram.userBlocks(lena.id);
  await world.advance(20);
  await world.telegram.userUnblocks(lena.id);
  await lena.says("/history");
  await lena.taps(`open:${generation.id}`);
  await lena.taps("Прислать ещё раз");
  await lena.says("/history");
  await lena.taps(`open:${generation.id}`);
  await lena.taps("Прислать ещё раз");
  expect(withMedia(lena)).toHaveLength(2);
  const fileId = await fileIdOf(generation.id);
  expect(JSON.stringify(called("sendPhoto", lena.id).at(-1)?.body)).toContain(String(fileId));
});

test("D4: somebody who blocked the bot is not written to about a failure either, and gets the money back", async () => {
  const olga = await world.newcomer();
  const generation = await creates(world, olga, "fail: туча");
  await world.telegram.userBlocks(olga.id);
  await world.advance(400);
  expect(await generationNow(world, generation.id)).toMatchObject({ state: "failed", posted_kopecks: "0" });
  expect(await olga.wallet()).toMatchObject({ bonus: 5000n, held: 0n });
  const attempts = called("sendMessage", olga.id).filter((call) => JSON.stringify(call.answer).includes("403"));
  expect(attempts).toHaveLength(1);
});

test("D4: Telegram's 429 is waited out as long as it says, and the result comes once", async () => {
  const kira = await world.newcomer();
  const generation = await creates(world, kira, "водопад");
  world.telegram.faults.next("sendMessage", "too-many-requests", { retryAfterSeconds: 90 });
  await world.advance(60);
  expect((await generationNow(world, generation.id)).state).toBe("succeeded");
  expect(withMedia(kira)).toEqual([]);
  await world.advance(60);
  expect((await generationNow(world, generation.id)).state).toBe("delivered");
  expect(withMedia(kira)).toHaveLength(1);
  await expectCharged(kira, generation.id);
});

test("D4: 429 on the edit into the picture leaves one message, which becomes the picture later", async () => {
  const mila = await world.newcomer();
  const generation = await creates(world, mila, "роща");
  const before = ofBot(mila).length;
  world.telegram.faults.next("editMessageMedia", "too-many-requests", { retryAfterSeconds: 30 });
  await world.advance(15);
  expect(mila.reads()).toContain("Готово");
  await world.advance(60);
  expect(withMedia(mila)).toHaveLength(1);
  // The status message went, the result came.
  expect(ofBot(mila)).toHaveLength(before);
  await expectCharged(mila, generation.id);
});

test("D4: Telegram's 500 is tried again, and the result comes once", async () => {
  const nina = await world.newcomer();
  const generation = await creates(world, nina, "маяк");
  world.telegram.faults.next("sendMessage", "server-error", { times: 3 });
  world.telegram.faults.next("editMessageMedia", "server-error", { times: 2 });
  await world.advance(300);
  expect((await generationNow(world, generation.id)).state).toBe("delivered");
  expect(withMedia(nina)).toHaveLength(1);
  await expectCharged(nina, generation.id);
});

test("D4: after a lost answer to sendMessage there is at most one message too many, and one picture", async () => {
  const zoya = await world.newcomer();
  const generation = await creates(world, zoya, "скала");
  const before = ofBot(zoya).length;
  world.telegram.faults.next("sendMessage", "lost-answer");
  await world.advance(120);
  expect((await generationNow(world, generation.id)).state).toBe("delivered");
  expect(withMedia(zoya)).toHaveLength(1);
  expect(ofBot(zoya).length - before).toBeLessThanOrEqual(1);
  await expectCharged(zoya, generation.id);
});

test("D4: after a lost answer to editMessageMedia there is no message too many", async () => {
  const yana = await world.newcomer();
  const generation = await creates(world, yana, "остров");
  const before = ofBot(yana).length;
  world.telegram.faults.next("editMessageMedia", "lost-answer", { times: 2 });
  await world.advance(120);
  expect((await generationNow(world, generation.id)).state).toBe("delivered");
  expect(withMedia(yana)).toHaveLength(1);
  expect(ofBot(yana)).toHaveLength(before);
  await expectCharged(yana, generation.id);
});

test("D4: a request to Telegram that never arrived is repeated without a trace", async () => {
  const alla = await world.newcomer();
  const generation = await creates(world, alla, "бухта");
  const before = ofBot(alla).length;
  world.telegram.faults.next("sendMessage", "lost-request");
  world.telegram.faults.next("editMessageMedia", "lost-request");
  await world.advance(120);
  expect(withMedia(alla)).toHaveLength(1);
  expect(ofBot(alla)).toHaveLength(before);
  await expectCharged(alla, generation.id);
});

test("D4: a process that dies after the ring goes on with the same message when the lease is over", async () => {
  const vika = await world.newcomer();
  const generation = await creates(world, vika, "тропа");
  const before = ofBot(vika).length;
  // What a crash leaves behind: the message rang and is remembered, then every statement and call fails for a while.
  afterCall(
    world,
    (call) => call.service === "database" && call.method.startsWith("update generations set done_message_id"),
    () => {
      world.telegram.faults.next("editMessageMedia", "server-error");
      world.database.faults.failBefore(1);
    },
  );
  await world.advance(30);
  expect((await generationNow(world, generation.id)).state).toBe("succeeded");
  await world.advance(400);
  expect((await generationNow(world, generation.id)).state).toBe("delivered");
  expect(withMedia(vika)).toHaveLength(1);
  expect(ofBot(vika)).toHaveLength(before);
  await expectCharged(vika, generation.id);
});

test("D1 D4: a picture too large for Telegram to fetch by its link is uploaded by us", async () => {
  const tanya = await world.newcomer();
  const generation = await creates(world, tanya, "big: панорама");
  await world.advance(60);
  expect((await generationNow(world, generation.id)).state).toBe("delivered");
  expect(withMedia(tanya)).toHaveLength(1);
  const edits = called("editMessageMedia", tanya.id);
  expect(edits.length).toBeGreaterThanOrEqual(2);
  expect(JSON.stringify(edits.at(-1)?.body)).toMatch(/"bytes":\d{7,}/);
  expect(await fileIdOf(generation.id)).toEqual(expect.any(String));
  await expectCharged(tanya, generation.id);
});

test("D1 D4 H6: a file that nobody can fetch reaches the user as a link with its receipt", async () => {
  const yulia = await world.newcomer();
  const generation = await creates(world, yulia, "hang: арка");
  const [task] = tasksFor(world, "hang: арка");
  world.telegram.faults.next("editMessageMedia", "server-error");
  await world.kie.finish(task?.taskId ?? "");
  // The link stays, what lies behind it is gone: as when KIE deletes early.
  await world.db.rows("update outputs set url = replace(url, '/0.png', '/9.png') where generation_id = $1", [
    generation.id,
  ]);
  await world.advance(60);
  expect((await generationNow(world, generation.id)).state).toBe("delivered");
  expect(yulia.reads()).toContain("/9.png");
  expect(yulia.reads()).toContain("списано 0,63 ₽");
  await expectCharged(yulia, generation.id);
});

test("D1 D4: several pictures: a lost answer to the album doubles it at most once, and the receipt stays one", async () => {
  const dasha = await world.newcomer();
  const generation = await creates(world, dasha, "many:3 грибы");
  world.telegram.faults.next("sendMediaGroup", "lost-answer");
  await world.advance(120);
  expect((await generationNow(world, generation.id)).state).toBe("delivered");
  expect(withMedia(dasha).length).toBeGreaterThanOrEqual(3);
  expect(withMedia(dasha).length).toBeLessThanOrEqual(6);
  expect(ofBot(dasha).filter((message) => message.text?.includes("списано"))).toHaveLength(1);
  const [row] = await world.db.rows(
    "select count(*)::int as outputs, count(file_id)::int as files from outputs where generation_id = $1",
    [generation.id],
  );
  expect(row).toEqual({ outputs: 3, files: 3 });
});

test("I2: a screen that Telegram does not take now is shown as soon as it does, once", async () => {
  const galya = await world.newcomer();
  const before = ofBot(galya).length;
  world.telegram.faults.next("sendMessage", "too-many-requests", { times: 1, retryAfterSeconds: 40 });
  await galya.says("/balance");
  expect(ofBot(galya)).toHaveLength(before);
  await world.advance(20);
  expect(ofBot(galya)).toHaveLength(before);
  await world.advance(30);
  expect(ofBot(galya)).toHaveLength(before + 1);
  expect(galya.reads()).toContain("Баланс");
});

test("I2: a screen whose answer was lost is drawn at most once too often", async () => {
  const nadya = await world.newcomer();
  const before = ofBot(nadya).length;
  world.telegram.faults.next("sendMessage", "lost-answer");
  await nadya.says("зимний лес");
  await world.advance(30);
  expect(ofBot(nadya).length - before).toBeLessThanOrEqual(2);
  await nadya.taps("Создать");
  await world.advance(20);
  expect(tasksFor(world, "зимний лес")).toHaveLength(1);
  expect(withMedia(nadya)).toHaveLength(1);
});
