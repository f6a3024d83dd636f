import { missingParam } from "../catalog/check.ts";
import { itemsOf, paramNamed } from "../catalog/conditions.ts";
import type { ListField } from "../catalog/entry.ts";
import type { ParamValue, ParamValues } from "../catalog/param-values.ts";
import { readTyped } from "../catalog/values.ts";
import { formatChoice, formatMegabytes } from "../i18n/format.ts";
import { problemText } from "../i18n/problem-text.ts";
import type { UploadRef } from "../shared/media.ts";
import { takeLines } from "./batch/actions.ts";
import { limitOf } from "./batch/parts.ts";
import { afterList, changed, fieldOf, withField } from "./card-actions.ts";
import {
  ask,
  type Card,
  captionParam,
  cardOf,
  hasRoom,
  isExpired,
  isSettable,
  mediaParams,
  placeUpload,
  type ShownParam,
  settle,
  shownParam,
  withValues,
  wordsParam,
} from "./draft.ts";
import { takeMoneyText } from "./money/open.ts";
import { openWords } from "./open-draft.ts";
import { sentenceOf } from "./param-text.ts";
import { JOB_CATEGORIES } from "./result-actions.ts";
import { edit, isBrowsing, isOfDraft, noticeOf, send, showing, type Turn } from "./turn.ts";
import type { ConversationState, DialogueEvent, MediaRefusal, Screen, Transition } from "./types.ts";
import { MAX_MESSAGE } from "./view-parts.ts";

/** Files of one album that are kept until a model is picked. */
const MAX_PENDING = 10;

/**
 * Words: a name to search while browsing, the answer to what the card asks, a new prompt, or a new card. The answer is
 * always a new message, below what the user wrote; it takes the place of the card above.
 */
export function takeText(turn: Turn, raw: string): Transition {
  const text = raw.trim();
  if (text === "") return notUnderstood(turn, turn.texts.unsupported.voiceless);
  const ofAdmin = takeAdminText(turn, text);
  if (ofAdmin !== null) return ofAdmin;
  const aboutMoney = takeMoneyText(turn, text);
  if (aboutMoney !== null) return aboutMoney;
  const { screen, pending } = turn.state;
  if (screen.kind === "accepting" && pending !== null) {
    const state = { ...turn.state, pending: { ...pending, caption: text } };
    return send(state, noticeOf([turn.texts.accepting.wordsKept]));
  }
  if (isBrowsing(screen)) return send(showing(turn.state, { kind: "found", query: text, page: 0 }));
  const card = openCard(turn);
  if (card !== null)
    return (screen.kind === "batch" ? takeLines(turn, card, text) : null) ?? answerCard(turn, card, text);
  const opened = openWords(turn, text);
  return send(opened.state, noticeOf(opened.notes));
}

/** @returns null for everybody who is not asked for something by a screen of the admins. */
function takeAdminText(turn: Turn, text: string): Transition | null {
  const { screen } = turn.state;
  return screen.kind === "admin" ? (turn.facts.admin?.takeText(turn, screen.page, text) ?? null) : null;
}

/** The text of a file: a list where one is put together or its format says so, else one prompt; it needs a card. */
export function takeWords(turn: Turn, { text, format }: Extract<DialogueEvent, { kind: "words" }>): Transition {
  const { screen } = turn.state;
  const card = openCard(turn);
  if (card === null) return notUnderstood(turn, turn.texts.batch.noCard);
  if (text.trim() === "") return notUnderstood(turn, turn.texts.batch.empty);
  const isList = screen.kind === "batch" || (format === "csv" && limitOf(card, turn.facts) > 0);
  return (isList ? takeLines(turn, card, text, format) : null) ?? answerCard(turn, card, text.trim());
}

function openCard({ state, facts, catalog }: Turn): Card | null {
  const card = cardOf(state, catalog);
  return card === null || isExpired(card.draft, facts.now) ? null : card;
}

