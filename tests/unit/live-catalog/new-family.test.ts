import { describe, expect, test } from "vitest";
import { checkValues } from "../../../lib/catalog/check.ts";
import type { Family, ParamOf } from "../../../lib/catalog/entry.ts";
import { generateFamily } from "../../../lib/catalog/live/new-family.ts";
import type { KieFields } from "../../../lib/catalog/live/openapi.ts";
import { readModelSchema } from "../../../lib/catalog/live/openapi.ts";
import type { ParamValue } from "../../../lib/catalog/param-values.ts";
import { buildInput } from "../../../lib/catalog/request.ts";
import { defaultValues, parseValues } from "../../../lib/catalog/values.ts";
import { requestSchemas } from "../../../lib/sandbox/kie/request-schemas.ts";
import { reviewInput } from "../../../lib/sandbox/kie/validate.ts";
import type { UploadRef } from "../../../lib/shared/media.ts";
import { simulatedListing, TODAY } from "./simulated.ts";

function generate(fields: KieFields, taskTypes: string[] = ["Text to Image"], model = "made-up/model") {
  return generateFamily({
    model,
    title: "Made up",
    provider: "Maker",
    taskTypes,
    fields,
    today: TODAY,
    isTaken: () => false,
  });
}

function familyOf(fields: KieFields, taskTypes?: string[]): Family {
  const { family, problem } = generate(fields, taskTypes);
  if (!family) throw new Error(problem);
  return family;
}

const PROMPT = { prompt: { type: "string", required: true, maxLength: 1_000 } } as const;

test("fields become params of the kinds that our cards have", () => {
  const [entry] = familyOf({
    ...PROMPT,
    aspect_ratio: { type: "string", enum: ["1:1", "16:9"], default: "1:1" },
    duration: { type: "integer", min: 5, max: 10, default: 5 },
    sound: { type: "boolean", default: true },
    image_urls: { type: "array", maxItems: 3, items: { type: "string", url: "image" } },
    video_url: { type: "string", url: "video", required: true },
    seed: { type: "integer" },
  }).entries;
  expect(entry?.params).toMatchObject([
    { name: "prompt", kind: "text", role: "prompt", maxLength: 1_000, label: { ru: "Описание", en: "Prompt" } },
    { name: "aspect_ratio", kind: "choice", default: "1:1", placement: "card" },
    { name: "duration", kind: "number", presets: [5, 6, 7, 8, 9, 10], unit: "seconds", default: 5 },
    { name: "sound", kind: "toggle", default: true },
    { name: "image_urls", kind: "media", accepts: "image", many: true, maxItems: 3, required: false },
    { name: "video_url", kind: "media", accepts: "video", many: false, required: true },
    { name: "seed", kind: "number", placement: "never", why: expect.any(String) },
  ]);
});

test("switches of the provider are never shown, and one that has to be there is sent switched off", () => {
  const [entry] = familyOf({
    ...PROMPT,
    nsfw_checker: { type: "boolean", default: true },
    watermark: { type: "string" },
    upload_cn: { type: "boolean", required: true },
    enable_fallback: { type: "boolean" },
    web_search: { type: "boolean" },
    callback_url: { type: "string", url: "page" },
  }).entries;
  for (const param of entry?.params.slice(1) ?? []) {
    expect(param, param.name).toMatchObject(
      param.kind === "fixed"
        ? { value: false, why: expect.any(String) }
        : { placement: "never", why: expect.any(String) },
    );
  }
});

describe("what a card can not ask for", () => {
  test("refuses the whole model when it has to be there", () => {
    expect(generate({ ...PROMPT, scene: { type: "object", required: true } })).toEqual({
      family: null,
      problem: "Its required field scene is nothing that a card can ask for.",
    });
    expect(generate({ ...PROMPT, pdf: { type: "string", url: "document", required: true } }).family).toBeNull();
    expect(generate({ ...PROMPT, webhook_secret: { type: "string", required: true } }).family).toBeNull();
    expect(generate({ ...PROMPT, weight: { type: "number", required: true } }).family).toBeNull();
  });

  test("is only accepted when it may be left out", () => {
    const [entry] = familyOf({ ...PROMPT, colors: { type: "array", items: { type: "string" } } }).entries;
    expect(entry?.params[1]).toMatchObject({ placement: "never", kie: { type: "array" } });
  });
});

