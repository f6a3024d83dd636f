import type { Scalar } from "../entry.ts";
import { isJsonObject, type JsonObject, type KieField } from "../kie-field.ts";

/** The fields of `input` by the names that requests use. */
export type KieFields = Record<string, KieField>;

const JOB_PATH = /\/jobs\/createTask$/;
/** Deeper than any real document; keeps a reference to itself from running on for ever. */
const DEEPEST = 12;

/**
 * Reads what `GET /api/v1/models/{model}/schema` answers, the whole `{model, openapi}` or the document alone: OpenAPI 3.1
 * with local references, whose keys may hold blanks. Blanks at the end of field names are dropped, as requests have them.
 * Alternatives (`oneOf`, `anyOf`) are read as one field that takes all of them.
 *
 * @returns null when the document is missing, is no job of the market's (synchronous models) or can not be read. Never
 * throws, whatever comes.
 * @see https://docs.kie.ai
 */
export function readModelSchema(json: unknown): KieFields | null {
  if (!isJsonObject(json)) return null;
  const root = isJsonObject(json["openapi"]) ? json["openapi"] : json;
  const { paths } = root;
  if (!isJsonObject(paths)) return null;
  const path = Object.keys(paths).find((each) => JOB_PATH.test(each));
  const operation = path === undefined ? undefined : memberOf(resolved(paths[path], root), "post");
  const content = memberOf(resolved(memberOf(operation, "requestBody"), root), "content");
  const media = isJsonObject(content) ? (content["application/json"] ?? Object.values(content)[0]) : undefined;
  const body = flattened(memberOf(media, "schema"), root, 0);
  const input = memberOf(body["properties"], "input");
  if (input === undefined) return null;
  return fieldsOf(flattened(input, root, 0), root, 0);
}

function memberOf(json: unknown, name: string): unknown {
  return isJsonObject(json) ? json[name] : undefined;
}

/** Follows local references; one that leads nowhere, abroad or in a circle gives undefined. */
function resolved(json: unknown, root: JsonObject): unknown {
  let found = json;
  for (let step = 0; step < DEEPEST; step += 1) {
    if (!isJsonObject(found) || typeof found["$ref"] !== "string") return found;
    const parts = found["$ref"].startsWith("#/") ? found["$ref"].slice(2).split("/") : undefined;
    const target = parts?.reduce<unknown>((node, part) => memberAt(node, part), root);
    const { $ref: _followed, ...beside } = found;
    // What stands beside a reference adds to it (OpenAPI 3.1).
    found = isJsonObject(target) ? { ...target, ...beside } : undefined;
  }
  return undefined;
}

