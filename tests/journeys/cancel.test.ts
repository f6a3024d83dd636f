import { beforeEach, expect, test } from "vitest";
import { create, offers } from "../support/buying.ts";
import { generationNow, movements, tasksFor } from "../support/failures.ts";
import { sharedWorld } from "../support/shared-world.ts";
import type { Person } from "../support/world.ts";

const world = sharedWorld();

// Nobody here has to wait for the rate at KIE because of the test before.
beforeEach(async () => {
  await world.advance(11);
});

const ofBot = (person: Person) => person.messages().filter(({ from }) => from === "bot");
const delivered = (person: Person) => ofBot(person).filter(({ media }) => media !== undefined);
const statusOf = (person: Person, messageId: number) =>
  (person.messages().find((message) => message.messageId === messageId)?.text ?? "").replace(/[\u00a0\u202f]/g, " ");

async function orders(person: Person, prompt: string): Promise<{ id: string; messageId: number }> {
  await person.says(prompt);
  const id = await create(person);
  return { id, messageId: person.screen().messageId };
}

/** Three at KIE that do not end by themselves, and then these, which wait. */
async function waiting(person: Person, ...prompts: string[]) {
  for (const number of [1, 2, 3]) await orders(person, `hang: ${prompts[0]} занимает ${number}`);
  const queued = [];
  for (const prompt of prompts) queued.push(await orders(person, prompt));
  return queued;
}

const ends = async (person: Person, prompt: string) => {
  await world.kie.finish(tasksFor(world, prompt)[0]?.taskId ?? "");
  await world.idle();
  return person;
};

test("C5 E2: what waits is cancelled with one tap: the money is back on the same screen, which leads on", async () => {
  const anna = await world.newcomer();
  const [one] = await waiting(anna, "маяк");
  if (one === undefined) throw new Error("one waits");
  expect(anna.reads()).toContain("В очереди");
  const messages = ofBot(anna).length;
  await anna.taps("Отменить");
  expect(anna.toast()).toEqual({ text: "Отменено", alert: false });
  expect(statusOf(anna, one.messageId)).toContain("Отменено, 0,63 ₽ вернулись на баланс.");
  expect(statusOf(anna, one.messageId)).not.toContain("Не получилось");
  expect(await generationNow(world, one.id)).toMatchObject({ state: "cancelled", posted_kopecks: "0" });
  expect(await anna.wallet()).toMatchObject({ bonus: 5000n - 3n * 63n, held: 3n * 63n, running: 3, queued: 0 });
  expect(await movements(world, one.id)).toEqual(["hold bonus→held 63", "void held→bonus 63"]);
  // The screen is the answer: no message of its own, now or at the sweeper's next visit.
  await world.advance(400);
  expect(ofBot(anna)).toHaveLength(messages);
  expect(offers(anna, "menu~")).toBe(true);
  await anna.taps("Попробовать ещё раз", { messageId: one.messageId });
  expect(anna.reads()).toContain("маяк");
  expect(offers(anna, "Создать")).toBe(true);
  // Nothing of it ever comes to KIE.
  await ends(anna, "hang: маяк занимает 1");
  expect(tasksFor(world, "маяк")).toEqual([]);
});

test("C5 A7: the button again, and once more a good while later, redraws and moves no money", async () => {
  const anna = await world.newcomer();
  const [one] = await waiting(anna, "мост");
  if (one === undefined) throw new Error("one waits");
  const { messageId, data } = anna.button("Отменить");
  await anna.taps("Отменить");
  for (const wait of [0, 900]) {
    await world.advance(wait);
    await anna.forces(messageId, data);
    expect(statusOf(anna, messageId)).toContain("Отменено, 0,63 ₽ вернулись на баланс.");
  }
  expect(await movements(world, one.id)).toHaveLength(2);
});

test("C5: of several that wait one is cancelled, and the others go in their order", async () => {
  const anna = await world.newcomer();
  const queued = await waiting(anna, "ель", "сосна", "дуб");
  expect(statusOf(anna, queued[2]?.messageId ?? 0)).toContain("В очереди: перед вами 2.");
  expect(statusOf(anna, queued[2]?.messageId ?? 0)).toContain("Начнём, как только закончится одна из ваших");
  await anna.taps("cancel_generation:", { messageId: queued[0]?.messageId ?? 0 });
  await anna.taps("refresh:", { messageId: queued[2]?.messageId ?? 0 });
  expect(statusOf(anna, queued[2]?.messageId ?? 0)).toContain("В очереди: перед вами 1.");
  await ends(anna, "hang: ель занимает 2");
  expect([tasksFor(world, "ель"), tasksFor(world, "сосна"), tasksFor(world, "дуб")].map((made) => made.length)).toEqual(
    [0, 1, 0],
  );
});

