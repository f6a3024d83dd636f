import { expect, test } from "vitest";
import { creates, generationNow } from "../support/failures.ts";
import { sharedWorld } from "../support/shared-world.ts";
import type { Person } from "../support/world.ts";

const world = sharedWorld();

const delivered = (person: Person) =>
  person.messages().filter(({ media, from }) => from === "bot" && media !== undefined);

/** Two results that found the bot blocked. */
async function missed(): Promise<{ person: Person; ids: string[] }> {
  const person = await world.newcomer();
  const ids = [];
  for (const prompt of ["озеро", "пруд"]) ids.push((await creates(world, person, `hang: ${prompt} ${person.id}`)).id);
  await world.telegram.userBlocks(person.id);
  for (const task of world.kie.tasks().filter(({ input }) => String(input["prompt"]).endsWith(` ${person.id}`))) {
    await world.kie.finish(task.taskId);
  }
  await world.idle();
  for (const id of ids) expect((await generationNow(world, id)).state).toBe("undeliverable");
  expect(delivered(person)).toEqual([]);
  return { person, ids };
}

test("D4: who comes back is offered what could not be delivered, and gets all of it with one tap, free", async () => {
  const { person, ids } = await missed();
  const { bonus } = await person.wallet();
  await world.telegram.userUnblocks(person.id);
  await person.says("/start");
  expect(person.reads()).toContain("Не доставлено результатов: 2.");
  await person.taps("Получить недоставленное: 2");
  expect(person.toast()?.text).toBe("Отправляем");
  expect(delivered(person)).toHaveLength(2);
  for (const id of ids) expect((await generationNow(world, id)).state).toBe("delivered");
  expect((await person.wallet()).bonus).toBe(bonus);
  await person.says("/start");
  expect(person.reads()).not.toContain("Не доставлено");
});

test("D4: who comes back with anything else hears of it as well, and a second tap doubles nothing", async () => {
  const { person } = await missed();
  // Telegram says nothing of the return before the message does.
  await world.telegram.userUnblocks(person.id);
  await world.db.rows("update users set reachable = false where id = $1", [person.id]);
  await person.says("зимний лес");
  expect(person.reads()).toContain("Не доставлено результатов: 2. Получить их можно в меню: /start");
  expect(person.hasButton("Создать")).toBe(true);
  await person.says("летний лес");
  expect(person.reads()).not.toContain("Не доставлено");
  await person.says("/start");
  const { messageId, data } = person.button("Получить недоставленное");
  await Promise.all([
    world.telegram.userTaps(person.id, messageId, data, { force: true }),
    world.telegram.userTaps(person.id, messageId, data, { force: true }),
  ]);
  await world.idle();
  expect(delivered(person)).toHaveLength(2);
});