function answerCard(turn: Turn, card: Card, text: string): Transition {
  const { screen } = turn.state;
  if (screen.kind === "choice" && screen.item !== undefined) {
    const param = shownParam(card, screen.param);
    const { index, field } = screen.item;
    const found = param === undefined ? undefined : fieldOf(card, param, index, field);
    if (param !== undefined && found !== undefined && found.kind !== "choice") {
      return typedLine(turn, card, param, { index, field: found }, text);
    }
  }
  const asked = card.draft.asking === null ? undefined : shownParam(card, card.draft.asking);
  if (asked?.kind === "media") return wordsInsteadOfFile(turn, card, text, asked.accepts);
  const param = asked ?? wordsParam(card);
  if (param === undefined) return sayAgain(turn, card, turn.texts.card.textNotNeeded);
  const before = card.draft.values[param.name];
  const isMore = screen.kind === "card" && screen.isAppending === true && typeof before === "string";
  const read = readTyped(param, isMore ? `${before}\n${text}` : text, before);
  if (!read.ok) return sayAgain(turn, card, sentenceOf(read.problem, card.entry, turn.facts.user.language));
  const values = { ...card.draft.values, [param.name]: read.value };
  if (isPart(param, text, read.value)) {
    const draft = { ...withValues(card, values, turn.facts), asking: param.name };
    return send(showing(turn.state, { kind: "card", isAppending: true }, draft));
  }
  return send(taken(turn, card, values, param));
}

/** Telegram's clients cut what is longer than a message (4,096) into several, not always at its very end. */
const ALMOST_A_MESSAGE = 3_900;

/** Whether a message may be the first part of a longer text, whose next part must not replace it. */
function isPart(param: ShownParam, text: string, value: ParamValue): boolean {
  if (param.kind !== "text" || typeof value !== "string" || text.length < ALMOST_A_MESSAGE) return false;
  return param.maxLength > MAX_MESSAGE && value.length < param.maxLength;
}

/** Words or a number for one field of one line; a new line may be several. */
function typedLine(
  turn: Turn,
  card: Card,
  param: ShownParam,
  { index, field }: { index: number; field: ListField },
  text: string,
): Transition {
  const { language } = turn.facts.user;
  const items = itemsOf(card.draft.values[param.name]);
  if (index === items.length) {
    const read = readTyped(param, text, items);
    if (!read.ok) return sayAgain(turn, card, sentenceOf(read.problem, card.entry, language));
    const added = itemsOf(read.value);
    return send(afterList(turn, card, param, added, added.length - 1).state);
  }
  const read = readTyped(field, text);
  if (!read.ok) return sayAgain(turn, card, problemText(read.problem, field.label[language], language));
  return send(afterList(turn, card, param, withField(card, param, index, field.name, read.value), index).state);
}

/** While a file is awaited, words are the prompt, if there is one, and the file is still asked for. */
function wordsInsteadOfFile(turn: Turn, card: Card, text: string, media: UploadRef["kind"]): Transition {
  const { texts: t, facts } = turn;
  const words = captionParam(card);
  if (words === undefined) return sayAgain(turn, card, t.card.fileFirst(media));
  const read = readTyped(words, text);
  if (!read.ok) return sayAgain(turn, card, sentenceOf(read.problem, card.entry, facts.user.language));
  const draft = withValues(card, { ...card.draft.values, [words.name]: read.value }, facts);
  return send(
    showing(turn.state, turn.state.screen, draft),
    noticeOf([`${t.card.promptSaved} ${t.question.send[media]}`]),
  );
}

/** A value arrived. A param of many values that was opened by hand stays open for the next one. */
function taken(turn: Turn, card: Card, values: ParamValues, param: ShownParam): ConversationState {
  const wasMissing = missingParam(card.entry, card.draft.values)?.name === param.name;
  const takesMore = param.kind === "list" || hasRoom(param, values);
  if (card.draft.asking !== param.name || wasMissing || !takesMore) return changed(turn, card, values, param).state;
  return showing(turn.state, turn.state.screen, withValues(card, values, turn.facts));
}

/**
 * A file: into the open card, or kept until the user picks what to do with it. The files of an album after its first
 * redraw the message that the first one brought.
 */
