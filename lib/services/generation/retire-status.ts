import type { OwnedGeneration } from "../../db/owned-generation.ts";
import type { App } from "../app.ts";

/**
 * Takes away the card that showed the progress: its news stands in a message of its own now. Losing this call leaves
 * one stale message with a 🔄 that redraws it, and nothing else.
 */
export function retireStatus(app: App, generation: OwnedGeneration): void {
  const { statusMessageId } = generation;
  if (statusMessageId === null) return;
  app.defer("retire status message", async () => {
    await app.telegram.call("deleteMessage", { chat_id: generation.userId, message_id: statusMessageId });
  });
}
