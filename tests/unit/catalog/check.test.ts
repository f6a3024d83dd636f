import { describe, expect, test } from "vitest";
import { checkValues, missingParam } from "../../../lib/catalog/check.ts";
import { isRelevant } from "../../../lib/catalog/conditions.ts";
import type { Entry } from "../../../lib/catalog/entry.ts";
import type { ParamValues } from "../../../lib/catalog/param-values.ts";
import { defaultValues } from "../../../lib/catalog/values.ts";
import { entryOf, makeEntry, makeParam, paramOf } from "../../support/catalog-entry.ts";
import { uploadFor } from "../../support/catalog-values.ts";

const kling = entryOf("kling-3-0");
const seedance = entryOf("seedance-2");
const speech = entryOf("elevenlabs-v2");
const avatar = entryOf("kling-ai-avatar");
const suno = entryOf("suno-custom");

const file = (entry: Entry, name: string, id = name) => uploadFor(paramOf(entry, name), id);
const shot = (duration: number) => ({ prompt: "море", duration });
const valid = {
  kling: { ...defaultValues(kling), prompt: "море" },
  shots: { ...defaultValues(kling), multi_shots: true, sound: true, multi_prompt: [shot(2), shot(3)] },
  seedance: { ...defaultValues(seedance), prompt: "море" },
  speech: { ...defaultValues(speech), text: "Добрый вечер" },
  suno: { ...defaultValues(suno), style: "рок", title: "Море", lyrics: "Волна" },
  avatar: {
    prompt: "спокойно",
    image_url: [file(avatar, "image_url")],
    audio_url: [file(avatar, "audio_url")],
  },
} satisfies Record<string, ParamValues>;

test("the starting points of these tests may be sent", () => {
  expect(checkValues(kling, valid.kling)).toEqual([]);
  expect(checkValues(kling, valid.shots)).toEqual([]);
  expect(checkValues(seedance, valid.seedance)).toEqual([]);
  expect(checkValues(speech, valid.speech)).toEqual([]);
  expect(checkValues(suno, valid.suno)).toEqual([]);
  expect(checkValues(avatar, valid.avatar)).toEqual([]);
});

describe("one broken limit gives exactly one problem:", () => {
  const cases: [string, Entry, ParamValues, object][] = [
    ["missing prompt", speech, { ...valid.speech, text: "  " }, { code: "missing", param: "text" }],
    ["missing audio", avatar, { ...valid.avatar, audio_url: [] }, { code: "missing", param: "audio_url" }],
    ["long text", speech, { ...valid.speech, text: "ы".repeat(5001) }, { code: "too-long", limit: 5000, actual: 5001 }],
    ["short text", seedance, { ...valid.seedance, prompt: "ок" }, { code: "too-short", limit: 3, actual: 2 }],
    ["unknown option", kling, { ...valid.kling, mode: "8K" }, { code: "not-an-option", param: "mode" }],
    ["number for string", kling, { ...valid.kling, duration: 5 }, { code: "not-an-option", param: "duration" }],
    ["toggle as text", kling, { ...valid.kling, sound: "true" }, { code: "not-an-option", param: "sound" }],
    ["number too large", speech, { ...valid.speech, speed: 1.21 }, { code: "out-of-range", min: 0.7, max: 1.2 }],
    ["number off its step", seedance, { ...valid.seedance, duration: 5.5 }, { code: "out-of-range", step: 1 }],
    ["number as text", seedance, { ...valid.seedance, duration: "5" }, { code: "not-a-number" }],
    [
      "audio too long",
      avatar,
      { ...valid.avatar, audio_url: [{ ...file(avatar, "audio_url"), durationSeconds: 20 }] },
      { code: "duration-out-of-range", maxSeconds: 15, actualSeconds: 20 },
    ],
    [
      "too many frames",
      kling,
      { ...valid.kling, image_urls: ["a", "b", "c"].map((id) => file(kling, "image_urls", id)) },
      { code: "too-many-items", param: "image_urls", limit: 2 },
    ],
    [
      "too many shots",
      kling,
      { ...valid.shots, duration: "6", multi_prompt: Array(6).fill(shot(1)) },
      { code: "too-many-items", param: "multi_prompt", limit: 5 },
    ],
    [
      "long shot",
      kling,
      { ...valid.shots, multi_prompt: [{ prompt: "ы".repeat(501), duration: 5 }] },
      { code: "too-long", param: "multi_prompt", limit: 500 },
    ],
    [
      "shot without words",
      kling,
      { ...valid.shots, multi_prompt: [{ duration: 5 }] },
      { code: "missing", param: "multi_prompt" },
    ],
  ];
  test.each(cases)("%s", (_name, entry, values, problem) => {
    const problems = checkValues(entry, values);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject(problem);
  });
});

