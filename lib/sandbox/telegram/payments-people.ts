/** How a person pays an invoice in Stars, of which everybody has as many as they like. */
import { randomInt } from "node:crypto";
import { addSeconds, DAY_MS, SECOND_MS } from "../../shared/clock.ts";
import { PeopleError } from "./errors.ts";
import { CHECKOUT_TTL_SECONDS, invoiceKey, settlePayment, takeBack } from "./payments.ts";
import type { StoredInvoice } from "./payments-state.ts";
import type { StoredChat } from "./state.ts";
import { nowMs, nowSeconds, type World } from "./world.ts";

const MESSAGE_TTL_SECONDS = DAY_MS / SECOND_MS;
/** An undelivered question is dropped after this long, as the real server does; its answer is late far before. */
const QUERY_TTL_SECONDS = 150;
const LOOK_EVERY_MS = 20;

/** What is paid: an invoice message, of one's own chat or forwarded from another, or an invoice link. */
export type PayTarget = { messageId: number; chatId?: number | undefined } | { link: string };

export interface PayOptions {
  /** Pays what the buttons do not offer any more: a paid invoice whose form was still open, a forwarded one. */
  force?: boolean | undefined;
  /** The `successful_payment` update comes this much later, or never. */
  update?: { delaySeconds: number } | "lost" | undefined;
}

/** `refused` by the bot, with its words; `timed-out`: it did not answer within 10 s. Both took no Stars. */
export type PayOutcome =
  | { status: "paid"; chargeId: string; messageId: number }
  | { status: "refused"; message: string }
  | { status: "timed-out" };

type Payer = StoredChat & { user: NonNullable<StoredChat["user"]> };

/**
 * Asks the bot (`pre_checkout_query`), waits for its answer for at most 10 s of virtual time, and pays.
 * Resolves after the bot was told of the payment.
 *
 * @throws PeopleError when there is nothing to pay.
 */
export async function payInvoice(
  world: World,
  payer: Payer,
  target: PayTarget,
  options: PayOptions = {},
): Promise<PayOutcome> {
  if (payer.isBlocked) throw new PeopleError(400, "The bot is blocked; unblock it to pay");
  const { key, invoice } = invoiceOf(world, payer.chat.id, target, options.force === true);
  const id = String(randomInt(2 ** 40, 2 ** 47));
  world.payments.putCheckout({ id, userId: payer.user.id, atMs: nowMs(world) });
  // Not awaited: a bot that fails is asked again while the person waits.
  const handedOver = world.delivery.enqueue(`checkout:${payer.user.id}`, QUERY_TTL_SECONDS, {
    pre_checkout_query: {
      id,
      from: payer.user,
      currency: "XTR",
      total_amount: invoice.stars,
      invoice_payload: invoice.payload,
    },
  });
  const answer = await answerTo(world, id, handedOver);
  if (answer === undefined) {
    warn(world, payer.user.id, "Бот не ответил, оплата не прошла.", target);
    return { status: "timed-out" };
  }
  if (!answer.ok) {
    warn(world, payer.user.id, answer.message, target);
    return { status: "refused", message: answer.message };
  }
  const { chargeId, message, told } = world.state.transaction(() => {
    const settled = settlePayment(world, payer.user, invoice);
    world.state.putChat({ ...payer, isStarted: true });
    world.payments.putInvoice(key, { ...invoice, isPaid: true });
    return { ...settled, told: tell(world, payer.user.id, settled, options.update) };
  });
  world.changed(payer.user.id);
  await told;
  return { status: "paid", chargeId, messageId: message.message_id };
}

/** The store takes a payment back, without the bot's doing. */
export async function chargeBack(
  world: World,
  payer: Payer,
  chargeId: string,
  options: { update?: "lost" | undefined } = {},
): Promise<void> {
  const known = world.payments.transactions().filter(({ id }) => id === chargeId);
  if (known.length === 0) throw new PeopleError(404, `There is no payment ${chargeId}`);
  if (known.length > 1) throw new PeopleError(400, `The payment ${chargeId} was refunded already`);
  await takeBack(world, payer.user.id, chargeId, { isLost: options.update === "lost" });
}

function invoiceOf(
  world: World,
  payerId: number,
  target: PayTarget,
  force: boolean,
): { key: string; invoice: StoredInvoice } {
  const isLink = "link" in target;
  const chatId = isLink ? payerId : (target.chatId ?? payerId);
  const key = isLink ? target.link : invoiceKey(chatId, target.messageId);
  const invoice = world.payments.invoice(key);
  if (!invoice) throw new PeopleError(404, `There is no invoice ${key}`);
  if (force) return { key, invoice };
  if (!isLink && !world.state.message(chatId, target.messageId)) {
    throw new PeopleError(404, `The invoice ${key} was deleted`);
  }
  if (!isLink && chatId !== payerId && invoice.startParameter !== "") {
    throw new PeopleError(400, "A forwarded copy of this invoice leads to the bot and can not be paid");
  }
  if (invoice.isPaid) throw new PeopleError(400, "This invoice is paid");
  return { key, invoice };
}

/** The bot's answer, as soon as it is there; undefined when the 10 s have passed without one. */
async function answerTo(world: World, id: string, handedOver: Promise<void>) {
  const deadline = addSeconds(world.context.clock.now(), CHECKOUT_TTL_SECONDS);
  await Promise.race([handedOver, sleepUntil(world, deadline)]);
  for (;;) {
    const answer = world.payments.checkout(id)?.answer;
    if (answer !== undefined || world.context.clock.now() >= deadline) return answer;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

const sleepUntil = (world: World, at: Date): Promise<void> =>
  new Promise((resolve) => {
    world.context.clock.at(at, () => resolve());
  });

function tell(
  world: World,
  payerId: number,
  { chargeId, message }: ReturnType<typeof settlePayment>,
  update: PayOptions["update"],
): Promise<void> {
  if (update === "lost") return Promise.resolve();
  // A late one waits in a queue of its own: it must not hold up what the person writes meanwhile.
  return update === undefined
    ? world.delivery.enqueue(`chat:${payerId}`, MESSAGE_TTL_SECONDS, { message })
    : world.delivery.enqueue(`late:${chargeId}`, MESSAGE_TTL_SECONDS, { message }, update.delaySeconds);
}

/** Telegram shows a refusal in a window of its own. */
function warn(world: World, userId: number, text: string, target: PayTarget): void {
  const messageId = "link" in target ? 0 : target.messageId;
  world.state.addToast(userId, { text, alert: true, messageId, at: nowSeconds(world) });
  world.changed(userId);
}
