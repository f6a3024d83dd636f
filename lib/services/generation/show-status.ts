import { statusView } from "../../conversation/generation-views.ts";
import type { OwnedGeneration } from "../../db/owned-generation.ts";
import { toMessage } from "../../telegram/view-message.ts";
import type { App } from "../app.ts";
import { generationFacts } from "./facts.ts";
import { ownerFacts } from "./owner-facts.ts";

/**
 * Redraws the status message. Only an edit: when the result was faster and the message is gone, the picture is late and
 * nobody misses it.
 */
export function showStatus(app: App, generation: OwnedGeneration): void {
  const { statusMessageId } = generation;
  if (statusMessageId === null) return;
  app.defer("show status", async () => {
    const message = toMessage(statusView(generationFacts(generation), ownerFacts(app, generation), app.catalog), 0);
    await app.telegram.call("editMessageText", { chat_id: generation.userId, message_id: statusMessageId, ...message });
  });
}
