import { seenPrice } from "../../conversation/draft.ts";
import { refusalView, statusView } from "../../conversation/generation-views.ts";
import { renderScreen } from "../../conversation/render.ts";
import type { ConversationState, Draft, Facts, HoldRefusal, Transition } from "../../conversation/types.ts";
import type { DialogueRead } from "../../db/dialogues.ts";
import { holdForGeneration } from "../../db/holds.ts";
import { nextLookSeconds, QUEUE_DEADLINE_SECONDS } from "../../generation/schedule.ts";
import { spendingMonth } from "../../ledger/settlement.ts";
import { addSeconds } from "../../shared/clock.ts";
import { randomId } from "../../shared/ids.ts";
import type { App } from "../app.ts";
import { generationFacts } from "../generation/facts.ts";
import { categoryOf } from "../generation/ways.ts";
import { holdOffer } from "../promo/offer-facts.ts";
import type { StepInput, StepResult } from "./step.ts";

/** A step that was decided to be a purchase, and what it was decided from. */
export interface ConfirmedStep {
  read: DialogueRead;
  state: ConversationState;
  facts: Facts;
  transition: Transition;
}

/**
 * Holds the money for a draft and stores the step, in one statement.
 * @returns null when somebody was first, or the price is another one by now: read again and decide again.
 */
export async function confirmDraft(
  app: App,
  input: StepInput,
  step: ConfirmedStep,
  draft: Draft,
): Promise<StepResult | null> {
  const { read, state, facts, transition } = step;
  const priceKopecks = seenPrice(draft);
  if (priceKopecks === null) throw new Error("a draft without a price can not be confirmed");
  const now = facts.now;
  const statusMessageId = input.tappedMessageId ?? state.messageId;
  if (statusMessageId === null) throw new Error("a confirmation comes from a button of a message");
  const next: ConversationState = { ...transition.state, messageId: statusMessageId };
  const answer = await holdForGeneration(app.database, {
    updateId: input.updateId,
    userId: input.sender.id,
    expectedRevision: read.revision,
    state: next,
    generation: {
      id: draft.id,
      entryKey: draft.entryKey,
      values: draft.values,
      mode: app.config.mode,
      priceKopecks,
      callbackToken: randomId(26),
      statusMessageId,
      deadlineAt: addSeconds(now, QUEUE_DEADLINE_SECONDS),
      dueAt: addSeconds(now, nextLookSeconds(0, null, categoryOf(app.catalog, draft))),
    },
    holdKopecks: app.config.mode === "real" ? priceKopecks : 0n,
    ...holdOffer(app, draft.offer),
    queueLimit: app.config.MAX_QUEUED_PER_USER,
    month: spendingMonth(now),
    now,
  });
  switch (answer.kind) {
    case "stale":
    // Read again, the step finds another price, says so, and holds nothing.
    case "offer-gone":
      return null;
    case "held":
      return {
        ...confirmation(state),
        revision: answer.revision,
        view: statusView(generationFacts(answer.generation), facts, app.catalog),
        toast: transition.toast ?? null,
        created: answer.generation,
      };
    case "refused":
      return refused(app, step, answer.refusal);
  }
}

/** What every answer to a ✅ has in common: the tapped message shows it, and nothing else is to be done. */
export function confirmation(before: ConversationState): Omit<StepResult, "view" | "revision"> {
  return {
    show: "edit",
    previousMessageId: before.messageId,
    replacedCardMessageId: null,
    isCard: false,
    toast: null,
    created: null,
    createdBatch: null,
    endedBatchId: null,
    effects: [],
  };
}

/** The screen as it was before the tap, with the reason why no money was taken. */
export function refused(app: App, { read, state, facts }: ConfirmedStep, reason: HoldRefusal): StepResult {
  const refusal = refusalView(reason, state, facts, app.catalog);
  return {
    ...confirmation(state),
    revision: read.revision,
    view: renderScreen(state, facts, app.catalog, refusal.notice),
    toast: refusal.toast,
  };
}
