/** Methods of Telegram Stars: invoices, the answer before a payment, refunds, the list of transactions. */
import { randomBytes } from "node:crypto";
import type { TelegramMessage, TelegramUser } from "@gramio/types/objects";
import { DAY_MS, SECOND_MS } from "../../shared/clock.ts";
import { refusal, violation } from "./errors.ts";
import { inlineRows } from "./keyboards.ts";
import type { StoredCheckout, StoredInvoice } from "./payments-state.ts";
import { post } from "./sending.ts";
import { type Method, nowMs, nowSeconds, privateChat, type World, writableChat } from "./world.ts";

/** The bot has this long to answer a `pre_checkout_query` (core.telegram.org/bots/api#answerprecheckoutquery). */
export const CHECKOUT_TTL_SECONDS = 10;
const MESSAGE_TTL_SECONDS = DAY_MS / SECOND_MS;
/** As much as one invoice may ask for. */
const MAX_STARS = 10_000;
/** Documented as "not supported for payments in Telegram Stars". */
const NOT_FOR_STARS = ["max_tip_amount", "suggested_tip_amounts"];
/** Documented as ignored for Stars; refused here, because nobody sends them on purpose. */
const IGNORED_FOR_STARS = [
  "need_name",
  "need_phone_number",
  "need_email",
  "need_shipping_address",
  "send_phone_number_to_provider",
  "send_email_to_provider",
  "is_flexible",
  "provider_data",
];
const NOT_IMITATED = ["photo_url", "photo_size", "photo_width", "photo_height", "subscription_period"];

interface InvoiceParams {
  title: string;
  description: string;
  payload: string;
  currency: string;
  prices: readonly { amount: number }[];
  provider_token?: string;
}

/** @throws BotApiError, a violation: not an invoice in Stars, or one with what Stars do not know. */
function readInvoice(params: Record<string, unknown> & InvoiceParams): StoredInvoice {
  if (params.currency !== "XTR") throw violation(`payments in ${params.currency} are not simulated`);
  // An absent token means the same; a program that names a provider wants its money elsewhere.
  if ((params.provider_token ?? "") !== "") throw violation("PAYMENT_PROVIDER_INVALID");
  const has = (names: readonly string[]) => names.find((name) => params[name] !== undefined);
  const unsupported = has(NOT_FOR_STARS);
  if (unsupported !== undefined) throw violation(`${unsupported} is not supported for payments in Telegram Stars`);
  const ignored = has(IGNORED_FOR_STARS);
  if (ignored !== undefined) throw violation(`${ignored} is ignored for payments in Telegram Stars`);
  const missing = has(NOT_IMITATED);
  if (missing !== undefined) throw violation(`${missing} is not simulated`);
  const [price, ...others] = params.prices;
  if (price === undefined || others.length > 0) throw violation("prices must contain exactly one item for Stars");
  if (price.amount < 1 || price.amount > MAX_STARS) throw violation("CURRENCY_TOTAL_AMOUNT_INVALID");
  const { title, description, payload } = params;
  return { title, description, payload, stars: price.amount, isPaid: false };
}

export const invoiceKey = (chatId: number, messageId: number): string => `${chatId}:${messageId}`;

export const sendInvoice: Method<"sendInvoice"> = (world, params) => {
  const chat = writableChat(world, params.chat_id);
  const startParameter = params.start_parameter ?? "";
  if (!/^[A-Za-z0-9_-]{0,64}$/.test(startParameter)) throw violation("START_PARAM_INVALID");
  const invoice = { ...readInvoice(params), startParameter };
  const first = inlineRows(params.reply_markup)[0]?.[0];
  if (params.reply_markup !== undefined && first?.pay !== true)
    throw violation("the first button must be a Pay button");
  const { title, description, stars } = invoice;
  const message = post(
    world,
    chat,
    { invoice: { title, description, start_parameter: startParameter, currency: "XTR", total_amount: stars } },
    {
      ...params,
      reply_markup: params.reply_markup ?? { inline_keyboard: [[{ text: `Заплатить ⭐️${stars}`, pay: true }]] },
    },
    { mayPay: true },
  );
  world.payments.putInvoice(invoiceKey(chat.chat.id, message.message_id), invoice);
  return message;
};

export const createInvoiceLink: Method<"createInvoiceLink"> = (world, params) => {
  const link = `https://t.me/$${randomBytes(9).toString("base64url")}`;
  world.payments.putInvoice(link, readInvoice(params));
  return link;
};

