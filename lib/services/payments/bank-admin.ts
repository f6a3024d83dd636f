import { RECEIPTS_LIST_SIZE } from "../../conversation/admin/receipt-screens.ts";
import type { ReceiptAdminFacts, ReceiptOrder, ReceiptPage } from "../../conversation/admin/receipt-types.ts";
import { oweCardsAgain, readReceiptCard, readWaitingReceipts } from "../../db/bank-cards.ts";
import {
  alertLateReceipts,
  approveRequest,
  expireRequests,
  rejectRequest,
  reverseRequest,
} from "../../db/bank-decisions.ts";
import { addSeconds } from "../../shared/clock.ts";
import type { App } from "../app.ts";
import { sendOutbox } from "../outbox/send.ts";
import { redrawReceiptCards } from "./bank-cards.ts";
import { LATE_RECEIPT_MINUTES } from "./bank-news.ts";

/** What a page of the admins about bank transfers shows. Null: only how many wait, for the admins' first page. */
export async function readReceiptFacts(app: App, page: ReceiptPage | null): Promise<ReceiptAdminFacts> {
  if (page === null || page.kind === "list") {
    return { ...(await readWaitingReceipts(app.database, RECEIPTS_LIST_SIZE)), card: null };
  }
  return { waiting: 0, list: [], card: await readReceiptCard(app.database, page.requestId) };
}

/**
 * Does what an admin decided about a bank transfer, once: the database's guard picks one of many. The cards in all
 * admins' chats are redrawn, and the user is told, after the answer.
 *
 * @returns whether this call changed anything.
 */
export async function carryOutReceipt(app: App, adminId: number, order: ReceiptOrder): Promise<boolean> {
  const { requestId } = order;
  const isDone = await decide(app, adminId, order);
  app.defer("redraw receipt cards", async () => {
    if (order.kind !== "show") await redrawReceiptCards(app, requestId);
    await sendOutbox(app);
  });
  return isDone;
}

async function decide(app: App, adminId: number, order: ReceiptOrder): Promise<boolean> {
  const { requestId } = order;
  const now = app.clock.now();
  switch (order.kind) {
    case "approve":
      return await approve(app, adminId, order);
    case "reject":
      return await rejectRequest(app.database, { ...order, adminId, now });
    case "reverse":
      return await reverseRequest(app.database, { ...order, adminId, now });
    case "show":
      await oweCardsAgain(app.database, { requestId, adminId, adminIds: app.config.ADMIN_ID, now });
      return true;
    case "redraw":
      return false;
  }
}

async function approve(app: App, adminId: number, order: Extract<ReceiptOrder, { kind: "approve" }>): Promise<boolean> {
  const card = await readReceiptCard(app.database, order.requestId);
  if (card === null) return false;
  const { REFERRAL_BONUS_KOPECKS: bonusKopecks, REFERRAL_MONTHLY_LIMIT: monthlyLimit } = app.config;
  return await approveRequest(app.database, {
    ...order,
    userId: card.user.id,
    adminId,
    referral: { bonusKopecks, monthlyLimit },
    now: app.clock.now(),
  });
}

/** Ends what nobody paid in time, and says once that a receipt waits for too long. From state alone. */
export async function sweepBank(app: App): Promise<void> {
  const now = app.clock.now();
  const expired = await expireRequests(app.database, now);
  await alertLateReceipts(app.database, {
    receiptBefore: addSeconds(now, -LATE_RECEIPT_MINUTES * 60),
    adminIds: app.config.ADMIN_ID,
    now,
  });
  if (expired > 0) app.log.info("bank.expired", { expired });
}
