import type { BatchOrder } from "../../conversation/batch/types.ts";
import { batchStatusView } from "../../conversation/batch/views.ts";
import { holdBatch } from "../../db/batches.ts";
import { firstJobSeconds, PRIORITY } from "../../generation/batch.ts";
import { queueDeadlineSeconds } from "../../generation/schedule.ts";
import { spendingMonth } from "../../ledger/settlement.ts";
import { addSeconds } from "../../shared/clock.ts";
import { randomId } from "../../shared/ids.ts";
import type { App } from "../app.ts";
import { type ConfirmedStep, confirmation, refused } from "../dialogue/confirm-draft.ts";
import type { StepInput, StepResult } from "../dialogue/step.ts";
import { batchFacts } from "./facts.ts";

/**
 * Holds the money for all items of a batch and stores the step, in one statement, or takes nothing.
 * @returns null when somebody was first, or a price is another one by now: read again and decide again.
 */
export async function confirmBatch(
  app: App,
  input: StepInput,
  step: ConfirmedStep,
  order: BatchOrder,
): Promise<StepResult | null> {
  const { read, state, facts, transition } = step;
  const { now } = facts;
  const statusMessageId = input.tappedMessageId ?? state.messageId;
  if (statusMessageId === null) throw new Error("a confirmation comes from a button of a message");
  const { mode } = app.config;
  const answer = await holdBatch(app.database, {
    updateId: input.updateId,
    userId: input.sender.id,
    expectedRevision: read.revision,
    state: { ...transition.state, messageId: statusMessageId },
    batch: {
      id: order.id,
      kind: order.kind,
      statusMessageId,
      items: order.items.map(({ entryKey, values, kopecks }, position) => ({
        id: itemId(order.id, position),
        entryKey,
        values,
        priceKopecks: kopecks,
        holdKopecks: mode === "real" ? kopecks : 0n,
        callbackToken: randomId(26),
      })),
      priority: PRIORITY.batch,
      mode,
      deadlineAt: addSeconds(now, queueDeadlineSeconds({ batchId: order.id })),
      dueAt: addSeconds(now, firstJobSeconds(false)),
    },
    ...(order.discount === undefined || mode !== "real" ? {} : { discount: order.discount }),
    queueLimit: app.config.MAX_QUEUED_PER_USER,
    month: spendingMonth(now),
    now,
  });
  switch (answer.kind) {
    case "stale":
    case "offer-gone":
      return null;
    case "held":
      return {
        ...confirmation(state),
        revision: answer.revision,
        view: batchStatusView(batchFacts(answer.batch), facts, app.catalog),
        toast: transition.toast ?? null,
        createdBatch: answer.batch,
      };
    case "refused":
      return refused(app, step, answer.refusal);
  }
}

/** `[0-9a-z]{12}` and two digits: at most a hundred items. */
function itemId(batchId: string, position: number): string {
  return `${batchId}${String(position).padStart(2, "0")}`;
}
