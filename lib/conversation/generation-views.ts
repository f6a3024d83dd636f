import { mainParams } from "../catalog/describe.ts";
import type { Catalog } from "../catalog/load.ts";
import { parseValues, promptParam } from "../catalog/values.ts";
import type { FailureCause } from "../faults/causes.ts";
import { isRunning } from "../generation/life-cycle.ts";
import { isLongerThanUsual } from "../generation/schedule.ts";
import type { GenerationState } from "../generation/states.ts";
import {
  formatBalance,
  formatDateTime,
  formatKopecks,
  formatSeconds,
  formatSecondsRange,
  formatTime,
} from "../i18n/format.ts";
import { texts } from "../i18n/index.ts";
import type { Kopecks } from "../shared/kopecks.ts";
import type { Language } from "../shared/localized.ts";
import { availableOf } from "./draft.ts";
import { actionRows, fileButtons, soldAgain } from "./result-actions.ts";
import type { Facts, GenerationFacts, Opener, RichText, Span, View, ViewButton } from "./types.ts";
import { button, cut, fitText, keyboard, lines, modeLine, oneLine, pauseText, rows, titleOf } from "./view-parts.ts";

export { refusalView } from "./confirm.ts";

/** Telegram's limit for a caption, in UTF-16 units. */
const MAX_CAPTION = 1024;

/** How the screen of a generation is drawn in each state; a new state does not compile until it has its view. */
const VIEWS: Record<GenerationState, (generation: GenerationFacts, facts: Facts, catalog: Catalog) => View> = {
  queued: runningView,
  submitting: runningView,
  submitted: runningView,
  succeeded: runningView,
  delivered: pastView,
  undeliverable: pastView,
  failed: failureView,
  returned: failureView,
  expired: failureView,
  cancelled: failureView,
};

/** The status message of a generation in whatever state it is: on its way, finished or failed. */
export function statusView(generation: GenerationFacts, facts: Facts, catalog: Catalog): View {
  const view = VIEWS[generation.state](generation, facts, catalog);
  return { ...view, text: fitText(view.text) };
}

function runningView(generation: GenerationFacts, facts: Facts, catalog: Catalog): View {
  const { language } = facts.user;
  const t = texts(language);
  return {
    text: lines(
      generationTitle(generation, catalog, facts),
      promptOf(generation, catalog, 200),
      "",
      ...progressLines(generation, facts),
      usualText(generation, facts),
      generation.state === "succeeded" ? null : t.status.noWaiting,
      ...heldLines(generation, facts),
    ),
    keyboard: keyboard(endButtons(generation, facts), [
      [
        button(t.buttons.refresh, { kind: "refresh", generationId: generation.generationId }),
        button(t.buttons.menu, { kind: "menu" }),
      ],
    ]),
  };
}

/** The way out: the money back while it waits, and after that no more than not to look at it any longer. */
function endButtons({ generationId, state }: GenerationFacts, { user }: Facts): ViewButton[][] | null {
  const { buttons } = texts(user.language).queue;
  if (state === "queued") return [[button(buttons.cancel, { kind: "cancel_generation", generationId })]];
  if (isRunning(state)) return [[button(buttons.stopWaiting, { kind: "stop_waiting", generationId })]];
  return null;
}

/** How long it usually takes, from our own history; nothing where that knows nothing. */
function usualText(generation: GenerationFacts, { now, user }: Facts): string | null {
  const { usualSeconds, state, extendedUntil } = generation;
  const t = texts(user.language);
  if (isRunning(state) && extendedUntil) return t.queue.extended(formatTime(extendedUntil, user.language));
  if (state === "succeeded" || usualSeconds === null) return null;
  const range = formatSecondsRange(usualSeconds.p50, usualSeconds.p90, user.language);
  return isRunning(state) && isLongerThanUsual(generation, now) ? t.queue.longer(range) : t.status.usual(range);
}

/** What is on hold; once the result is there the money is not on hold any more. */
function heldLines(generation: GenerationFacts, { user }: Facts): (string | Span)[] {
  const mark = modeLine(generation.mode, user.language);
  if (mark !== null) return ["", mark];
  if (generation.state === "succeeded") return [];
  if (generation.priceKopecks === 0n) return ["", texts(user.language).status.free];
  return ["", texts(user.language).status.held(formatKopecks(generation.priceKopecks, user.language))];
}

function progressLines(generation: GenerationFacts, facts: Facts): string[] {
  const { language } = facts.user;
  const { status } = texts(language);
  if (generation.state === "queued") return waitingLines(generation, facts);
  if (generation.state === "submitted" && generation.submittedAt !== null) {
    return [status.since(formatTime(generation.submittedAt, language))];
  }
  return [generation.state === "succeeded" ? status.sending : status.preparing];
}

