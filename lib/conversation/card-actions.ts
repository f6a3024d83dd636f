import { missingParam } from "../catalog/check.ts";
import { itemsOf, paramNamed } from "../catalog/conditions.ts";
import type { ListField, ParamOf } from "../catalog/entry.ts";
import type { ListItem, ParamValue, ParamValues } from "../catalog/param-values.ts";
import { readButton } from "../catalog/values.ts";
import { pageOfFamily } from "./browse-screens.ts";
import {
  ask,
  type Card,
  isSettable,
  problemsOf,
  type ShownParam,
  settle,
  shownParam,
  unpriced,
  withoutParam,
  withValues,
} from "./draft.ts";
import { exampleValues } from "./open-draft.ts";
import { sentenceOf } from "./param-text.ts";
import { sharedOut } from "./shares.ts";
import { alert, edit, showing, type Turn, toast } from "./turn.ts";
import type { CardAction, Draft, Screen, Transition } from "./types.ts";

/** Card actions that only change the draft; money, closing and searching are elsewhere. */
export type DraftAction = Exclude<
  CardAction,
  {
    kind:
      | "show_price_confirmation"
      | "confirm"
      | "cancel"
      | "switch"
      | "found_page"
      | "use_query"
      | "batch"
      | "compare";
  }
>;

/** A button of the open card at its current revision. What can not be done any more redraws the card and says nothing. */
export function changeDraft(turn: Turn, card: Card, action: DraftAction): Transition {
  switch (action.kind) {
    case "card":
    case "done":
      return show(turn, settle({ ...card, draft: unpriced(card.draft) }, askedParam(card)));
    case "advanced":
      return show(turn, { draft: { ...card.draft, asking: null }, screen: { kind: "advanced" } });
    case "example":
      return fillExample(turn, card);
    default:
      return changeParam(turn, card, action);
  }
}

function changeParam(turn: Turn, card: Card, action: Extract<DraftAction, { param: string }>): Transition {
  const param = shownParam(card, action.param);
  if (param === undefined) return show(turn, settle(card));
  switch (action.kind) {
    case "param_input":
      return show(turn, ask(card.draft, param, missingParam(card.entry, card.draft.values)?.name === param.name));
    case "param_page":
      return show(turn, { draft: card.draft, screen: { kind: "choice", param: param.name, page: action.page } });
    case "set_param":
      return setParam(turn, card, param, action.value);
    case "clear_param":
      return clearParam(turn, card, param);
    case "item_field":
      return showField(turn, card, param, action);
    case "set_item_field":
      return setField(turn, card, param, action);
    case "remove_item": {
      const items = itemsOf(card.draft.values[param.name]).filter((_item, index) => index !== action.index);
      return afterList(turn, card, param, items, action.index);
    }
    case "move_item":
      return moveItem(turn, card, param, action);
    case "share_out": {
      const values = sharedOut(card.entry, card.draft.values, param.name);
      return afterList(turn, card, param, itemsOf(values[param.name]), 0);
    }
    case "append":
      if (param.kind !== "text") return show(turn, settle(card));
      return show(turn, {
        draft: { ...card.draft, asking: param.name },
        screen: { kind: "card", isAppending: true },
      });
  }
}

/** Two lines change places; the one that was moved stays in sight. */
function moveItem(turn: Turn, card: Card, param: ShownParam, { index, to }: { index: number; to: number }): Transition {
  const items = itemsOf(card.draft.values[param.name]);
  const [moved, other] = [items[index], items[to]];
  const words = param.kind === "list" ? wordsField(param) : undefined;
  if (moved === undefined || other === undefined || words === undefined) return show(turn, settle(card));
  const swapped = items.map((item, position) => (position === index ? other : position === to ? moved : item));
  const draft = withValues(card, { ...card.draft.values, [param.name]: swapped }, turn.facts);
  const item = { index: to, field: words.name };
  return show(turn, { draft, screen: { kind: "choice", param: param.name, page: 0, item } });
}

function setParam(turn: Turn, card: Card, param: ShownParam, value: string): Transition {
  const read = readButton(param, value);
  if (!read.ok) return show(turn, settle(card, param));
  return changed(turn, card, { ...card.draft.values, [param.name]: read.value }, param);
}

function clearParam(turn: Turn, card: Card, param: ShownParam): Transition {
  const values = withoutParam(card.draft.values, param.name);
  const draft = withValues(card, values, turn.facts);
  // Files and lines are usually cleared to send others; an optional text is cleared to be without it.
  const asksOn = param.kind === "media" || param.kind === "list";
  return show(turn, asksOn ? ask(draft, param, false) : settle({ ...card, draft }, param));
}

function fillExample(turn: Turn, card: Card): Transition {
  const { entry, draft } = card;
  const example = exampleValues(entry, turn.facts.user.language);
  const asked = draft.asking === null ? undefined : example[draft.asking];
  const wanted: ParamValues = asked === undefined || draft.asking === null ? example : { [draft.asking]: asked };
  return changed(turn, card, { ...draft.values, ...wanted }, askedParam(card));
}

