import type { PayOptions, PayOutcome } from "../../lib/sandbox/telegram/index.ts";
import type { Person, World } from "./world.ts";

/** The newest invoice in a person's chat. */
export function invoiceOf(person: Person): { messageId: number; stars: number } {
  const message = person.messages().findLast(({ invoice }) => invoice !== undefined);
  if (message?.invoice === undefined) throw new Error("the bot has sent no invoice");
  return { messageId: message.messageId, stars: message.invoice.stars };
}

/** Taps the button of a sum, then Stars where there is a choice. */
export async function choosesStars(person: Person, label: string): Promise<void> {
  await person.taps(label);
  if (
    person
      .screen()
      .keyboard?.flat()
      .some(({ text }) => text.includes("Звёздами"))
  )
    await person.taps("Звёздами");
}

/** Pays the newest invoice of the own chat, or of another's from which it was forwarded. */
export async function pays(
  world: World,
  payer: Person,
  options: PayOptions & { of?: Person; messageId?: number } = {},
): Promise<PayOutcome> {
  const { of = payer, messageId = invoiceOf(of).messageId, ...rest } = options;
  const outcome = await world.telegram.userPays(payer.id, { messageId, chatId: of.id }, rest);
  await world.idle();
  return outcome;
}

/** As `pays`, for a payment that must succeed. @returns its charge id. */
export async function paid(world: World, payer: Person, options?: Parameters<typeof pays>[2]): Promise<string> {
  const outcome = await pays(world, payer, options);
  if (outcome.status !== "paid") throw new Error(`not paid: ${JSON.stringify(outcome)}`);
  return outcome.chargeId;
}

/** An update as Telegram sends it, straight to the webhook. */
export function update(world: World, content: Record<string, unknown>): Promise<Response> {
  return world.request("/api/telegram", {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-telegram-bot-api-secret-token": world.app.config.TELEGRAM_WEBHOOK_SECRET,
    },
    body: JSON.stringify(content),
  });
}

/** A `successful_payment` that no invoice of ours led to. */
export function paymentMessage(
  userId: number,
  chargeId: string,
  stars: number,
  payload = "somebody-elses",
): Record<string, unknown> {
  return {
    message_id: 900_000,
    date: 1_763_000_000,
    chat: { id: userId, type: "private" },
    from: { id: userId, is_bot: false, first_name: "Анна" },
    successful_payment: {
      currency: "XTR",
      total_amount: stars,
      invoice_payload: payload,
      telegram_payment_charge_id: chargeId,
      provider_payment_charge_id: "",
    },
  };
}
