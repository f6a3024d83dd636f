import type { UploadRef } from "../shared/media.ts";
import { ok, type Result, refuse } from "../shared/result.ts";
import { brokenRules, isBroken } from "./check.ts";
import { effectiveValues, isRelevant, isSet } from "./conditions.ts";
import type { Entry, KieRule, ListField, Param, ParamOf, Rule, Scalar } from "./entry.ts";
import { isHttpUrl, isJsonObject, type JsonObject, kieFieldErrors, type RequestError } from "./kie-field.ts";
import { rulesOf } from "./param-kinds.ts";
import type { ListItem, ParamValue, ParamValues } from "./param-values.ts";
import { kieRuleSentence, problemSentence, valueSentence } from "./problem-sentences.ts";

/** What is known of a file behind a URL. Nobody fetches it here, so what is not told stays unknown. */
export interface FileFacts {
  durationSeconds?: number;
  width?: number;
  height?: number;
}

export interface ReadRequest {
  /** In our types, with KIE's own default where the request leaves a field out and that default is not ours. */
  values: ParamValues;
  errors: RequestError[];
  /** Media params with a file whose length, or size in pixels, nobody told: what depends on it is unknown. */
  unknownLengths: ReadonlySet<string>;
  unknownSizes: ReadonlySet<string>;
}

interface Reading {
  facts: ReadonlyMap<string, FileFacts>;
  errors: RequestError[];
  unknownLengths: Set<string>;
  unknownSizes: Set<string>;
}

/**
 * Reads the fields of a request to KIE back into values of an entry and says everything that KIE would refuse: unknown
 * and missing fields, wrong types, broken limits and rules. Other spellings that KIE takes ("5" for 5 and 5 for "5")
 * are normalised.
 *
 * @param fields what stands in `input`, or in the flat body of an older API.
 * @param prefix what paths begin with: `input.`, or nothing.
 * @param facts by URL.
 */
export function readRequest(
  entry: Entry,
  fields: JsonObject,
  prefix: string,
  facts: ReadonlyMap<string, FileFacts>,
): ReadRequest {
  const reading: Reading = { facts, errors: [], unknownLengths: new Set(), unknownSizes: new Set() };
  const given: Record<string, ParamValue> = {};
  // What our card puts inside of a field is no field of a request.
  const params = fieldParams(entry);
  for (const name of Object.keys(fields)) {
    if (!params.some((param) => param.name === name)) {
      const known = params.map((param) => param.name).join(", ");
      const message = `${name} is not a field of ${entry.route.id}, whose fields are ${known}.`;
      reading.errors.push({ path: prefix + name, message });
    }
  }
  for (const param of params) {
    const value = readField(param, fields[param.name], prefix + param.name, reading);
    if (value !== undefined) given[param.name] = value;
  }
  const values = withKieDefaults(entry, given);
  for (const param of params) {
    // A wrong value has been told already.
    if (isGiven(fields[param.name]) && (given[param.name] === undefined || isSet(given[param.name]))) continue;
    if (isNeeded(param) && isRelevant(entry, param, values)) {
      reading.errors.push({ path: prefix + param.name, message: `${param.name} is required.` });
    }
  }
  // With a wrong or missing field the rules would only repeat what was said.
  if (reading.errors.length === 0) {
    for (const rule of rulesBroken(entry, values, given)) {
      reading.errors.push({ path: prefix + ruleField(rule), message: rule.say.en });
    }
  }
  if (reading.errors.length === 0) reading.errors.push(...kieRuleErrors(entry, given, prefix));
  const { errors, unknownLengths, unknownSizes } = reading;
  return { values, errors, unknownLengths, unknownSizes };
}

/** Params that are fields of a request by themselves: not inside of another one, and not for pricing only. */
export function fieldParams(entry: Entry): Param[] {
  return entry.params.filter((param) => param.at === undefined && (param.kind !== "earlier" || param.sent !== false));
}

/** A text or list that is empty counts as not given, as KIE counts. */
function isGiven(raw: unknown): boolean {
  return raw !== undefined && raw !== "" && !(Array.isArray(raw) && raw.length === 0);
}

