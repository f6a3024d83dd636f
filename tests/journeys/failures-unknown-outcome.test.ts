import { afterAll, beforeAll, expect, test } from "vitest";
import { creates, generationNow, movements, tasksFor } from "../support/failures.ts";
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

async function expectChargedOnce(person: Person, generationId: string, prompt: string): Promise<void> {
  expect(person.messages().filter((message) => message.media !== undefined && message.from === "bot")).toHaveLength(1);
  expect(person.reads()).toContain("списано 0,63 ₽, осталось 49,37 ₽");
  expect(await person.wallet()).toMatchObject({ bonus: 4937n, held: 0n, running: 0, queued: 0 });
  expect(await movements(world, generationId)).toEqual(["hold bonus→held 63", "post held→revenue 63"]);
  expect(tasksFor(world, prompt)).toHaveLength(1);
}

async function expectGivenBack(person: Person, generationId: string): Promise<void> {
  expect(await person.wallet()).toMatchObject({ bonus: 5000n, held: 0n, running: 0, queued: 0 });
  expect(await movements(world, generationId)).toEqual(["hold bonus→held 63", "void held→bonus 63"]);
}

test.each([
  "lost: кот на крыше",
  "garbage: кот на крыше",
  "early: кот на крыше",
  "twice: кот на крыше",
  "lost: twice: кот на крыше",
  "lost: early: кот на крыше",
])("C1 C4 C7 E2: «%s» ends with one task, one charge and one result", async (prompt) => {
  const person = await world.newcomer();
  const generation = await creates(world, person, prompt);
  await world.advance(6 * MINUTE);
  expect((await generationNow(world, generation.id)).state).toBe("delivered");
  await expectChargedOnce(person, generation.id, prompt);
});

test("C4 C7: a callback that never comes is replaced by a look, at 45 seconds", async () => {
  const person = await world.newcomer();
  const generation = await creates(world, person, "lostcb: парусник");
  await world.advance(40);
  expect((await generationNow(world, generation.id)).state).toBe("submitted");
  await world.advance(10);
  await expectChargedOnce(person, generation.id, "lostcb: парусник");
});

test.each(["nofields: кот", "extra: кот", "oldnames: кот"])(
  "C4 C7: «%s»: a record with missing, additional or older members is understood",
  async (prompt) => {
    const person = await world.newcomer();
    const generation = await creates(world, person, prompt);
    await world.advance(20);
    await expectChargedOnce(person, generation.id, prompt);
  },
);

test.each(["nofields: fail: кот", "extra: fail:policy кот", "oldnames: fail: кот"])(
  "C4 C6 C7: «%s»: a failed record of an unusual shape returns the money",
  async (prompt) => {
    const person = await world.newcomer();
    const generation = await creates(world, person, prompt);
    await world.advance(20);
    expect((await generationNow(world, generation.id)).state).toBe("failed");
    expect(person.reads()).toContain("Деньги не списаны");
    await expectGivenBack(person, generation.id);
  },
);

test("C7 G8: no answer and no callback: the money is back at the deadline, the admins know, nothing is created again", async () => {
  const person = await world.newcomer();
  const generation = await creates(world, person, "lostall: кит");
  expect((await generationNow(world, generation.id)).state).toBe("submitting");
  await world.advance(19 * MINUTE);
  expect(await person.wallet()).toMatchObject({ bonus: 4937n, held: 63n, running: 1 });
  await world.advance(2 * MINUTE);
  expect((await generationNow(world, generation.id)).state).toBe("returned");
  expect(person.reads()).toContain("Kie.ai не ответил, и неизвестно, начал ли он работу");
  expect(person.reads()).toContain("Деньги не списаны");
  expect(person.hasButton("Попробовать ещё раз")).toBe(true);
  await expectGivenBack(person, generation.id);
  expect(tasksFor(world, "lostall: кит")).toHaveLength(1);
  await world.advance(6 * MINUTE);
  expect(admin.readsAll()).toContain("lost-create");
  expect(admin.readsAll()).toContain("Деньги пользователю возвращены");
});

