import { beginStarRefund, dropStarRefund } from "../../db/stars.ts";
import { TelegramFailure } from "../../telegram/failure.ts";
import type { App } from "../app.ts";
import { takeRefund } from "./stars.ts";

/**
 * - `refunded`: the Stars are back, the balance is down (what was spent already is debt).
 * - `gone`: nothing to refund: an unknown charge, or one that was refunded.
 * - `refused`: Telegram did not want to; nothing changed. `description` is Telegram's.
 * - `unknown`: Telegram did not answer. Asking again is safe; the hourly comparison finishes it if the Stars did go back.
 */
export type RefundAnswer =
  | { kind: "refunded" }
  | { kind: "gone" }
  | { kind: "refused"; description: string }
  | { kind: "unknown" };

/**
 * Gives the Stars of one payment back, by the order of an admin, whom the ledger's row names. Safe to repeat, also by two
 * admins at once.
 */
export async function refundStars(
  app: App,
  order: { chargeId: string; adminId: number; reason: string },
): Promise<RefundAnswer> {
  const { chargeId } = order;
  const charge = await beginStarRefund(app.database, { ...order, now: app.clock.now() });
  if (charge === null) return { kind: "gone" };
  try {
    await app.telegram.call("refundStarPayment", {
      user_id: charge.userId,
      telegram_payment_charge_id: chargeId,
    });
  } catch (error) {
    if (!(error instanceof TelegramFailure)) throw error;
    app.log.warn("stars.refund-failed", { chargeId, error });
    // An earlier try of ours, or of another admin, got through.
    if (!error.description.includes("CHARGE_ALREADY_REFUNDED")) {
      if (error.outcome === "unknown") return { kind: "unknown" };
      await dropStarRefund(app.database, chargeId);
      return { kind: "refused", description: error.description };
    }
  }
  const { userId, stars, orderId } = charge;
  const at = app.clock.now();
  await takeRefund(app, { chargeId, orderId, userId, stars, at, source: "update", updateId: null });
  return { kind: "refunded" };
}