/** The value of a field that is there and right; what is wrong goes to the errors. */
function readField(param: Param, raw: unknown, path: string, reading: Reading): ParamValue | undefined {
  if (!isGiven(raw)) return undefined;
  if (param.kie) {
    const errors = kieFieldErrors(param.kie, raw, path);
    reading.errors.push(...errors);
    return errors.length === 0 ? accepted(param, raw, reading) : undefined;
  }
  const before = reading.errors.length;
  const read = shaped(param, raw, path, reading);
  if (!read.ok) {
    reading.errors.push({ path, message: read.problem });
    return undefined;
  }
  if (reading.errors.length > before) return undefined;
  const problem = isSet(read.value) ? rulesOf(param).check(param, read.value) : null;
  if (problem === null) return read.value;
  reading.errors.push({ path, message: problemSentence(param, problem, raw) });
  return undefined;
}

/** The value of a field that KIE takes, which may be none that a card offers. */
function accepted(param: Param, raw: unknown, reading: Reading): ParamValue | undefined {
  if (param.kind === "media") {
    const urls = [raw].flat().filter(isHttpUrl);
    return urls.map((url) => fileBehind(url, param, urls.length, reading));
  }
  if (Array.isArray(raw)) return raw.map((item) => (isJsonObject(item) ? scalarsOf(item) : {}));
  const read = shaped(param, raw, "", { ...reading, errors: [] });
  if (read.ok) return read.value;
  return isScalar(raw) ? raw : undefined;
}

