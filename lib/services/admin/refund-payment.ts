import type { AdminNews, UserOrder } from "../../conversation/admin/user-types.ts";
import type { App } from "../app.ts";
import { refundStars } from "../payments/stars-refund.ts";

/**
 * Sends the Stars of a payment back by an admin's order, and leaves a line of the audit. A repeat is safe.
 *
 * @returns why this order did not do it; null when the page, which shows how the payment stands, says it all.
 */
export async function refundPayment(
  app: App,
  input: { adminId: number; order: Extract<UserOrder, { kind: "refund-stars" }> },
): Promise<AdminNews | null> {
  const { adminId, order } = input;
  const { userId, chargeId, reason } = order;
  const answer = await refundStars(app, { chargeId, adminId, reason });
  app.log.info("admin.action", {
    actor: adminId,
    action: order.kind,
    target: `user:${userId}`,
    outcome: answer.kind,
    chargeId,
  });
  return answer.kind === "refunded" ? null : { kind: "stars-not-refunded", why: answer };
}
