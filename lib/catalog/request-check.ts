import { effectiveValues, isSet } from "./conditions.ts";
import type { Entry } from "./entry.ts";
import { isHttpUrl, isJsonObject, type JsonObject, type RequestError } from "./kie-field.ts";
import type { Catalog } from "./load.ts";
import { quantityParts } from "./quantity.ts";
import { type Pricing, priceOf, priceRows } from "./quote.ts";
import { type FileFacts, fieldParams, type ReadRequest, readRequest } from "./request-values.ts";

/** The answer to one line, with its keys in the order they are printed. */
export interface LineAnswer {
  id: string | null;
  api: string | null;
  ok: boolean;
  errors: readonly RequestError[];
  /** A maximum where only KIE can count in the end; null when it can not be told, or when the request is not right. */
  priceKopecks: number | null;
}

/** Entries by KIE's id and by our own key. */
export type EntryIndex = ReadonlyMap<string, readonly Entry[]>;

/** Every entry of a catalog, sold or not. */
export function indexEntries(catalog: Catalog): EntryIndex {
  const index = new Map<string, Entry[]>();
  for (const key of catalog.entryKeys()) {
    const entry = catalog.entry(key)?.entry;
    if (!entry) continue;
    for (const name of new Set([entry.key, entry.route.id])) index.set(name, [...(index.get(name) ?? []), entry]);
  }
  return index;
}

/**
 * Checks one line, `{"id", "api", "request", "facts"?}`. Never throws: what can not be read is an error of the answer.
 *
 * @returns null for an empty line.
 */
export function checkLine(line: string, index: EntryIndex, pricing: Pricing): LineAnswer | null {
  if (line.trim() === "") return null;
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return refused(null, null, "", "The line is not JSON.");
  }
  if (!isJsonObject(json)) return refused(null, null, "", "The line is not a JSON object.");
  const { id, api = null, request, facts } = json;
  if (typeof id !== "string") return refused(null, null, "id", "id must be the id of a model, as a text.");
  if (typeof api !== "string" && api !== null) return refused(id, null, "api", "api must be a text.");
  const named = index.get(id) ?? [];
  const entries = named.filter((entry) => entry.route.api === (api ?? apiOf(named, request)));
  const [first] = entries;
  if (!first) {
    const others = [...new Set(named.map((entry) => entry.route.api))].join(", ");
    if (others === "") return refused(id, api, "id", `No model with the id or key ${id} is known.`);
    return refused(id, api, "api", `${id} is known under the api ${others}, not under ${api}.`);
  }
  const files = readFacts(facts);
  if (files === null) {
    return refused(id, api, "facts", "facts must hold durationSeconds, width and height, as positive numbers, by URL.");
  }
  const envelope = readEnvelope(first, request);
  if ("errors" in envelope) return { id, api, ok: false, errors: envelope.errors, priceKopecks: null };
  const { entry, read } = best(entries, envelope, files);
  const isRight = read.errors.length === 0;
  return {
    id,
    api,
    ok: isRight,
    errors: read.errors,
    priceKopecks: isRight ? priceOfRequest(entry, read, pricing) : null,
  };
}

/** The API that a request is made for where the line does not say it: only the market wraps the fields into `input`. */
function apiOf(named: readonly Entry[], request: unknown): Entry["route"]["api"] | undefined {
  const isWrapped = isJsonObject(request) && "input" in request;
  const fitting = named.find((entry) => (entry.route.api === "market") === isWrapped);
  return (fitting ?? named[0])?.route.api;
}

interface Envelope {
  fields: JsonObject;
  prefix: string;
}

const MARKET_FIELDS: readonly string[] = ["model", "input", "callBackUrl"];

/**
 * Takes a request apart: the market wraps the fields into `input`, the older APIs have them flat in the body. There
 * `model` names which of several models is meant, unless it is one of the fields (Suno's version).
 */
