import { isDeepStrictEqual } from "node:util";
import { advance } from "../../conversation/advance.ts";
import { linkedEntry, startLink } from "../../conversation/deep-links.ts";
import { otherSpeeds } from "../../conversation/draft.ts";
import { referralWelcome } from "../../conversation/money/referral.ts";
import { eventNeeds, needs, renderScreen } from "../../conversation/render.ts";
import { changedSettings } from "../../conversation/settings-changes.ts";
import { parseState } from "../../conversation/state.ts";
import { alert } from "../../conversation/turn.ts";
import type {
  ConversationState,
  DialogueEvent,
  Effect,
  Facts,
  RichText,
  Transition,
  View,
} from "../../conversation/types.ts";
import { type DialogueNeeds, type DialogueRead, readDialogue, type StepWrite, saveStep } from "../../db/dialogues.ts";
import { texts } from "../../i18n/index.ts";
import type { Language } from "../../shared/localized.ts";
import { isAdmin } from "../admin/is-admin.ts";
import type { App } from "../app.ts";
import { withArchiveLinks } from "../archive/links.ts";
import { cancelRestOf } from "../batch/cancel-rest.ts";
import { confirmBatch } from "../batch/confirm.ts";
import { withCatalog, withKnownCatalog } from "../catalog/current.ts";
import { cancelOf } from "../generation/cancel.ts";
import { moneyPageOf, readMoneyFacts, servesPage } from "../money/facts.ts";
import { carryOutMoney } from "../money/orders.ts";
import { referrerOf } from "../referral/link.ts";
import { confirmDraft } from "./confirm-draft.ts";
import type { StepInput, StepResult } from "./step.ts";
import { readAdminFor, readAdminShown, type StepRead, toFacts } from "./step-facts.ts";

export type { StepInput, StepResult } from "./step.ts";

/** `isStale`: an order changed what was read. */
interface StepLoaded extends StepRead {
  isStale: boolean;
}

/** How often a step that lost a race is read and decided again. */
const MAX_TRIES = 3;

/**
 * One step of a user's dialogue: one read, the pure decision, one guarded write (with the money where there is any),
 * and the picture to show. A repeated update redraws and never acts again.
 *
 * @throws Error when the step lost its race three times, or the database does not answer.
 */
export async function takeStep(app: App, input: StepInput): Promise<StepResult> {
  for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
    const result = await tryStep(app, input);
    if (result !== null) return result;
    app.log.info("dialogue.raced", { attempt });
  }
  throw new Error("the dialogue changed three times while one step was decided");
}

async function tryStep(anyApp: App, anyInput: StepInput): Promise<StepResult | null> {
  const input = isAdmin(anyApp, anyInput.sender.id) ? anyInput : withoutAdminButtons(anyInput);
  // Only what is read along depends on it, so the catalog that was known a moment ago will do.
  const wanted = stepNeeds(withKnownCatalog(anyApp), input.event);
  const read = await readDialogue(anyApp.database, {
    userId: input.sender.id,
    updateId: input.updateId,
    needs: wanted,
  });
  const app = await withCatalog(anyApp, read.catalogRevision);
  const state = parseState(read.state);
  const admin = await readAdminFor(app, input.sender.id, state, input.event);
  const moneyPage = moneyPageOf(state, input.event);
  const money = moneyPage === null ? null : await readMoneyFacts(app, moneyPage, input.sender);
  const facts = toFacts(app, input.sender, { read, wanted, admin, money });
  const transition: Transition = read.isDone
    ? { state, show: input.tappedMessageId === null ? "send" : "edit", effects: [] }
    : advance(state, input.event, facts, app.catalog, read.revision);

  const decided = { read, state, facts, transition };
  const confirm = transition.effects.find((effect) => effect.kind === "confirm");
  if (confirm !== undefined) return await confirmDraft(app, input, decided, confirm.draft);
  const many = transition.effects.find((effect) => effect.kind === "confirm-batch");
  if (many !== undefined) return await confirmBatch(app, input, decided, many.order);
  // Before the step is stored: it may be repeated, and what was asked for must not be lost with a lost answer.
  const cancelled = await cancelRestOf(app, input.sender.id, transition.effects);
  const cancelledOne = await cancelOf(app, input.sender.id, transition.effects);

  const referrerId = read.user === null ? referrerOf(app, input.sender.id, input.event) : null;
  const next = located(transition, input, state);
  let revision = read.revision;
  // A new person, or one who came back after blocking the bot, is news as well.
  if (read.wallet === null || read.user?.reachable !== true || isNews(state, next, transition)) {
    const saved = await saveStep(app.database, {
      updateId: input.updateId,
      sender: input.sender,
      expectedRevision: read.revision,
      state: next,
      now: facts.now,
      welcomeBonusKopecks: app.config.WELCOME_BONUS_KOPECKS,
      ...(leftByOrder(transition.effects) ?? leftStatus(state, next)),
      ...waitedFor(transition.effects),
      ...settingsOf(transition.effects),
      ...(referrerId === null ? {} : { referrerId }),
    });
    if (saved === null) return null;
    revision = saved;
  }
  logCampaign(app, input.event, read.revision === 0);
  const ordered = await carryOutOrders(app, input, facts.user.language, transition.effects);
  const said = await carryOutMoneyOrders(app, input, facts.user.language, transition.effects);
  const { settings } = settingsOf(transition.effects);
  const loaded: StepLoaded = {
    // Drawn as it is from now on.
    read: settings === undefined || read.user === null ? read : { ...read, user: { ...read.user, ...settings } },
    wanted,
    admin: ordered === null ? admin : null,
    money: said === null ? money : null,
    isStale: said !== null || cancelled !== null || cancelledOne !== null,
  };
  const welcome = referrerId === null ? [] : referralWelcome(app.config.REFERRAL_BONUS_KOPECKS, facts.user.language);
  const missed = missedWords(read, next, facts);
  const notice = joinNotices(transition.notice, [...missed, ...welcome, ...(ordered ?? []), ...(said ?? [])]);
  return {
    // What an order has to say is said even where the step itself had nothing to draw.
    view: transition.show === "none" && !said?.length ? null : await draw(app, input, next, loaded, notice),
    show: transition.show === "edit" ? "edit" : "send",
    revision,
    previousMessageId: state.messageId,
    isCard: showsCard(next),
    replacedCardMessageId: showsCard(state) && showsCard(next) ? state.messageId : null,
    // A claim that was faster is said instead.
    toast:
      cancelledOne === "too-late" ? alert(texts(facts.user.language).queue.tooLate).toast : (transition.toast ?? null),
    // A repeated ✅ whose first answer was lost: the generation exists, and perhaps nobody has begun with it.
    created: read.isDone && state.screen.kind === "generation" ? { id: state.screen.generationId } : null,
    createdBatch: read.isDone && state.screen.kind === "batch-status" ? { id: state.screen.batchId } : null,
    endedBatchId: cancelled?.isComplete === true ? cancelled.batchId : null,
    effects: transition.effects,
  };
}

