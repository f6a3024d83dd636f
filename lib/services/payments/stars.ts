import { MAX_TOPUP_KOPECKS, MIN_TOPUP_KOPECKS } from "../../conversation/money/topup.ts";
import { creditStars, openStarOrder, readStarOrder, type StarOrderFacts, settleStarRefund } from "../../db/stars.ts";
import { formatBalance } from "../../i18n/format.ts";
import { texts } from "../../i18n/index.ts";
import { kopecksOfStars, MAX_INVOICE_STARS, starsFor } from "../../ledger/stars.ts";
import { addSeconds, HOUR_MS, SECOND_MS } from "../../shared/clock.ts";
import { randomId } from "../../shared/ids.ts";
import type { Kopecks } from "../../shared/kopecks.ts";
import type { Language } from "../../shared/localized.ts";
import type { App } from "../app.ts";

const ORDER_LIFE_SECONDS = HOUR_MS / SECOND_MS;
/** A deep link (PRODUCT A9). Any value at all keeps forwarded copies of an invoice from being paid by others. */
const START_PARAMETER = "src_invoice";
/** Where Stars were switched off while an invoice was open: a payment is never worth nothing. */
const RATE_WHEN_OFF = "1";

/**
 * Sends an invoice in Stars; its order is open for an hour.
 * @returns `off` where Stars are not sold, or not for such a sum; `failed` when Telegram did not take it.
 */
export async function sendInvoice(
  app: App,
  input: { userId: number; kopecks: Kopecks; language: Language },
): Promise<"sent" | "off" | "failed"> {
  const { userId, kopecks, language } = input;
  const rate = app.config.STARS_TO_RUB;
  if (rate === undefined || kopecks < MIN_TOPUP_KOPECKS || kopecks > MAX_TOPUP_KOPECKS) return "off";
  const stars = starsFor(kopecks, rate);
  if (stars > MAX_INVOICE_STARS) return "off";
  const now = app.clock.now();
  const id = randomId(16);
  await openStarOrder(app.database, {
    id,
    userId,
    kopecks,
    stars,
    now,
    expiresAt: addSeconds(now, ORDER_LIFE_SECONDS),
  });
  const { invoice: t } = texts(language).topup;
  const sum = formatBalance(kopecks, language);
  try {
    await app.telegram.call("sendInvoice", {
      chat_id: userId,
      title: t.title(sum),
      description: t.description(sum),
      payload: id,
      provider_token: "",
      currency: "XTR",
      prices: [{ label: t.title(sum), amount: stars }],
      start_parameter: START_PARAMETER,
    });
  } catch (error) {
    // The step that ordered it is stored and will not be repeated: the person is told and taps again.
    app.log.warn("stars.invoice-failed", { orderId: id, error });
    return "failed";
  }
  app.log.info("stars.invoice", { orderId: id, stars });
  return "sent";
}

export type CheckoutRefusal = "unknown" | "other-payer" | "paid" | "expired" | "changed" | "banned" | "trouble";

/**
 * Whether a payment may be made, from one read. Never throws: without an answer within ten seconds the payment fails
 * without a word.
 * @returns null = yes.
 */
export async function checkPayment(
  app: App,
  query: { orderId: string; userId: number; currency: string; stars: number },
): Promise<CheckoutRefusal | null> {
  try {
    const order = await readStarOrder(app.database, query.orderId);
    return order === null ? "unknown" : refusalOf(order, query, app.clock.now());
  } catch (error) {
    app.log.error("stars.not-checked", { error });
    return "trouble";
  }
}

function refusalOf(
  order: StarOrderFacts,
  query: { userId: number; currency: string; stars: number },
  now: Date,
): CheckoutRefusal | null {
  if (order.userId !== query.userId) return "other-payer";
  if (order.status === "paid") return "paid";
  if (order.status === "expired" || order.expiresAt <= now) return "expired";
  if (query.currency !== "XTR" || query.stars !== order.stars) return "changed";
  return order.isBanned ? "banned" : null;
}

/** One payment, or refund, as Telegram tells of it. */
export interface ToldPayment {
  chargeId: string;
  /** The invoice's payload. */
  orderId: string;
  userId: number;
  stars: number;
  at: Date;
  source: "update" | "reconciliation";
  updateId: number | null;
}

/**
 * Credits a payment once; a repeat is safe.
 * @returns whether it was news.
 */
export async function takePayment(app: App, payment: ToldPayment): Promise<boolean> {
  const { at, ...told } = payment;
  const { applied, kopecks, oddity } = await creditStars(app.database, {
    ...told,
    worthKopecks: kopecksOfStars(payment.stars, app.config.STARS_TO_RUB ?? RATE_WHEN_OFF),
    paidAt: at,
    adminIds: app.config.ADMIN_ID,
    referral: {
      bonusKopecks: app.config.REFERRAL_BONUS_KOPECKS,
      monthlyLimit: app.config.REFERRAL_MONTHLY_LIMIT,
    },
    now: app.clock.now(),
  });
  const fields = { chargeId: payment.chargeId, orderId: payment.orderId, userId: payment.userId };
  app.log[oddity === null || !applied ? "info" : "warn"]("stars.paid", {
    ...fields,
    applied,
    kopecks: String(kopecks),
    oddity,
    source: payment.source,
  });
  if (applied) tellSoon(app);
  return applied;
}

/**
 * Takes back what a payment was credited with, once; a repeat is safe.
 * @returns whether it was news.
 */
export async function takeRefund(app: App, refund: ToldPayment): Promise<boolean> {
  const { at: _, ...told } = refund;
  const { applied, kopecks } = await settleStarRefund(app.database, {
    ...told,
    adminIds: app.config.ADMIN_ID,
    now: app.clock.now(),
  });
  app.log.info("stars.refunded", {
    chargeId: refund.chargeId,
    applied,
    kopecks: String(kopecks),
    source: refund.source,
  });
  if (applied) tellSoon(app);
  return applied;
}

/** What is owed in the outbox is sent at once instead of by the next sweep. */
function tellSoon(app: App): void {
  app.defer("tell of a payment", async () => {
    const { sendOutbox } = await import("../outbox/send.ts");
    await sendOutbox(app);
  });
}