/** What it waits for: the end of a pause, everybody's line to the provider, the provider, or the person's own. */
function waitingLines({ pause, isRateWaiting, failure, ahead, ownRunning }: GenerationFacts, facts: Facts): string[] {
  const { status, queue } = texts(facts.user.language);
  if (pause) return [pauseText(pause, facts), queue.queuedWaits];
  if (isRateWaiting === true) return [queue.line(ahead ?? 0), queue.lineWhy];
  if (failure !== null) return [failure === "maintenance" ? status.maintenance : status.crowded];
  if (ahead !== null && ahead > 0) return [status.ahead(ahead), queue.own];
  return ownRunning ? [queue.ownRunning(ownRunning)] : [status.next];
}

type Repair = "edit-words" | "edit-settings" | "other-media" | "other-model" | "try-again";

/** The way out of each failure, the likeliest first. */
const REPAIRS: Record<FailureCause, readonly Repair[]> = {
  "content-policy": ["edit-words", "other-media", "other-model"],
  "input-not-fetched": ["other-media", "try-again"],
  "wrong-parameters": ["edit-settings", "other-model"],
  "no-credits": ["try-again"],
  "rate-limited": ["try-again", "other-model"],
  "key-cap": ["try-again"],
  maintenance: ["try-again", "other-model"],
  authorization: ["try-again"],
  server: ["try-again", "other-model"],
  "generation-failed": ["try-again", "edit-words", "other-model"],
  timeout: ["try-again", "other-model"],
  "no-answer": ["try-again", "other-model"],
  other: ["try-again", "other-model"],
};

/** What went wrong in human words, that no money was taken, and the ways out. */
export function failureView(generation: GenerationFacts, facts: Facts, catalog: Catalog): View {
  const { language } = facts.user;
  const t = texts(language);
  const cause = generation.failure ?? (generation.state === "expired" ? "timeout" : "other");
  const isCancelled = generation.state === "cancelled";
  const price = formatKopecks(generation.priceKopecks, language);
  const isPaid = generation.mode === "real" && generation.priceKopecks > 0n;
  const text = lines(
    isCancelled ? null : { bold: t.failure.title },
    generationTitle(generation, catalog, facts),
    promptOf(generation, catalog, 200),
    "",
    ...(isCancelled
      ? [isPaid ? t.queue.cancelled(price) : t.queue.cancelledFree]
      : [t.failure.causes[cause], isPaid ? t.failure.returned(price) : t.failure.notCharged]),
    modeLine(generation.mode, language),
  );
  const repairs = isCancelled ? (["try-again"] as const) : REPAIRS[cause];
  return {
    text: fitText(text),
    keyboard: keyboard(rows(repairs.flatMap((repair) => repairButton(repair, generation, facts, catalog))), [
      [button(t.buttons.menu, { kind: "menu" })],
    ]),
  };
}

function repairButton(repair: Repair, generation: GenerationFacts, facts: Facts, catalog: Catalog): ViewButton[] {
  const { buttons } = texts(facts.user.language);
  const { generationId } = generation;
  const found = soldAgain(generation, catalog);
  if (repair === "other-model" || found === null) {
    const category = catalog.entry(generation.entryKey)?.family.category;
    const action: Opener = category === undefined ? { kind: "categories" } : { kind: "category", category, page: 0 };
    return repair === "other-model" ? [button(buttons.otherModel, action)] : [];
  }
  const { entry } = found;
  switch (repair) {
    case "edit-words":
      return promptParam(entry) === undefined ? [] : [button(buttons.editPrompt, { kind: "edit", generationId })];
    case "other-media": {
      const hasFiles = entry.params.some(
        (param) => param.kind === "media" && generation.values[param.name] !== undefined,
      );
      return hasFiles ? [button(buttons.otherMedia, { kind: "other_media", generationId })] : [];
    }
    case "edit-settings":
      return [button(buttons.editSettings, { kind: "again", generationId })];
    case "try-again":
      return [button(buttons.tryAgain, { kind: "again", generationId })];
  }
}

/** A finished generation opened from the history, or its status message after the result was sent. */
function pastView(generation: GenerationFacts, facts: Facts, catalog: Catalog): View {
  const { language } = facts.user;
  const t = texts(language);
  const { generationId } = generation;
  return {
    text: lines(
      generationTitle(generation, catalog, facts),
      promptOf(generation, catalog, 600),
      "",
      chosenLine(generation, facts, catalog),
      `${formatDateTime(generation.createdAt, language)} · ${t.history.states[generation.state]}`,
      moneyLine(generation, facts),
    ),
    keyboard: keyboard(
      actionRows(generation, facts, catalog),
      rows(
        [
          button(t.buttons.resend, { kind: "resend", generationId }),
          ...fileButtons(generation, t),
          button(t.buttons.receipt, { kind: "receipt", generationId }),
        ],
        2,
        44,
      ),
      [[button(t.buttons.history, { kind: "history", before: null }), button(t.buttons.menu, { kind: "menu" })]],
    ),
  };
}

