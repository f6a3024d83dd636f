import { checkValues, missingParam } from "../catalog/check.ts";
import { effectiveValues, isRelevant, isSet, paramNamed, uploadsOf } from "../catalog/conditions.ts";
import type { Entry, Family, Param } from "../catalog/entry.ts";
import type { Catalog } from "../catalog/load.ts";
import { isSold } from "../catalog/offers.ts";
import type { ParamValue, ParamValues, ValueProblem } from "../catalog/param-values.ts";
import { quote } from "../catalog/quote.ts";
import { addUpload, promptParam } from "../catalog/values.ts";
import { DAY_MS } from "../shared/clock.ts";
import type { Kopecks } from "../shared/kopecks.ts";
import type { UploadRef } from "../shared/media.ts";
import { type Result, refuse } from "../shared/result.ts";
import { type Offer, offerFor, payable } from "./price-offer.ts";
import { keptEven } from "./shares.ts";
import type { ConversationState, Draft, Facts, Screen } from "./types.ts";

/** A param that a person can see and set. */
export type ShownParam = Exclude<Param, { kind: "fixed" | "earlier" }>;

/** Fixed values and those out of an earlier result are nobody's to set. */
export function isSettable(param: Param): param is ShownParam {
  return param.kind !== "fixed" && param.kind !== "earlier";
}

/** A draft together with what the catalog says about it. */
export interface Card {
  draft: Draft;
  family: Family;
  entry: Entry;
}

export interface Price {
  /** What has to be paid. */
  kopecks: Kopecks;
  /** The catalog's price, and what takes it down to `kopecks`. */
  full: Kopecks;
  offer: Offer | null;
  /** The real figure is known only afterwards and may be lower. */
  upTo: boolean;
}

/** The card in the state, whatever its age; null when there is none or its entry is not sold any more. */
export function cardOf(state: ConversationState, catalog: Catalog): Card | null {
  if (state.draft === null) return null;
  const found = catalog.entry(state.draft.entryKey);
  if (found === undefined || !isSold(found.entry)) return null;
  return { draft: state.draft, family: found.family, entry: found.entry };
}

/** A card is open for 24 hours. */
export function isExpired(draft: Draft, now: Date): boolean {
  return now.getTime() - draft.openedAt >= DAY_MS;
}

export function newDraft(entry: Entry, values: ParamValues, facts: Facts): Draft {
  const draft = { id: facts.newId(), entryKey: entry.key, asking: null, openedAt: facts.now.getTime() };
  const speeds = otherSpeeds(entry);
  return {
    ...draft,
    values,
    quote: quoteNow(entry, values, facts),
    ...(speeds.length === 0 ? {} : { otherSpeeds: speeds }),
  };
}

/** Entries for the same job that are faster or finer. */
export function otherSpeeds({ alternatives = [] }: Entry): string[] {
  return alternatives.filter(({ kind }) => kind !== "cheaper").map(({ key }) => key);
}

/** The draft with other values; the price is computed anew only when something really changed. */
export function withValues({ draft, entry }: Card, changed: ParamValues, facts: Facts): Draft {
  const values = keptEven(entry, draft.values, changed);
  if (JSON.stringify(values) === JSON.stringify(draft.values)) return draft;
  return { ...unpriced(draft), values, quote: quoteNow(entry, values, facts) };
}

/** The draft with the prompts or models that are ordered with it, but not their prices: they are computed when shown again. */
export function unpriced(draft: Draft): Draft {
  const { batch } = draft;
  return batch === undefined ? draft : { ...draft, batch: { kind: batch.kind, parts: batch.parts, prices: null } };
}

export function quoteNow(entry: Entry, values: ParamValues, facts: Facts): Draft["quote"] {
  const quoted = quote(entry, values, facts.pricing);
  return quoted.ok ? { kopecks: String(quoted.value.kopecks), quotedAt: facts.now.getTime() } : null;
}

/** A price the user has seen holds for 24 hours. */
export function isLocked(draft: Draft, now: Date): boolean {
  return draft.quote !== null && now.getTime() - draft.quote.quotedAt < DAY_MS;
}

/** What the card costs: the locked price, else today's, less the offer that holds now; null while it can not be told (no audio yet, for instance). */
export function priceOf({ draft, entry }: Card, facts: Facts): Price | null {
  const quoted = quote(entry, draft.values, facts.pricing);
  if (!quoted.ok) return null;
  const locked = isLocked(draft, facts.now) ? draft.quote : null;
  const full = locked === null ? quoted.value.kopecks : BigInt(locked.kopecks);
  const offer = offerFor(entry, { credits: quoted.value.credits, kopecks: full }, facts);
  return { kopecks: payable(full, offer), full, offer, upTo: quoted.value.upTo };
}

/** What the user last saw on the button; null when there was no price yet. */
export function seenPrice({ quote: seen, offer }: Draft): Kopecks | null {
  return seen === null ? null : payable(BigInt(seen.kopecks), offer ?? null);
}

/** The draft with the offer that its screen shows from now on. */
export function withOffer(draft: Draft, offer: Offer | null): Draft {
  const { offer: _seen, ...rest } = draft;
  return offer === null ? rest : { ...rest, offer };
}

/** How much money is missing for a price; 0 where nothing is charged anyway. */
export function shortBy(kopecks: Kopecks, facts: Facts): Kopecks {
  const available = availableOf(facts);
  return facts.mode !== "real" || available >= kopecks ? 0n : kopecks - available;
}

