import { redeemedText } from "../../conversation/money/promo.ts";
import { redeemPromo } from "../../db/promo.ts";
import type { Language } from "../../shared/localized.ts";
import type { App } from "../app.ts";

/**
 * Enters a code for a user, who has a wallet by then. Codes are not logged: some are worth money.
 * @returns what is to be said.
 */
export async function redeem(
  app: App,
  { userId, language, code }: { userId: number; language: Language; code: string },
): Promise<string> {
  const answer = await redeemPromo(app.database, { userId, code, now: app.clock.now() });
  app.log.info("promo.entered", { userId, answer: answer.kind });
  return redeemedText(answer, language);
}
