import { undeliveredOf } from "../../db/dialogues.ts";
import type { App } from "../app.ts";
import { resendResult } from "./resend.ts";

/** With one tap; whoever has more taps again. */
const MOST = 10;

/** Delivers what could not be delivered while the user had blocked the bot, oldest first, free. */
export async function deliverUndelivered(app: App, userId: number): Promise<void> {
  for (const generationId of await undeliveredOf(app.database, { userId, limit: MOST })) {
    try {
      await resendResult(app, { generationId, userId });
    } catch (error) {
      // One that fails must not keep the others back; it stays in the history.
      app.log.error("generation.not-delivered-again", { generationId, error });
    }
  }
}
