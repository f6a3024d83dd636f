import type { Entry, Family } from "../catalog/entry.ts";
import type { ParamValues, ValueProblem } from "../catalog/param-values.ts";
import { defaultValues, parseValues, readTyped } from "../catalog/values.ts";
import type { Language } from "../shared/localized.ts";
import { ok, type Result } from "../shared/result.ts";
import {
  ask,
  type Card,
  captionParam,
  newDraft,
  placeUpload,
  settle,
  unpriced,
  withValues,
  wordsParam,
} from "./draft.ts";
import { sentenceOf } from "./param-text.ts";
import { followUpsUnder, soldAgain } from "./result-actions.ts";
import { showing, type Turn } from "./turn.ts";
import type { ConversationState, Draft, Facts, GenerationFacts, PendingInput } from "./types.ts";
import { sumText } from "./view-parts.ts";

/** A state with a newly opened card, and what the user has to be told about it. */
export interface Opened {
  state: ConversationState;
  notes: string[];
}

/** Values of the entry's runnable example; what does not fit the params any more is left out. */
export function exampleValues(entry: Entry, language: Language): ParamValues {
  return parseValues(entry, entry.example[language]);
}

/** Opens a new card over whatever was open; `pending` files and words go where they fit. */
export function openDraft(
  turn: Turn,
  { family, entry }: { family: Family; entry: Entry },
  values: ParamValues = defaultValues(entry),
  pending: PendingInput | null = null,
): Opened {
  const fresh = { draft: newDraft(entry, values, turn.facts), family, entry };
  const { card, notes } = pending === null ? { card: fresh, notes: [] } : attach(fresh, pending, turn.facts);
  const { draft, screen } = settle(card);
  return { state: showing(turn.state, screen, draft), notes };
}

/** Puts waiting files and words into a fresh card; the notes say what could not be taken. */
export function attach(fresh: Card, pending: PendingInput, facts: Facts): { card: Card; notes: string[] } {
  const { entry } = fresh;
  const notes = new Set<string>();
  let card = fresh;
  const take = (read: Result<ParamValues, ValueProblem>) => {
    if (read.ok) card = { ...card, draft: withValues(card, read.value, facts) };
    else notes.add(sentenceOf(read.problem, entry, facts.user.language));
  };
  for (const upload of pending.uploads) {
    const place = placeUpload(card, upload);
    if (place !== null) take(place.placed);
  }
  const words = captionParam(card);
  if (words !== undefined && pending.caption !== "") {
    const read = readTyped(words, pending.caption);
    take(read.ok ? ok({ ...card.draft.values, [words.name]: read.value }) : read);
  }
  return { card, notes: [...notes] };
}

/**
 * Words with no open card, or words that were no model's name: the default model with them as its prompt. A prompt that
 * is too long is said, and asked for again.
 */
export function openWords(turn: Turn, words: string): Opened {
  const found = turn.catalog.entry(turn.catalog.defaultEntryKey);
  if (found === undefined) return { state: showing(turn.state, { kind: "categories" }, null), notes: [] };
  const fresh = { draft: newDraft(found.entry, defaultValues(found.entry), turn.facts), ...found };
  const param = wordsParam(fresh);
  if (param === undefined) return openDraft(turn, found);
  const read = readTyped(param, words);
  if (read.ok) return openDraft(turn, found, { ...fresh.draft.values, [param.name]: read.value });
  const { state } = openDraft(turn, found);
  return { state, notes: [sentenceOf(read.problem, found.entry, turn.facts.user.language)] };
}

/** The default model with its example prompt, ready to run. */
export function openExample(turn: Turn): Opened | null {
  const found = turn.catalog.entry(turn.catalog.defaultEntryKey);
  if (found === undefined) return null;
  const { entry } = found;
  return openDraft(turn, found, { ...defaultValues(entry), ...exampleValues(entry, turn.facts.user.language) });
}

/** A new card with the values of a past generation; null when its model is not sold any more. */
export function openLike(
  turn: Turn,
  generation: GenerationFacts,
  wish: "same" | "edit-words" | "other-files",
): Opened | null {
  const found = soldAgain(generation, turn.catalog);
  if (found === null) return null;
  const { entry } = found;
  const before = parseValues(entry, generation.values);
  const kept = wish === "other-files" ? withoutFiles(entry, before) : before;
  const opened = openDraft(turn, found, { ...defaultValues(entry), ...kept });
  const { draft } = opened.state;
  if (wish !== "edit-words" || draft === null || draft.asking !== null) return opened;
  const words = wordsParam({ draft, ...found });
  if (words === undefined) return opened;
  return { ...opened, state: { ...opened.state, ...ask(draft, words, false) } };
}

/** The card of a follow-up under one output of a generation; null when it can not be ordered there any more. */
export function openFollowUp(
  turn: Turn,
  generation: GenerationFacts,
  { position, entry }: { position: number; entry: string },
): Opened | null {
  const followUps = followUpsUnder(generation, position, turn.facts, turn.catalog);
  const followUp = followUps.find(({ found }) => found.entry.key === entry);
  if (followUp === undefined) return null;
  const { generationId } = generation;
  return withSource(openDraft(turn, followUp.found, followUp.values), { generationId, position });
}

function withSource(opened: Opened, source: Draft["source"]): Opened {
  const { draft } = opened.state;
  if (draft === null || source === undefined) return opened;
  return { ...opened, state: { ...opened.state, draft: { ...draft, source } } };
}

/** Prompts that somebody wrote are not lost with the card they were written for. */
function withBatch(opened: Opened, batch: Draft["batch"]): Opened {
  const { draft } = opened.state;
  if (draft === null || batch === undefined) return opened;
  return { ...opened, state: { ...opened.state, draft: { ...draft, batch } } };
}

function withoutFiles(entry: Entry, values: ParamValues): ParamValues {
  const files = new Set(entry.params.filter((param) => param.kind === "media").map((param) => param.name));
  return Object.fromEntries(Object.entries(values).filter(([name]) => !files.has(name)));
}

/** A card older than a day, opened afresh with a new id and today's price; a price that moved is told. */
export function reopen(turn: Turn, card: Card): Opened {
  const { facts, texts } = turn;
  const { language } = facts.user;
  const { source } = card.draft;
  const opened = withBatch(
    withSource(openDraft(turn, card, parseValues(card.entry, card.draft.values)), source),
    unpriced(card.draft).batch,
  );
  const before = card.draft.quote?.kopecks;
  const after = opened.state.draft?.quote?.kopecks;
  const notes = [texts.card.reopened];
  if (before !== undefined && after !== undefined && before !== after) {
    const [was, is] = [before, after].map((kopecks) => sumText(BigInt(kopecks), language));
    notes.push(texts.money.priceChanged(was ?? "", is ?? ""));
  }
  return { ...opened, notes };
}