function scalarsOf(item: JsonObject): ListItem {
  const scalars: ListItem = {};
  for (const [name, value] of Object.entries(item)) if (isScalar(value)) scalars[name] = value;
  return scalars;
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** Turns JSON into the type that the param's values have, or says what the field must be. Limits are checked later. */
function shaped(param: Param, raw: unknown, path: string, reading: Reading): Result<ParamValue, string> {
  switch (param.kind) {
    case "text":
      return typeof raw === "string" ? ok(raw) : refuse(valueSentence(param, raw));
    case "toggle":
      return typeof raw === "boolean" ? ok(raw) : refuse(valueSentence(param, raw));
    case "earlier": {
      const [first] = Array.isArray(raw) ? raw : [raw];
      const isWanted = Array.isArray(raw) === (param.type === "texts");
      return isWanted && isScalar(first) ? ok(first) : refuse(valueSentence(param, raw));
    }
    case "fixed":
      return raw === param.value ? ok(param.value) : refuse(valueSentence(param, raw));
    case "number": {
      const number = typeof raw === "string" && /^-?\d+(\.\d+)?$/.test(raw) ? Number(raw) : raw;
      return typeof number === "number" ? ok(number) : refuse(valueSentence(param, raw));
    }
    case "choice": {
      const option =
        param.options.find(({ value }) => value === raw) ??
        param.options.find(({ value }) => isOtherSpelling(value, raw) && String(value) === String(raw));
      return option ? ok(option.value) : refuse(valueSentence(param, raw));
    }
    case "media":
      return readFiles(param, raw, reading);
    case "list":
      return readItems(param, raw, path, reading);
  }
}

/** A number for a string, or the other way round. */
function isOtherSpelling(value: unknown, raw: unknown): boolean {
  return (
    (typeof value === "string" && typeof raw === "number") || (typeof value === "number" && typeof raw === "string")
  );
}

function readFiles(param: ParamOf<"media">, raw: unknown, reading: Reading): Result<ParamValue, string> {
  const urls: unknown[] = param.many && Array.isArray(raw) ? raw : [raw];
  if (param.many !== Array.isArray(raw) || !urls.every(isHttpUrl)) return refuse(valueSentence(param, raw));
  return ok(urls.map((url) => fileBehind(url, param, urls.length, reading)));
}

/** What nobody told is assumed to fit: only what is known may be refused. */
function fileBehind(url: string, param: ParamOf<"media">, count: number, reading: Reading): UploadRef {
  const { durationSeconds, width, height } = reading.facts.get(url) ?? {};
  const isSized = width !== undefined && height !== undefined;
  if (durationSeconds === undefined) reading.unknownLengths.add(param.name);
  if (!isSized) reading.unknownSizes.add(param.name);
  const { minSidePixels: least, maxSidePixels: most, maxMegapixels } = param;
  const isLimited = least !== undefined || most !== undefined || maxMegapixels !== undefined;
  const side = least ?? 1;
  const pixels = isSized ? { width, height } : { width: side, height: side };
  const fitting = Math.min(param.minDurationSeconds ?? 1, (param.maxTotalSeconds ?? Number.MAX_VALUE) / count);
  return {
    uploadId: url,
    kind: param.accepts,
    format: param.formats[0] ?? "",
    mime: "",
    sizeBytes: 1,
    ...(isSized || isLimited ? pixels : {}),
    ...(param.accepts === "image" ? {} : { durationSeconds: durationSeconds ?? fitting }),
  };
}

function readItems(param: ParamOf<"list">, raw: unknown, path: string, reading: Reading): Result<ParamValue, string> {
  if (!Array.isArray(raw)) return refuse(valueSentence(param, raw));
  const items: ListItem[] = [];
  for (const [index, item] of raw.entries()) {
    if (!isJsonObject(item)) {
      reading.errors.push({ path: `${path}[${index}]`, message: `${param.name} holds objects only.` });
      continue;
    }
    items.push(readItem(param, item, `${path}[${index}].`, reading));
  }
  return ok(items);
}

function readItem(param: ParamOf<"list">, raw: JsonObject, prefix: string, reading: Reading): ListItem {
  const item: ListItem = {};
  for (const name of Object.keys(raw)) {
    if (!param.fields.some((field) => field.name === name)) {
      const known = param.fields.map((field) => field.name).join(", ");
      const message = `${name} is not a field of ${param.name}, whose fields are ${known}.`;
      reading.errors.push({ path: prefix + name, message });
    }
  }
  for (const field of param.fields) {
    const before = reading.errors.length;
    const value = readField(field, raw[field.name], prefix + field.name, reading);
    if (value !== undefined && typeof value !== "object") item[field.name] = value;
    else if (reading.errors.length === before && isNeeded(field)) {
      reading.errors.push({ path: prefix + field.name, message: `${field.name} is required.` });
    }
  }
  return item;
}

/** Whether KIE wants the field to be there, not only our card. */
function isNeeded(param: Param | ListField): boolean {
  if (param.kie) return param.kie.required === true;
  return param.kieDefault === undefined && (param.kind === "fixed" || param.required);
}

function withKieDefaults(entry: Entry, given: ParamValues): ParamValues {
  const values: Record<string, ParamValue> = { ...given };
  for (const param of entry.params) {
    const initial = param.kie?.default ?? param.kieDefault;
    if (initial !== undefined && !isSet(given[param.name])) values[param.name] = initial;
  }
  return values;
}

/**
 * Rules are read twice: as the entry means them, and with fields that do not belong to the request as it stands, which
 * our own requests leave out and KIE may refuse. A rule that only a default breaks is none of KIE's: it does not mind
 * what nobody wrote.
 */
function rulesBroken(entry: Entry, values: ParamValues, given: ParamValues): Rule[] {
  const effective = effectiveValues(entry, values);
  const all = { ...effective, ...values };
  const strangers = brokenRules(entry, all).filter((rule) => rule.kind !== "require" && rule.kind !== "sum");
  return [...new Set([...brokenRules(entry, effective), ...strangers])].filter((rule) => isBroken(rule, entry, given));
}

/** What KIE's own rules say against the fields as they stand in the request. */
function kieRuleErrors(entry: Entry, given: ParamValues, prefix: string): RequestError[] {
  const { rules = [], requiredSets = [] } = entry.kie ?? {};
  const errors = rules
    .filter((rule) => isBroken(rule, entry, given))
    .map((rule) => ({ path: prefix + ruleField(rule), message: kieRuleSentence(rule) }));
  if (requiredSets.length === 0 || requiredSets.some((set) => set.every((name) => isSet(given[name])))) return errors;
  const sets = requiredSets.map((set) => set.join(" with ")).join(", or ");
  return [...errors, { path: prefix + (requiredSets[0]?.[0] ?? ""), message: `One of these is required: ${sets}.` }];
}

/** The field that a broken rule is told at. */
function ruleField(rule: Rule | KieRule): string {
  switch (rule.kind) {
    case "forbid":
      return Object.keys(rule.when).findLast((name) => !name.startsWith("$")) ?? "";
    case "require":
      return rule.all?.[0] ?? rule.any?.[0] ?? "";
    case "exclude":
      return rule.groups[0]?.[0] ?? "";
    case "maxItems":
      return rule.field;
    case "sum":
      return rule.list;
  }
}
