import * as z from "zod";
import { texts } from "../i18n/index.ts";
import type { App } from "../services/app.ts";
import { checkPayment, type ToldPayment, takePayment, takeRefund } from "../services/payments/stars.ts";
import { SECOND_MS } from "../shared/clock.ts";
import type { BotContext } from "./context.ts";
import { personSchema } from "./incoming.ts";
import { senderOf } from "./sender.ts";

const preCheckoutSchema = z.lazy(() =>
  z.looseObject({
    id: z.string(),
    from: personSchema,
    currency: z.string(),
    total_amount: z.int(),
    invoice_payload: z.string(),
  }),
);

const paymentSchema = z.lazy(() =>
  z.looseObject({
    // Only Stars are sold for; another currency is no payment of ours and must be looked at by a person.
    currency: z.literal("XTR"),
    total_amount: z.int().positive(),
    invoice_payload: z.string(),
    telegram_payment_charge_id: z.string().min(1),
  }),
);

const paymentMessageSchema = z.lazy(() =>
  z.looseObject({
    date: z.int(),
    chat: z.looseObject({ id: z.int() }),
    from: z.looseObject({ id: z.int() }).optional(),
    successful_payment: paymentSchema.optional(),
    refunded_payment: paymentSchema.optional(),
  }),
);

/** The last question before a payment. Its answer rides in the HTTP response: there is no faster way. */
export async function onPreCheckout(app: App, context: BotContext): Promise<void> {
  const query = preCheckoutSchema.parse(Reflect.get(context.update, "pre_checkout_query"));
  const refusal = await checkPayment(app, {
    orderId: query.invoice_payload,
    userId: query.from.id,
    currency: query.currency,
    stars: query.total_amount,
  });
  app.log.info("stars.checkout", { orderId: query.invoice_payload, refusal });
  const answer = { method: "answerPreCheckoutQuery", pre_checkout_query_id: query.id };
  const { refusals } = texts(senderOf(query.from).language).topup;
  context.response =
    refusal === null ? { ...answer, ok: true } : { ...answer, ok: false, error_message: refusals[refusal] };
}

/**
 * Service messages about money, before anything else is made of a message.
 *
 * @returns false for any other message.
 * @throws whatever went wrong, also a payment that can not be read: the update then comes again, and at last admins hear.
 */
export async function onPayment(app: App, context: BotContext): Promise<boolean> {
  const message: unknown = Reflect.get(context.update, "message");
  if (typeof message !== "object" || message === null) return false;
  if (!Object.hasOwn(message, "successful_payment") && !Object.hasOwn(message, "refunded_payment")) return false;
  const { chat, from, date, successful_payment, refunded_payment } = paymentMessageSchema.parse(message);
  const told = (payment: z.output<typeof paymentSchema>, userId: number): ToldPayment => ({
    chargeId: payment.telegram_payment_charge_id,
    orderId: payment.invoice_payload,
    userId,
    stars: payment.total_amount,
    at: new Date(date * SECOND_MS),
    source: "update",
    updateId: context.update.update_id,
  });
  if (successful_payment !== undefined) await takePayment(app, told(successful_payment, from?.id ?? chat.id));
  // The chat with the person says whose payment it was; the sender may be the bot itself.
  if (refunded_payment !== undefined) await takeRefund(app, told(refunded_payment, chat.id));
  return true;
}