/** The same by order of its owner, also where the screen that is stored is another one. */
function leftByOrder(effects: readonly Effect[]): Pick<StepWrite, "leftStatus"> | null {
  const order = effects.find((effect) => effect.kind === "leave-status");
  return order === undefined ? null : { leftStatus: { generationId: order.generationId, messageId: order.messageId } };
}

/** The status of a generation, or a batch, whose message shows another screen from now on. */
function leftStatus({ screen, messageId }: ConversationState, next: ConversationState): Pick<StepWrite, "leftStatus"> {
  const isStatus = screen.kind === "generation" || screen.kind === "batch-status";
  if (!isStatus || messageId === null || next.messageId !== messageId) return {};
  if (isDeepStrictEqual(next.screen, screen)) return {};
  const { kind: _, ...of } = screen;
  return { leftStatus: { ...of, messageId } };
}

/** What the event names, known before anything is read, so that the screen it leads to costs no second read. */
function stepNeeds(app: App, event: DialogueEvent): DialogueNeeds {
  const wanted: DialogueNeeds = eventNeeds(event);
  if (event.kind === "command") {
    if (event.name === "history") return { ...wanted, history: { before: null } };
    if (event.name === "cancel") return { ...wanted, waiting: true };
    if (event.name !== "start") return wanted;
    const linked = linkedEntry(event.argument, app.catalog);
    return { ...wanted, undelivered: true, ...(linked === null ? {} : { usualOf: [linked] }) };
  }
  if (event.kind !== "tap") return wanted;
  const { action } = event;
  switch (action.kind) {
    case "mode": {
      // A button that opens a model says whose usual times are shown.
      const opened = app.catalog.mode(action.family, action.mode);
      return opened === undefined ? wanted : { ...wanted, usualOf: [opened.entry.key, ...otherSpeeds(opened.entry)] };
    }
    case "follow":
    case "switch": {
      const found = app.catalog.entry(action.entry);
      return found === undefined ? wanted : { ...wanted, usualOf: [action.entry, ...otherSpeeds(found.entry)] };
    }
    case "menu":
      return { ...wanted, undelivered: true };
    case "history":
      return { ...wanted, history: { before: action.before } };
    case "receipt":
      return { ...wanted, ledgerOf: action.generationId };
    case "money":
      return action.action.kind === "operations" ? { ...wanted, operations: { before: action.action.before } } : wanted;
    default:
      return wanted;
  }
}

/** Whether a step has anything to store. A tap that only redraws costs no write, and makes nobody else lose a race. */
function isNews(state: ConversationState, next: ConversationState, { show, effects }: Transition): boolean {
  // Effects are stored even where the state stays: the inbox row keeps a repeat from running them again.
  if (effects.length > 0) return true;
  // The same screen in a new message: its id is stored once it is known. A card's buttons must not wait for that.
  const isSameScreen = show === "send" && !showsCard(next);
  return !isDeepStrictEqual(isSameScreen ? { ...next, messageId: state.messageId } : next, state);
}

const CARD_SCREENS: ReadonlySet<string> = new Set(["card", "advanced", "choice", "confirmation", "batch"]);

