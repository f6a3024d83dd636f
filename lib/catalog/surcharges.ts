import * as z from "zod";
import type { Kopecks } from "../shared/kopecks.ts";
import { isSet, uploadsOf } from "./conditions.ts";
import type { Entry } from "./entry.ts";
import type { ParamValue, ParamValues } from "./param-values.ts";
import { quantityParts } from "./quantity.ts";

/** Names of resolutions, from low to high. Names of one step mean the same height. */
const LADDER: readonly (readonly string[])[] = [
  ["360p"],
  ["480p"],
  ["512p"],
  ["540p"],
  ["580p"],
  ["720p"],
  ["768p"],
  ["1080p", "1k"],
  ["1440p", "2k"],
  ["4k"],
];

/** Params that may name a resolution. `quality`, `size` and `mode` often mean something else, and then name none. */
const RESOLUTION_PARAMS = ["resolution", "quality", "image_resolution", "output_resolution", "size", "mode"] as const;

const WATERMARK = /^watermark$/i;

const kopecksSchema = z.int().min(0);
const aboveStandardSchema = z.strictObject({
  standard: z.string().refine((name) => stepOf(name) !== null, "not the name of a resolution"),
  /** For each step of the ladder above the standard, once per job. */
  kopecksPerStep: kopecksSchema,
});
const lengthSchema = z.strictObject({
  freeSeconds: z.int().min(0),
  /** For each started second beyond the free ones. */
  kopecksPerSecond: kopecksSchema,
});

/** The operator's own surcharges, in kopecks, on top of credits × rate × multiplier: catalog/surcharges.json. */
export const surchargesSchema = z.strictObject({
  /** By what the entry makes. */
  resolution: z.strictObject({ image: aboveStandardSchema, video: aboveStandardSchema }),
  duration: z.strictObject({ video: lengthSchema, audio: lengthSchema }),
  /** For each output beyond the first, where the customer chooses how many. */
  count: z.strictObject({ kopecksPerOutput: kopecksSchema }),
  /** For results without a mark, of models that can set one. */
  watermarkRemoval: z.strictObject({ kopecks: kopecksSchema }),
});
export type Surcharges = z.infer<typeof surchargesSchema>;

/**
 * What the operator asks for a job on top of its credits; 0 kopecks where nothing of it applies.
 *
 * @param effective as from `effectiveValues`. What they leave open (a file's length, say) costs nothing extra.
 * @throws RangeError when the data holds a part of a kopeck; tests hold that this never ships.
 */
export function surchargeKopecks(entry: Entry, effective: ParamValues, surcharges: Surcharges): Kopecks {
  return (
    forResolution(entry, effective, surcharges) +
    forDuration(entry, effective, surcharges) +
    forCount(entry, effective, surcharges) +
    forWatermarkRemoval(entry, effective, surcharges)
  );
}

function forResolution({ output }: Entry, effective: ParamValues, { resolution }: Surcharges): Kopecks {
  if (output !== "image" && output !== "video") return 0n;
  const { standard, kopecksPerStep } = resolution[output];
  const free = stepOf(standard);
  const chosen = RESOLUTION_PARAMS.map((name) => stepOf(effective[name])).find((step) => step !== null);
  return free === null ? 0n : times(kopecksPerStep, (chosen ?? free) - free);
}

function forDuration(entry: Entry, effective: ParamValues, { duration }: Surcharges): Kopecks {
  if (entry.output !== "video" && entry.output !== "audio") return 0n;
  const { freeSeconds, kopecksPerSecond } = duration[entry.output];
  return times(kopecksPerSecond, secondsOf(entry, effective) - freeSeconds);
}

function forCount({ outputs }: Entry, effective: ParamValues, { count }: Surcharges): Kopecks {
  // The two songs of every Suno job and the layers of a picture are what one job is, nobody ordered more of it.
  if (typeof outputs === "number") return 0n;
  return times(count.kopecksPerOutput, positive(effective[outputs.param]) - 1);
}

function forWatermarkRemoval({ params }: Entry, effective: ParamValues, { watermarkRemoval }: Surcharges): Kopecks {
  const marks = params.filter(({ name }) => WATERMARK.test(name)).map(({ name }) => effective[name]);
  const isClean = marks.length > 0 && marks.every((value) => !isSet(value) || value === false);
  return isClean ? times(watermarkRemoval.kopecks, 1) : 0n;
}

/** Seconds of what is made: as ordered, else as long as the recordings that the price counts. */
function secondsOf(entry: Entry, effective: ParamValues): number {
  const ordered = positive(effective["duration"]);
  if (ordered > 0) return Math.ceil(ordered);
  return quantityParts(entry)
    .flatMap((part) => (part.from === "media-duration" ? uploadsOf(effective[part.name]) : []))
    .reduce((sum, { durationSeconds }) => sum + Math.ceil(durationSeconds ?? 0), 0);
}

/** The place on the ladder; null for what names no resolution. OmniHuman writes heights without the letter: "1080". */
function stepOf(value: ParamValue | undefined): number | null {
  const name = String(value)
    .toLowerCase()
    .replace(/^\d+$/, (height) => `${height}p`);
  const step = LADDER.findIndex((names) => names.includes(name));
  return step === -1 ? null : step;
}

/** 0 for what is no positive number: "auto", nothing, or the -1 that leaves it to the model. */
function positive(value: ParamValue | undefined): number {
  const number = Number(value);
  return Number.isFinite(number) && number > 0 ? number : 0;
}

function times(kopecks: number, count: number): Kopecks {
  return BigInt(kopecks) * BigInt(Math.max(0, Math.floor(count)));
}
