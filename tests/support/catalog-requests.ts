import fc from "fast-check";
import { brokenRules } from "../../lib/catalog/check.ts";
import { effectiveValues, itemsOf, uploadsOf } from "../../lib/catalog/conditions.ts";
import type { Condition, Entry, Param, Rule } from "../../lib/catalog/entry.ts";
import type { KieField } from "../../lib/catalog/kie-field.ts";
import type { ParamValue, ParamValues } from "../../lib/catalog/param-values.ts";
import { buildInput } from "../../lib/catalog/request.ts";
import { fieldParams } from "../../lib/catalog/request-values.ts";
import { simplest, uploadFor, validValues } from "./catalog-values.ts";

type JsonObject = Record<string, unknown>;

/** A line for `catalog check`, and what is wrong with it. */
export interface RequestLine {
  what: string;
  entry: Entry;
  id: string;
  api: string;
  request: JsonObject;
  facts: Record<string, object>;
}

export interface ValidLine extends RequestLine {
  values: ParamValues;
}

const urlOf = (uploadId: string): string => `https://files.example/${uploadId}`;

/** Requests that the bot itself would send, with the measured facts of their files. The same for the same seed. */
export function validLines(entry: Entry, count: number, seed: number): ValidLine[] {
  return fc
    .sample(validValues(entry), { numRuns: count, seed })
    .map((values) => ({ ...lineOf(entry, values, "valid"), values }));
}

/** Requests each with one thing wrong: every limit of every field once, and every rule once. */
export function brokenLines(entry: Entry, seed: number): RequestLine[] {
  const [valid] = validLines(entry, 1, seed);
  if (!valid) return [];
  const changed = (what: string, fields: JsonObject): RequestLine => {
    const input = { ...inputOf(valid), ...fields };
    return { ...valid, what: `${entry.key}: ${what}`, request: requestOf(entry, input) };
  };
  return [
    changed("an unknown field", { no_such_field: 1 }),
    ...entry.params
      .filter((param) => fieldParams(entry).includes(param))
      .flatMap((param) => [
        ...(isNeeded(entry, param, valid.values)
          ? [changed(`${param.name} is missing`, { [param.name]: undefined })]
          : []),
        ...wrongValues(param).map(([what, value]) => changed(`${param.name} ${what}`, { [param.name]: value })),
      ]),
    ...entry.rules.flatMap((rule) => breaking(entry, valid.values, rule)),
  ];
}

function lineOf(entry: Entry, values: ParamValues, what: string): RequestLine {
  const uploads = Object.values(values).flatMap((value) => uploadsOf(value));
  const urls = new Map(uploads.map(({ uploadId }) => [uploadId, urlOf(uploadId)]));
  const facts = Object.fromEntries(
    uploads.map(({ uploadId, durationSeconds, width, height }) => [
      urlOf(uploadId),
      { durationSeconds, width, height },
    ]),
  );
  const { id, api } = entry.route;
  return { what, entry, id, api, request: requestOf(entry, buildInput(entry, values, urls)), facts };
}

/** The request that carries the model's own fields. */
export function requestOf(entry: Entry, input: JsonObject): JsonObject {
  const { route } = entry;
  if (route.api === "market") return { model: route.id, input };
  return namesModel(entry) ? { ...input, model: route.id } : { ...input };
}

/** The older families that sell several models under one path name it in the body; elsewhere it is a field, or absent. */
function namesModel({ route, params }: Entry): boolean {
  return (
    (route.api === "veo" || route.api === "flux-kontext") &&
    !route.id.includes("/") &&
    !params.some((param) => param.name === "model")
  );
}

/** The model's own fields of a request. */
export function inputOf({ entry, request }: RequestLine): JsonObject {
  const { model, input, ...flat } = request;
  if (entry.route.api !== "market") return namesModel(entry) || model === undefined ? flat : { ...flat, model };
  return typeof input === "object" && input !== null ? { ...input } : {};
}

/** Needed by KIE for every request, not only by our card or as these values stand. */
function isNeeded(entry: Entry, param: Param, values: ParamValues): boolean {
  if (effectiveValues(entry, values)[param.name] === undefined || param.onlyWhen) return false;
  if (param.kie) return param.kie.required === true;
  return param.kieDefault === undefined && (param.kind === "fixed" || param.required);
}

function wrongValues(param: Param): [string, unknown][] {
  return param.kie ? wrongByKie(param.kie) : wrongByKind(param);
}

