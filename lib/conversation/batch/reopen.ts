import { promptParam } from "../../catalog/values.ts";
import { cardOf } from "../draft.ts";
import { type Opened, openLike } from "../open-draft.ts";
import { soldAgain } from "../result-actions.ts";
import { alert, answer, editAt, showing, type Turn, toast } from "../turn.ts";
import type { GenerationFacts, Opener, Transition } from "../types.ts";
import { limitOf, priced } from "./parts.ts";
import type { BatchFacts } from "./types.ts";

/** Whether an item is still in our queue, so that its money can come back at once. */
export function isWaiting({ state }: GenerationFacts): boolean {
  return state === "queued";
}

/** Whether an item came to nothing. */
export function isLost({ state }: GenerationFacts): boolean {
  return state === "failed" || state === "returned" || state === "expired" || state === "cancelled";
}

/** 🔄 and «Отменить остальные» under the status of a batch. Only what still waits is cancelled, however old the button. */
export function followBatch(
  turn: Turn,
  { kind, batchId }: Extract<Opener, { kind: "refresh_batch" | "cancel_rest" }>,
  messageId: number,
): Transition {
  const { state, facts, texts: t } = turn;
  const { batch } = facts;
  if (!batch) return { ...answer(state, t.result.notFound), ...alert(t.result.notFound) };
  const next = showing(state, { kind: "batch-status", batchId });
  if (kind === "cancel_rest") {
    if (!batch.items.some(isWaiting)) return editAt(messageId, next, toast(t.batch.status.nothingToCancel));
    const effects = [{ kind: "cancel-rest", batchId }] as const;
    return editAt(messageId, next, { ...toast(t.batch.status.cancelling), effects });
  }
  const running = batch.items.filter((item) => item.state === "submitted" || item.state === "submitting");
  const effects = running.map(({ generationId }) => ({ kind: "refresh", generationId }) as const);
  return editAt(messageId, next, { ...toast(t.status.checking), effects });
}

/** A new card with the prompts or models of an old batch, at today's prices; null when its model is not sold any more. */
export function openBatchAgain(turn: Turn, batch: BatchFacts, onlyLost: boolean): Opened | null {
  const items = onlyLost ? batch.items.filter(isLost) : batch.items;
  const [first] = items;
  const found = first === undefined ? null : soldAgain(first, turn.catalog);
  if (first === undefined || found === null) return null;
  const opened = openLike(turn, first, "same");
  const card = opened === null ? null : cardOf(opened.state, turn.catalog);
  const prompt = promptParam(found.entry)?.name ?? "prompt";
  const words = items.flatMap(({ values }) => (typeof values[prompt] === "string" ? [values[prompt]] : []));
  const parts = batch.kind === "compare" ? items.map(({ entryKey }) => entryKey) : words;
  if (opened === null || card === null || parts.length < 2 || limitOf(card, turn.facts) === 0) return opened;
  const draft = priced(card, { kind: batch.kind, parts }, turn.facts, turn.catalog);
  const step = parts.length > limitOf(card, turn.facts) ? "ask" : "order";
  return { ...opened, state: showing(opened.state, { kind: "batch", step }, draft) };
}
