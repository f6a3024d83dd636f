import type { DialogueEvent, Effect, View } from "../../conversation/types.ts";
import type { OwnedBatch } from "../../db/batch-json.ts";
import type { Sender } from "../../db/dialogues.ts";
import type { OwnedGeneration } from "../../db/owned-generation.ts";

export interface StepInput {
  updateId: number;
  sender: Sender;
  event: DialogueEvent;
  /** The message that was tapped; null for messages. */
  tappedMessageId: number | null;
}

export interface StepResult {
  /** What to draw, already decided and stored; null = nothing. */
  view: View | null;
  show: "edit" | "send";
  /** For the buttons of `view`. */
  revision: number;
  /** The message that showed the screen before this step. */
  previousMessageId: number | null;
  /** The card that the new screen, a card too, takes the place of; null when nothing is replaced. */
  replacedCardMessageId: number | null;
  /** Whether the new screen is a card: then the id of its message is worth a write, for the next card to replace it. */
  isCard: boolean;
  toast: { text: string; alert: boolean } | null;
  /** A generation that was created here and waits to be submitted; only its id where a repeat finds it. */
  created: OwnedGeneration | { id: string } | null;
  /** The same for a batch. */
  createdBatch: OwnedBatch | { id: string } | null;
  /** A batch of which nothing is under way since this step took the rest of it back: its delivery is leased to us. */
  endedBatchId: string | null;
  /** What remains to be done after the answer. */
  effects: readonly Effect[];
}
