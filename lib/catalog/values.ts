import type { UploadRef } from "../shared/media.ts";
import { ok, type Result, refuse } from "../shared/result.ts";
import { uploadsOf } from "./conditions.ts";
import type { Entry, Param } from "./entry.ts";
import { rulesOf } from "./param-kinds.ts";
import type { ParamValue, ParamValues, ValueProblem } from "./param-values.ts";
import { checkTotal, checkUpload } from "./uploads.ts";

/** What a new card starts with: the entry's defaults. Fixed values are not among them; `buildInput` adds them. */
export function defaultValues(entry: Entry): ParamValues {
  const values: Record<string, ParamValue> = {};
  for (const param of entry.params) {
    if ("default" in param && param.default !== undefined) values[param.name] = param.default;
  }
  return values;
}

/**
 * Values out of storage, whatever program wrote them: names the entry does not know and values of another shape are
 * dropped, limits are left to `checkValues`. Never throws.
 */
export function parseValues(entry: Entry, json: unknown): ParamValues {
  const values: Record<string, ParamValue> = {};
  if (typeof json !== "object" || json === null) return values;
  const stored = new Map<string, unknown>(Object.entries(json));
  for (const param of entry.params) {
    if (param.kind === "fixed" || !stored.has(param.name)) continue;
    const parsed = rulesOf(param).shape(param).safeParse(stored.get(param.name));
    if (parsed.success) values[param.name] = parsed.data;
  }
  return values;
}

/** The param that typed text fills when nothing is being asked: the prompt, else the lines of a dialogue, if any. */
export function promptParam(entry: Entry): Param | undefined {
  return (
    entry.params.find((param) => param.kind === "text" && param.role === "prompt") ??
    entry.params.find((param) => param.kind === "list" && param.required)
  );
}

/**
 * Reads what a person typed for a param: "5", "0,7", "5 с", "да", an option's label or value, a prompt.
 *
 * A list takes one item per non-empty line and adds them to `current` (without it, the answer holds the new items
 * only). A leading dash is dropped. With `alternates` (a dialogue) two voices take turns: the first line gets the
 * first voice, the second the next one, and every later line the voice of two lines before, so that voices chosen by
 * hand for the first two lines are kept. Files can not be typed: `wrong-media`.
 */
export function readTyped(param: Param, text: string, current?: ParamValue): Result<ParamValue, ValueProblem> {
  return rulesOf(param).typed(param, text, current);
}

/**
 * Reads the value part of a button: `#3` is the fourth option (indexes start at 0), otherwise the option's or the
 * number's own text, or `true` / `false`. A button that never existed gives a problem, never an exception.
 * Works for the fields of list items as well.
 */
export function readButton(param: Param, value: string): Result<ParamValue, ValueProblem> {
  return rulesOf(param).button(param, value);
}

/**
 * Adds a file to a media param: where only one file is allowed it replaces, otherwise it is appended up to `maxItems`.
 * Kind, format, size, duration and pixels are checked. The same upload twice changes nothing.
 */
export function addUpload(
  param: Param,
  current: ParamValue | undefined,
  upload: UploadRef,
): Result<ParamValue, ValueProblem> {
  if (param.kind !== "media") return refuse({ code: "not-an-option", param: param.name });
  const problem = checkUpload(param, upload);
  if (problem) return refuse(problem);
  const before = uploadsOf(current);
  if (before.some((known) => known.uploadId === upload.uploadId)) return ok(before);
  if (!param.many || param.maxItems === 1) return ok([upload]);
  if (before.length >= param.maxItems) {
    return refuse({ code: "too-many-items", param: param.name, limit: param.maxItems });
  }
  const uploads = [...before, upload];
  const total = checkTotal(param, uploads);
  return total ? refuse(total) : ok(uploads);
}
