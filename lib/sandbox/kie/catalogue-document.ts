import type { FieldSchema, ModelSchema } from "./request-schemas.ts";

/** Fields whose published name ends in a blank; requests have it without. @see https://docs.kie.ai */
const BLANK_KEYS: Readonly<Record<string, string>> = {
  "happyhorse/image-to-video": "image_urls",
  "happyhorse/video-edit": "reference_image",
  "bytedance/seedance-2-fast": "reference_video_urls",
};

type Json = Record<string, unknown>;

/**
 * The OpenAPI 3.1 document of a model of the market, made of what createTask checks. Documents differ in style as KIE's
 * do: fields inline, or behind a local `$ref` to a component whose key may hold blanks or end in one; optional fields
 * that may be null; a second JSON type as `anyOf`.
 */
export function jobDocument(model: string, title: string, schema: ModelSchema): Json {
  const style = model.length % 3;
  const componentKey = style === 0 ? `${title} input ` : "input";
  const input = inputSchema(model, schema, style === 2);
  const reference = { $ref: `#/components/schemas/${encodeURIComponent(componentKey)}` };
  return document(title, "/api/v1/jobs/createTask", {
    requestBody: {
      content: {
        "application/json": {
          schema: {
            type: "object",
            required: ["model", "input"],
            properties: {
              model: { type: "string", enum: [model], default: model, description: "The model name" },
              callBackUrl: { type: "string", format: "uri", description: "Where the outcome is sent" },
              input: style === 1 ? input : reference,
            },
          },
        },
      },
    },
    responses: { 200: { $ref: "#/components/responses/Task%20created" } },
    callbacks: {
      onFinish: { "{$request.body#/callBackUrl}": { post: { responses: { 200: { description: "OK" } } } } },
    },
    components: { schemas: style === 1 ? {} : { [componentKey]: input } },
  });
}

/** The document of a synchronous model, whose answer comes at once and is a text. */
export function chatDocument(model: string, title: string, path: string): Json {
  const messages = { type: "array", items: { type: "object", properties: { role: { type: "string" } } } };
  return document(title, path, {
    requestBody: {
      content: {
        "application/json": {
          schema: {
            type: "object",
            required: ["messages"],
            properties: { model: { type: "string", default: model }, messages, stream: { type: "boolean" } },
          },
        },
      },
    },
    responses: { 200: { description: "The answer" } },
  });
}

function document(title: string, path: string, { components, ...operation }: Json): Json {
  const known = typeof components === "object" ? components : {};
  const created = {
    description: "The task was created",
    content: { "application/json": { schema: { type: "object" } } },
  };
  return {
    openapi: "3.1.0",
    info: { title, version: "1.0.0" },
    servers: [{ url: "https://api.kie.ai" }],
    paths: { [path]: { post: { summary: title, ...operation } } },
    components: { ...known, responses: { "Task created": created } },
  };
}

function inputSchema(model: string, { input, requiredSets }: ModelSchema, isNullable: boolean): Json {
  const published = (name: string) => (BLANK_KEYS[model] === name ? `${name} ` : name);
  const entries = Object.entries(input);
  const needed = entries.filter(([, field]) => field.required).map(([name]) => published(name));
  return {
    type: "object",
    properties: Object.fromEntries(
      entries.map(([name, field]) => [published(name), fieldDocument(field, isNullable && !field.required)]),
    ),
    ...(needed.length > 0 ? { required: needed } : {}),
    ...(requiredSets.length > 0 ? { anyOf: requiredSets.map((set) => ({ required: set.map(published) })) } : {}),
  };
}

function fieldDocument(field: FieldSchema, isNullable = false): Json {
  const own = plainDocument(field, isNullable);
  const others: Json[] = [
    ...(field.altType === undefined ? [] : [alternative(field, field.altType)]),
    ...(field.alsoAccepts ?? []).map((value) => ({ const: value })),
  ];
  return others.length === 0 ? own : { anyOf: [own, ...others], ...described(field), ...initial(field) };
}

function alternative(field: FieldSchema, type: NonNullable<FieldSchema["altType"]>): Json {
  return type === "array" ? { type, items: plainDocument(field, false) } : { type };
}

function plainDocument(field: FieldSchema, isNullable: boolean): Json {
  const { type, min, max, step, items, properties, minLength, maxLength, minItems, maxItems } = field;
  const limits = { minimum: min, maximum: max, multipleOf: step, minLength, maxLength, minItems, maxItems };
  const inner = Object.entries(properties ?? {});
  const needed = inner.filter(([, each]) => each.required).map(([name]) => name);
  return {
    type: isNullable ? [type, "null"] : type,
    ...described(field),
    ...initial(field),
    ...(field.enum ? { enum: isNullable ? [...field.enum, null] : field.enum } : {}),
    ...Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined)),
    ...(field.accepts && type === "string" ? { format: "uri" } : {}),
    ...(items ? { items: fieldDocument(items) } : {}),
    ...(properties ? { properties: Object.fromEntries(inner.map(([name, each]) => [name, fieldDocument(each)])) } : {}),
    ...(needed.length > 0 ? { required: needed } : {}),
  };
}

function described({ accepts, formats, maxFileMB }: FieldSchema): Json {
  if (!accepts) return {};
  const kinds = formats ? `, as ${formats.join(", ")}` : "";
  const size = maxFileMB === undefined ? "" : `, up to ${maxFileMB} MB`;
  return { description: `URL of the ${accepts === "page" ? "web page" : accepts}${kinds}${size}` };
}

function initial(field: FieldSchema): Json {
  return field.default === undefined ? {} : { default: field.default };
}
