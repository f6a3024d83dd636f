import { effectiveValues } from "./conditions.ts";
import type { Entry, Param } from "./entry.ts";
import { rulesOf } from "./param-kinds.ts";
import type { ParamValues } from "./param-values.ts";

/**
 * The model's own fields in a create request (`input` of createTask): only names of the entry, with KIE's JSON types. Defaults and fixed values are written
 * out, so that what is priced is what is sent; what is absent, blank or not relevant is left out.
 *
 * @param urls addresses of the uploaded files by upload id; KIE fetches them.
 * @throws Error when a file of the values has no address: it should have been uploaded before.
 */
export function buildInput(
  entry: Entry,
  values: ParamValues,
  urls: ReadonlyMap<string, string>,
): Record<string, unknown> {
  const effective = effectiveValues(entry, values);
  const urlOf = (uploadId: string): string => {
    const url = urls.get(uploadId);
    if (url === undefined) throw new Error(`upload ${uploadId} has no address`);
    return url;
  };
  const input: Record<string, unknown> = {};
  for (const param of entry.params) {
    const value = effective[param.name];
    if (value === undefined || !isField(param)) continue;
    const encoded = rulesOf(param).encode(param, value, urlOf);
    if (param.at) placeInside(input, param.at, encoded);
    else input[param.name] = encoded;
  }
  return input;
}

/** Whether a param goes to KIE at all: some only tell what an earlier task was made with, and are priced by. */
function isField(param: Param): boolean {
  return param.kind !== "earlier" || param.sent !== false;
}

/** Puts a value into an item of a list of objects, which is made as its parts come. */
function placeInside(
  input: Record<string, unknown>,
  [field, index, name]: readonly [string, number, string],
  value: unknown,
): void {
  const known = input[field];
  const items: unknown[] = Array.isArray(known) ? known : [];
  const item = items[index];
  items[index] = typeof item === "object" ? { ...item, [name]: value } : { [name]: value };
  input[field] = items;
}
