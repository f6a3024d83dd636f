import { failureView } from "../../conversation/generation-views.ts";
import { markTold } from "../../db/delivery.ts";
import type { OwnedGeneration } from "../../db/owned-generation.ts";
import { toMessage } from "../../telegram/view-message.ts";
import type { App } from "../app.ts";
import { handleTellingError } from "./deliver.ts";
import { generationFacts } from "./facts.ts";
import { ownerFacts } from "./owner-facts.ts";
import { retireStatus } from "./retire-status.ts";

/**
 * Says that there is no result, why, that nothing was charged, and what to do next. A new message, so that the phone
 * rings; the progress message gives up its buttons afterwards. The caller holds the lease.
 */
export async function tellFailure(app: App, generation: OwnedGeneration): Promise<void> {
  const facts = ownerFacts(app, generation);
  const message = toMessage(failureView(generationFacts(generation), facts, app.catalog), 0);
  try {
    const sent = await app.telegram.call("sendMessage", { chat_id: generation.userId, ...message });
    await markTold(app.database, {
      generationId: generation.id,
      from: generation.state,
      to: generation.state,
      now: app.clock.now(),
      files: [],
    });
    app.log.info("generation.failure-told", { generationId: generation.id, messageId: sent.message_id });
  } catch (error) {
    await handleTellingError(app, generation, error);
    return;
  }
  retireStatus(app, generation);
}