function readEnvelope(entry: Entry, request: unknown): Envelope | { errors: RequestError[] } {
  if (!isJsonObject(request)) return { errors: [{ path: "request", message: "request must be an object." }] };
  // One of Suno's endpoints misspells it (docs.kie.ai).
  const { callBackUrl, calBackUrl, ...rest } = request;
  const { id, api } = entry.route;
  const errors: RequestError[] = [];
  for (const [name, url] of Object.entries({ callBackUrl, calBackUrl })) {
    if (url !== undefined && !isHttpUrl(url)) errors.push({ path: name, message: `${name} must be an http(s) URL.` });
  }
  const isMarket = api === "market";
  const isField = !isMarket && fieldParams(entry).some((param) => param.name === "model");
  if (isField) return errors.length === 0 ? { fields: rest, prefix: "" } : { errors };
  const { model, ...others } = rest;
  // An older API with one model names none.
  if (model !== id && (isMarket || model !== undefined)) {
    const got = JSON.stringify(model) ?? "nothing";
    errors.push({ path: "model", message: `model must be ${JSON.stringify(id)}; got ${got}.` });
  }
  if (!isMarket) return errors.length === 0 ? { fields: others, prefix: "" } : { errors };
  const { input, ...strangers } = others;
  for (const name of Object.keys(strangers)) {
    const message = `${name} is not a field of a request, whose fields are ${MARKET_FIELDS.join(", ")}.`;
    errors.push({ path: name, message });
  }
  if (!isJsonObject(input)) errors.push({ path: "input", message: "input must be an object." });
  return errors.length === 0 && isJsonObject(input) ? { fields: input, prefix: "input." } : { errors };
}

/**
 * Of several entries of one id, the one made for such a request, if it takes it, else another one that does; when none
 * does, the former says why.
 */
function best(
  entries: readonly Entry[],
  { fields, prefix }: Envelope,
  facts: ReadonlyMap<string, FileFacts>,
): { entry: Entry; read: ReadRequest } {
  const ordered = entries.length === 1 ? entries : entries.toSorted((a, b) => misfits(a, fields) - misfits(b, fields));
  const [first, ...others] = ordered;
  if (!first) throw new Error("unreachable: an id without entries");
  const meant = { entry: first, read: readRequest(first, fields, prefix, facts) };
  if (meant.read.errors.length === 0) return meant;
  for (const entry of others) {
    const read = readRequest(entry, fields, prefix, facts);
    if (read.errors.length === 0) return { entry, read };
  }
  return meant;
}

/** How much a request differs from what an entry is made for: other fixed values first, then fields it does not show. */
function misfits(entry: Entry, fields: JsonObject): number {
  return entry.params.reduce((sum, param) => {
    const given = fields[param.name];
    if (param.at) return sum;
    if (param.kind === "fixed") return given === param.value ? sum : sum + 10_000;
    if (given !== undefined) return param.placement === "never" ? sum + 100 : sum;
    return param.required ? sum + 1 : sum;
  }, 0);
}

/** null where the price depends on what nobody told: the length or size of a file, "the model chooses", another task. */
function priceOfRequest(entry: Entry, read: ReadRequest, pricing: Pricing): number | null {
  const effective = effectiveValues(entry, read.values);
  if (priceRows(entry, effective).length !== 1) return null;
  const isKnown = quantityParts(entry).every((part) => {
    if (part.from === "param") return Number(effective[part.name]) > 0;
    return part.from !== "media-duration" || !isSet(effective[part.name]) || !read.unknownLengths.has(part.name);
  });
  const { outputSize } = entry.price;
  if (!isKnown || (outputSize && read.unknownSizes.has(outputSize.media))) return null;
  const { kopecks, units } = priceOf(entry, effective, pricing);
  return units > 0 ? Number(kopecks) : null;
}

/** null when it is something else than facts. */
function readFacts(json: unknown): ReadonlyMap<string, FileFacts> | null {
  const facts = new Map<string, FileFacts>();
  if (json === undefined) return facts;
  if (!isJsonObject(json)) return null;
  for (const [url, given] of Object.entries(json)) {
    if (!isJsonObject(given)) return null;
    const { durationSeconds, width, height } = given;
    if (![durationSeconds, width, height].every(isFact)) return null;
    facts.set(url, {
      ...(typeof durationSeconds === "number" ? { durationSeconds } : {}),
      ...(typeof width === "number" ? { width } : {}),
      ...(typeof height === "number" ? { height } : {}),
    });
  }
  return facts;
}

function isFact(value: unknown): boolean {
  return value === undefined || (typeof value === "number" && Number.isFinite(value) && value > 0);
}

function refused(id: string | null, api: string | null, path: string, message: string): LineAnswer {
  return { id, api, ok: false, errors: [{ path, message }], priceKopecks: null };
}