/** A part of a reference, in whichever way its blanks and slashes are written. */
function memberAt(node: unknown, part: string): unknown {
  const plain = decoded(part).replaceAll("~1", "/").replaceAll("~0", "~");
  return memberOf(node, plain) ?? memberOf(node, part);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A schema without references and `allOf`; an object's alternatives are laid together. */
function flattened(json: unknown, root: JsonObject, depth: number): JsonObject {
  const schema = resolved(json, root);
  if (!isJsonObject(schema) || depth > DEEPEST) return {};
  const { allOf, ...own } = schema;
  const parts = listOf(allOf).map((part) => flattened(part, root, depth + 1));
  const whole = parts.reduce(merged, own);
  const alternatives = alternativesOf(whole)
    .map((each) => flattened(each, root, depth + 1))
    .filter((each) => isJsonObject(each["properties"]));
  if (alternatives.length === 0) return whole;
  const { oneOf: _oneOf, anyOf: _anyOf, ...plain } = whole;
  const together = alternatives.reduce(merged, plain);
  // Only what every alternative demands is always demanded.
  const [first = [], ...others] = alternatives.map((each) => listOf(each["required"]));
  const common = first.filter((name) => others.every((names) => names.includes(name)));
  return { ...together, required: [...listOf(whole["required"]), ...common] };
}

function alternativesOf(schema: JsonObject): readonly unknown[] {
  return [...listOf(schema["oneOf"]), ...listOf(schema["anyOf"])];
}

function merged(a: JsonObject, b: JsonObject): JsonObject {
  const properties = [a["properties"], b["properties"]].filter(isJsonObject);
  const required = [...listOf(a["required"]), ...listOf(b["required"])];
  return {
    ...b,
    ...a,
    ...(properties.length > 0 ? { properties: Object.assign({}, ...properties.toReversed()) } : {}),
    ...(required.length > 0 ? { required } : {}),
  };
}

function listOf(json: unknown): readonly unknown[] {
  return Array.isArray(json) ? json : [];
}

function fieldsOf(schema: JsonObject, root: JsonObject, depth: number): KieFields {
  const properties = isJsonObject(schema["properties"]) ? schema["properties"] : {};
  const needed = new Set(listOf(schema["required"]).map((name) => (typeof name === "string" ? name.trimEnd() : name)));
  const fields: KieFields = {};
  for (const [published, json] of Object.entries(properties)) {
    const name = published.trimEnd();
    if (name === "") continue;
    const field = fieldOf(json, name, root, depth + 1);
    fields[name] = needed.has(name) ? { ...field, required: true } : field;
  }
  return fields;
}

function fieldOf(json: unknown, name: string, root: JsonObject, depth: number): KieField {
  if (depth > DEEPEST) return { type: "object" };
  const schema = flattened(json, root, depth);
  const alternatives = alternativesOf(schema)
    .map((each) => flattened(each, root, depth + 1))
    .filter((each) => each["type"] !== "null");
  if (alternatives.length === 0) return plainField(schema, name, root, depth);
  const { oneOf: _oneOf, anyOf: _anyOf, ...common } = schema;
  const [first, ...others] = alternatives.map((each) => merged(each, common));
  const main = plainField(first ?? {}, name, root, depth);
  return others.reduce<KieField>((field, each) => alsoTaking(field, each, name, root, depth), main);
}

/** A field that takes an alternative as well. */
function alsoTaking(field: KieField, other: JsonObject, name: string, root: JsonObject, depth: number): KieField {
  const wanted = scalarsIn([other["const"]]);
  if (wanted.length > 0) {
    if (field.enum) return { ...field, enum: [...new Set([...field.enum, ...wanted])] };
    return { ...field, alsoAccepts: [...(field.alsoAccepts ?? []), ...wanted] };
  }
  const second = plainField(other, name, root, depth);
  if (second.type !== field.type) {
    const altType = secondType(second.type);
    return altType && field.altType === undefined ? { ...field, altType } : field;
  }
  const options = field.enum && second.enum ? [...new Set([...field.enum, ...second.enum])] : undefined;
  const { enum: _options, ...rest } = { ...second, ...field };
  return { ...rest, ...(options ? { enum: options } : {}) };
}

function secondType(type: KieField["type"] | undefined): KieField["altType"] {
  return type === "boolean" || type === "object" ? undefined : type;
}

const TYPES = ["string", "number", "integer", "boolean", "array", "object"] as const;

function plainField(schema: JsonObject, name: string, root: JsonObject, depth: number): KieField {
  const named = [schema["type"]].flat().filter((type) => type !== "null");
  const types = TYPES.filter((type) => named.includes(type)).toSorted((a, b) => named.indexOf(a) - named.indexOf(b));
  const options = scalarsIn(schema["const"] === undefined ? listOf(schema["enum"]) : [schema["const"]]);
  const [type = guessedType(schema, options), second] = types;
  const altType = secondType(second);
  const [initial] = scalarsIn([schema["default"]]);
  const beginning: KieField = {
    type,
    ...(altType ? { altType } : {}),
    ...(initial === undefined ? {} : { default: initial }),
  };
  if (type === "array") return { ...beginning, ...arrayFacts(schema, name, root, depth) };
  if (type === "object") {
    const properties = fieldsOf(schema, root, depth);
    return Object.keys(properties).length > 0 ? { ...beginning, properties } : beginning;
  }
  const isOpen = options.length === 0;
  const url = type === "string" && isOpen ? urlKind(schema, name) : undefined;
  return {
    ...beginning,
    ...(isOpen ? {} : { enum: options }),
    ...(type === "string" ? textLimits(schema) : type === "boolean" ? {} : numberLimits(schema, type)),
    ...(url ? { url } : {}),
  };
}

/** What a list demands of its members is sometimes written beside the list. */
function arrayFacts(schema: JsonObject, name: string, root: JsonObject, depth: number): Partial<KieField> {
  const options = scalarsIn(listOf(schema["enum"]));
  const about = { description: schema["description"], title: schema["title"] };
  const member = { ...about, ...flattened(schema["items"], root, depth + 1) };
  const item = fieldOf(member, name, root, depth + 1);
  return {
    ...wholeNumbers({ minItems: schema["minItems"], maxItems: schema["maxItems"] }),
    items: options.length > 0 && !item.enum ? { ...item, enum: options } : item,
  };
}

function guessedType(schema: JsonObject, [option]: readonly Scalar[]): KieField["type"] {
  if (isJsonObject(schema["properties"])) return "object";
  if (schema["items"] !== undefined) return "array";
  if (typeof option === "number") return "number";
  return typeof option === "boolean" ? "boolean" : "string";
}

function textLimits({ minLength, maxLength }: JsonObject): Partial<KieField> {
  return wholeNumbers({ minLength, maxLength });
}

function numberLimits(schema: JsonObject, type: "number" | "integer"): Partial<KieField> {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  // For whole numbers a limit that is itself left out is the next number; for others the difference is lost.
  const past = type === "integer" ? 1 : 0;
  const min = finite(minimum) ?? shifted(exclusiveMinimum, past);
  const max = finite(maximum) ?? shifted(exclusiveMaximum, -past);
  const step = finite(multipleOf);
  return {
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(step === undefined || step <= 0 ? {} : { step }),
  };
}

function finite(json: unknown): number | undefined {
  return typeof json === "number" && Number.isFinite(json) ? json : undefined;
}

function shifted(json: unknown, by: number): number | undefined {
  const number = finite(json);
  return number === undefined ? undefined : number + by;
}

function wholeNumbers(limits: Record<string, unknown>): Partial<KieField> {
  return Object.fromEntries(
    Object.entries(limits).filter(([, limit]) => typeof limit === "number" && Number.isSafeInteger(limit)),
  );
}

function scalarsIn(values: readonly unknown[]): Scalar[] {
  return values.filter(
    (value): value is Scalar => typeof value === "string" || typeof value === "boolean" || finite(value) !== undefined,
  );
}

const KINDS: readonly [NonNullable<KieField["url"]>, RegExp][] = [
  ["video", /video|clip|footage/i],
  ["audio", /audio|voice|music|song|sound|speech/i],
  ["image", /image|picture|photo|frame|mask|png|jpe?g|webp/i],
  ["document", /document|pdf|file/i],
  ["page", /web ?page|website|link/i],
];

/** What has to be behind a text that is an address; undefined for ordinary texts. */
function urlKind({ format, description, title }: JsonObject, name: string): KieField["url"] {
  const words = [description, title].filter((text) => typeof text === "string").join(" ");
  const isAddress = /^ur[il]/.test(String(format)) || /(?:^|_|[a-z])urls?(?:$|_|list)/i.test(name);
  if (!isAddress && !/^\s*(?:the )?urls? (?:of|to|for)\b/i.test(words)) return undefined;
  // The name is the better witness: a description of a video may well speak of its first picture.
  const matching = (text: string) => KINDS.find(([, pattern]) => pattern.test(text))?.[0];
  return matching(name.replace(/urls?|list/gi, "")) ?? matching(words) ?? "page";
}
