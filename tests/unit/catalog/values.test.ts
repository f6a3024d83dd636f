import { describe, expect, test } from "vitest";
import type { Param } from "../../../lib/catalog/entry.ts";
import {
  addUpload,
  defaultValues,
  parseValues,
  promptParam,
  readButton,
  readTyped,
} from "../../../lib/catalog/values.ts";
import { entryOf, makeParam, paramOf } from "../../support/catalog-entry.ts";
import { uploadFor } from "../../support/catalog-values.ts";

const typed = (param: Param, text: string) => {
  const read = readTyped(param, text);
  return read.ok ? read.value : read.problem.code;
};
const pressed = (param: Param, value: string) => {
  const read = readButton(param, value);
  return read.ok ? read.value : read.problem.code;
};

const kling = entryOf("kling-3-0");
const speech = entryOf("elevenlabs-v2");
const dialogue = paramOf(entryOf("elevenlabs-dialogue"), "dialogue");

test("a new card starts with the documented defaults and without fixed values", () => {
  expect(defaultValues(kling)).toEqual({
    duration: "5",
    mode: "pro",
    sound: false,
    aspect_ratio: "16:9",
    multi_shots: false,
  });
  expect(defaultValues(entryOf("suno-custom"))).not.toHaveProperty("custom_mode");
});

describe("typed text", () => {
  test("numbers take a comma, a unit and spaces", () => {
    const speed = paramOf(speech, "speed");
    expect(["0,7", " 1.15 ", "1"].map((text) => typed(speed, text))).toEqual([0.7, 1.15, 1]);
    const length = paramOf(entryOf("suno-custom"), "duration");
    expect(["90 с", "90 сек.", "90s"].map((text) => typed(length, text))).toEqual([90, 90, 90]);
  });
  test("numbers outside the limits or off the step are told apart from words", () => {
    const length = paramOf(entryOf("suno-custom"), "duration");
    expect(["9", "361", "10,5", "-20"].map((text) => typed(length, text))).toEqual(Array(4).fill("out-of-range"));
    expect(["долго", "", "1e3", "0x20", "5 5"].map((text) => typed(length, text))).toEqual(
      Array(5).fill("not-a-number"),
    );
  });
  test("toggles take yes and no in both languages", () => {
    const sound = paramOf(kling, "sound");
    expect(["да", "Вкл", "yes", "ON"].map((text) => typed(sound, text))).toEqual(Array(4).fill(true));
    expect(["нет", "no", "выкл"].map((text) => typed(sound, text))).toEqual(Array(3).fill(false));
    expect(typed(sound, "может быть")).toBe("not-an-option");
  });
  test("a choice is found by value or label, whatever the case, and keeps KIE's JSON type", () => {
    expect(typed(paramOf(kling, "duration"), "10")).toBe("10");
    expect(typed(paramOf(kling, "duration"), "10 С")).toBe("10");
    expect(typed(paramOf(kling, "mode"), "1080P")).toBe("pro");
    expect(typed(paramOf(entryOf("elevenlabs-dialogue"), "stability"), "0.5")).toBe(0.5);
    expect(typed(paramOf(kling, "mode"), "8K")).toBe("not-an-option");
  });
  test("a prompt is trimmed and counted in UTF-16 units", () => {
    const prompt = paramOf(entryOf("z-image"), "prompt");
    expect(typed(prompt, "  кот \n")).toBe("кот");
    expect(typed(prompt, "😀".repeat(500))).toBe("😀".repeat(500));
    expect(readTyped(prompt, "😀".repeat(501))).toEqual({
      ok: false,
      problem: { code: "too-long", param: "prompt", limit: 1000, actual: 1002 },
    });
    expect(typed(prompt, "   ")).toBe("missing");
    expect(typed(paramOf(entryOf("seedance-2"), "prompt"), "ок")).toBe("too-short");
  });
  test("a file can not be typed", () => {
    expect(typed(paramOf(kling, "image_urls"), "https://example.com/a.png")).toBe("wrong-media");
  });
});

describe("lines of a dialogue", () => {
  const voices = (value: unknown) =>
    Array.isArray(value) ? value.map((item: { voice: string }) => item.voice) : value;
  const voice = dialogue.kind === "list" ? dialogue.fields.find((field) => field.name === "voice") : undefined;
  const [first, second, third] = voice?.kind === "choice" ? voice.options.map((option) => option.value) : [];

  test("two voices take turns, dashes and empty lines are dropped", () => {
    const value = typed(dialogue, "— Привет\n\n- Здравствуй\nКак дела?");
    expect(value).toEqual([
      { text: "Привет", voice: first },
      { text: "Здравствуй", voice: second },
      { text: "Как дела?", voice: first },
    ]);
  });
  test("further lines are appended and keep voices chosen by hand", () => {
    const current = [
      { text: "а", voice: String(third) },
      { text: "б", voice: String(first) },
    ];
    const read = readTyped(dialogue, "в\nг", current);
    expect(read.ok && voices(read.value)).toEqual([third, first, third, first]);
    const single = readTyped(dialogue, "б", [{ text: "а", voice: String(second) }]);
    expect(single.ok && voices(single.value)).toEqual([second, first]);
  });
  test("too many lines, one too long and too much together are refused", () => {
    expect(typed(dialogue, "да\n".repeat(21))).toBe("too-many-items");
    expect(typed(dialogue, "ы".repeat(5001))).toBe("too-long");
    expect(typed(dialogue, `${"ы".repeat(2500)}\n${"ы".repeat(2501)}`)).toBe("too-long");
    expect(typed(dialogue, " \n ")).toBe("missing");
  });
  test("shots get their default length", () => {
    expect(typed(paramOf(kling, "multi_prompt"), "Рассвет\nЗакат")).toEqual([
      { prompt: "Рассвет", duration: 5 },
      { prompt: "Закат", duration: 5 },
    ]);
  });
});

