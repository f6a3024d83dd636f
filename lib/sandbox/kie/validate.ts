import type { Condition, FieldSchema, ModelSchema, Rule } from "./request-schemas.ts";

/** KIE's answer to a bad request: HTTP 200 with this envelope code and text. */
export interface Refusal {
  code: number;
  message: string;
  /** `null` when absent: a few refusals carry something. */
  data?: unknown;
}

export interface MediaInput {
  /** Where it stood in the request: `image_urls[0]`. */
  path: string;
  url: string;
  field: FieldSchema;
}

export interface InputReview {
  /** The first thing that is wrong, in the order of the documented fields; then the rules across fields. */
  refusal?: Refusal;
  /** Fields KIE does not know, nested ones as `dialogue[0].speaker`. The real KIE ignores them in silence. */
  unknownFields: string[];
  /** Every URL in a field that documents one, well-formed or not. */
  media: MediaInput[];
}

type JsonObject = Readonly<Record<string, unknown>>;

/** KIE's own texts where they were seen in the wild; ours name the field so that a log line says enough. */
const required = (path: string): Refusal => ({ code: 500, message: `${path} is required` });
const wrongType = (path: string, type: string): Refusal => ({ code: 500, message: `${path} must be of type ${type}` });
const notAllowed = (path: string): Refusal => ({
  code: 500,
  message: `${path} is not within the range of allowed options`,
});
const tooLong = (path: string): Refusal => ({
  code: 500,
  message: `The text length of ${path} cannot exceed the maximum limit`,
});
const invalid = (message: string): Refusal => ({ code: 422, message });

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Checks `input` of a createTask body against a model's documented fields, limits, rules and required sets.
 *
 * A missing field, a wrong type, a value outside an enum and a long text are 500; every other broken limit is 422, as
 * observed by third parties. Lengths count UTF-16 units as JavaScript does; how KIE counts is not documented.
 */
export function reviewInput(schema: ModelSchema, input: JsonObject): InputReview {
  const review: InputReview = { unknownFields: [], media: [] };
  const problems: Refusal[] = [];
  checkProperties("", schema.input, input, review, problems);
  const refusal = problems[0] ?? brokenRule(schema, input);
  return refusal ? { ...review, refusal } : review;
}

function checkProperties(
  prefix: string,
  fields: Readonly<Record<string, FieldSchema>>,
  given: JsonObject,
  review: InputReview,
  problems: Refusal[],
): void {
  for (const [name, field] of Object.entries(fields)) {
    const value = given[name];
    const path = prefix + name;
    if (isPresent(value)) checkValue(path, field, value, review, problems);
    else if (field.required) problems.push(required(path));
    else if (value === null) problems.push(wrongType(path, field.type));
  }
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(fields, name)) review.unknownFields.push(prefix + name);
  }
}

function checkValue(path: string, field: FieldSchema, value: unknown, review: InputReview, problems: Refusal[]): void {
  if (field.type === "array" || (field.altType === "array" && Array.isArray(value))) {
    checkArray(path, field, value, review, problems);
  } else if (field.type === "object") {
    if (!isJsonObject(value)) problems.push(wrongType(path, field.type));
    else if (field.properties) checkProperties(`${path}.`, field.properties, value, review, problems);
  } else {
    const problem = scalarProblem(path, field, value);
    if (problem) problems.push(problem);
    if (field.accepts && typeof value === "string") {
      review.media.push({ path, url: value, field });
      if (!isHttpUrl(value)) problems.push(invalid(`${path} is not a valid URL`));
    }
  }
}

function checkArray(path: string, field: FieldSchema, value: unknown, review: InputReview, problems: Refusal[]): void {
  if (!Array.isArray(value)) {
    problems.push(wrongType(path, "array"));
    return;
  }
  if (field.maxItems !== undefined && value.length > field.maxItems) {
    problems.push(invalid(`${path} accepts at most ${field.maxItems} items`));
  }
  if (field.minItems !== undefined && value.length < field.minItems) {
    problems.push(invalid(`${path} needs at least ${field.minItems} items`));
  }
  // A string field that was seen to take a list has no description of its members: they are what the string would be.
  const member = field.type === "array" ? field.items : field;
  for (const [index, item] of value.entries()) {
    if (member) checkValue(`${path}[${index}]`, member, item, review, problems);
  }
}