/** New values: the next question or the card; a rule that broke just now is said at once. */
export function changed(turn: Turn, card: Card, values: ParamValues, from: ShownParam | undefined): Transition {
  const next = { ...card, draft: withValues(card, values, turn.facts) };
  const settled = settle(next, from);
  // What the next question asks for anyway needs no alarm.
  return show(turn, settled, settled.draft.asking === null ? brokenNow(turn, card, next) : {});
}

function brokenNow(turn: Turn, before: Card, after: Card): Partial<Pick<Transition, "toast">> {
  const { language } = turn.facts.user;
  const known = new Set(problemsOf(before).map((problem) => sentenceOf(problem, before.entry, language)));
  const sentences = problemsOf(after).map((problem) => sentenceOf(problem, after.entry, language));
  const [fresh] = sentences.filter((sentence) => !known.has(sentence));
  return fresh === undefined ? {} : alert(fresh);
}

/**
 * The field of one line of a list param, if there are such a line and such a field. The line after the last one is a new
 * one: it has words first.
 */
export function fieldOf(card: Card, param: ShownParam, index: number, field: string): ListField | undefined {
  if (param.kind !== "list") return undefined;
  const found = param.fields.find((candidate) => candidate.name === field);
  const count = itemsOf(card.draft.values[param.name]).length;
  if (index === count && count < param.maxItems) return found === wordsField(param) ? found : undefined;
  return index < count ? found : undefined;
}

/** What a typed line fills. */
export function wordsField(param: ParamOf<"list">): ListField | undefined {
  return param.fields.find((field) => field.kind === "text");
}

function showField(
  turn: Turn,
  card: Card,
  param: ShownParam,
  { index, field, page }: { index: number; field: string; page: number },
): Transition {
  if (fieldOf(card, param, index, field) === undefined) return show(turn, settle(card));
  return show(turn, {
    draft: card.draft,
    screen: { kind: "choice", param: param.name, page, item: { index, field } },
  });
}

function setField(
  turn: Turn,
  card: Card,
  param: ShownParam,
  { index, field, value }: { index: number; field: string; value: string },
): Transition {
  const found = fieldOf(card, param, index, field);
  const read = found === undefined ? null : readButton(found, value);
  if (read === null || !read.ok) return show(turn, settle(card));
  return afterList(turn, card, param, withField(card, param, index, field, read.value), index);
}

/** The lines of a list with one field of one line replaced. */
export function withField(
  card: Card,
  param: ShownParam,
  index: number,
  field: string,
  value: ParamValue,
): readonly ListItem[] {
  return itemsOf(card.draft.values[param.name]).map((item, position) =>
    position === index && typeof value !== "object" ? { ...item, [field]: value } : item,
  );
}

/** Back to the lines of the list, on the page of the one that was touched. */
export function afterList(
  turn: Turn,
  card: Card,
  param: ShownParam,
  items: readonly ListItem[],
  index: number,
): Transition {
  const values =
    items.length === 0 ? withoutParam(card.draft.values, param.name) : { ...card.draft.values, [param.name]: items };
  const next = { ...card, draft: { ...withValues(card, values, turn.facts), asking: param.name } };
  const page = Math.floor(Math.min(index, Math.max(items.length - 1, 0)) / LINES_PER_PAGE);
  return show(
    turn,
    { draft: next.draft, screen: { kind: "choice", param: param.name, page } },
    brokenNow(turn, card, next),
  );
}

/** Lines of a list param on one page of its keyboard. */
export const LINES_PER_PAGE = 6;

function askedParam(card: Card): ShownParam | undefined {
  const { asking } = card.draft;
  const param = asking === null ? undefined : paramNamed(card.entry, asking);
  return param === undefined || !isSettable(param) ? undefined : param;
}

/** Where «Отмена» leads: back to the place the model was picked from. */
export function closeCard(turn: Turn, card: Card | null): Transition {
  if (card?.draft.source !== undefined) {
    const screen: Screen = { kind: "more", ...card.draft.source };
    return edit(showing(turn.state, screen, null), toast(turn.texts.card.closedToast));
  }
  const family = card === null ? undefined : turn.catalog.summary(card.family.key);
  const screen: Screen =
    family === undefined
      ? { kind: "menu" }
      : family.modes.length > 1
        ? { kind: "modes", family: family.key }
        : { kind: "families", category: family.category, page: pageOfFamily(family, turn.catalog) };
  return edit(showing(turn.state, screen, null), toast(turn.texts.card.closedToast));
}

function show(
  turn: Turn,
  { draft, screen }: { draft: Draft; screen: Screen },
  extra: Partial<Pick<Transition, "toast">> = {},
): Transition {
  return edit(showing(turn.state, screen, draft), extra);
}
