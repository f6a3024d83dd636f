import type { UploadRef } from "../shared/media.ts";
import type { Condition, Entry, Param, Scalar } from "./entry.ts";
import type { ListItem, ParamValue, ParamValues } from "./param-values.ts";

/** False for what counts as "nothing given": undefined, blank text, an empty list. `false` and 0 are values. */
export function isSet(value: ParamValue | undefined): value is ParamValue {
  if (value === undefined) return false;
  if (typeof value === "string") return value.trim() !== "";
  return typeof value !== "object" || value.length > 0;
}

/** The files of a media param's value; empty for any other value. */
export function uploadsOf(value: ParamValue | undefined): readonly UploadRef[] {
  if (typeof value !== "object") return [];
  const uploads: UploadRef[] = [];
  for (const item of value) if (isUpload(item)) uploads.push(item);
  return uploads;
}

/** The items of a list param's value; empty for any other value. */
export function itemsOf(value: ParamValue | undefined): readonly ListItem[] {
  if (typeof value !== "object") return [];
  const items: ListItem[] = [];
  for (const item of value) if (!isUpload(item)) items.push(item);
  return items;
}

function isUpload(item: UploadRef | ListItem): item is UploadRef {
  return "uploadId" in item && "format" in item;
}

/** Facts that are no parameter and that conditions may name. */
const FACTS: Readonly<Record<string, (entry: Entry, values: ParamValues) => Scalar | undefined>> = {
  /** A source or reference video is given (Seedance 2.x sells its seconds at another price then). */
  $video_input: (entry, values) => entry.params.some((param) => carriesVideo(param) && isSet(values[param.name])),
  /** How large the picture will be (Topaz sells 4K at another price); unknown until there is a measured picture. */
  $output: (entry, values) => outputSizeOf(entry, values),
  /** What the earlier task was made with; nothing of this one tells it. */
  $source_resolution: () => undefined,
  $mode: () => undefined,
};

/** Videos come as files, and in requests that are not ours inside of lists as well. */
function carriesVideo(param: Param): boolean {
  if (param.kind === "media") return param.accepts === "video";
  const inner = Object.values(param.kie?.items?.properties ?? {});
  return inner.some((field) => field.url === "video" || field.items?.url === "video");
}

function outputSizeOf(entry: Entry, values: ParamValues): string | undefined {
  const { outputSize } = entry.price;
  const [upload] = outputSize ? uploadsOf(values[outputSize.media]) : [];
  if (outputSize === undefined || upload?.width === undefined || upload.height === undefined) return undefined;
  const side = Math.max(upload.width, upload.height) * Number(values[outputSize.factor]);
  return outputSize.steps.find((step) => side <= step.maxSidePixels)?.name ?? outputSize.beyond;
}

export const FACT_NAMES: readonly string[] = Object.keys(FACTS);

/** Whether `values` (as from `effectiveValues`) meet every member of the condition. */
export function matches(condition: Condition, entry: Entry, values: ParamValues): boolean {
  return Object.entries(condition).every(([key, expected]) => {
    const actual = FACTS[key]?.(entry, values) ?? values[key];
    return [expected].flat().some((each) => {
      if (each === "$present") return isSet(actual);
      return each === "$absent" ? !isSet(actual) : actual === each;
    });
  });
}

export function paramNamed(entry: Entry, name: string): Param | undefined {
  return entry.params.find((param) => param.name === name);
}

/**
 * What will really be sent and is priced: the given values, defaults where nothing is given, fixed values, and
 * nothing for params whose `onlyWhen` does not hold. Names that the entry does not know are dropped.
 */
export function effectiveValues(entry: Entry, values: ParamValues): ParamValues {
  const filled = withDefaults(entry, values);
  const relevant: Record<string, ParamValue> = {};
  for (const param of entry.params) {
    const value = filled[param.name];
    if (value !== undefined && holds(param, entry, filled)) relevant[param.name] = value;
  }
  return relevant;
}

/**
 * Whether a param belongs to the request as the values stand (`onlyWhen`). One that does not should not be shown or
 * asked; it is neither checked nor sent.
 */
export function isRelevant(entry: Entry, param: Param, values: ParamValues): boolean {
  return holds(param, entry, withDefaults(entry, values));
}

function withDefaults(entry: Entry, values: ParamValues): ParamValues {
  const filled: Record<string, ParamValue> = {};
  for (const param of entry.params) {
    const given = param.kind === "fixed" ? param.value : values[param.name];
    const value = isSet(given) || !("default" in param) ? given : param.default;
    if (isSet(value)) filled[param.name] = value;
  }
  return filled;
}

function holds(param: Param, entry: Entry, values: ParamValues): boolean {
  return param.onlyWhen === undefined || matches(param.onlyWhen, entry, values);
}