export function takeMedia(
  turn: Turn,
  { upload, caption, albumId }: Extract<DialogueEvent, { kind: "media" }>,
): Transition {
  const isNextOfAlbum = albumId !== undefined && albumId === turn.state.albumId;
  const draw = isNextOfAlbum ? edit : send;
  const next: Turn = { ...turn, state: { ...turn.state, albumId: albumId ?? null } };
  const card = openCard(next);
  if (card === null) return draw(keptForLater(next, upload, caption));
  const params = mediaParams(card);
  if (params.length === 0) return draw(keptForLater(next, upload, caption), noticeOf([turn.texts.card.noMedia]));
  const place = placeUpload(card, upload);
  const { language } = turn.facts.user;
  if (place === null) {
    const kinds = params.flatMap((param) => (param.kind === "media" ? [turn.texts.media[param.accepts]] : []));
    return sayAgain(next, card, turn.texts.card.wrongMedia(formatChoice([...new Set(kinds)], turn.texts.or)));
  }
  if (!place.placed.ok) return sayAgain(next, card, sentenceOf(place.placed.problem, card.entry, language));
  const words = captionParam(card);
  const read = words === undefined || caption.trim() === "" ? null : readTyped(words, caption);
  const values =
    words !== undefined && read?.ok ? { ...place.placed.value, [words.name]: read.value } : place.placed.value;
  const state = taken(next, card, values, place.param);
  return draw(state, noticeOf([read === null || read.ok ? null : sentenceOf(read.problem, card.entry, language)]));
}

/** The models that take such a file; further files join those that wait already. */
function keptForLater({ state }: Turn, upload: UploadRef, caption: string): ConversationState {
  const waiting = state.screen.kind === "accepting" ? state.pending : null;
  const pending = {
    uploads: [...(waiting?.uploads ?? []), upload].slice(-MAX_PENDING),
    caption: caption.trim() === "" ? (waiting?.caption ?? "") : caption.trim(),
  };
  const { screen: before } = state;
  const screen: Screen =
    before.kind === "accepting" && before.media === upload.kind
      ? { ...before, page: 0 }
      : { kind: "accepting", media: upload.kind, page: 0 };
  return { ...showing(state, screen), pending };
}

/** A file that was made here goes into a new card: the models for the job, with the file ready for any of them. */
export function takeOutput(
  { state }: Turn,
  { upload, job, caption }: Extract<DialogueEvent, { kind: "output" }>,
): Transition {
  const screen = { kind: "accepting", media: upload.kind, page: 0, category: JOB_CATEGORIES[job] } as const;
  // The words that a picture was made from say nothing about what to change in it: they are asked for.
  const words = job === "edit" ? "" : caption.trim();
  return send({ ...showing(state, screen), pending: { uploads: [upload], caption: words } });
}

/** The reason, and the screen the user stands on once more (the card, when there is one). */
export function refuseMedia(turn: Turn, reason: MediaRefusal): Transition {
  const { mediaRefused } = turn.texts;
  const sentence =
    reason.code === "too-large"
      ? mediaRefused.tooLarge(formatMegabytes(reason.limitMegabytes, turn.facts.user.language))
      : mediaRefused[reason.code];
  return notUnderstood(turn, sentence);
}

/** Stickers, contacts, polls …: said so, with a next step under it. */
export function notUnderstood(turn: Turn, sentence: string): Transition {
  const card = openCard(turn);
  if (card !== null && isOfDraft(turn.state.screen)) return sayAgain(turn, card, sentence);
  const screen = isBrowsing(turn.state.screen) ? turn.state.screen : { kind: "menu" as const };
  return send(showing(turn.state, screen), noticeOf([sentence]));
}

/** The sentence above the card or its question, as a new message: the old one may look the same already. */
function sayAgain(turn: Turn, card: Card, sentence: string): Transition {
  const { screen } = turn.state;
  const isOther = screen.kind === "choice" || screen.kind === "advanced" || screen.kind === "batch";
  const stays = isOther || card.draft.asking !== null;
  if (stays && isOfDraft(screen)) return send(turn.state, noticeOf([sentence]));
  const asked = card.draft.asking === null ? undefined : paramNamed(card.entry, card.draft.asking);
  const next = asked === undefined || !isSettable(asked) ? settle(card) : ask(card.draft, asked, true);
  return send(showing(turn.state, next.screen, next.draft), noticeOf([sentence]));
}