export const answerPreCheckoutQuery: Method<"answerPreCheckoutQuery"> = (world, params) => {
  const checkout = world.payments.checkout(params.pre_checkout_query_id);
  if (!checkout || nowMs(world) - checkout.atMs > CHECKOUT_TTL_SECONDS * SECOND_MS) {
    throw refusal("query is too old and response timeout expired or query ID is invalid");
  }
  const message = params.error_message?.trim() ?? "";
  if (!params.ok && message === "") throw violation("error_message must be given when ok is false");
  if (checkout.answer !== undefined) return true;
  const answer: NonNullable<StoredCheckout["answer"]> = params.ok ? { ok: true } : { ok: false, message };
  world.payments.putCheckout({ ...checkout, answer });
  return true;
};

export const refundStarPayment: Method<"refundStarPayment"> = async (world, params) => {
  const chargeId = params.telegram_payment_charge_id;
  const paid = world.payments.transactions().filter(({ id }) => id === chargeId);
  const payment = paid.find(({ source }) => source?.type === "user" && source.user.id === params.user_id);
  if (!payment) throw refusal("CHARGE_ID_INVALID");
  if (paid.some(({ receiver }) => receiver !== undefined)) throw refusal("CHARGE_ALREADY_REFUNDED");
  // The answer does not wait for the bot to read its update.
  void takeBack(world, params.user_id, chargeId);
  return true;
};

/**
 * Gives the Stars of a payment back: a transaction with the same id, a service message, and its update (unless it gets
 * lost). By the bot's own call, or because the store took the money back.
 *
 * @returns resolves when the update was handed over, or waits.
 */
export function takeBack(
  world: World,
  userId: number,
  chargeId: string,
  options: { isLost?: boolean } = {},
): Promise<void> {
  const payment = world.payments.transactions().find(({ id, receiver }) => id === chargeId && receiver === undefined);
  const chat = world.state.chat(userId);
  if (payment?.source?.type !== "user" || !chat?.user) throw refusal("CHARGE_ID_INVALID");
  const { source } = payment;
  const message: TelegramMessage = {
    message_id: world.state.nextMessageId(userId),
    from: world.bot,
    chat: chat.chat,
    date: nowSeconds(world),
    refunded_payment: {
      currency: "XTR",
      total_amount: payment.amount,
      invoice_payload: source.invoice_payload ?? "",
      telegram_payment_charge_id: chargeId,
    },
  };
  const { handedOver } = world.state.transaction(() => {
    world.payments.addTransaction({
      id: chargeId,
      amount: payment.amount,
      date: nowSeconds(world),
      receiver: source,
    });
    world.state.putMessage({ message, from: "bot" });
    if (options.isLost) return { handedOver: Promise.resolve() };
    return { handedOver: world.delivery.enqueue(`chat:${userId}`, MESSAGE_TTL_SECONDS, { message }) };
  });
  world.changed(userId);
  return handedOver;
}

export const getStarTransactions: Method<"getStarTransactions"> = (world, { offset = 0, limit = 100 }) => {
  if (offset < 0) throw violation("offset must be non-negative");
  return { transactions: world.payments.transactions().slice(offset, offset + limit) };
};

export const getMyStarBalance: Method<"getMyStarBalance"> = (world) => {
  const transactions = world.payments.transactions();
  const signed = transactions.map(({ amount, receiver }) => (receiver === undefined ? amount : -amount));
  return { amount: signed.reduce((sum, amount) => sum + amount, 0) };
};

/** The payment itself: the transaction and the service message, which the payer's chat shows. */
export function settlePayment(
  world: World,
  payer: TelegramUser,
  invoice: StoredInvoice,
): { chargeId: string; message: TelegramMessage } {
  const chargeId = `stx${randomBytes(24).toString("base64url")}`;
  const message: TelegramMessage = {
    message_id: world.state.nextMessageId(payer.id),
    from: payer,
    chat: privateChat(payer),
    date: nowSeconds(world),
    successful_payment: {
      currency: "XTR",
      total_amount: invoice.stars,
      invoice_payload: invoice.payload,
      telegram_payment_charge_id: chargeId,
      provider_payment_charge_id: `${payer.id}_0`,
    },
  };
  world.payments.addTransaction({
    id: chargeId,
    amount: invoice.stars,
    date: nowSeconds(world),
    source: { type: "user", transaction_type: "invoice_payment", user: payer, invoice_payload: invoice.payload },
  });
  world.state.putMessage({ message, from: "user" });
  return { chargeId, message };
}
