import { afterAll, beforeAll, expect, test } from "vitest";
import {
  afterCall,
  creates,
  generationNow,
  isDialogueRead,
  logOf,
  movements,
  newestGeneration,
  photo,
  postedUpdate,
  tasksFor,
} from "../support/failures.ts";
import { type Person, startWorld, type World } from "../support/world.ts";

const MINUTE = 60;

let world: World;
let admin: Person;
beforeAll(async () => {
  world = await startWorld();
  admin = world.person(1);
  await admin.says("/start");
});
afterAll(async () => {
  await world.expectInvariants();
  await world.end();
});

const ofBot = (person: Person) => person.messages().filter((message) => message.from === "bot");

async function updatesOf(userId: number) {
  return await world.db.rows("select status, attempts from updates where user_id = $1 order by update_id", [userId]);
}

test("I1 I3: while the database is down an update is answered 503 with Retry-After, and nothing is lost", async () => {
  world.database.faults.failBefore(100);
  const update = {
    update_id: 2_000_000_001,
    message: {
      message_id: 1,
      date: 0,
      from: { id: 6901, is_bot: false, first_name: "Ася", language_code: "ru" },
      chat: { id: 6901, type: "private", first_name: "Ася" },
      text: "/balance",
    },
  };
  const response = await world.request("/api/telegram", postedUpdate(world, update));
  world.database.faults.clear();
  expect(response.status).toBe(503);
  expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await response.text()).not.toContain("Ася");
  expect(await world.db.rows("select 1 from users where id = 6901")).toEqual([]);
});

test("I1 I2: what somebody wrote while the database was down is processed afterwards, exactly once", async () => {
  const anya = await world.newcomer();
  const before = ofBot(anya).length;
  world.database.faults.failBefore(100);
  await anya.says("/balance");
  expect(ofBot(anya)).toHaveLength(before);
  world.database.faults.clear();
  await world.advance(30);
  expect(ofBot(anya)).toHaveLength(before + 1);
  expect(anya.reads()).toContain("Бонусы: 50 ₽");
  await world.advance(5 * MINUTE);
  expect(ofBot(anya)).toHaveLength(before + 1);
});

test("I1: one broken read is repeated before anybody notices", async () => {
  const asya = await world.newcomer();
  world.database.faults.failBefore(1);
  await asya.says("/balance");
  expect(asya.reads()).toContain("Баланс");
  expect(await updatesOf(asya.id)).not.toContainEqual(expect.objectContaining({ status: "failing" }));
});

test("C1 E2: the hold that committed without an answer stays one hold, and becomes one task", async () => {
  const boris = await world.newcomer();
  await boris.says("верблюд");
  afterCall(world, isDialogueRead, () => world.database.faults.dropAfterCommit(1));
  await boris.taps("Создать");
  expect(await boris.wallet()).toMatchObject({ bonus: 4937n, held: 63n, queued: 1 });
  await world.advance(7 * MINUTE);
  const generation = await newestGeneration(world, boris.id);
  expect(generation.state).toBe("delivered");
  expect(tasksFor(world, "верблюд")).toHaveLength(1);
  expect(await movements(world, generation.id)).toEqual(["hold bonus→held 63", "post held→revenue 63"]);
  expect(await boris.wallet()).toMatchObject({ bonus: 4937n, held: 0n, queued: 0, running: 0 });
});

test("C1 E2: a hold that was refused before it ran is made by the next delivery of the same tap, once", async () => {
  const vlad = await world.newcomer();
  await vlad.says("страус");
  afterCall(world, isDialogueRead, () => world.database.faults.failBefore(1));
  await vlad.taps("Создать");
  expect(await vlad.wallet()).toMatchObject({ bonus: 5000n, held: 0n });
  await world.advance(5);
  await world.advance(30);
  expect(tasksFor(world, "страус")).toHaveLength(1);
  expect(await vlad.wallet()).toMatchObject({ bonus: 4937n, held: 0n });
});

test("C1 C7: the claim that committed without an answer is never followed by a second create", async () => {
  const gleb = await world.newcomer();
  await gleb.says("пеликан");
  // The re-check is published between the hold and the claim.
  afterCall(
    world,
    (call) => call.service === "qstash" && call.method === "publish",
    () => world.database.faults.dropAfterCommit(1),
  );
  await gleb.taps("Создать");
  const generation = await newestGeneration(world, gleb.id);
  expect(generation.state).toBe("submitting");
  await world.advance(21 * MINUTE);
  expect((await generationNow(world, generation.id)).state).toBe("returned");
  expect(tasksFor(world, "пеликан")).toEqual([]);
  expect(await gleb.wallet()).toMatchObject({ bonus: 5000n, held: 0n, running: 0, queued: 0 });
});

