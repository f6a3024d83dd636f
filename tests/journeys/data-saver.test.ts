import { expect, test } from "vitest";
import { offers, openCard, withSpaces } from "../support/buying.ts";
import { buysPicture, filesTo } from "../support/results.ts";
import { sharedWorld } from "../support/shared-world.ts";
import type { Person } from "../support/world.ts";

const world = sharedWorld();

/** Somebody who has turned data saver on. */
async function thrifty(): Promise<Person> {
  const person = await world.newcomer({ kopecks: 100_000 });
  await person.says("/settings");
  await person.taps("Включить экономию трафика");
  return person;
}

async function buysVideo(person: Person, prompt: string): Promise<void> {
  await openCard(person, "seedance-1-lite-text");
  await person.says(prompt);
  await person.taps("show_price_confirmation");
  if (person.hasButton("confirm~")) await person.taps("confirm~");
  await world.advance(200);
}

const settingsOf = async (person: Person) =>
  (await world.db.rows("select language, data_saver from users where id = $1", [person.id]))[0];

test("A1 A2 A11: the settings open from the menu and by /settings, and every button changes one thing", async () => {
  const person = await world.newcomer();
  await person.taps("⚙️ Настройки");
  expect(person.reads()).toContain("Экономия трафика: выключена");
  await person.taps("Включить экономию трафика");
  expect(person.reads()).toContain("Экономия трафика: включена");
  expect(person.toast()?.text).toBe("Сохранено");
  expect(await settingsOf(person)).toEqual({ language: "ru", data_saver: true });
  await person.taps("English");
  expect(person.reads()).toContain("Data saver: on");
  expect(person.reads()).not.toMatch(/[а-яё]/i);
  expect(await settingsOf(person)).toEqual({ language: "en", data_saver: true });
  await person.taps("Menu");
  expect(person.reads()).toContain("Hello");
  await person.says("/settings");
  await person.taps("Turn data saver off");
  await person.taps("Русский");
  expect(person.reads()).toContain("Экономия трафика: выключена");
  expect(await settingsOf(person)).toEqual({ language: "ru", data_saver: false });
});

test("A11: the chosen language holds for results too", async () => {
  const person = await world.newcomer();
  await person.taps("⚙️ Настройки");
  await person.taps("English");
  await person.says("a lake");
  await person.taps("Create");
  await world.advance(20);
  expect(person.reads()).toMatch(/₽0\.63 taken/);
});

test("A11 D1: a large file waits behind a button that names its size, and is sent once it is pressed, free", async () => {
  const person = await thrifty();
  await buysVideo(person, "size:15: прибой");
  expect(filesTo(person)).toEqual([]);
  const words = withSpaces(person.reads());
  expect(words).toContain("списано");
  expect(words).toContain("Файл весит 15,7 МБ. Экономия трафика включена, поэтому он придёт по кнопке.");
  expect(person.button("send_files").text).toBe("📥 Прислать файл · 15,7 МБ");
  const wallet = await person.wallet();
  await person.taps("send_files");
  expect(filesTo(person)).toMatchObject([{ kind: "video" }]);
  expect(await person.wallet()).toEqual(wallet);
  // Again from Telegram's own store, whatever has become of the file.
  await world.db.rows(
    "update outputs set url = 'http://127.0.0.1:1/x.mp4' where generation_id in (select id from generations where user_id = $1)",
    [person.id],
  );
  await person.taps("send_files");
  expect(filesTo(person)).toHaveLength(2);
});

test("A11 D1: small files and pictures come at once: a picture is compressed to a photo anyway", async () => {
  const person = await thrifty();
  await buysVideo(person, "size:3: ручей");
  expect(filesTo(person)).toMatchObject([{ kind: "video" }]);
  await person.says("/start");
  await buysPicture(world, person, "size:8: берег");
  expect(filesTo(person)).toMatchObject([{ kind: "video" }, { kind: "photo" }]);
});

test("A11 D1 C8: of several files only the large ones wait, and come together", async () => {
  const person = await thrifty();
  await person.says("many:2 size:12: луг");
  await person.taps("show_price_confirmation");
  await world.advance(60);
  expect(filesTo(person)).toEqual([]);
  expect(withSpaces(person.reads())).toContain("Крупных файлов: 2, вместе 25,2 МБ.");
  await person.taps("📥 Прислать файлы · 25,2");
  expect(filesTo(person).map(({ kind }) => kind)).toEqual(["document", "document"]);
});

test("A11 D1: a file that is gone when the button is pressed at last is said to be gone", async () => {
  const person = await thrifty();
  await buysVideo(person, "size:15: листопад");
  await world.db.rows(
    "update outputs set url = replace(url, '/0.mp4', '/9.mp4'), expires_at = expires_at - interval '14 days' where message_id is not null and generation_id in (select id from generations where user_id = $1)",
    [person.id],
  );
  await person.taps("send_files");
  expect(filesTo(person)).toEqual([]);
  expect(person.reads()).toContain("Исходного файла больше нет");
});

test("A11: without data saver there is no such button", async () => {
  const person = await world.newcomer({ kopecks: 100_000 });
  await buysVideo(person, "size:15: дождь");
  expect(filesTo(person)).toMatchObject([{ kind: "video" }]);
  expect(offers(person, "send_files")).toBe(false);
});

test("A11: a button of somebody else's result sends nothing", async () => {
  const owner = await thrifty();
  await buysVideo(owner, "size:15: гроза");
  const { data } = owner.button("send_files");
  const other = await world.newcomer();
  await other.forces(other.screen().messageId, data);
  expect(filesTo(other)).toEqual([]);
  expect(other.reads()).not.toContain("Отправляем");
});
