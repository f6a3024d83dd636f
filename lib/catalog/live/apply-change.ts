import type { Entry, Param, ParamOf, Scalar } from "../entry.ts";
import type { KieField } from "../kie-field.ts";
import { isSold } from "../offers.ts";
import { rulesOf } from "../param-kinds.ts";
import type { CatalogChange, Completion } from "./changes.ts";
import { isRequestField, kieFieldOf } from "./entry-fields.ts";
import { acceptedParam, paramOfField } from "./field-param.ts";
import { changedAt, type Step, stepsOf, withFieldAt } from "./field-path.ts";
import { withLimit, withoutOptions } from "./narrow.ts";
import { fitted } from "./new-family.ts";
import { withoutField } from "./remove-field.ts";
import { hasOnePrice, isOptionPriced, pricedOr, repriced } from "./reprice.ts";

type ChangeOf<Kind extends CatalogChange["kind"]> = Extract<CatalogChange, { kind: Kind }>;

/** One of our entries after an approved change of its model. What can not be sold any more stays known, and says why. */
export function applyChange(entry: Entry, change: CatalogChange, completion: Completion): Entry {
  switch (change.kind) {
    case "new-model":
      return entry;
    case "gone-model":
      return unsold(entry, "KIE took the model out of its catalogue.");
    case "field-added":
      return withExample(withField(entry, change));
    case "field-removed":
      return withExample(withoutNamed(entry, change, completion));
    case "options":
      return withExample(withOptions(entry, change, completion));
    case "limit":
      return withExample(limited(entry, change));
    case "price-text":
      return completion.price ? repriced(entry, completion.price) : entry;
  }
}

/** The entry as one that is known and not sold. */
export function unsold(entry: Entry, why: string): Entry {
  return { ...entry, offer: "unpriced", why };
}

function withField(entry: Entry, { name, field }: ChangeOf<"field-added">): Entry {
  const { field: top, steps } = stepsOf(name);
  if (steps.length > 0) {
    const changed = mapParam(entry, top, (param) => ({ ...param, kie: withFieldAt(kieFieldOf(param), steps, field) }));
    // What has to stand inside of a list that our cards make can not be asked for.
    const isMade = entry.params.some((param) => (param.name === top ? isShown(param) : param.at?.[0] === top));
    const isMissing = isMade && field.required === true && field.default === undefined;
    return isMissing ? unsold(changed, `KIE wants ${name}, which our cards can not ask for.`) : changed;
  }
  if (entry.params.some((param) => isRequestField(param) && param.name === name)) return entry;
  const accepted = appended(entry, acceptedParam(name, field));
  const param = paramOfField(name, field, { optional: "advanced" });
  // Nobody asks a person by a second route: there, what the first one does not give is missing.
  const isAskable = param !== null && (entry.offer !== "second-route" || !field.required || hasDefault(param));
  if (isAskable) return pricedOr(appended(entry, param), accepted);
  return field.required ? unsold(accepted, `KIE wants ${name}, which our cards can not ask for.`) : accepted;
}

function isShown(param: Param): boolean {
  return param.kind !== "fixed" && param.placement !== "never";
}

function hasDefault(param: Param): boolean {
  return param.kind === "fixed" || ("default" in param && param.default !== undefined);
}

function appended(entry: Entry, param: Param): Entry {
  return { ...entry, params: [...entry.params, param] };
}

function withoutNamed(entry: Entry, { name }: ChangeOf<"field-removed">, { price }: Completion): Entry {
  const { field: top, steps } = stepsOf(name);
  if (steps.length === 0) {
    const without = withoutField(entry, name);
    if (without) return without;
    // The price was counted by it: by one that an admin gave, or not at all.
    const free = withoutField(repriced(entry, price ?? { credits: 0, per: "generation" }), name) ?? entry;
    return price ? free : unsold(free, `The price was counted by ${name}, which KIE took away.`);
  }
  return mapParam(entry, top, (param) => {
    const kie = withFieldAt(kieFieldOf(param), steps, undefined);
    const inner = listField(steps);
    if (param.kind !== "list" || inner === null) return { ...param, kie };
    const fields = param.fields.filter((field) => field.name !== inner);
    const { alternates, ...rest } = param;
    return { ...rest, fields, kie, ...(alternates === undefined || alternates === inner ? {} : { alternates }) };
  });
}

function withOptions(entry: Entry, change: ChangeOf<"options">, { price }: Completion): Entry {
  const { name, added, removed } = change;
  const { field: top, steps } = stepsOf(name);
  const facts = ({ default: initial, ...field }: KieField): KieField => ({
    ...field,
    ...(initial === undefined || removed.includes(initial) ? {} : { default: initial }),
    enum: [...(field.enum ?? []).filter((option) => !removed.includes(option)), ...added],
  });
  const narrowed = onCard(entry, top, steps, (param) => withoutOptions(param, removed), facts);
  if (!isSold(narrowed) || added.length === 0) return narrowed;
  return added.reduce((sold, option) => offered(sold, top, steps, option, price), narrowed);
}

/** The entry with one more option on the card, if it has a price there; one that an admin gave counts for it alone. */
function offered(entry: Entry, top: string, steps: readonly Step[], option: Scalar, price: Completion["price"]): Entry {
  const shown = cardParams(entry, top, steps).filter(isShown);
  return shown.reduce((whole, param) => {
    const inner = steps.length > 0 && param.name === top;
    const more = mapParam(whole, param.name, (each) =>
      inner ? withInnerOption(each, steps, option) : withOption(each, option),
    );
    if (isOptionPriced(entry, param.name, option)) return pricedOr(more, whole);
    if (!price) return whole;
    const row = { when: { [param.name]: option }, credits: price.credits, per: price.per };
    const priced = { ...more, price: { ...more.price, rows: [...more.price.rows, row] } };
    return hasOnePrice(priced) ? priced : whole;
  }, entry);
}

