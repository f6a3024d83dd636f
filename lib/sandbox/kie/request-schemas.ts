import * as z from "zod";
import { KIE_APIS, type KieApi } from "../../shared/kie-api.ts";
import generated from "./request-schemas.generated.json" with { type: "json" };

export type DedicatedApi = Exclude<KieApi, "market">;

const DEDICATED_APIS = KIE_APIS.filter((api): api is DedicatedApi => api !== "market");

const valueSchema = z.union([z.string(), z.number(), z.boolean()]);

/** What a URL field wants to find behind the URL. */
const ACCEPTED_MEDIA = ["image", "video", "audio", "document", "page"] as const;

export const fieldSchema = z.strictObject({
  type: z.enum(["string", "number", "integer", "boolean", "array", "object"]),
  required: z.literal(true).optional(),
  /** A second JSON type that KIE was seen to accept. */
  altType: z.enum(["string", "number", "integer", "array"]).optional(),
  enum: z.array(valueSchema).optional(),
  default: valueSchema.optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  step: z.number().optional(),
  /** Values outside of the range that are accepted, e.g. −1 for "the model chooses". */
  alsoAccepts: z.array(valueSchema).optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
  /** Present on a string that must be a URL. */
  accepts: z.enum(ACCEPTED_MEDIA).optional(),
  /** File formats in the words of lib/shared/media.ts; absent = not documented, all pass. */
  formats: z.array(z.string()).optional(),
  maxFileMB: z.number().optional(),
  get items() {
    return fieldSchema.optional();
  },
  get properties() {
    return z.record(z.string(), fieldSchema).optional();
  },
});
export type FieldSchema = z.infer<typeof fieldSchema>;

const conditionSchema = z.record(z.string(), z.union([valueSchema, z.array(valueSchema)]));
/** Parameter name → wanted value, list of wanted values, `$present` or `$absent`. All of them must hold. */
export type Condition = z.infer<typeof conditionSchema>;

const ruleSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("forbid"), when: conditionSchema }),
  z.strictObject({
    kind: z.literal("require"),
    when: conditionSchema,
    all: z.array(z.string()).optional(),
    any: z.array(z.string()).optional(),
  }),
  z.strictObject({ kind: z.literal("exclude"), groups: z.array(z.array(z.string())) }),
  z.strictObject({ kind: z.literal("maxItems"), when: conditionSchema, field: z.string(), max: z.number() }),
]);
export type Rule = z.infer<typeof ruleSchema>;

export const priceRowSchema = z.strictObject({
  when: z.record(z.string(), valueSchema),
  credits: z.number(),
  per: z.enum(["second", "generation", "image", "request", "megapixel", "1000 chars", "1M tokens"]),
});
export type PriceRow = z.infer<typeof priceRowSchema>;

export const modelSchema = z.strictObject({
  category: z.enum(["image", "video", "audio", "music", "tools"]),
  mode: z.string(),
  output: z.enum(["image", "video", "audio", "text"]),
  input: z.record(z.string(), fieldSchema),
  rules: z.array(ruleSchema),
  /** At least one of these sets of fields must be given whole; empty = no such demand. */
  requiredSets: z.array(z.array(z.string())),
  prices: z.array(priceRowSchema),
  /** Seconds of an input video are billed on top of the seconds made. */
  billsInputSeconds: z.boolean(),
  /** Every clip has this length; the request cannot choose it. */
  fixedSeconds: z.number().optional(),
  /** Input images that cost nothing, where price rows count images. */
  freeInputImages: z.number(),
});
export type ModelSchema = z.infer<typeof modelSchema>;

const schemaFile = z.strictObject({
  /** Of the market. */
  models: z.record(z.string(), modelSchema),
  /** Ids that KIE once had. */
  gone: z.array(z.string()),
  /** Of the families with endpoints of their own, each with models of its own; their fields lie flat in the body. */
  dedicated: z.record(z.enum(DEDICATED_APIS), z.record(z.string(), modelSchema)),
});
export type SchemaFile = z.infer<typeof schemaFile>;

let parsed: SchemaFile | undefined;

/** Every current model of KIE, parsed once. The file is made by generate-schemas.ts. */
export function requestSchemas(): SchemaFile {
  parsed ??= schemaFile.parse(generated);
  return parsed;
}