function moneyLine(generation: GenerationFacts, { user }: Facts): string | Span {
  const { result } = texts(user.language);
  const charged = generation.chargedKopecks ?? generation.priceKopecks;
  const mark = modeLine(generation.mode, user.language);
  if (mark !== null) return mark;
  if (generation.priceKopecks === 0n) return result.freeOnly;
  return charged > 0n ? result.chargedOnly(formatKopecks(charged, user.language)) : result.notChargedOnly;
}

/** The first message of a delivery, which makes the phone ring: "Готово: Kling 3.0". */
export function doneText(generation: GenerationFacts, facts: Facts, catalog: Catalog): RichText {
  const { language } = facts.user;
  return lines(texts(language).result.done(familyTitle(generation, catalog)), modeLine(generation.mode, language));
}

/** The caption of a result, at most 1,024 UTF-16 units: model, main params, time, money. */
export function receiptCaption(generation: GenerationFacts, facts: Facts, catalog: Catalog): RichText {
  const { language } = facts.user;
  const t = texts(language);
  const left = formatBalance(availableOf(facts), language);
  const charged = generation.chargedKopecks ?? generation.priceKopecks;
  const money = moneyWords(generation, charged, left, language);
  const took = tookText(generation, facts);
  return fitText(
    lines(
      modeLine(generation.mode, language),
      generationTitle(generation, catalog, facts),
      chosenLine(generation, facts, catalog),
      took === null ? money : `${t.result.took(took)} · ${money}`,
    ),
    MAX_CAPTION,
  );
}

function moneyWords(generation: GenerationFacts, charged: Kopecks, left: string, language: Language): string {
  const { result } = texts(language);
  if (generation.mode !== "real") return result.notCharged(left);
  if (generation.priceKopecks === 0n) return result.free(left);
  return charged > 0n ? result.charged(formatKopecks(charged, language), left) : result.notCharged(left);
}

function tookText({ submittedAt, finishedAt }: GenerationFacts, facts: Facts): string | null {
  if (submittedAt === null || finishedAt === null) return null;
  const seconds = Math.max(1, Math.round((finishedAt.getTime() - submittedAt.getTime()) / 1000));
  return formatSeconds(seconds, facts.user.language);
}

/** Buttons under a result. All of them work at any age. */
export function resultKeyboard(generation: GenerationFacts, facts: Facts, catalog: Catalog): View["keyboard"] {
  const t = texts(facts.user.language);
  const { generationId } = generation;
  return keyboard(
    actionRows(generation, facts, catalog),
    rows(
      [
        ...fileButtons(generation, t),
        button(t.buttons.receipt, { kind: "receipt", generationId }),
        button(t.buttons.menu, { kind: "menu" }),
      ],
      2,
    ),
  );
}

function familyTitle(generation: GenerationFacts, catalog: Catalog): string {
  // History outlives the catalog: an entry that is gone is called by its key.
  return catalog.entry(generation.entryKey)?.family.title ?? generation.entryKey;
}

/** Model and mode of a generation, also of one whose entry is gone. */
export function generationTitle(generation: GenerationFacts, catalog: Catalog, facts: Facts): RichText {
  const found = catalog.entry(generation.entryKey);
  if (found === undefined) return [{ bold: generation.entryKey }];
  return titleOf(found.family.title, found.entry.title[facts.user.language]);
}

export function chosenLine(generation: GenerationFacts, facts: Facts, catalog: Catalog): string | null {
  const found = catalog.entry(generation.entryKey);
  if (found === undefined) return null;
  const chosen = mainParams(found.entry, parseValues(found.entry, generation.values), facts.user.language).join(" · ");
  return chosen === "" ? null : cut(chosen, 300);
}

/** The words a generation was made from, in one line; "" when there are none. */
export function wordsOf(generation: GenerationFacts, catalog: Catalog, limit: number): string {
  const found = catalog.entry(generation.entryKey);
  const param = found === undefined ? undefined : promptParam(found.entry);
  const value = param === undefined ? generation.values.prompt : generation.values[param.name];
  if (typeof value === "string") return oneLine(value, limit);
  if (typeof value !== "object" || param?.kind !== "list") return "";
  const field = param.fields.find((candidate) => candidate.kind === "text")?.name ?? "";
  const said = value.map((item) => (field in item ? Object.entries(item).find(([name]) => name === field)?.[1] : ""));
  return oneLine(said.join(" / "), limit);
}

function promptOf(generation: GenerationFacts, catalog: Catalog, limit: number): Span | null {
  const words = wordsOf(generation, catalog, limit);
  return words === "" ? null : { quote: words };
}