test("C7: a 502 on create is never repeated, although no task was made; the money is back at the deadline", async () => {
  const person = await world.newcomer();
  const generation = await creates(world, person, "http502: сова");
  await world.advance(21 * MINUTE);
  expect((await generationNow(world, generation.id)).state).toBe("returned");
  await expectGivenBack(person, generation.id);
  const creations = world.context.calls
    .list()
    .filter((call) => call.method.includes("createTask") && JSON.stringify(call.body).includes("http502: сова"));
  expect(creations).toHaveLength(1);
});

test("C7: a success after the money went back is delivered free and counted as loss", async () => {
  const person = await world.newcomer();
  const generation = await creates(world, person, "lost: hang: медведь");
  await world.advance(21 * MINUTE);
  expect((await generationNow(world, generation.id)).state).toBe("returned");
  const [task] = tasksFor(world, "lost: hang: медведь");
  await world.kie.finish(task?.taskId ?? "");
  await world.advance(5);
  expect(await generationNow(world, generation.id)).toMatchObject({
    state: "delivered",
    loss: true,
    posted_kopecks: "0",
    task_id: task?.taskId,
  });
  expect(person.screen().media).toMatchObject([{ kind: "photo" }]);
  expect(person.reads()).toContain("деньги не списаны, на балансе 50 ₽");
  await expectGivenBack(person, generation.id);
});

test("C7 G8: a task that never ends is extended once, then expires with the money back; its late end is a free result", async () => {
  const person = await world.newcomer();
  const generation = await creates(world, person, "hang: дракон");
  await world.advance(20 * MINUTE + 10);
  expect(await generationNow(world, generation.id)).toMatchObject({ state: "submitted", extended: true });
  expect(await person.wallet()).toMatchObject({ bonus: 4937n, held: 63n, running: 1 });
  await world.advance(20 * MINUTE);
  expect(await generationNow(world, generation.id)).toMatchObject({ state: "expired", loss: false });
  expect(person.reads()).toContain("Результат не пришёл вовремя");
  expect(person.reads()).toContain("Деньги не списаны");
  await expectGivenBack(person, generation.id);
  await world.advance(6 * MINUTE);
  expect(admin.readsAll()).toContain("overdue-task");
  const [task] = tasksFor(world, "hang: дракон");
  await world.kie.finish(task?.taskId ?? "");
  await world.advance(5);
  expect(await generationNow(world, generation.id)).toMatchObject({ state: "delivered", loss: true });
  expect(person.screen().media).toMatchObject([{ kind: "photo" }]);
  await expectGivenBack(person, generation.id);
  expect(tasksFor(world, "hang: дракон")).toHaveLength(1);
});

test("C4 C7: a slow task is waited for and charged once", async () => {
  const person = await world.newcomer();
  const generation = await creates(world, person, "slow: lostcb: гора");
  await world.advance(60);
  expect((await generationNow(world, generation.id)).state).toBe("submitted");
  await world.advance(5 * MINUTE);
  await expectChargedOnce(person, generation.id, "slow: lostcb: гора");
});

test("C7: a callback that claims success for a failed task does not charge: the record decides", async () => {
  const person = await world.newcomer();
  const generation = await creates(world, person, "badcb: волк");
  await world.advance(20);
  expect((await generationNow(world, generation.id)).state).toBe("failed");
  expect(person.reads()).toContain("Деньги не списаны");
  await expectGivenBack(person, generation.id);
});

test("C4 C7: while the queue and the callbacks are down, the sweeper finishes the generation afterwards", async () => {
  const person = await world.newcomer();
  world.qstash.faults.down = true;
  const generation = await creates(world, person, "lostcb: олень");
  await world.advance(3 * MINUTE);
  expect((await generationNow(world, generation.id)).state).toBe("submitted");
  world.qstash.faults.down = false;
  await world.advance(6 * MINUTE);
  await expectChargedOnce(person, generation.id, "lostcb: олень");
});

test("C3 C7 I2: 🔄 on a generation whose create was lost answers and changes nothing", async () => {
  const person = await world.newcomer();
  const generation = await creates(world, person, "lost: hang: лось");
  await world.advance(30);
  await person.taps("Обновить");
  expect(person.reads()).toContain("Готовим задание для модели");
  expect((await generationNow(world, generation.id)).state).toBe("submitting");
  expect(tasksFor(world, "lost: hang: лось")).toHaveLength(1);
  await world.advance(21 * MINUTE);
  await expectGivenBack(person, generation.id);
});
