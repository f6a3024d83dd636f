/** Checks one call against bot-api.generated.json: names, types, lengths, literal unions, nested objects. */
import { readFileSync } from "node:fs";
import type { APIMethods } from "@gramio/types/methods";
import type { APIMethodParams } from "@gramio/types/utils";
import { violation } from "./errors.ts";
import type { BotApiSchema, Field, Fields, Limit, TypeNode } from "./schema-types.ts";

// Read instead of imported: the file is this program's own, and a JSON import would make the compiler infer 120 KB.
const schema: BotApiSchema = JSON.parse(readFileSync(new URL("./bot-api.generated.json", import.meta.url), "utf8"));

export function isMethod(name: string): name is keyof APIMethods {
  return Object.hasOwn(schema.methods, name);
}

/** Texts that a program may match, where Telegram's differs from "field x is wrong". */
const TELEGRAM_TEXTS: [RegExp, string][] = [
  [/^chat_id is missing$/, "chat_id is empty"],
  [/^text is missing$/, "message text is empty"],
  [/callback_data has .* bytes/, "BUTTON_DATA_INVALID"],
  [/^callback_query_id is missing$/, "CALLBACK_QUERY_ID_EMPTY"],
];

/** @throws BotApiError (a violation) that names the first wrong field. */
export function assertParams<M extends keyof APIMethods>(
  method: M,
  params: Record<string, unknown>,
): asserts params is Record<string, unknown> & APIMethodParams<M> {
  const [problem] = checkFields(schema.methods[method] ?? {}, params, "");
  if (problem === undefined) return;
  const known = TELEGRAM_TEXTS.find(([pattern]) => pattern.test(problem));
  throw violation(known ? `${known[1]} (${problem})` : problem);
}

/**
 * Reads top-level values as the server does: form fields and JSON alike may carry numbers, booleans and whole objects
 * as text. `null` means absent.
 */
export function readParams(method: keyof APIMethods, given: Record<string, unknown>): Record<string, unknown> {
  const fields = schema.methods[method] ?? {};
  const params: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined) continue;
    // telegraf's multipart calls carry the method's name as a field too.
    if (name === "method" && value === method) continue;
    const field = fields[name];
    params[name] = field && typeof value === "string" ? fromText(value, field.type) : value;
  }
  return params;
}

function fromText(text: string, type: TypeNode): unknown {
  if (accepts(type, text)) return text;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "string" ? text : value;
  } catch {
    if (/^(true|false)$/i.test(text)) return text.toLowerCase() === "true";
    return text;
  }
}

const accepts = (type: TypeNode, value: unknown): boolean => checkType(type, value, "", undefined).length === 0;

function checkFields(fields: Fields, value: Record<string, unknown>, path: string): string[] {
  const problems: string[] = [];
  const at = (name: string): string => (path === "" ? name : `${path}.${name}`);
  for (const [name, field] of Object.entries(fields)) {
    if (field.required && (value[name] === undefined || value[name] === null)) problems.push(`${at(name)} is missing`);
  }
  for (const [name, inner] of Object.entries(value)) {
    if (inner === undefined || inner === null) continue;
    const field: Field | undefined = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!field) problems.push(`unknown field ${at(name)}`);
    else problems.push(...checkType(field.type, inner, at(name), field.limit));
  }
  return problems;
}

function checkType(type: TypeNode, value: unknown, path: string, limit: Limit | undefined): string[] {
  if (type === "string") {
    return typeof value === "string" ? checkLimit(value, path, limit) : [`${path} must be a string`];
  }
  if (type === "boolean") return typeof value === "boolean" ? [] : [`${path} must be true or false`];
  if (type === "file") return value instanceof Blob ? [] : [`${path} must be a file`];
  if (type === "integer" || type === "float") {
    const fits = typeof value === "number" && (type === "float" ? Number.isFinite(value) : Number.isSafeInteger(value));
    return fits ? checkLimit(value, path, limit) : [`${path} must be ${type === "float" ? "a number" : "an integer"}`];
  }
  if ("const" in type) return value === type.const ? [] : [`${path} must be ${JSON.stringify(type.const)}`];
  if ("array" in type) {
    if (!Array.isArray(value)) return [`${path} must be an array`];
    const items = value.flatMap((item, index) => checkType(type.array, item, `${path}[${index}]`, undefined));
    return [...checkLimit(value, path, limit), ...items];
  }
  if ("union" in type) return checkUnion(type.union, value, path);
  const named = schema.types[type.ref];
  if (!named) return [];
  if ("alias" in named) return checkType(named.alias, value, path, limit);
  if (!isRecord(value)) return [`${path} must be an object`];
  return checkFields(named.fields, value, path);
}

/** Of several forms, the one whose literal fields (`type`, `scope`…) fit, else the one with the fewest problems. */
function checkUnion(members: TypeNode[], value: unknown, path: string): string[] {
  if (members.every((member) => typeof member === "object" && "const" in member)) {
    const allowed = members.flatMap((member) =>
      typeof member === "object" && "const" in member ? [member.const] : [],
    );
    return allowed.some((literal) => literal === value)
      ? []
      : [`${path} must be one of ${allowed.slice(0, 12).join(", ")}`];
  }
  let best: { wrongLiterals: number; problems: string[] } | undefined;
  for (const member of members) {
    const problems = checkType(member, value, path, undefined);
    if (problems.length === 0) return [];
    const wrongLiterals = problems.filter((problem) => problem.includes(' must be "')).length;
    const isBetter =
      best === undefined ||
      wrongLiterals < best.wrongLiterals ||
      (wrongLiterals === best.wrongLiterals && problems.length < best.problems.length);
    if (isBetter) best = { wrongLiterals, problems };
  }
  return best?.problems ?? [];
}

function checkLimit(value: string | number | unknown[], path: string, limit: Limit | undefined): string[] {
  if (!limit) return [];
  if (typeof value === "number") {
    return value >= limit.min && value <= limit.max ? [] : [`${path} must be ${limit.min}-${limit.max}`];
  }
  const size = limit.unit === "bytes" && typeof value === "string" ? Buffer.byteLength(value) : value.length;
  return size >= limit.min && size <= limit.max
    ? []
    : [`${path} has ${size} ${limit.unit}, allowed are ${limit.min}-${limit.max}`];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Blob);
}