describe("buttons", () => {
  test("carry an index from 0, a value, a number or a boolean", () => {
    expect(pressed(paramOf(kling, "duration"), "#0")).toBe("3");
    expect(pressed(paramOf(kling, "duration"), "15")).toBe("15");
    expect(pressed(paramOf(kling, "sound"), "true")).toBe(true);
    expect(pressed(paramOf(speech, "speed"), "0.7")).toBe(0.7);
  });
  test("that never existed give a problem", () => {
    for (const value of ["#13", "#-1", "#", "#1.5", "7s", ""]) {
      expect(pressed(paramOf(kling, "duration"), value), value).toBe("not-an-option");
    }
    expect(pressed(paramOf(kling, "sound"), "yes")).toBe("not-an-option");
    expect(pressed(paramOf(speech, "speed"), "fast")).toBe("not-a-number");
    expect(pressed(paramOf(speech, "text"), "#0")).toBe("not-an-option");
    expect(pressed(dialogue, "#0")).toBe("not-an-option");
  });
});

describe("files", () => {
  const frames = paramOf(kling, "image_urls");
  const portrait = paramOf(entryOf("kling-ai-avatar"), "image_url");
  const voice = paramOf(entryOf("kling-ai-avatar"), "audio_url");
  const code = (param: Param, upload: ReturnType<typeof uploadFor>) => {
    const added = addUpload(param, undefined, upload);
    return added.ok ? "ok" : added.problem.code;
  };

  test("a single file replaces, many are appended up to the limit, the same one twice changes nothing", () => {
    const [one, two, three] = ["one", "two", "three"].map((id) => uploadFor(frames, id));
    if (!one || !two || !three) throw new Error("unreachable");
    expect(addUpload(portrait, [one], two)).toEqual({ ok: true, value: [two] });
    expect(addUpload(frames, [one], two)).toEqual({ ok: true, value: [one, two] });
    expect(addUpload(frames, [one, two], two)).toEqual({ ok: true, value: [one, two] });
    expect(addUpload(frames, [one, two], three)).toEqual({
      ok: false,
      problem: { code: "too-many-items", param: "image_urls", limit: 2 },
    });
  });
  test("kind, format, size, pixels and length are checked", () => {
    expect(code(portrait, uploadFor(voice))).toBe("wrong-media");
    expect(code(portrait, { ...uploadFor(portrait), format: "webp" })).toBe("wrong-format");
    expect(code(portrait, { ...uploadFor(portrait), sizeBytes: 10_000_000 })).toBe("ok");
    expect(addUpload(portrait, undefined, { ...uploadFor(portrait), sizeBytes: 10_000_001 })).toEqual({
      ok: false,
      problem: { code: "file-too-large", param: "image_url", limitMegabytes: 10, actualMegabytes: 10.1 },
    });
    expect(code(frames, { ...uploadFor(frames), width: 299 })).toBe("picture-size");
    expect(code(voice, uploadFor(voice, "a", 15))).toBe("ok");
    expect(code(voice, uploadFor(voice, "a", 15.1))).toBe("duration-out-of-range");
    expect(code(voice, uploadFor(voice, "a", 1.9))).toBe("duration-out-of-range");
    const { durationSeconds: _unknown, ...unmeasured } = uploadFor(voice);
    expect(code(voice, unmeasured)).toBe("wrong-format");
    expect(code(paramOf(kling, "prompt"), uploadFor(portrait))).toBe("not-an-option");
  });
  test("longest side and megapixels are checked where a param states them", () => {
    const param = makeParam({
      kind: "media",
      accepts: "image",
      many: false,
      maxItems: 1,
      maxFileMegabytes: 10,
      formats: ["png"],
      maxSidePixels: 2000,
      maxMegapixels: 1,
    });
    const sized = (width: number, height: number) => code(param, { ...uploadFor(param), width, height });
    expect(sized(1000, 1000)).toBe("ok");
    expect(sized(2001, 10)).toBe("picture-size");
    expect(sized(1001, 1000)).toBe("picture-size");
  });
  test("lengths together are checked", () => {
    const videos = paramOf(entryOf("seedance-2"), "reference_video_urls");
    const one = uploadFor(videos, "one", 8);
    expect(addUpload(videos, [one], uploadFor(videos, "two", 7)).ok).toBe(true);
    expect(addUpload(videos, [one], uploadFor(videos, "two", 7.5))).toEqual({
      ok: false,
      problem: {
        code: "duration-out-of-range",
        param: "reference_video_urls",
        minSeconds: 2,
        maxSeconds: 15,
        actualSeconds: 15.5,
      },
    });
  });
});

test("stored values of another shape are dropped, the rest is kept", () => {
  const upload = uploadFor(paramOf(kling, "image_urls"));
  const stored = { prompt: "кот", sound: "yes", image_urls: [upload], multi_prompt: [{ prompt: "а" }], gone: 1 };
  expect(parseValues(kling, structuredClone(stored))).toStrictEqual({
    prompt: "кот",
    image_urls: [upload],
    multi_prompt: [{ prompt: "а" }],
  });
  for (const garbage of [null, 5, "x", [], undefined]) expect(parseValues(kling, garbage)).toEqual({});
});

test("typed text fills the prompt, or the lines where there is none", () => {
  expect(promptParam(kling)?.name).toBe("prompt");
  expect(promptParam(entryOf("elevenlabs-dialogue"))?.name).toBe("dialogue");
  expect(promptParam(entryOf("recraft-upscale"))).toBeUndefined();
});
