import type { Catalog } from "../catalog/load.ts";
import type { Texts } from "../i18n/index.ts";
import type { ConversationState, Draft, Facts, RichText, Screen, Transition } from "./types.ts";

/** What every step of the reducer may look at. */
export interface Turn {
  state: ConversationState;
  facts: Facts;
  catalog: Catalog;
  texts: Texts;
}

/** Draws where a button was pressed: in its message when that is a screen, else in a new one. */
export type DrawTapped = (state: ConversationState, extra?: Extra) => Transition;

type Extra = Partial<Pick<Transition, "toast" | "notice" | "effects">>;

const BROWSING: ReadonlySet<Screen["kind"]> = new Set(["categories", "families", "found", "modes", "accepting"]);

export function isBrowsing(screen: Screen): boolean {
  return BROWSING.has(screen.kind);
}

/** Screens that draw the open draft. */
const OF_DRAFT: ReadonlySet<Screen["kind"]> = new Set(["card", "advanced", "choice", "confirmation", "batch"]);

export function isOfDraft(screen: Screen): boolean {
  return OF_DRAFT.has(screen.kind);
}

/** The state with another screen. Files that wait for a model are dropped as soon as the user does something else. */
export function showing(
  state: ConversationState,
  screen: Screen,
  draft: Draft | null = state.draft,
): ConversationState {
  return { ...state, screen, draft, pending: isBrowsing(screen) ? state.pending : null };
}

/** Draws the state in a new message. */
export function send(state: ConversationState, extra: Extra = {}): Transition {
  return { state: { ...state, messageId: null }, show: "send", effects: [], ...extra };
}

/** Redraws the message that shows the screen; without one, draws a new message. */
export function edit(state: ConversationState, extra: Extra = {}): Transition {
  return state.messageId === null ? send(state, extra) : { state, show: "edit", effects: [], ...extra };
}

/** Redraws in the message whose button was pressed. */
export function editAt(messageId: number, state: ConversationState, extra: Extra = {}): Transition {
  return { state: { ...state, messageId }, show: "edit", effects: [], ...extra };
}

/** Nothing to draw: the toast is the answer. */
export function answer(state: ConversationState, text: string, extra: Extra = {}): Transition {
  return { state, show: "none", toast: { text, alert: false }, effects: [], ...extra };
}

/** Telegram cuts toasts at 200 characters. */
export function alert(text: string): { toast: { text: string; alert: boolean } } {
  return { toast: { text: text.length <= 200 ? text : `${text.slice(0, 199)}…`, alert: true } };
}

export function toast(text: string): { toast: { text: string; alert: boolean } } {
  return { toast: { text, alert: false } };
}

/** Adds a notice only when there is something to say: an absent key and an undefined one are different things. */
export function noticeOf(lines: readonly (string | null)[]): { notice?: RichText } {
  const said = lines.filter((line) => line !== null && line !== "");
  return said.length === 0 ? {} : { notice: [said.join("\n")] };
}