test("C4 E2: the outcome that committed without an answer charges once and is still delivered", async () => {
  const denis = await world.newcomer();
  const generation = await creates(world, denis, "hang: фламинго");
  const [task] = tasksFor(world, "hang: фламинго");
  afterCall(
    world,
    (call) => call.service === "kie" && call.method.includes("recordInfo"),
    () => world.database.faults.dropAfterCommit(1),
  );
  await world.kie.finish(task?.taskId ?? "");
  await world.advance(10 * MINUTE);
  expect((await generationNow(world, generation.id)).state).toBe("delivered");
  expect(ofBot(denis).filter((message) => message.media !== undefined)).toHaveLength(1);
  expect(await movements(world, generation.id)).toEqual(["hold bonus→held 63", "post held→revenue 63"]);
});

test("C4 I3: a callback that meets a dead database is 500 and brings the result when KIE repeats it", async () => {
  const egor = await world.newcomer();
  const generation = await creates(world, egor, "hang: журавль");
  const [task] = tasksFor(world, "hang: журавль");
  world.database.faults.failBefore(2);
  await world.kie.finish(task?.taskId ?? "");
  expect((await generationNow(world, generation.id)).state).toBe("submitted");
  const failures = logOf(world).filter((line) => line.event === "http.unhandled");
  expect(failures.at(-1)).toMatchObject({ level: "error", generationId: generation.id });
  await world.advance(10);
  expect((await generationNow(world, generation.id)).state).toBe("delivered");
  expect(ofBot(egor).filter((message) => message.media !== undefined)).toHaveLength(1);
});

test("I1 I3 G8: a poison update is given up after three failures, the admins are told, and the chat goes on", async () => {
  const zhenya = await world.newcomer();
  const logged = logOf(world).length;
  // Telegram never sends this character and PostgreSQL never stores it.
  await zhenya.says("яд \u0000 в тексте");
  expect(world.telegram.pendingUpdateCount()).toBe(1);
  await world.advance(30);
  expect(world.telegram.pendingUpdateCount()).toBe(0);
  const lines = logOf(world).slice(logged);
  const failed = lines.filter((line) => line.event === "update.failed");
  expect(failed).toHaveLength(3);
  expect(failed.every((line) => line.updateId !== undefined && line.error !== undefined)).toBe(true);
  expect(lines.filter((line) => line.event === "update.given-up")).toHaveLength(1);
  expect(JSON.stringify(lines)).not.toContain("яд");

  await zhenya.says("/balance");
  expect(zhenya.reads()).toContain("Баланс");
  await world.advance(6 * MINUTE);
  expect(admin.readsAll()).toContain("failed-update");
  expect(admin.readsAll()).toContain(`код ${failed[0]?.updateId}`);
});

test("I2: an update that failed twice and then works is shown once", async () => {
  const fedya = await world.newcomer();
  const before = ofBot(fedya).length;
  world.telegram.faults.next("sendMessage", "server-error");
  await fedya.says("/help");
  expect(ofBot(fedya)).toHaveLength(before);
  await world.advance(20);
  expect(ofBot(fedya)).toHaveLength(before + 1);
  expect(fedya.reads()).toContain("Помощь");
});

test("C1 A7: an update delivered twice acts once", async () => {
  const ilya = await world.newcomer();
  await ilya.says("бобёр");
  world.telegram.faults.deliverTwice();
  await ilya.taps("Создать");
  await world.advance(30);
  expect(tasksFor(world, "бобёр")).toHaveLength(1);
  expect(await ilya.wallet()).toMatchObject({ bonus: 4937n, held: 0n });
});

test("A6 C1: a photo whose update arrives twice is one photo", async () => {
  const ivan = await world.newcomer();
  await ivan.credited(10_000);
  await ivan.says("/start");
  await ivan.forces(ivan.screen().messageId, "mode:nano-banana:edit~0");
  world.telegram.faults.deliverTwice();
  await ivan.sendsFile(await photo("дом"), { caption: "снег на крыше" });
  await ivan.taps("Создать");
  await world.advance(20);
  expect(tasksFor(world, "снег на крыше").map((task) => task.input.image_urls)).toEqual([[expect.any(String)]]);
});

