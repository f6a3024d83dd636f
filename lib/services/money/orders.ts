import type { MoneyOrder } from "../../conversation/money/types.ts";
import type { RichText } from "../../conversation/types.ts";
import { setSpendLimit } from "../../db/wallets.ts";
import { texts } from "../../i18n/index.ts";
import type { Language } from "../../shared/localized.ts";
import type { App } from "../app.ts";
import { cancelBankRequest, openBankRequest, sendBankQr } from "../payments/bank.ts";
import { sendInvoice } from "../payments/stars.ts";
import { redeem } from "../promo/redeem.ts";
import { sendStatement } from "./statement.ts";

/** Who ordered, and by which update: an id made from it makes a repeat harmless. */
export interface MoneyCustomer {
  userId: number;
  language: Language;
  updateId: number;
}

/**
 * Does what a user ordered about money, after the step is stored; a repeated update never gets here twice.
 *
 * @returns what is said above the screen that follows; null = nothing.
 */
export async function carryOutMoney(app: App, customer: MoneyCustomer, order: MoneyOrder): Promise<RichText | null> {
  app.log.info("money.order", { order: order.kind, userId: customer.userId });
  switch (order.kind) {
    case "send-invoice": {
      const { userId, language } = customer;
      const sent = await sendInvoice(app, { userId, language, kopecks: order.kopecks });
      const { invoice } = texts(language).topup;
      return sent === "sent" ? null : [sent === "off" ? invoice.off : invoice.notSent];
    }
    case "open-bank-request":
      return await openBankRequest(app, { ...customer, kopecks: order.kopecks });
    case "cancel-bank-request":
      return await cancelBankRequest(app, { ...customer, requestId: order.requestId });
    case "send-bank-qr":
      app.defer("send bank QR", () => sendBankQr(app, { ...customer, requestId: order.requestId }));
      return null;
    case "redeem":
      return [await redeem(app, { ...customer, code: order.code })];
    case "send-statement": {
      const { userId, language } = customer;
      app.defer("send statement", () => sendStatement(app, { userId, language, month: order.month }), { userId });
      return null;
    }
    case "set-limit":
      await setSpendLimit(app.database, { userId: customer.userId, kopecks: order.kopecks });
      return null;
  }
}