export function availableOf(facts: Facts): Kopecks {
  return facts.wallet.mainKopecks + facts.wallet.bonusKopecks;
}

/** Params that belong to the card as its values stand, in the entry's order. */
export function shownParams({ draft, entry }: Card, placement: "card" | "advanced"): ShownParam[] {
  return entry.params.filter(
    (param): param is ShownParam =>
      isSettable(param) && param.placement === placement && isRelevant(entry, param, draft.values),
  );
}

/** The param of a button, if a person may set it as the card stands. */
export function shownParam(card: Card, name: string): ShownParam | undefined {
  const param = paramNamed(card.entry, name);
  if (param === undefined || !isSettable(param) || param.placement === "never") return undefined;
  return isRelevant(card.entry, param, card.draft.values) ? param : undefined;
}

/** The value as it would be sent: defaults filled in. */
export function currentValue({ draft, entry }: Card, name: string): ParamValue | undefined {
  return effectiveValues(entry, draft.values)[name];
}

/** Where typed words go when nothing is asked: the prompt, the lines of a dialogue, or nothing. */
export function wordsParam(card: Card): ShownParam | undefined {
  const usual = promptParam(card.entry);
  const shown = usual === undefined ? undefined : shownParam(card, usual.name);
  return shown ?? shownParams(card, "card").find((param) => param.kind === "list");
}

/** The card's text with `role: "prompt"`; captions and words beside files go here and nowhere else. */
export function captionParam(card: Card): ShownParam | undefined {
  const param = wordsParam(card);
  return param?.kind === "text" ? param : undefined;
}

/** Asks for one param. Texts and files are asked in the card's place, everything else has a keyboard of its own. */
export function ask(draft: Draft, param: ShownParam, required: boolean): { draft: Draft; screen: Screen } {
  const hasKeyboard = param.kind !== "text" && param.kind !== "media";
  // A keyboard of fixed values takes no words unless it stands in the way: they would rather be a new prompt.
  const listens = required || (param.kind !== "choice" && param.kind !== "toggle");
  return {
    draft: { ...draft, asking: listens ? param.name : null },
    screen: hasKeyboard ? { kind: "choice", param: param.name, page: 0 } : { kind: "card" },
  };
}

/** After a change: the next missing input is asked; when there is none, the card (or the part of it one came from). */
export function settle(card: Card, from?: ShownParam): { draft: Draft; screen: Screen } {
  const missing = missingParam(card.entry, card.draft.values);
  if (missing !== undefined && isSettable(missing)) return ask(card.draft, missing, true);
  return {
    draft: { ...card.draft, asking: null },
    screen: { kind: from?.placement === "advanced" ? "advanced" : "card" },
  };
}

/** Whether something out of an earlier result is missing: nobody can be asked for it. */
export function lacksEarlier(entry: Entry, values: ParamValues): boolean {
  return entry.params.some(
    (param) =>
      param.kind === "earlier" && param.required && isRelevant(entry, param, values) && !isSet(values[param.name]),
  );
}

/** What keeps a complete card from being created: broken limits and rules, never the missing inputs. */
export function problemsOf({ draft, entry }: Card): ValueProblem[] {
  return checkValues(entry, draft.values).filter((problem) => problem.code !== "missing");
}

/** The media params a file of this kind may go to, the visible ones first. */
export function mediaParams(card: Card): ShownParam[] {
  return [...shownParams(card, "card"), ...shownParams(card, "advanced")].filter((param) => param.kind === "media");
}

/**
 * Puts a file where it belongs: into the asked param if that takes its kind, else into the first that takes it and has
 * room without breaking a rule, else into the first that takes it (a single file is replaced, a full list refuses).
 *
 * @returns the new values and the param that was filled, or why not; null when no param takes this kind.
 */
export function placeUpload(
  card: Card,
  upload: UploadRef,
): { param: ShownParam; placed: Result<ParamValues, ValueProblem> } | null {
  const takers = mediaParams(card).filter((param) => param.kind === "media" && param.accepts === upload.kind);
  const { draft, entry } = card;
  const asked = takers.find((param) => param.name === draft.asking);
  const before = ruleProblems(entry, draft.values);
  const roomy = takers.find((param) => {
    const placed = hasRoom(param, draft.values) ? placeInto(param, draft.values, upload) : refuse(null);
    return placed.ok && ruleProblems(entry, placed.value) <= before;
  });
  const param = asked ?? roomy ?? takers[0];
  return param === undefined ? null : { param, placed: placeInto(param, draft.values, upload) };
}

function placeInto(param: Param, values: ParamValues, upload: UploadRef): Result<ParamValues, ValueProblem> {
  const added = addUpload(param, values[param.name], upload);
  return added.ok ? { ok: true, value: { ...values, [param.name]: added.value } } : added;
}

export function hasRoom(param: Param, values: ParamValues): boolean {
  if (param.kind !== "media") return false;
  return uploadsOf(values[param.name]).length < (param.many ? param.maxItems : 1);
}

function ruleProblems(entry: Entry, values: ParamValues): number {
  return checkValues(entry, values).filter((problem) => problem.code === "rule").length;
}

/** Values without one param; its default, if any, then counts again. */
export function withoutParam(values: ParamValues, name: string): ParamValues {
  return Object.fromEntries(Object.entries(values).filter(([key]) => key !== name));
}
