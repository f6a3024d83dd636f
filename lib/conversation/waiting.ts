import { isRunning } from "../generation/life-cycle.ts";
import { alert, answer, editAt, noticeOf, send, showing, type Turn, toast } from "./turn.ts";
import type { Opener, Transition } from "./types.ts";

type WaitingAction = Extract<Opener, { kind: "cancel_generation" | "stop_waiting" | "undelivered" }>;

/**
 * Buttons of whoever waits. Only status messages have the first two, and those are redrawn in place.
 * @returns null where the generation is not there, or is another person's.
 */
export function openWaiting(turn: Turn, action: WaitingAction, messageId: number): Transition | null {
  const { state, facts, texts: t } = turn;
  if (action.kind === "undelivered") {
    return answer(state, t.queue.delivering, { effects: [{ kind: "deliver-undelivered" }] });
  }
  const { generation } = facts;
  if (!generation) return null;
  const { generationId } = generation;
  const status = showing(state, { kind: "generation", generationId });
  if (action.kind === "cancel_generation") {
    if (generation.state === "queued") {
      return editAt(messageId, status, {
        ...toast(t.queue.cancelledToast),
        effects: [{ kind: "cancel-generation", generationId }],
      });
    }
    return editAt(messageId, status, isRunning(generation.state) ? alert(t.queue.tooLate) : {});
  }
  if (!isRunning(generation.state)) return editAt(messageId, status);
  return editAt(messageId, showing(state, { kind: "menu" }), {
    ...noticeOf([t.queue.stopped]),
    effects: [{ kind: "leave-status", generationId, messageId }],
  });
}

/** /cancel: closes the open card; without one it leads to what waits in the queue and can still be cancelled. */
export function cancelCommand({ state, facts, texts: t }: Turn): Transition {
  const { waiting } = facts;
  if (state.draft !== null) return send(showing(state, { kind: "menu" }, null), noticeOf([t.card.closed]));
  if (waiting === undefined || waiting.count === 0) {
    return send(showing(state, { kind: "menu" }), noticeOf([t.card.nothingToCancel]));
  }
  if (waiting.generation === null) {
    const notice = noticeOf([t.queue.waitingMany(waiting.count)]);
    return send(showing(state, { kind: "history", before: null }), notice);
  }
  const { generationId } = waiting.generation;
  return send(showing(state, { kind: "generation", generationId }), noticeOf([t.queue.waitingOne]));
}