test.each([
  [["Text to Image"], "image", "image"],
  [["Image to Video"], "video", "video"],
  [["Chat", "Text to Video"], "video", "video"],
  [["Text to Speech"], "audio", "audio"],
  [["Music Generation"], "music", "audio"],
  [["Image Upscale"], "tools", "image"],
  [["Video Upscale"], "tools", "video"],
  [["Background Removal"], "tools", "image"],
] as const)("the task types %j make the category %s and give %s", (types, category, output) => {
  const family = familyOf(PROMPT, [...types]);
  expect([family.category, family.entries[0]?.output]).toEqual([category, output]);
});

test("a task type that says nothing makes no card", () => {
  expect(generate(PROMPT, ["Chat"]).problem).toBe("Its task type is not known: Chat.");
  expect(generate(PROMPT, []).family).toBeNull();
});

test("keys are short, of plain letters, and another one where two ids look alike", () => {
  const keyOf = (model: string, isTaken: (key: string) => boolean) =>
    generateFamily({
      model,
      title: "A",
      provider: "B",
      taskTypes: ["Text to Image"],
      fields: PROMPT,
      today: TODAY,
      isTaken,
    }).family?.key;
  expect(keyOf("Nova_2.1/Text To Image", () => false)).toBe("nova-2-1-text-to-image");
  expect(keyOf("nova-2-1/text-to-image", (key) => key === "nova-2-1-text-to-image")).toMatch(
    /^nova-2-1-text-to-image-[0-9a-z]{5}$/,
  );
  expect(keyOf("a".repeat(90), () => false)?.length).toBeLessThanOrEqual(36);
  expect(keyOf("…", () => false)).toMatch(/^model-/);
});

test("labels fit on buttons in both languages, and Russian ones are Russian", () => {
  const { models } = requestSchemas();
  for (const { model, schema, title, provider, taskTypes } of simulatedListing()) {
    const fields = readModelSchema(schema);
    if (!fields || !(model in models)) continue;
    const { family, problem } = generateFamily({
      model,
      title,
      provider,
      taskTypes,
      fields,
      today: TODAY,
      isTaken: () => false,
    });
    expect(family !== null || problem !== null).toBe(true);
    for (const param of family?.entries.flatMap(({ params }) => params) ?? []) {
      if (param.kind === "fixed") continue;
      expect(param.label.ru, param.name).toMatch(/[а-яё]/i);
      expect(Math.max(param.label.ru.length, param.label.en.length), param.name).toBeLessThanOrEqual(24);
    }
  }
});

test("most models of the market could be sold by their schema alone", () => {
  const made = simulatedListing().flatMap(({ model, schema, title, provider, taskTypes }) => {
    const fields = readModelSchema(schema);
    return fields
      ? [generateFamily({ model, title, provider, taskTypes, fields, today: TODAY, isTaken: () => false }).family]
      : [];
  });
  expect(made.filter((family) => family !== null).length).toBeGreaterThan(made.length * 0.75);
});

test("what a generated card sends is what KIE takes", () => {
  const { models } = requestSchemas();
  let sent = 0;
  for (const { model, schema, title, provider, taskTypes } of simulatedListing()) {
    const fields = readModelSchema(schema);
    const kie = models[model];
    // Rules across fields are told in no schema.
    if (!fields || !kie || kie.rules.length > 0 || kie.requiredSets.length > 0) continue;
    const { family } = generateFamily({
      model,
      title,
      provider,
      taskTypes,
      fields,
      today: TODAY,
      isTaken: () => false,
    });
    const entry = family?.entries[0];
    if (!entry) continue;
    const values: Record<string, ParamValue> = { ...defaultValues(entry), ...parseValues(entry, entry.example.ru) };
    for (const param of entry.params) {
      if (param.kind !== "media" || !param.required) continue;
      values[param.name] = Array.from({ length: param.minItems ?? 1 }, (_, index) => uploadFor(param, index));
    }
    expect(checkValues(entry, values), model).toEqual([]);
    const urls = new Map([0, 1, 2].map((index) => [`file-${index}`, `https://files.example/${index}`]));
    expect(reviewInput(kie, buildInput(entry, values, urls)), model).toMatchObject({ unknownFields: [] });
    expect(reviewInput(kie, buildInput(entry, values, urls)).refusal, model).toBeUndefined();
    sent += 1;
  }
  expect(sent).toBeGreaterThan(60);
});

function uploadFor(param: ParamOf<"media">, index: number): UploadRef {
  const durationSeconds = param.accepts === "image" ? {} : { durationSeconds: 3 };
  const format = param.formats[0] ?? "";
  return { uploadId: `file-${index}`, kind: param.accepts, format, mime: "", sizeBytes: 1, ...durationSeconds };
}
