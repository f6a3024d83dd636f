import type { ModelSchema, PriceRow } from "./request-schemas.ts";
import { isJsonObject } from "./validate.ts";

/** What the price depends on besides the request's own parameters. */
export interface PriceFacts {
  /** The request carries a video. */
  hasVideoInput: boolean;
  /** Images in the request. */
  imageInputCount: number;
  /** Images the task will return. */
  outputCount: number;
  /** Measured length of the videos in the request; absent when there are none or they cannot be measured. */
  videoSeconds?: number;
  audioSeconds?: number;
  /** Of the task that is extended or upscaled. */
  sourceResolution: string;
}

const FALLBACK_SECONDS = 5;
/** Russian and English speech, letters and spaces. */
const CHARACTERS_PER_SPOKEN_SECOND = 14;
const AUDIO_TOKENS_PER_SECOND = 25;
const CHARACTERS_PER_TOKEN = 3;

/**
 * Credits of a request by the documented price rows: the row with the most matching conditions, and the rows for input
 * images on top. An absent parameter counts with its documented default. A model without price rows costs nothing.
 */
export function creditsFor(schema: ModelSchema, input: Record<string, unknown>, facts: PriceFacts): number {
  const isOnTop = (row: PriceRow) => "$input_image" in row.when || "$extra_image" in row.when;
  const base = schema.prices.filter((row) => !isOnTop(row));
  const known = knownValues(schema, input, facts);
  let credits = 0;
  if (base.some((row) => row.per === "1M tokens")) {
    for (const row of base) credits += (row.credits * tokens(row, input)) / 1_000_000;
  } else {
    const row = bestRow(base, known);
    if (row) credits += row.credits * unitsOf(row, schema, input, facts);
  }
  for (const row of schema.prices.filter(isOnTop)) {
    credits += row.credits * Math.max(0, facts.imageInputCount - schema.freeInputImages);
  }
  return Math.round(credits * 100) / 100;
}

function knownValues(schema: ModelSchema, input: Record<string, unknown>, facts: PriceFacts): Map<string, unknown> {
  const known = new Map<string, unknown>();
  for (const [name, field] of Object.entries(schema.input)) known.set(name, input[name] ?? field.default);
  known.set("$video_input", facts.hasVideoInput);
  known.set("$source_resolution", facts.sourceResolution);
  known.set("$output", String(input.upscale_factor) === "4" ? "4K" : "<=2K");
  return known;
}

/** A row that contradicts a known value is out; conditions on unknown values neither help nor hurt. */
function bestRow(rows: PriceRow[], known: Map<string, unknown>): PriceRow | undefined {
  let best: { row: PriceRow; matches: number } | undefined;
  for (const row of rows) {
    let matches = 0;
    let contradicts = false;
    for (const [name, wanted] of Object.entries(row.when)) {
      const value = known.get(name);
      if (value === undefined) continue;
      if (String(value).toLowerCase() === String(wanted).toLowerCase()) matches += 1;
      else contradicts = true;
    }
    // A price for requests with a video goes before the finer rows that do not speak of it.
    if (row.when.$video_input === true && !contradicts) matches += 10;
    if (!contradicts && (!best || matches > best.matches)) best = { row, matches };
  }
  return best?.row ?? rows[0];
}

function unitsOf(row: PriceRow, schema: ModelSchema, input: Record<string, unknown>, facts: PriceFacts): number {
  switch (row.per) {
    case "second":
      return billedSeconds(schema, input, facts);
    case "image":
    case "megapixel":
      // The models billed by megapixel make pictures of about one.
      return facts.outputCount;
    case "1000 chars":
      return spokenCharacters(input) / 1_000;
    default:
      return 1;
  }
}

function billedSeconds(schema: ModelSchema, input: Record<string, unknown>, facts: PriceFacts): number {
  const asked = Number(schema.fixedSeconds ?? input.duration ?? schema.input.duration?.default);
  const source = facts.audioSeconds ?? facts.videoSeconds;
  const made = asked > 0 ? asked : source === undefined ? FALLBACK_SECONDS : Math.ceil(source);
  const given = schema.billsInputSeconds && facts.hasVideoInput ? Math.ceil(facts.videoSeconds ?? FALLBACK_SECONDS) : 0;
  return made + given;
}

function tokens(row: PriceRow, input: Record<string, unknown>): number {
  const characters = spokenCharacters(input);
  return row.when.$direction === "audio_output"
    ? (characters / CHARACTERS_PER_SPOKEN_SECOND) * AUDIO_TOKENS_PER_SECOND
    : characters / CHARACTERS_PER_TOKEN;
}

function spokenCharacters(input: Record<string, unknown>): number {
  const turns = [input.dialogue, input.dialogue_turns].flat().filter(isJsonObject);
  return [input.text, ...turns.map((turn) => turn.text)].filter((text) => typeof text === "string").join("").length;
}