function withOption(param: Param, value: Scalar): Param {
  if (param.kind !== "choice" || param.options.some((option) => option.value === value)) return param;
  return { ...param, options: [...param.options, { value }] };
}

function withInnerOption(param: Param, steps: readonly Step[], value: Scalar): Param {
  const inner = listField(steps);
  if (param.kind !== "list" || inner === null) return param;
  const fields = param.fields.map((field) =>
    field.name === inner && field.kind === "choice" ? { ...field, options: [...field.options, { value }] } : field,
  );
  return { ...param, fields };
}

function limited(entry: Entry, change: ChangeOf<"limit">): Entry {
  const { name, limit, after } = change;
  const { field: top, steps } = stepsOf(name);
  const facts = (field: KieField): KieField => {
    const { [limit]: _old, ...rest } = field;
    if (limit === "required") return after === 1 ? { ...rest, required: true } : rest;
    return after === null ? rest : { ...rest, [limit]: after };
  };
  const changed = onCard(entry, top, steps, (param) => withLimit(param, change), facts);
  // A wider range may lead to values that no row has a price for: then only requests may have them.
  return pricedOr(
    changed,
    onCard(entry, top, steps, (param) => param, facts),
  );
}

/**
 * Changes a field in both of its lives: as what KIE takes, and as what our card shows. Where the card has nothing left to
 * send, the entry is not sold.
 */
function onCard(
  entry: Entry,
  top: string,
  steps: readonly Step[],
  change: (param: Param) => Param | null,
  facts: (field: KieField) => KieField,
): Entry {
  const names = new Set(cardParams(entry, top, steps).map((param) => param.name));
  let isLost = false;
  const lose = (param: Param): Param => {
    isLost = true;
    return param;
  };
  const params = entry.params.map((param): Param => {
    const isField = isRequestField(param) && param.name === top;
    // The facts are read before the card changes, because where none are written they are the card's.
    const kie = isField ? changedAt(kieFieldOf(param), steps, facts) : undefined;
    const shown = names.has(param.name) ? (changedInside(param, top, steps, change) ?? lose(param)) : param;
    return kie ? { ...shown, kie } : shown;
  });
  const changed = { ...entry, params };
  return isLost && entry.offer !== "unpriced"
    ? unsold(changed, `Nothing that our card can send as ${top} is left.`)
    : changed;
}

/** The param itself, or the field of its lines that the steps lead to. */
function changedInside(
  param: Param,
  top: string,
  steps: readonly Step[],
  change: (param: Param) => Param | null,
): Param | null {
  if (steps.length === 0 || param.name !== top) return change(param);
  const inner = listField(steps);
  if (param.kind !== "list" || inner === null) return param;
  const fields: ParamOf<"list">["fields"] = [];
  for (const field of param.fields) {
    const changed = field.name === inner ? change(field) : field;
    if (changed === null) return null;
    if (changed.kind === "text" || changed.kind === "choice" || changed.kind === "number") fields.push(changed);
  }
  return { ...param, fields };
}

/** What of a card shows a field: the param of that name, and params of ours that are placed inside of it. */
function cardParams(entry: Entry, top: string, steps: readonly Step[]): Param[] {
  const inner = listField(steps);
  return entry.params.filter((param) => {
    if (param.at) return inner !== null && param.at[0] === top && param.at[2] === inner;
    return isRequestField(param) && param.name === top;
  });
}

/** The field of a list's lines that the steps lead to; null when they lead elsewhere. */
function listField([first, second, ...rest]: readonly Step[]): string | null {
  return first?.kind === "items" && second?.kind === "property" && rest.length === 0 ? second.name : null;
}

function mapParam(entry: Entry, name: string, change: (param: Param) => Param): Entry {
  return { ...entry, params: entry.params.map((param) => (param.name === name ? change(param) : param)) };
}

/** Keeps the example one that can be run: what does not fit any more is replaced, what is newly wanted is added. */
function withExample(entry: Entry): Entry {
  const { ru, en } = entry.example;
  return { ...entry, example: { ru: exampleFor(entry, ru), en: exampleFor(entry, en) } };
}

function exampleFor(entry: Entry, example: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const words = Object.values(example).find((value) => typeof value === "string") ?? "…";
  return Object.fromEntries(
    entry.params.flatMap((param) => {
      const given = example[param.name];
      const value = given === undefined ? wanted(param, String(words)) : mended(param, given);
      return value === undefined ? [] : [[param.name, value]];
    }),
  );
}

function wanted(param: Param, words: string): unknown {
  const isAsked = param.kind === "text" && param.required && param.default === undefined;
  return isAsked ? fitted(words, param) : undefined;
}

function mended(param: Param, value: unknown): unknown {
  if (param.kind === "fixed") return undefined;
  const parsed = rulesOf(param).shape(param).safeParse(value);
  if (parsed.success && rulesOf(param).check(param, parsed.data) === null) return value;
  if (param.kind === "text" && typeof value === "string") return fitted(value, param);
  if (param.kind === "choice") return param.default ?? param.options[0]?.value;
  return param.kind === "number" ? (param.default ?? param.presets[0]) : undefined;
}