describe("one broken rule gives exactly one sentence:", () => {
  const frame = (id: string) => file(seedance, "first_frame_url", id);
  const cases: [string, Entry, ParamValues, string | null, RegExp][] = [
    ["shots without shots", kling, { ...valid.shots, multi_prompt: [] }, "multi_prompt", /хотя бы одну сцену/],
    ["no shots and no prompt", kling, { ...valid.kling, prompt: "" }, "prompt", /Опишите, что должно/],
    ["silent shots", kling, { ...valid.shots, sound: false }, null, /включите звук/],
    [
      "two frames with shots",
      kling,
      { ...valid.shots, image_urls: ["a", "b"].map((id) => file(kling, "image_urls", id)) },
      "image_urls",
      /оставьте одно фото/,
    ],
    ["shots that do not add up", kling, { ...valid.shots, duration: "6" }, "multi_prompt", /в сумме/],
    ["nothing at all", seedance, defaultValues(seedance), "prompt", /Опишите ролик/],
    [
      "last frame alone",
      seedance,
      { ...valid.seedance, last_frame_url: [frame("last")] },
      "first_frame_url",
      /нужен и первый/,
    ],
    [
      "frames with references",
      seedance,
      { ...valid.seedance, first_frame_url: [frame("first")], reference_image_urls: [frame("reference")] },
      null,
      /вместе они не работают/,
    ],
    ["song without words", suno, { ...valid.suno, lyrics: "" }, "lyrics", /Пришлите слова/],
  ];
  test.each(cases)("%s", (_name, entry, values, param, sentence) => {
    const problems = checkValues(entry, values);
    expect(problems).toHaveLength(1);
    const [problem] = problems;
    if (problem?.code !== "rule") throw new Error(`not a rule: ${problem?.code}`);
    expect(problem.param).toBe(param);
    expect(problem.say.ru).toMatch(sentence);
  });
});

test("what is not relevant is neither asked nor checked", () => {
  const instrumental = { ...valid.suno, instrumental: true, lyrics: "ы".repeat(9000) };
  expect(isRelevant(suno, paramOf(suno, "lyrics"), instrumental)).toBe(false);
  expect(checkValues(suno, instrumental)).toEqual([]);
  expect(checkValues(kling, { ...valid.kling, multi_prompt: [shot(99)] })).toEqual([]);
});

test("names that the entry does not know are no problem", () => {
  expect(checkValues(speech, { ...valid.speech, voice_of_old: 5 })).toEqual([]);
});

describe("missingParam", () => {
  test("asks in the entry's order, then has nothing to ask", () => {
    const asked: string[] = [];
    let values: ParamValues = defaultValues(avatar);
    for (let step = missingParam(avatar, values); step; step = missingParam(avatar, values)) {
      asked.push(step.name);
      values = { ...values, [step.name]: step.kind === "media" ? [uploadFor(step)] : "спокойно" };
    }
    expect(asked).toEqual(["image_url", "audio_url", "prompt"]);
  });
  test("follows conditional rules", () => {
    expect(missingParam(kling, defaultValues(kling))?.name).toBe("prompt");
    expect(missingParam(kling, { ...defaultValues(kling), multi_shots: true })?.name).toBe("multi_prompt");
    expect(missingParam(seedance, defaultValues(seedance))?.name).toBe("prompt");
    const frame = [file(seedance, "first_frame_url")];
    expect(missingParam(seedance, { first_frame_url: frame })).toBeUndefined();
    expect(missingParam(seedance, { prompt: "море", last_frame_url: frame })?.name).toBe("first_frame_url");
    expect(missingParam(suno, { ...valid.suno, lyrics: "", instrumental: true })).toBeUndefined();
  });
});

test("conditions know lists, presence and absence", () => {
  const say = { ru: "так нельзя", en: "not so" };
  const params = ["a", "b"].map((name) => makeParam({ name, kind: "text", maxLength: 9 }));
  const ruled = (when: object) => makeEntry(params, { rules: [{ kind: "forbid", when, say }] });
  const broken = (when: object, values: ParamValues) => checkValues(ruled(when), values).length === 1;
  expect(broken({ a: ["x", "y"] }, { a: "y" })).toBe(true);
  expect(broken({ a: ["x", "y"] }, { a: "z" })).toBe(false);
  expect(broken({ a: ["x", "y"] }, {})).toBe(false);
  expect(broken({ a: ["x", "$absent"] }, {})).toBe(true);
  expect(broken({ a: ["x", "$absent"] }, { a: "y" })).toBe(false);
  expect(broken({ a: "$present", b: "$absent" }, { a: "x" })).toBe(true);
  expect(broken({ a: "$present", b: "$absent" }, { a: "x", b: "y" })).toBe(false);
});