test("C5: a button that is late says that KIE can not be stopped and shows the running generation", async () => {
  const anna = await world.newcomer();
  const [one] = await waiting(anna, "hang: поздно");
  if (one === undefined) throw new Error("one waits");
  const { messageId, data } = anna.button("Отменить");
  await ends(anna, "hang: hang: поздно занимает 1");
  await anna.forces(messageId, data);
  expect(anna.toast()).toMatchObject({ alert: true, text: expect.stringContaining("остановить Kie.ai нельзя") });
  expect(statusOf(anna, messageId)).toContain("Создаём с");
  expect((await generationNow(world, one.id)).state).toBe("submitted");
  await ends(anna, "hang: поздно");
  expect(delivered(anna)).toHaveLength(2);
  expect(await anna.wallet()).toMatchObject({ running: 2, queued: 0 });
});

test("C5 C1: cancelled and claimed at the same moment: one of them wins, and the person is told which", async () => {
  for (let round = 0; round < 4; round += 1) {
    const anna = await world.newcomer();
    const [one] = await waiting(anna, `спешка ${round}`);
    if (one === undefined) throw new Error("one waits");
    const { messageId, data } = anna.button("Отменить");
    const [task] = tasksFor(world, `hang: спешка ${round} занимает 1`);
    await Promise.all([
      world.kie.finish(task?.taskId ?? ""),
      world.telegram.userTaps(anna.id, messageId, data, { force: true }),
    ]);
    await world.idle();
    const { state } = await generationNow(world, one.id);
    expect(["cancelled", "submitted"]).toContain(state);
    expect(tasksFor(world, `спешка ${round}`)).toHaveLength(state === "cancelled" ? 0 : 1);
    if (state === "cancelled") expect(statusOf(anna, messageId)).toContain("вернулись на баланс");
    else expect(anna.toast()).toMatchObject({ alert: true, text: expect.stringContaining("Уже отправлено") });
  }
});

test("C5 A7: a foreign button cancels nothing", async () => {
  const [anna, boris] = [await world.newcomer(), await world.newcomer()];
  const [one] = await waiting(anna, "чужое");
  if (one === undefined) throw new Error("one waits");
  const { data } = anna.button("Отменить");
  await boris.forces(boris.screen().messageId, data);
  expect((await generationNow(world, one.id)).state).toBe("queued");
  expect(boris.reads()).toContain("Такой генерации в вашей истории нет");
});

test("C5: after submission «Не ждать» says what can not be undone, and the result comes by itself", async () => {
  const anna = await world.newcomer();
  const { id, messageId } = await orders(anna, "hang: река");
  expect(offers(anna, "Отменить")).toBe(false);
  await anna.taps("Не ждать");
  expect(statusOf(anna, messageId)).toContain(
    "Остановить Kie.ai нельзя: задание уже отправлено и оплачено из резерва.",
  );
  expect(offers(anna, "Все модели")).toBe(true);
  expect(await anna.wallet()).toMatchObject({ held: 63n, running: 1 });
  const menu = statusOf(anna, messageId);
  // No look, and no result, touches the message any more.
  await world.advance(300);
  expect(statusOf(anna, messageId)).toBe(menu);
  await ends(anna, "hang: река");
  expect(statusOf(anna, messageId)).toBe(menu);
  expect(delivered(anna)).toHaveLength(1);
  expect((await generationNow(world, id)).state).toBe("delivered");
});

test("C5: «Не ждать» under an older message gives that one up, whatever is open elsewhere", async () => {
  const anna = await world.newcomer();
  const first = await orders(anna, "hang: раз");
  await orders(anna, "hang: два");
  await anna.taps("stop_waiting:", { messageId: first.messageId });
  const menu = statusOf(anna, first.messageId);
  expect(menu).toContain("Остановить Kie.ai нельзя");
  await ends(anna, "hang: раз");
  expect(statusOf(anna, first.messageId)).toBe(menu);
  expect(delivered(anna)).toHaveLength(1);
});

test("C5 A2: /cancel without a card leads to the one that waits, and says how many there are", async () => {
  const anna = await world.newcomer();
  await anna.says("/cancel");
  expect(anna.reads()).toContain("Открытой карточки нет, отменять нечего.");
  const [one] = await waiting(anna, "утро");
  await anna.says("/cancel");
  expect(anna.reads()).toContain("В очереди ждёт одна генерация, её ещё можно отменить.");
  await anna.taps("Отменить", { messageId: anna.screen().messageId });
  expect(anna.reads()).toContain("Отменено, 0,63 ₽ вернулись на баланс.");
  expect((await generationNow(world, one?.id ?? "")).state).toBe("cancelled");
  await orders(anna, "день");
  await orders(anna, "вечер");
  await anna.says("/cancel");
  expect(anna.reads()).toContain("В очереди ждут 2 генерации.");
  expect(offers(anna, "open:")).toBe(true);
  // An open card is what /cancel closes first.
  await anna.says("ночь");
  await anna.says("/cancel");
  expect(anna.reads()).toContain("Карточка закрыта");
  expect(await anna.wallet()).toMatchObject({ running: 3, queued: 2 });
});

test("C5: an English speaker cancels in English", async () => {
  const john = await world.newcomer({ languageCode: "en" });
  for (const number of [1, 2, 3, 4]) {
    await john.says(`hang: night ${number}`);
    await john.taps("show_price_confirmation");
  }
  await john.taps("cancel_generation:");
  expect(john.reads()).toContain("Cancelled, ₽0.63 is back on your balance.");
});
