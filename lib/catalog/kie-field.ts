import * as z from "zod";

const scalarSchema = z.union([z.string(), z.number(), z.boolean()]);

/** What KIE documents of one field of a request: its JSON type and limits. */
export const kieFieldSchema = z.strictObject({
  type: z.enum(["string", "number", "integer", "boolean", "array", "object"]),
  /** A second JSON type that KIE was seen to take. */
  altType: z.enum(["string", "number", "integer", "array"]).optional(),
  /** The field has to be there. Absent: it does not. */
  required: z.literal(true).optional(),
  /** What KIE takes when the field is left out. */
  default: scalarSchema.optional(),
  enum: z.array(scalarSchema).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  step: z.number().positive().optional(),
  /** Values outside of the limits that are taken all the same. */
  alsoAccepts: z.array(scalarSchema).optional(),
  minLength: z.int().optional(),
  maxLength: z.int().optional(),
  minItems: z.int().optional(),
  maxItems: z.int().optional(),
  /** A text that has to be an http(s) URL, and what KIE wants to find behind it. */
  url: z.enum(["image", "video", "audio", "document", "page"]).optional(),
  get items() {
    return kieFieldSchema.optional();
  },
  get properties() {
    return z.record(z.string(), kieFieldSchema).optional();
  },
});
export type KieField = z.infer<typeof kieFieldSchema>;

export type JsonObject = Readonly<Record<string, unknown>>;

/** One thing that is wrong with a request: where, and an English sentence that says what is allowed. */
export interface RequestError {
  /** Place inside the request: `input.dialogue[0].voice`; empty for the request as a whole. */
  path: string;
  message: string;
}

/**
 * Everything in a value that is there and that KIE would refuse. A number may be written as a text and the other way
 * round, as KIE takes it.
 */
export function kieFieldErrors(field: KieField, value: unknown, path: string): RequestError[] {
  if (field.type === "array" || (field.altType === "array" && Array.isArray(value))) {
    return arrayErrors(field, value, path);
  }
  if (field.type === "object") return objectErrors(field, value, path);
  const wrong = scalarFault(field, spelledAs(field, value));
  return wrong === null ? [] : [{ path, message: `${lastName(path)} must be ${wrong}; got ${echo(value)}.` }];
}

/** What came instead, short enough for a sentence. */
export function echo(got: unknown): string {
  const text = JSON.stringify(got) ?? "nothing";
  return text.length > LONGEST_ECHO ? `${text.slice(0, LONGEST_ECHO)}…` : text;
}

const LONGEST_ECHO = 60;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isHttpUrl(value: unknown): value is string {
  return typeof value === "string" && /^https?:\/\//i.test(value) && URL.canParse(value);
}

function arrayErrors(field: KieField, value: unknown, path: string): RequestError[] {
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = field;
  const name = lastName(path);
  if (!Array.isArray(value)) return [{ path, message: `${name} must be a list; got ${echo(value)}.` }];
  if (value.length > maxItems) return [{ path, message: `${name} may hold at most ${maxItems} items.` }];
  if (value.length < minItems) return [{ path, message: `${name} must hold at least ${minItems} items.` }];
  // A text that may come as a list is described once.
  const item = field.type === "array" ? field.items : { ...field, altType: undefined };
  return item ? value.flatMap((each, index) => kieFieldErrors(item, each, `${path}[${index}]`)) : [];
}

function objectErrors({ properties }: KieField, value: unknown, path: string): RequestError[] {
  const name = lastName(path);
  if (!isJsonObject(value)) return [{ path, message: `${name} must be an object; got ${echo(value)}.` }];
  if (!properties) return [];
  const strangers = Object.keys(value).filter((key) => !Object.hasOwn(properties, key));
  return [
    ...strangers.map((key) => ({
      path: `${path}.${key}`,
      message: `${key} is not a field of ${name}, whose fields are ${Object.keys(properties).join(", ")}.`,
    })),
    ...Object.entries(properties).flatMap(([key, property]) => {
      const inner = value[key];
      if (inner !== undefined && inner !== "") return kieFieldErrors(property, inner, `${path}.${key}`);
      return property.required ? [{ path: `${path}.${key}`, message: `${key} is required.` }] : [];
    }),
  ];
}

/** The value in the field's own JSON type, where it is only spelled in another one. */
function spelledAs(field: KieField, value: unknown): unknown {
  const isNumeric = field.type === "number" || field.type === "integer";
  if (isNumeric && typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  const isText = field.type === "string" && typeof value === "number";
  return isText && (field.enum !== undefined || field.altType !== undefined) ? String(value) : value;
}

/** What a text, number or boolean must be, when the value is not. */
function scalarFault(field: KieField, value: unknown): string | null {
  if (field.alsoAccepts?.some((taken) => taken === value)) return null;
  if (field.enum) {
    const options = field.enum.map((option) => JSON.stringify(option)).join(", ");
    return field.enum.some((option) => option === value) ? null : `one of ${options}`;
  }
  switch (field.type) {
    case "boolean":
      return typeof value === "boolean" ? null : "true or false";
    case "number":
    case "integer":
      return numberFault(field, value);
    default:
      return textFault(field, value);
  }
}

function numberFault(field: KieField, value: unknown): string | null {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = field;
  const step = field.step ?? (field.type === "integer" ? 1 : undefined);
  const range = field.min === undefined && field.max === undefined ? "" : ` from ${min} to ${max}`;
  const grid = step === undefined ? "" : step === 1 ? " without a fraction" : ` in steps of ${step}`;
  const fault = `a number${range}${grid}`;
  if (typeof value !== "number" || !Number.isFinite(value) || value < min || value > max) return fault;
  if (step === undefined) return null;
  const steps = (value - (field.min ?? 0)) / step;
  // 0.3 / 0.1 is no whole number in binary, hence the tolerance.
  return Math.abs(steps - Math.round(steps)) < 1e-6 ? null : fault;
}

function textFault(field: KieField, value: unknown): string | null {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = field;
  if (field.url) return isHttpUrl(value) ? null : "an http(s) URL";
  if (typeof value !== "string") return "a text";
  if (value.length > maxLength) return `a text of at most ${maxLength} characters, not ${value.length}`;
  return value.length < minLength ? `a text of at least ${minLength} characters, not ${value.length}` : null;
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}
