// @ts-check
/** Invoices in Telegram Stars: what they say, their button, and the question before a payment. */

import { askConfirmation, showNotice } from "./notices.js";

/** @import { Entity, KeyboardButton, Message } from "./types.js" */

/**
 * The words of an invoice or of a service message about money; undefined for other messages.
 *
 * @param {Message} message
 * @returns {{text: string, entities: Entity[]} | undefined}
 */
export function paymentWords({ invoice, payment }) {
  if (invoice) {
    const { title, description } = invoice;
    return { text: `${title}\n${description}`, entities: [{ type: "bold", offset: 0, length: title.length }] };
  }
  if (!payment) return undefined;
  const { kind, stars } = payment;
  const text = kind === "paid" ? `Вы заплатили боту ${stars} ⭐` : `Бот вернул вам ${stars} ⭐`;
  return { text, entities: [{ type: "italic", offset: 0, length: text.length }] };
}

/**
 * The keyboard of a message; a paid invoice says so on its button.
 *
 * @param {Message} message
 * @returns {KeyboardButton[][]}
 */
export function keyboardRows({ keyboard = [], invoice }) {
  if (!invoice?.isPaid) return keyboard;
  return keyboard.map((row) => row.map((button) => (button.pay ? { ...button, text: "✓ Оплачено" } : button)));
}

/**
 * Asks before a payment. A paid invoice is answered at once.
 *
 * @param {Message} message
 * @returns {Promise<boolean>} whether to pay.
 */
export async function askPayment({ invoice }) {
  if (!invoice) return false;
  if (invoice.isPaid) {
    showNotice("Этот счёт уже оплачен");
    return false;
  }
  return askConfirmation({
    title: "Подтвердите оплату",
    text: `${invoice.title}: ${invoice.stars} ⭐. В песочнице звёзд сколько угодно.`,
    confirm: `Заплатить ${invoice.stars} ⭐`,
  });
}