function wrongByKind(param: Param): [string, unknown][] {
  switch (param.kind) {
    case "text":
      return [
        ["is no text", { text: "море" }],
        ["is too long", "a".repeat(param.maxLength + 1)],
        ...(param.minLength === undefined || param.minLength < 2 ? [] : [tooShort(param.minLength)]),
      ];
    case "choice":
      return [
        ["is no option", "no-such-option"],
        ["is a list", [1]],
      ];
    case "toggle":
      return [["is no boolean", "yes"]];
    case "number":
      return [
        ["is no number", "five"],
        ["is too small", param.min - param.step],
        ["is too large", param.max + param.step],
        ["is between two steps", param.min + param.step / 2],
      ];
    case "media":
      return param.many
        ? [
            ["is no list", urlOf("one")],
            ["is no URL", ["portrait.png"]],
            ["has too many files", Array.from({ length: param.maxItems + 1 }, (_, index) => urlOf(`${index}`))],
          ]
        : [
            ["is a list", [urlOf("one")]],
            ["is no URL", "ftp://files.example/one"],
          ];
    case "list": {
      const item = Object.fromEntries(param.fields.map((field) => [field.name, simplest(field)]));
      return [
        ["is no list", item],
        ["holds no objects", ["море"]],
        ["has too many items", Array.from({ length: param.maxItems + 1 }, () => item)],
        ["has an unknown field", [{ ...item, no_such_field: 1 }]],
        ...param.fields.flatMap((field) =>
          wrongByKind(field).map(([what, value]): [string, unknown] => [
            `[0].${field.name} ${what}`,
            [{ ...item, [field.name]: value }],
          ]),
        ),
      ];
    }
    case "earlier":
      return [["is no id", { some: "object" }]];
    case "fixed":
      return [["is another value", "no-such-value"]];
  }
}

function wrongByKie(field: KieField): [string, unknown][] {
  const { type, enum: options, min, max, maxLength, minLength, maxItems } = field;
  if (type === "array") {
    const many = Array.from({ length: (maxItems ?? 0) + 1 }, () => urlOf("one"));
    return [["is no list", 5], ...(maxItems === undefined ? [] : [["has too many items", many] as [string, unknown]])];
  }
  if (options) return [["is no option", "no-such-option"]];
  const wrong: [string, unknown][] = [["is of another type", { some: "object" }]];
  if (min !== undefined) wrong.push(["is too small", min - 1]);
  if (max !== undefined) wrong.push(["is too large", max + 1]);
  if (maxLength !== undefined) wrong.push(["is too long", "a".repeat(maxLength + 1)]);
  if (minLength !== undefined && minLength > 1) wrong.push(tooShort(minLength));
  const isTaken = (value: unknown) => field.alsoAccepts?.some((taken) => taken === value);
  return wrong.filter(([, value]) => !isTaken(value));
}

function tooShort(minLength: number): [string, unknown] {
  return ["is too short", "a".repeat(minLength - 1)];
}

/** The request with values bent until the rule is broken; nothing when the card can not break it alone. */
function breaking(entry: Entry, valid: ParamValues, rule: Rule): RequestLine[] {
  const values = bent(entry, valid, rule);
  if (!brokenRules(entry, effectiveValues(entry, values)).includes(rule)) return [];
  return [lineOf(entry, values, `${entry.key}: ${rule.say.en}`)];
}

/** Valid values with those changed that a rule speaks of, so that it is broken where the params can break it. */
export function bent(entry: Entry, valid: ParamValues, rule: Rule): ParamValues {
  const param = (name: string) => entry.params.find((candidate) => candidate.name === name);
  const some = (name: string): ParamValue | undefined => {
    const found = param(name);
    return found && simplest(found);
  };
  const met = (when: Condition): Record<string, ParamValue> => {
    const values: Record<string, ParamValue> = { ...valid };
    for (const [name, wanted] of Object.entries(when)) {
      const [first] = [wanted].flat();
      const value = first === "$present" ? some(name) : first;
      if (name === "$video_input") Object.assign(values, aVideo(entry));
      else if (name === "$output") Object.assign(values, aHugePicture(entry));
      else if (first === "$absent" || value === undefined) delete values[name];
      else values[name] = value;
    }
    return values;
  };
  switch (rule.kind) {
    case "forbid":
      return met(rule.when);
    case "require":
      return without(met(rule.when), [...(rule.all ?? []), ...(rule.any ?? [])]);
    case "exclude": {
      const names = rule.groups.slice(0, 2).flatMap((group) => group.slice(0, 1));
      const values: Record<string, ParamValue> = { ...valid };
      for (const name of names) {
        const value = some(name);
        if (value !== undefined) values[name] = value;
      }
      return values;
    }
    case "maxItems": {
      const found = param(rule.field);
      const many = Array.from({ length: rule.max + 1 }, (_, index) => index);
      if (!found) return valid;
      if (found.kind === "media")
        return { ...met(rule.when), [rule.field]: many.map((index) => uploadFor(found, `more-${index}`)) };
      const [item = {}] = itemsOf(simplest(found));
      return { ...met(rule.when), [rule.field]: many.map(() => item) };
    }
    case "sum": {
      const [item = {}] = itemsOf(some(rule.list));
      return { ...met(rule.when), [rule.list]: [{ ...item, [rule.field]: 1 }] };
    }
  }
}

function aVideo(entry: Entry): ParamValues {
  const found = entry.params.find((param) => param.kind === "media" && param.accepts === "video");
  return found ? { [found.name]: [uploadFor(found, "a-video")] } : {};
}

function aHugePicture(entry: Entry): ParamValues {
  const found = entry.params.find((param) => param.name === entry.price.outputSize?.media);
  return found ? { [found.name]: [{ ...uploadFor(found, "huge"), width: 20_000, height: 20_000 }] } : {};
}

function without(values: ParamValues, names: readonly string[]): ParamValues {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
}
