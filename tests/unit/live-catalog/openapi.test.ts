import { describe, expect, test } from "vitest";
import { readModelSchema } from "../../../lib/catalog/live/openapi.ts";
import { requestSchemas } from "../../../lib/sandbox/kie/request-schemas.ts";
import { simulatedListing } from "./simulated.ts";

/** A document around the schema of `input`. */
function documentOf(input: unknown, rest: Record<string, unknown> = {}, path = "/api/v1/jobs/createTask") {
  const schema = { type: "object", properties: { model: { type: "string" }, input } };
  const operation = { requestBody: { content: { "application/json": { schema } } } };
  return { model: "made-up", openapi: { openapi: "3.1.0", paths: { [path]: { post: operation } }, ...rest } };
}

const fieldsOf = (properties: Record<string, unknown>, required: string[] = []) =>
  readModelSchema(documentOf({ type: "object", properties, required }));

test("fields keep their types, limits, options and defaults", () => {
  expect(
    fieldsOf(
      {
        prompt: { type: "string", minLength: 3, maxLength: 500 },
        duration: { type: "integer", minimum: 4, exclusiveMaximum: 16, default: 5 },
        strength: { type: "number", minimum: 0, maximum: 1, multipleOf: 0.05 },
        resolution: { type: "string", enum: ["720p", "1080p"], default: "720p" },
        sound: { type: "boolean", default: false },
      },
      ["prompt"],
    ),
  ).toEqual({
    prompt: { type: "string", required: true, minLength: 3, maxLength: 500 },
    duration: { type: "integer", min: 4, max: 15, default: 5 },
    strength: { type: "number", min: 0, max: 1, step: 0.05 },
    resolution: { type: "string", enum: ["720p", "1080p"], default: "720p" },
    sound: { type: "boolean", default: false },
  });
});

test("references are followed, also where the component's key holds blanks or ends in one", () => {
  const input = { $ref: "#/components/schemas/Kling%20input%20" };
  const components = {
    schemas: {
      "Kling input ": {
        type: "object",
        required: ["shots "],
        properties: { "shots ": { $ref: "#/components/schemas/Shot list" } },
      },
      "Shot list": { type: "array", maxItems: 5, items: { $ref: "#/components/schemas/a~1b" } },
      "a/b": { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
    },
  };
  expect(readModelSchema(documentOf(input, { components }))).toEqual({
    shots: {
      type: "array",
      required: true,
      maxItems: 5,
      items: { type: "object", properties: { text: { type: "string", required: true } } },
    },
  });
});

test("a reference to itself ends", () => {
  const components = {
    schemas: { tree: { type: "object", properties: { child: { $ref: "#/components/schemas/tree" } } } },
  };
  expect(readModelSchema(documentOf({ $ref: "#/components/schemas/tree" }, { components }))).toHaveProperty(
    "child.type",
    "object",
  );
  const loop = { schemas: { a: { $ref: "#/components/schemas/b" }, b: { $ref: "#/components/schemas/a" } } };
  expect(readModelSchema(documentOf({ $ref: "#/components/schemas/a" }, { components: loop }))).toEqual({});
});

test("alternatives are one field that takes all of them", () => {
  expect(
    fieldsOf({
      duration: { anyOf: [{ type: "integer", minimum: 2, maximum: 30 }, { const: -1 }], default: 5 },
      seconds: { oneOf: [{ type: "number", enum: [5, 10] }, { type: "string" }] },
      ratio: { anyOf: [{ type: "string", enum: ["1:1"] }, { type: "string", enum: ["16:9"] }, { type: "null" }] },
      note: { type: ["string", "null"], enum: ["a", null] },
    }),
  ).toEqual({
    duration: { type: "integer", min: 2, max: 30, default: 5, alsoAccepts: [-1] },
    seconds: { type: "number", enum: [5, 10], altType: "string" },
    ratio: { type: "string", enum: ["1:1", "16:9"] },
    note: { type: "string", enum: ["a"] },
  });
});

test("parts are laid together, and of alternative objects only what all demand is demanded", () => {
  const input = {
    allOf: [{ type: "object", properties: { prompt: { type: "string" } }, required: ["prompt"] }],
    oneOf: [
      {
        properties: { image_url: { type: "string", format: "uri" }, size: { type: "string" } },
        required: ["image_url", "size"],
      },
      { properties: { size: { type: "string" } }, required: ["size"] },
    ],
  };
  expect(readModelSchema(documentOf(input))).toEqual({
    prompt: { type: "string", required: true },
    image_url: { type: "string", url: "image" },
    size: { type: "string", required: true },
  });
});

test("addresses are told from texts, and what has to lie behind them", () => {
  expect(
    fieldsOf({
      image_urls: { type: "array", items: { type: "string", format: "uri" }, maxItems: 3 },
      first_frame: { type: "string", description: "URL of the first frame of the video" },
      audio_url: { type: "string" },
      reference: { type: "string", format: "uri", description: "URL of the video to follow" },
      site_url: { type: "string" },
      style: { type: "string", description: "How the image looks" },
    }),
  ).toEqual({
    image_urls: { type: "array", maxItems: 3, items: { type: "string", url: "image" } },
    first_frame: { type: "string", url: "image" },
    audio_url: { type: "string", url: "audio" },
    reference: { type: "string", url: "video" },
    site_url: { type: "string", url: "page" },
    style: { type: "string" },
  });
});

describe("what is no job of the market gives null", () => {
  test.each([
    ["nothing", null],
    ["a text", "openapi"],
    ["a missing document", { model: "gpt-6", openapi: null }],
    ["no paths", { openapi: "3.1.0" }],
    ["a synchronous model", documentOf({ type: "object" }, {}, "/codex/v1/responses")],
    ["a body without input", { paths: { "/api/v1/jobs/createTask": { post: {} } } }],
  ])("%s", (_what, json) => expect(readModelSchema(json)).toBeNull());
});

test("odd documents never throw", () => {
  for (const odd of [
    [],
    7,
    { properties: 3, required: "x" },
    { oneOf: 1 },
    { $ref: "https://elsewhere" },
    { $ref: "#/%zz" },
  ]) {
    expect(() => readModelSchema(documentOf(odd))).not.toThrow();
    expect(() => fieldsOf({ field: odd, "": odd })).not.toThrow();
  }
});

test("every simulated document of a job is read back as what createTask checks", () => {
  const { models } = requestSchemas();
  for (const { model, schema } of simulatedListing()) {
    const read = readModelSchema(schema);
    const fields = models[model]?.input;
    if (fields === undefined) {
      expect(read, model).toBeNull();
      continue;
    }
    expect(Object.keys(read ?? {}), model).toEqual(Object.keys(fields));
    for (const [name, field] of Object.entries(fields)) {
      expect(read?.[name], `${model} ${name}`).toMatchObject({
        type: field.type,
        ...(field.required ? { required: true } : {}),
        ...(field.enum ? { enum: field.enum } : {}),
        ...(field.max === undefined ? {} : { max: field.max }),
        ...(field.maxLength === undefined ? {} : { maxLength: field.maxLength }),
        ...(field.alsoAccepts ? { alsoAccepts: field.alsoAccepts } : {}),
        ...(field.accepts && field.type === "string" && !field.enum ? { url: expect.any(String) } : {}),
      });
    }
  }
});
