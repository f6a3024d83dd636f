import type { PromoAdminOrder } from "../../conversation/admin/promo-types.ts";
import type { AdminNews, UserOrder } from "../../conversation/admin/user-types.ts";
import { adjustBalance, refundGeneration, setBanned } from "../../db/admin-orders.ts";
import type { App } from "../app.ts";
import { resendResult } from "../generation/resend.ts";
import { sendOutbox } from "../outbox/send.ts";
import { closePromo, createPromo } from "../promo/codes.ts";
import { refundPayment } from "./refund-payment.ts";

/**
 * Does what an admin ordered about a user, and leaves a line of the audit: who, what, to whom and what became of it.
 * What was moved, and why, is in the ledger; names, words and reasons are not in the log.
 *
 * @returns what the page that follows does not show; null = nothing.
 */
export async function carryOutForUser(
  app: App,
  input: { adminId: number; order: UserOrder },
): Promise<AdminNews | null> {
  const { adminId, order } = input;
  if (order.kind === "refund-stars") return await refundPayment(app, { adminId, order });
  const outcome = await tryUserOrder(app, adminId, order);
  const action = order.kind === "set-ban" ? (order.isBan ? "ban" : "unban") : nameOf(order);
  app.log.info("admin.action", {
    actor: adminId,
    action,
    target: `user:${order.userId}`,
    outcome,
    ...("generationId" in order ? { generationId: order.generationId } : {}),
    ...(order.kind === "adjust" ? { transferId: `admin:${order.id}` } : {}),
  });
  return null;
}

type OwnOrder = Exclude<UserOrder, { kind: "refund-stars" }>;

function nameOf(order: Exclude<OwnOrder, { kind: "set-ban" }>): string {
  return order.kind === "adjust" ? order.direction : order.kind;
}

async function tryUserOrder(app: App, adminId: number, order: OwnOrder): Promise<string> {
  const now = app.clock.now();
  switch (order.kind) {
    case "adjust":
      return afterMove(app, await adjustBalance(app.database, { ...order, adminId, now }));
    case "refund":
      return afterMove(app, await refundGeneration(app.database, { ...order, adminId, now }));
    case "resend": {
      const { generationId, userId } = order;
      app.defer("resend result", () => resendResult(app, { generationId, userId }), { generationId });
      return "begun";
    }
    case "set-ban":
      return (await setBanned(app.database, { userId: order.userId, isBanned: order.isBan })) ? "done" : "unchanged";
  }
}

function afterMove(app: App, isMoved: boolean): string {
  if (!isMoved) return "not-moved";
  // The message is owed in the outbox already; this only makes it faster.
  app.defer("send outbox", async () => {
    await sendOutbox(app);
  });
  return "moved";
}

/** As `carryOutForUser`, about promo codes. */
export async function carryOutForPromo(app: App, input: { adminId: number; order: PromoAdminOrder }): Promise<void> {
  const { adminId, order } = input;
  const outcome = await tryPromoOrder(app, adminId, order);
  app.log.info("admin.action", {
    actor: adminId,
    action: `promo-${order.kind}`,
    target: `promo:${order.code}`,
    outcome,
  });
}

async function tryPromoOrder(app: App, adminId: number, order: PromoAdminOrder): Promise<string> {
  if (order.kind === "close") return (await closePromo(app, order.code)) ? "closed" : "unchanged";
  const { kind: _kind, promo, ...wish } = order;
  return await createPromo(app, adminId, { ...wish, kind: promo });
}
