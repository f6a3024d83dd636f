/**
 * Makes request-schemas.generated.json out of a list of KIE's models:
 *
 *     node lib/sandbox/kie/generate-schemas.ts path/to/models.json
 *
 * The list describes KIE itself and not what our catalog sells of it, so that the simulator can catch a wrong catalog.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

const looseField = z.looseObject({
  type: z.string(),
  required: z.boolean().optional(),
  enum: z.array(z.unknown()).optional(),
  accepts: z.string().optional(),
  formats: z.array(z.string()).optional(),
  mime: z.array(z.string()).optional(),
  maxFileMB: z.number().optional(),
  get items() {
    return looseField.optional();
  },
  get properties() {
    return z.record(z.string(), looseField).optional();
  },
});
type LooseField = z.infer<typeof looseField>;

const entrySchema = z.looseObject({
  id: z.string(),
  api: z.string(),
  deprecated: z.boolean(),
  /** Fields of older copies of the documents, without a description. */
  legacy_fields: z.array(z.string()).optional(),
  category: z.string(),
  mode: z.string(),
  output: z.string(),
  input: z.record(z.string(), looseField),
  rules: z.array(z.unknown()).optional(),
  required_sets: z.array(z.looseObject({ required: z.array(z.string()) })).optional(),
  pricing: z.array(z.unknown()),
  pricing_note: z.string().optional(),
});

type ListedEntry = z.infer<typeof entrySchema>;

const KEPT = [
  "type",
  "altType",
  "enum",
  "default",
  "min",
  "max",
  "step",
  "alsoAccepts",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
];

/** Formats by the names of lib/shared/media.ts. */
const FORMAT_NAMES: Record<string, string> = {
  jpg: "jpeg",
  jfif: "jpeg",
  mpeg: "mp3",
  quicktime: "mov",
  "x-matroska": "mkv",
  "x-wav": "wav",
  "x-ms-wma": "wma",
};

function formatsOf(field: LooseField): string[] {
  const fromMime = (field.mime ?? []).map((mime) => {
    const [kind, name = ""] = mime.replace(/\.$/, "").split("/");
    return kind === "audio" && name === "mp4" ? "m4a" : name;
  });
  return [...new Set([...(field.formats ?? []), ...fromMime].map((name) => FORMAT_NAMES[name] ?? name))];
}

/** "image urls" and "web page url" become `image` and `page`; what a list demands of its members moves to the members. */
function convertField(field: LooseField): Record<string, unknown> {
  const kept = Object.fromEntries(KEPT.flatMap((key) => (field[key] === undefined ? [] : [[key, field[key]]])));
  const formats = formatsOf(field);
  const media = {
    ...(field.accepts ? { accepts: field.accepts.replace(/ urls?$/, "").replace("web ", "") } : {}),
    ...(formats.length > 0 ? { formats } : {}),
    ...(field.maxFileMB === undefined ? {} : { maxFileMB: field.maxFileMB }),
  };
  const ownMedia = field.items ? {} : media;
  if (field.items) delete kept.enum;
  return {
    ...kept,
    ...(field.required ? { required: true } : {}),
    ...ownMedia,
    ...(field.items
      ? { items: { ...convertField(field.items), ...(field.enum ? { enum: field.enum } : {}), ...media } }
      : {}),
    ...(field.properties ? { properties: convertFields(field.properties) } : {}),
  };
}

function convertFields(fields: Record<string, LooseField>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, convertField(field)]));
}

/** The list tells some facts about prices in words only. */
function convertEntry(entry: ListedEntry): unknown {
  const note = entry.pricing_note ?? "";
  const fixedSeconds = /always a (\d+) s/.exec(note)?.[1];
  return {
    category: entry.category,
    mode: entry.mode,
    output: entry.output,
    input: convertFields(entry.input),
    rules: entry.rules ?? [],
    requiredSets: (entry.required_sets ?? []).map((set) => set.required),
    prices: entry.pricing,
    billsInputSeconds: /input( video)? \+ output|generated \+ input/.test(note),
    ...(fixedSeconds ? { fixedSeconds: Number(fixedSeconds) } : {}),
    freeInputImages: Number(
      /first (\d+) input images are free/.exec(note)?.[1] ?? (/after the first/.test(note) ? 1 : 0),
    ),
  };
}

/** Families with endpoints of their own that we imitate; most are "deprecated" in favour of the market, and answer. */
const DEDICATED = ["veo", "runway", "aleph", "suno", "gpt4o-image", "flux-kontext", "gemini-omni"];

/** What older copies of the documents say of the fields that the list only names. @see https://docs.kie.ai/4o-image-api */
const LEGACY_FIELDS: Record<string, LooseField> = {
  nVariants: { type: "integer", enum: [1, 2, 4] },
  maskUrl: { type: "string", accepts: "image url", maxFileMB: 25 },
  seeds: { type: "integer", min: 10_000, max: 99_999 },
  isEnhance: { type: "boolean" },
  uploadCn: { type: "boolean" },
  enableFallback: { type: "boolean" },
  fallbackModel: { type: "string", enum: ["GPT_IMAGE_1", "FLUX_MAX"] },
};

function withLegacyFields(entry: ListedEntry): ListedEntry {
  const legacy = (entry.legacy_fields ?? []).flatMap((name) => {
    const field = LEGACY_FIELDS[name];
    return field === undefined ? [] : [[name, field] as const];
  });
  return { ...entry, input: { ...entry.input, ...Object.fromEntries(legacy) } };
}

/** The older Suno pages were never told of these versions, and the endpoints take them since September 2026. */
const NEW_SUNO_VERSIONS = ["V6", "V6_MINI", "V6_WILD"];

function withNewVersions(entry: ListedEntry): ListedEntry {
  const { model } = entry.input;
  if (entry.api !== "suno" || !model?.enum) return entry;
  return { ...entry, input: { ...entry.input, model: { ...model, enum: [...model.enum, ...NEW_SUNO_VERSIONS] } } };
}

const source = process.argv[2];
if (!source) throw new Error("usage: node lib/sandbox/kie/generate-schemas.ts path/to/models.json");
const listed = z.array(entrySchema).parse(JSON.parse(readFileSync(source, "utf8")));
const market = listed.filter((entry) => entry.api === "market");
const current = market.filter((entry) => !entry.deprecated);
const gone = market.filter((entry) => entry.deprecated).map((entry) => entry.id);
const dedicated = listed.filter((entry) => DEDICATED.includes(entry.api));

// One model per line keeps the difference between two versions readable.
const linesOf = (entries: ListedEntry[]) =>
  entries.map((entry) => `${JSON.stringify(entry.id)}:${JSON.stringify(convertEntry(entry))}`).join(",\n");
const dedicatedLines = DEDICATED.map((api) => {
  const entries = dedicated
    .filter((entry) => entry.api === api)
    .map(withLegacyFields)
    .map(withNewVersions);
  return `${JSON.stringify(api)}:{\n${linesOf(entries)}\n}`;
});
writeFileSync(
  join(import.meta.dirname, "request-schemas.generated.json"),
  `{"models":{\n${linesOf(current)}\n},\n"gone":${JSON.stringify(gone)},\n"dedicated":{\n${dedicatedLines.join(",\n")}\n}}\n`,
);
console.log(`${current.length} current models, ${gone.length} gone, ${dedicated.length} at dedicated endpoints`);