function showsCard(state: ConversationState): boolean {
  return CARD_SCREENS.has(state.screen.kind);
}

/** The screen stands in the tapped message; a message that is still to be sent has no id yet. */
function located(transition: Transition, input: StepInput, before: ConversationState): ConversationState {
  const { state, show } = transition;
  if (show === "none" || state === before) return state;
  const messageId = show === "send" ? null : (input.tappedMessageId ?? before.messageId);
  return state.messageId === messageId ? state : { ...state, messageId };
}

/** Draws the screen; reads once more only when it shows something that the event did not name. */
async function draw(
  anyApp: App,
  input: StepInput,
  state: ConversationState,
  loaded: StepLoaded,
  notice: RichText | undefined,
): Promise<View> {
  const wanted: DialogueNeeds = needs(state);
  const isLoaded =
    !loaded.isStale &&
    (Object.keys(wanted) as (keyof DialogueNeeds)[]).every(
      (key) => JSON.stringify(wanted[key]) === JSON.stringify(loaded.wanted[key]),
    );
  const shown = isLoaded
    ? loaded.read
    : await readDialogue(anyApp.database, { userId: input.sender.id, updateId: input.updateId, needs: wanted });
  const page = state.screen.kind === "admin" ? state.screen.page : null;
  const admin = await readAdminShown(anyApp, input.sender.id, page, loaded.admin);
  const moneyPage = state.screen.kind === "money" ? state.screen.page : null;
  const hasMoney = moneyPage === null || servesPage(loaded.money, moneyPage);
  const money = hasMoney ? loaded.money : await readMoneyFacts(anyApp, moneyPage, input.sender);
  // A decision that was just made is already drawn.
  const app = await withCatalog(anyApp, Math.max(shown.catalogRevision, admin?.catalogRevision ?? 0));
  const generation = shown.generation;
  const read =
    state.screen.kind === "links" && generation !== null
      ? { ...shown, generation: await withArchiveLinks(app, generation) }
      : shown;
  return renderScreen(
    state,
    toFacts(app, input.sender, { read, wanted: isLoaded ? loaded.wanted : wanted, admin, money }),
    app.catalog,
    notice,
  );
}

/** An admin's button, forwarded or made up, is to everybody else a button that nobody can read. */
function withoutAdminButtons(input: StepInput): StepInput {
  const { event } = input;
  if (event.kind !== "tap" || event.action.kind !== "admin") return input;
  return { ...input, event: { kind: "unknown-tap", messageId: event.messageId } };
}

/**
 * After the step is stored, so that a repeated update never orders twice.
 * @returns what is to be said about it; null when nothing was ordered.
 */
async function carryOutOrders(
  app: App,
  input: StepInput,
  language: Language,
  effects: readonly Effect[],
): Promise<RichText | null> {
  const orders = effects.flatMap((effect) => (effect.kind === "admin" ? [effect.order] : []));
  if (orders.length === 0) return null;
  const { carryOutForAdmin } = await import("../admin/orders.ts");
  return await carryOutForAdmin(app, { adminId: input.sender.id, language }, orders);
}

/** As above, for what users order about money. @returns what is to be said about it; null when nothing was ordered. */
async function carryOutMoneyOrders(
  app: App,
  input: StepInput,
  language: Language,
  effects: readonly Effect[],
): Promise<RichText | null> {
  const orders = effects.flatMap((effect) => (effect.kind === "money" ? [effect.order] : []));
  if (orders.length === 0) return null;
  const customer = { userId: input.sender.id, language, updateId: input.updateId };
  const said: RichText[] = [];
  for (const order of orders) said.push((await carryOutMoney(app, customer, order)) ?? []);
  return said.flat();
}

function joinNotices(first: RichText | undefined, second: RichText): RichText | undefined {
  if (second.length === 0) return first;
  return first === undefined ? second : [...first, "\n", ...second];
}

/** Somebody who comes back hears at once of what could not be delivered; the menu has a button for it. */
function missedWords({ user, undelivered }: DialogueRead, next: ConversationState, facts: Facts): RichText {
  const isBack = user?.reachable === false;
  if (!isBack || undelivered === null || undelivered === 0 || next.screen.kind === "menu") return [];
  return [texts(facts.user.language).queue.undeliveredElsewhere(undelivered)];
}

/** Where a person came from is told to the log and kept nowhere. */
function logCampaign(app: App, event: DialogueEvent, isNew: boolean): void {
  const link = event.kind === "command" && event.name === "start" ? startLink(event.argument) : null;
  if (link?.kind === "campaign") app.log.info("start.campaign", { campaign: link.name, isNew });
}

function settingsOf(effects: readonly Effect[]): Pick<StepWrite, "settings"> {
  const changed = effects.find((effect) => effect.kind === "settings");
  return changed === undefined ? {} : { settings: changedSettings[changed.change] };
}

function waitedFor(effects: readonly Effect[]): Pick<StepWrite, "waitsFor"> {
  const notify = effects.find((effect) => effect.kind === "notify");
  return notify === undefined ? {} : { waitsFor: notify.entryKey };
}