test("D5 A7: a tap on «Прислать ещё раз» whose update arrives twice sends the result once", async () => {
  const petya = await world.newcomer();
  const generation = await creates(world, petya, "аист");
  await world.advance(20);
  await petya.says("/history");
  await petya.taps(`open:${generation.id}`);
  world.telegram.faults.deliverTwice();
  await petya.taps("Прислать ещё раз");
  await world.advance(5);
  expect(ofBot(petya).filter((message) => message.media !== undefined)).toHaveLength(2);
});

test("H7 I3: a chore of the sweeper that fails does not keep those after it from being done", async () => {
  // An alert of a kind comes once an hour, and a test before this one may have had it.
  await world.advance(60 * MINUTE);
  const before = ofBot(admin).length;
  const anna = await world.newcomer();
  // Nothing is known of the task: the admins are told at the deadline, by the outbox, which comes after the bank's chore.
  await creates(world, anna, "lostall: чайка");
  world.database.faults.next("sql-error", { sql: "bank_requests", times: 100 });
  await world.advance(30 * MINUTE);
  world.database.faults.clear();
  const failed = logOf(world).filter(({ event }) => event === "sweep.chore-failed");
  expect(failed.length).toBeGreaterThan(1);
  expect(new Set(failed.map(({ chore }) => chore))).toEqual(new Set(["bank"]));
  expect(ofBot(admin).length).toBeGreaterThan(before);
  expect(await anna.wallet()).toMatchObject({ held: 0n });
});

test("E2: every kopeck of a wallet has its transfer, from the welcome to the charge", async () => {
  const kolya = await world.newcomer();
  await kolya.credited(10_000);
  await creates(world, kolya, "рысь");
  await creates(world, kolya, "fail: рысь");
  await world.advance(20);
  const rows = await world.db.rows(
    "select kind, source, destination, kopecks::int as kopecks from transfers where user_id = $1 order by kind, source desc",
    [kolya.id],
  );
  expect(rows).toEqual([
    { kind: "credit", source: "welcome", destination: "bonus", kopecks: 5000 },
    { kind: "credit", source: "sandbox", destination: "main", kopecks: 10_000 },
    { kind: "hold", source: "bonus", destination: "held", kopecks: 63 },
    { kind: "hold", source: "bonus", destination: "held", kopecks: 63 },
    { kind: "post", source: "held", destination: "revenue", kopecks: 63 },
    { kind: "void", source: "held", destination: "bonus", kopecks: 63 },
  ]);
  expect(await kolya.wallet()).toMatchObject({ main: 10_000n, bonus: 4937n, held: 0n });
});

test("E2: the ledger refuses to be changed or thinned out, by anybody", async () => {
  const lev = await world.newcomer();
  await expect(world.db.rows("update transfers set kopecks = 1 where user_id = $1", [lev.id])).rejects.toThrow(
    "transfers are append-only",
  );
  await expect(world.db.rows("delete from transfers where user_id = $1", [lev.id])).rejects.toThrow(
    "transfers are append-only",
  );
  await expect(
    world.db.rows(
      "insert into transfers (id, user_id, kind, kopecks, source, destination, created_at) values ('x', 1, 'credit', -5, 'sandbox', 'main', '2026-01-01')",
    ),
  ).rejects.toThrow("transfers_positive");
  await expect(world.db.rows("update wallets set main = -1 where user_id = $1", [lev.id])).rejects.toThrow(
    "wallets_not_negative",
  );
  expect(await lev.wallet()).toMatchObject({ main: 0n, bonus: 5000n });
});

test("E2 E4: money that is not there is never held", async () => {
  const max = await world.newcomer();
  for (const prompt of ["раз", "два"]) {
    await max.says(prompt);
    await world.db.rows("update wallets set bonus = 62 where user_id = $1", [max.id]);
    await max.taps("Создать");
    expect(max.toast()?.text).toContain("Не хватает");
  }
  expect(await max.wallet()).toMatchObject({ bonus: 62n, held: 0n, queued: 0 });
  expect(tasksFor(world, "раз")).toEqual([]);
  await world.db.rows("update wallets set bonus = 5000 where user_id = $1", [max.id]);
});