function scalarProblem(path: string, field: FieldSchema, value: unknown): Refusal | undefined {
  if (field.alsoAccepts?.some((accepted) => accepted === value)) return undefined;
  if (!fitsType(field.type, value)) {
    const number = Number(value);
    if (!field.altType || !fitsType(field.altType, value)) return wrongType(path, field.type);
    if (field.type === "string") return undefined;
    // The other spelling of a number ("6" for 6) has to keep the number's limits.
    return Number.isNaN(number) ? wrongType(path, field.type) : scalarProblem(path, field, number);
  }
  if (field.enum && !field.enum.some((option) => option === value)) return notAllowed(path);
  if (typeof value === "string") return textProblem(path, field, value);
  if (typeof value === "number") return numberProblem(path, field, value);
  return undefined;
}

function textProblem(path: string, field: FieldSchema, value: string): Refusal | undefined {
  if (field.maxLength !== undefined && value.length > field.maxLength) return tooLong(path);
  if (field.minLength !== undefined && value.length < field.minLength) {
    return invalid(`${path} needs at least ${field.minLength} characters`);
  }
  return undefined;
}

function numberProblem(path: string, field: FieldSchema, value: number): Refusal | undefined {
  const { min = -Infinity, max = Infinity, step } = field;
  if (value < min || value > max) return invalid(`${path} must be between ${min} and ${max}`);
  if (step === undefined) return undefined;
  const steps = (value - (field.min ?? 0)) / step;
  // 0.3 / 0.1 is not a whole number in binary, hence the tolerance.
  return Math.abs(steps - Math.round(steps)) > 1e-6 ? invalid(`${path} must be a multiple of ${step}`) : undefined;
}

function fitsType(type: FieldSchema["type"], value: unknown): boolean {
  if (type === "integer") return Number.isInteger(value);
  if (type === "number") return typeof value === "number" && Number.isFinite(value);
  if (type === "array") return Array.isArray(value);
  return typeof value === type;
}

/** An empty text or list counts as not given: KIE answers "is required" to both. */
function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0);
}

function isHttpUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (url.protocol === "http:" || url.protocol === "https:");
}

function brokenRule(schema: ModelSchema, input: JsonObject): Refusal | undefined {
  for (const rule of schema.rules) {
    const message = ruleProblem(rule, input);
    if (message) return invalid(message);
  }
  const { requiredSets } = schema;
  const isComplete = (fields: string[]) => fields.every((name) => isPresent(input[name]));
  if (requiredSets.length === 0 || requiredSets.some(isComplete)) return undefined;
  return invalid(`one of these sets of fields is required: ${requiredSets.map((set) => set.join("+")).join(" or ")}`);
}

function ruleProblem(rule: Rule, input: JsonObject): string | undefined {
  const given = (name: string) => isPresent(input[name]);
  switch (rule.kind) {
    case "forbid":
      return holds(rule.when, input) ? `this combination is not supported: ${JSON.stringify(rule.when)}` : undefined;
    case "require": {
      if (!holds(rule.when, input)) return undefined;
      const missing = rule.all?.find((name) => !given(name));
      if (missing) return `${missing} is required when ${JSON.stringify(rule.when)}`;
      return rule.any && !rule.any.some(given) ? `one of ${rule.any.join(", ")} is required` : undefined;
    }
    case "exclude": {
      const used = rule.groups.filter((group) => group.some(given));
      return used.length > 1 ? `these fields exclude each other: ${used.flat().filter(given).join(", ")}` : undefined;
    }
    case "maxItems": {
      const list = input[rule.field];
      const isOver = Array.isArray(list) && list.length > rule.max && holds(rule.when, input);
      return isOver ? `${rule.field} accepts at most ${rule.max} items here` : undefined;
    }
  }
}

function holds(when: Condition, input: JsonObject): boolean {
  return Object.entries(when).every(([name, wanted]) => {
    const value = input[name];
    return [wanted].flat().some((option) => {
      if (option === "$present") return isPresent(value);
      if (option === "$absent") return !isPresent(value);
      return value === option;
    });
  });
}
