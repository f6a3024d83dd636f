import { expect, test } from "vitest";
import type { RecordedCall } from "../../lib/sandbox/context.ts";
import {
  albumsTo,
  captionsTo,
  itemStates,
  newestBatch,
  ordersBatch,
  preparesBatch,
  tellings,
  watchParallelism,
} from "../support/batches.ts";
import { afterCall, isDialogueRead, tasksFor } from "../support/failures.ts";
import { sharedWorld } from "../support/shared-world.ts";
import type { Person } from "../support/world.ts";

const MINUTE = 60;

const world = sharedWorld();

const named = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${name} ${index + 1}`);
const statusOf = (person: Person): string =>
  person
    .messages()
    .filter(({ from, text }) => from === "bot" && (text ?? "").startsWith("🗂"))
    .map(({ text }) => (text ?? "").replace(/[\u00a0\u202f]/g, " "))
    .at(-1) ?? "";
const finish = async (prompt: string): Promise<void> => {
  await world.kie.finish(tasksFor(world, prompt)[0]?.taskId ?? "");
  await world.idle();
};
const calledFor = (method: string, userId: number): RecordedCall[] =>
  world.context.calls
    .list()
    .filter((call) => call.service === "telegram" && call.method === method)
    .filter((call) => new RegExp(`"chat_id":"?${userId}"?[,}]`).test(JSON.stringify(call.body)));

test("C8 C9 D1: ten prompts, two of which fail and one is lost: one total, three at a time, an album, pay for what came", async () => {
  const anna = await world.newcomer();
  const parallel = watchParallelism(world);
  const prompts = [...named("берег", 4), "fail: буря", "fail:policy буря", ...named("мыс", 3), "lostall: бухта"];
  const batch = await ordersBatch(world, anna, prompts);
  expect(batch).toMatchObject({ kind: "batch", size: 10, remaining: 10 });
  expect(await anna.wallet()).toMatchObject({ bonus: 4370n, held: 630n, running: 3, queued: 7 });
  expect(anna.reads()).toContain("Готово 0 из 10");

  await world.advance(120);
  expect(anna.reads()).toContain("Готово 7 из 10");
  expect(albumsTo(anna)).toEqual([]);
  expect(await anna.wallet()).toMatchObject({ held: 63n, running: 1, queued: 0 });

  await world.advance(25 * MINUTE);
  expect(parallel()).toBe(3);
  expect(await itemStates(world, batch.id)).toEqual([
    ...Array.from({ length: 4 }, () => "delivered"),
    "failed",
    "failed",
    ...Array.from({ length: 3 }, () => "delivered"),
    "returned",
  ]);
  expect(tellings(anna)).toHaveLength(1);
  const [told = ""] = tellings(anna);
  expect(told).toContain("Готово 7 из 10");
  expect(told).toContain("Списано 4,41 ₽, вернулось 1,89 ₽");
  expect(captionsTo(anna)).toEqual(
    [1, 2, 3, 4, 7, 8, 9].map((number) => expect.stringMatching(new RegExp(`^${number}\\. `))),
  );
  const { done_message_id } = await newestBatch(world, anna.id);
  expect(albumsTo(anna).map(({ replyTo }) => replyTo)).toEqual(Array.from({ length: 7 }, () => done_message_id));
  expect(await anna.wallet()).toMatchObject({ bonus: 4559n, held: 0n, running: 0, queued: 0 });
  // The progress gave way to the result; nothing was told twice, or one by one.
  expect(statusOf(anna)).toBe("");
  expect(anna.readsAll()).not.toContain("не получилось:");
  for (const prompt of prompts) expect(tasksFor(world, prompt)).toHaveLength(1);
});

test("C9: a batch bought with a doubled update, and a doubled tap, is one batch", async () => {
  const asya = await world.newcomer();
  await preparesBatch(asya, named("двойной", 3));
  const { messageId, data } = asya.button("✅ Создать");
  world.telegram.faults.deliverTwice();
  await asya.taps("✅ Создать");
  await asya.forces(messageId, data);
  await world.advance(60);
  expect(await world.db.rows("select count(*)::int from batches where user_id = $1", [asya.id])).toEqual([
    { count: 1 },
  ]);
  expect(albumsTo(asya)).toHaveLength(3);
  expect(await asya.wallet()).toMatchObject({ bonus: 5000n - 189n, held: 0n });
});

test("C5 C9: the rest is cancelled, its money is back at once, and what is at KIE comes as ordered", async () => {
  const boris = await world.newcomer();
  const batch = await ordersBatch(world, boris, named("hang: остров", 8));
  await boris.taps("Отменить остальные (5)");
  expect(await boris.wallet()).toMatchObject({ bonus: 5000n - 189n, held: 189n, running: 3, queued: 0 });
  expect(boris.reads()).toContain("Отменено: 5");
  expect(boris.hasButton("Отменить остальные")).toBe(false);
  for (const number of [1, 2, 3]) await finish(`hang: остров ${number}`);
  expect(tellings(boris).join()).toContain("Готово 3 из 8");
  expect(tellings(boris).join()).toContain("Списано 1,89 ₽, вернулось 3,15 ₽");
  expect(captionsTo(boris)).toHaveLength(3);
  expect(await boris.wallet()).toMatchObject({ bonus: 5000n - 189n, held: 0n, running: 0, queued: 0 });
  expect((await newestBatch(world, boris.id)).is_told).toBe(true);
  expect(await itemStates(world, batch.id)).toEqual([
    ...Array.from({ length: 3 }, () => "delivered"),
    ...Array.from({ length: 5 }, () => "cancelled"),
  ]);
});

test("C2 C9: somebody who waits for one picture goes before the rest of a batch; a batch wholly cancelled is told", async () => {
  const vera = await world.newcomer();
  for (const prompt of named("hang: занято", 3)) {
    await vera.says(prompt);
    await vera.taps("Создать");
  }
  await ordersBatch(world, vera, named("очередь", 3));
  await vera.says("срочно");
  await vera.taps("Создать");
  expect(await vera.wallet()).toMatchObject({ running: 3, queued: 4 });
  await finish("hang: занято 1");
  expect(tasksFor(world, "срочно")).toHaveLength(1);
  expect(tasksFor(world, "очередь 1")).toHaveLength(0);
  await vera.taps("Отменить остальные (3)");
  expect(tellings(vera).join()).toContain("Не получилось");
  expect(await newestBatch(world, vera.id)).toMatchObject({ remaining: 0, is_told: true, is_due: false });
  for (const number of [2, 3]) await finish(`hang: занято ${number}`);
  await world.advance(60);
  expect(await vera.wallet()).toMatchObject({ bonus: 5000n - 4n * 63n, held: 0n, running: 0, queued: 0 });
});

test("C3 C9: news redraw the progress at most once in three seconds, and none is left out", async () => {
  const galya = await world.newcomer();
  await ordersBatch(world, galya, named("hang: волна", 4));
  await world.advance(10);
  const before = calledFor("editMessageText", galya.id).length;
  for (const number of [1, 2, 3]) await finish(`hang: волна ${number}`);
  expect(calledFor("editMessageText", galya.id).length - before).toBe(1);
  expect(galya.reads()).toContain("Готово 1 из 4");
  await world.advance(5);
  expect(galya.reads()).toContain("Готово 3 из 4");
  await finish("hang: волна 4");
  expect(tellings(galya)).toHaveLength(1);
});

test("D4: a batch for somebody who blocked the bot is kept, and its results come from the history after unblocking", async () => {
  const dina = await world.newcomer();
  const batch = await ordersBatch(world, dina, [...named("парус", 2), "fail: парус"]);
  await world.telegram.userBlocks(dina.id);
  await world.advance(120);
  expect(await itemStates(world, batch.id)).toEqual(["undeliverable", "undeliverable", "failed"]);
  expect(await newestBatch(world, dina.id)).toMatchObject({ is_told: true, is_due: false });
  expect(await dina.wallet()).toMatchObject({ bonus: 5000n - 126n, held: 0n });
  await world.telegram.userUnblocks(dina.id);
  await dina.says("/history");
  await dina.taps(`open:${batch.id}00`);
  await dina.taps("Прислать ещё раз");
  expect(albumsTo(dina)).toHaveLength(1);
  expect(await itemStates(world, batch.id)).toEqual(["delivered", "undeliverable", "failed"]);
});

test("C8 D1 D4: Telegram's 429 between two albums is waited out, and what arrived does not come again", async () => {
  const elya = await world.newcomer();
  await elya.credited(5_000);
  // Four times three pictures, and one: an album of ten, and one of three.
  const batch = await ordersBatch(world, elya, [...named("many:3 маяк", 4), "маяк"]);
  afterCall(
    world,
    (call) => call.service === "telegram" && call.method === "sendMediaGroup",
    () => world.telegram.faults.next("sendMediaGroup", "too-many-requests", { retryAfterSeconds: 40 }),
  );
  await world.advance(30);
  expect(albumsTo(elya)).toHaveLength(10);
  expect(await newestBatch(world, elya.id)).toMatchObject({ is_due: true, is_told: false });
  await world.advance(60);
  expect(albumsTo(elya)).toHaveLength(13);
  expect(tellings(elya)).toHaveLength(1);
  expect(captionsTo(elya).map((caption) => caption.slice(0, 2))).toEqual([
    ...["1.", "2.", "3.", "4."].flatMap((label) => [label, label, label]),
    "5.",
  ]);
  expect(await itemStates(world, batch.id)).toEqual(Array.from({ length: 5 }, () => "delivered"));
  const [row] = await world.db.rows(
    "select count(*)::int as outputs, count(file_id)::int as files from outputs where generation_id like $1",
    [`${batch.id}%`],
  );
  expect(row).toEqual({ outputs: 13, files: 13 });
});

const isTelegram = (method: string) => (call: RecordedCall) => call.service === "telegram" && call.method === method;
const isStatement = (beginning: string) => (call: RecordedCall) =>
  call.service === "database" && call.method.startsWith(beginning);

/** What a dying process leaves behind: from this moment on nothing more is said or stored by whoever works now. */
function dies(method: string): void {
  world.telegram.faults.next(method, "server-error");
  world.database.faults.failBefore(1);
}

test.each([
  {
    when: "between the message that rang and its edit",
    after: isStatement("update batches set done_message_id"),
    next: "editMessageText",
  },
  { when: "between the edit and the album", after: isTelegram("editMessageText"), next: "sendMediaGroup" },
])("D4: a process that dies $when: another one goes on with the same message", async ({ after, next, when }) => {
  const fira = await world.newcomer();
  const batch = await ordersBatch(world, fira, named(`hang: риф ${when}`, 2));
  await finish(`hang: риф ${when} 1`);
  await world.advance(10);
  // The progress is not redrawn by the last item: the first edit from here on is that of the result.
  afterCall(world, after, () => dies(next));
  await finish(`hang: риф ${when} 2`);
  expect(tellings(fira)).toHaveLength(1);
  expect(albumsTo(fira)).toEqual([]);
  await world.advance(600);
  expect(tellings(fira)).toHaveLength(1);
  expect(albumsTo(fira)).toHaveLength(2);
  expect(await itemStates(world, batch.id)).toEqual(["delivered", "delivered"]);
  expect(await fira.wallet()).toMatchObject({ bonus: 5000n - 126n, held: 0n });
});

test("D4: a process that dies between two albums: another one sends the rest", async () => {
  const gleb = await world.newcomer();
  const batch = await ordersBatch(world, gleb, ["many:10 залив", "hang: залив"]);
  await world.advance(60);
  const isAlbumKept = (call: RecordedCall): boolean =>
    call.service === "database" && call.method.startsWith("with b as ( update batches set lease_until");
  afterCall(world, isAlbumKept, () => dies("sendPhoto"));
  await finish("hang: залив");
  expect(albumsTo(gleb)).toHaveLength(10);
  await world.advance(600);
  expect(albumsTo(gleb)).toHaveLength(11);
  expect(tellings(gleb)).toHaveLength(1);
  expect(await itemStates(world, batch.id)).toEqual(["delivered", "delivered"]);
});

/** The connection breaks after the commit of the statement that follows the first call like this. */
const dropsAfter = (matches: (call: RecordedCall) => boolean): void =>
  afterCall(world, matches, () => world.database.faults.dropAfterCommit(1));

/** How many answers of the database were lost so far. */
const cuts = (): number =>
  world.context.calls.list().filter(({ answer }) => JSON.stringify(answer ?? null).includes("after commit")).length;

test("C1 C9: the answer of the hold is lost: one batch, and it begins", async () => {
  const inna = await world.newcomer();
  await preparesBatch(inna, named("утро", 4));
  const before = cuts();
  dropsAfter(isDialogueRead);
  await inna.taps("✅ Создать");
  expect(cuts()).toBe(before + 1);
  // Telegram brings the update again, and what begins then takes its time.
  await world.advance(10);
  await world.advance(60);
  expect(await world.db.rows("select count(*)::int from batches where user_id = $1", [inna.id])).toEqual([
    { count: 1 },
  ]);
  expect(albumsTo(inna)).toHaveLength(4);
  expect(await inna.wallet()).toMatchObject({ bonus: 5000n - 252n, held: 0n });
});

test("C5 C9: the answer of the cancelling is lost: the rest is cancelled all the same, once", async () => {
  const kira = await world.newcomer();
  await ordersBatch(world, kira, named("hang: полдень", 5));
  const before = cuts();
  dropsAfter(isDialogueRead);
  await kira.taps("Отменить остальные (2)");
  expect(cuts()).toBe(before + 1);
  await world.advance(30);
  expect(await kira.wallet()).toMatchObject({ bonus: 5000n - 189n, held: 189n, running: 3, queued: 0 });
  for (const number of [1, 2, 3]) await finish(`hang: полдень ${number}`);
  expect(tellings(kira)).toHaveLength(1);
  expect(albumsTo(kira)).toHaveLength(3);
});

test.each([
  {
    what: "the last outcome",
    after: (call: RecordedCall) => call.service === "kie" && call.method.includes("recordInfo"),
  },
  { what: "the message that rang", after: isTelegram("sendMessage") },
  { what: "the first album", after: isTelegram("sendMediaGroup") },
  { what: "the end", after: isTelegram("sendPhoto") },
])("D4: the database's answer after $what is lost: everything comes, and nothing twice", async ({ what, after }) => {
  const lada = await world.newcomer();
  await lada.credited(5_000);
  // Ten pictures in an album, and one by itself.
  const batch = await ordersBatch(world, lada, ["many:10 вечер", `hang: вечер ${what}`]);
  await world.advance(60);
  const before = cuts();
  dropsAfter(after);
  await finish(`hang: вечер ${what}`);
  await world.advance(600);
  expect(tellings(lada)).toHaveLength(1);
  expect(albumsTo(lada)).toHaveLength(11);
  expect(await itemStates(world, batch.id)).toEqual(["delivered", "delivered"]);
  expect(await newestBatch(world, lada.id)).toMatchObject({ is_told: true, is_due: false, remaining: 0 });
  expect(cuts()).toBe(before + 1);
});

test("D4: an album whose answer was lost comes twice at most, and the message once", async () => {
  const maya = await world.newcomer();
  await ordersBatch(world, maya, named("роща", 4));
  world.telegram.faults.next("sendMediaGroup", "lost-answer");
  await world.advance(300);
  expect(tellings(maya)).toHaveLength(1);
  expect(albumsTo(maya)).toHaveLength(8);
});

test("C7 C9: a success that comes after its batch was told is a present, delivered by itself", async () => {
  const nora = await world.newcomer();
  const batch = await ordersBatch(world, nora, ["поздно 1", "hang: поздно 2"]);
  await world.advance(50 * MINUTE);
  expect(await itemStates(world, batch.id)).toEqual(["delivered", "expired"]);
  expect(tellings(nora).join()).toContain("Готово 1 из 2");
  expect(await nora.wallet()).toMatchObject({ bonus: 5000n - 63n, held: 0n });
  await finish("hang: поздно 2");
  expect(await itemStates(world, batch.id)).toEqual(["delivered", "delivered"]);
  expect(albumsTo(nora)).toHaveLength(2);
  expect(await nora.wallet()).toMatchObject({ bonus: 5000n - 63n, held: 0n });
});

test("C10: three models compared, one of which fails: one total, one album with letters, pay for what came", async () => {
  const olga = await world.newcomer();
  await olga.credited(10_000);
  await olga.says("лиса в снегу");
  await olga.taps("⚖️ Сравнить");
  const rivals = () =>
    olga
      .screen()
      .keyboard?.flat()
      .filter(({ data }) => data?.startsWith("compare:")) ?? [];
  await olga.taps(rivals()[0]?.data ?? "");
  await olga.taps(rivals()[1]?.data ?? "");
  world.kie.nextTask("slow:");
  world.kie.nextTask("fail:");
  const before = await olga.wallet();
  await olga.taps("✅ Сравнить 3");
  if (olga.hasButton("confirm~")) await olga.taps("confirm~");
  const batch = await newestBatch(world, olga.id);
  expect(batch).toMatchObject({ kind: "compare", size: 3, remaining: 3 });
  const { held } = await olga.wallet();
  await world.advance(600);
  expect((await itemStates(world, batch.id)).toSorted()).toEqual(["delivered", "delivered", "failed"]);
  expect(tellings(olga).join()).toContain("Готово 2 из 3");
  expect(captionsTo(olga)).toHaveLength(2);
  for (const caption of captionsTo(olga)) expect(caption).toMatch(/^[ABC] · /);
  const [row] = await world.db.rows(
    "select sum(posted_kopecks)::text as charged from generations where batch_id = $1",
    [batch.id],
  );
  const charged = BigInt(String(row?.["charged"]));
  expect(charged).toBeGreaterThan(0n);
  expect(charged).toBeLessThan(held);
  const after = await olga.wallet();
  expect(before.main + before.bonus - after.main - after.bonus).toBe(charged);
});

test("C4 C9: from the last item's callback to the ring three round trips, and two more to everything delivered", async () => {
  const polina = await world.newcomer();
  await ordersBatch(world, polina, named("hang: камень", 3));
  for (const number of [1, 2]) await finish(`hang: камень ${number}`);
  await world.advance(10);
  world.context.calls.clear();
  await finish("hang: камень 3");
  const services = world.context.calls
    .list()
    .filter(({ service, method }) => service === "database" || method === "sendMessage" || method === "sendMediaGroup")
    .map(({ service, method }) => (service === "database" ? "database" : method));
  // Read, outcome, the whole batch; the ring and its id; the album; told.
  expect(services).toEqual([
    "database",
    "database",
    "database",
    "sendMessage",
    "database",
    "sendMediaGroup",
    "database",
  ]);
});
