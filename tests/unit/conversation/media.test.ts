import { expect, test } from "vitest";
import { Dialogue } from "./dialogue.ts";

function animateCard(): Dialogue {
  const dialogue = new Dialogue();
  dialogue.tap({ kind: "mode", family: "movie", mode: "animate" });
  return dialogue;
}

test("A6 the asked param says its limits in words and takes the file; the caption becomes the prompt", () => {
  const dialogue = animateCard();
  expect(dialogue.text).toContain("JPEG, PNG или WebP, до 10\u00a0МБ. Можно до 3\u00a0шт.");
  expect(dialogue.text).toContain("Пришлите фото.");
  dialogue.give({}, "Медленный наезд");
  expect(dialogue.values).toMatchObject({ prompt: "Медленный наезд", image_urls: [{ uploadId: "upload1" }] });
  expect(dialogue.text).toContain("Фото: 1 из 3");
  expect(dialogue.labels).toContain("📎 Фото: 1 из 3");
});

test("A6 the files of an album are added one by one; only the first brings a new message", () => {
  const dialogue = animateCard();
  expect(dialogue.give({ uploadId: "a" }, "", "album").show).toBe("send");
  expect(dialogue.give({ uploadId: "b" }, "", "album").show).toBe("edit");
  expect(dialogue.give({ uploadId: "c" }, "", "album").show).toBe("edit");
  expect(dialogue.text).toContain("Фото: 3 из 3");
});

test("A6 files can be added by hand until «Готово», and cleared", () => {
  const dialogue = animateCard();
  dialogue.give({ uploadId: "a" });
  dialogue.press("📎 Фото");
  expect(dialogue.text).toContain("Сейчас: 1 из 3");
  dialogue.give({ uploadId: "b" });
  expect(dialogue.state.draft?.asking).toBe("image_urls");
  dialogue.press("✔️ Готово");
  expect(dialogue.state.draft?.asking).toBeNull();
  dialogue.press("📎 Фото");
  dialogue.press("🗑 Убрать");
  expect(dialogue.values.image_urls).toBeUndefined();
  expect(dialogue.text).toContain("Пришлите фото.");
});

test("A6 with nothing asked, the first param with room takes the file", () => {
  const dialogue = animateCard();
  for (const uploadId of ["a", "b", "c", "d"]) dialogue.give({ uploadId });
  expect(dialogue.values.image_urls).toHaveLength(3);
  expect(dialogue.values.last_frame).toMatchObject([{ uploadId: "d" }]);
});

test("A6 a file of the wrong kind, format or size gets a clear sentence and changes nothing", () => {
  const dialogue = animateCard();
  dialogue.give({ kind: "video", format: "mp4" });
  expect(dialogue.text).toContain("Ей можно прислать фото.");
  dialogue.give({ format: "gif" });
  expect(dialogue.text).toContain("«Фото»: формат GIF не подойдёт. Нужен JPEG, PNG или WebP.");
  dialogue.give({ sizeBytes: 12_340_000 });
  expect(dialogue.text).toContain("«Фото»: файл слишком большой. Можно до 10\u00a0МБ, а здесь 12,4\u00a0МБ.");
  expect(dialogue.values.image_urls).toBeUndefined();
});

test("A6 a caption that is too long is told; the file stays", () => {
  const dialogue = animateCard();
  dialogue.give({}, "я".repeat(1001));
  expect(dialogue.text).toContain("слишком длинно");
  expect(dialogue.values.image_urls).toHaveLength(1);
});

test("A6 words sent instead of a file become the prompt and the file is still asked for", () => {
  const dialogue = animateCard();
  dialogue.say("Медленный наезд");
  expect(dialogue.values.prompt).toBe("Медленный наезд");
  expect(dialogue.text).toContain("Запрос записан. Пришлите фото.");
});

test("A6 a file that could not be taken is explained, and the user stays where they were", () => {
  const dialogue = animateCard();
  dialogue.happen({ kind: "media-refused", reason: { code: "too-large", limitMegabytes: 20 } });
  expect(dialogue.text).toContain("бот принимает до 20\u00a0МБ");
  expect(dialogue.text).toContain("Пришлите фото.");
  const other = new Dialogue();
  other.happen({ kind: "media-refused", reason: { code: "unreadable" } });
  expect(other.text).toContain("Файл не открывается");
  expect(other.labels).toContain("🎨 Все модели");
});

test("A4 a file with no open card offers what accepts it and is attached to the picked card", () => {
  const dialogue = new Dialogue();
  expect(dialogue.give({}, "пусть поедет").show).toBe("send");
  expect(dialogue.text).toContain("Фото получено. Что с ним сделать?");
  expect(dialogue.labels[0]).toContain("Upscale: Увеличить");
  dialogue.press("Movie 3.0: Оживить фото");
  expect(dialogue.values).toMatchObject({ prompt: "пусть поедет", image_urls: [{ uploadId: "upload1" }] });
  expect(dialogue.state.pending).toBeNull();
  expect(dialogue.labels.some((label) => label.startsWith("✅ Создать · "))).toBe(true);
});

test("A4 words after such a file are kept for the prompt", () => {
  const dialogue = new Dialogue();
  dialogue.give({ uploadId: "a" });
  dialogue.give({ uploadId: "b" });
  expect(dialogue.text).toContain("Фото получены: 2. Что с ними сделать?");
  dialogue.say("наезд камеры");
  dialogue.press("Movie 3.0");
  expect(dialogue.values).toMatchObject({ prompt: "наезд камеры", image_urls: [{}, {}] });
});

test("A4 a waiting file is forgotten when the user does something else", () => {
  const dialogue = new Dialogue();
  dialogue.give();
  dialogue.command("balance");
  dialogue.tap({ kind: "mode", family: "movie", mode: "animate" });
  expect(dialogue.values.image_urls).toBeUndefined();
});

test("a file sent to a model that takes none offers models that do, and the way back to the card", () => {
  const dialogue = new Dialogue();
  dialogue.say("кот");
  dialogue.give();
  expect(dialogue.text).toContain("Эта модель работает без файлов.");
  dialogue.press("↩️ К карточке: Z-Image");
  expect(dialogue.values.prompt).toBe("кот");
});
