import { expect, test } from "vitest";
import { ANNA, BORIS, meet, openBot, openSandbox, type Sandbox, type TelegramUpdate } from "./play.ts";

const INVOICE = {
  chat_id: ANNA,
  title: "Пополнение",
  description: "На 300 ₽",
  payload: "order-1",
  provider_token: "",
  currency: "XTR",
  prices: [{ label: "Пополнение", amount: 200 }],
  start_parameter: "topup",
};

/** A bot that answers questions before payments as told, in the response to the webhook. */
async function openShop(answer: (update: TelegramUpdate) => Record<string, unknown> | null = () => ({ ok: true })) {
  const sandbox = await openSandbox();
  const bot = await openBot();
  bot.onUpdate = (update) => {
    const query = update.pre_checkout_query;
    const said = query === undefined ? null : answer(update);
    return said === null
      ? new Response(null)
      : Response.json({ method: "answerPreCheckoutQuery", pre_checkout_query_id: query?.id, ...said });
  };
  await sandbox.call("setWebhook", { url: bot.url });
  await meet(sandbox);
  return { sandbox, bot };
}

const invoiceTo = async (sandbox: Sandbox, fields: Record<string, unknown> = {}): Promise<number> => {
  const { ok, result, description } = await sandbox.call("sendInvoice", { ...INVOICE, ...fields });
  expect(description).toBeUndefined();
  expect(ok).toBe(true);
  return result.message_id;
};

test.each([
  ["another currency", { currency: "RUB" }, /not simulated/],
  ["a provider", { provider_token: "1:TEST" }, /PROVIDER_INVALID/],
  ["two prices", { prices: [INVOICE.prices[0], INVOICE.prices[0]] }, /exactly one/],
  ["no Stars at all", { prices: [{ label: "x", amount: 0 }] }, /AMOUNT_INVALID/],
  ["a long payload", { payload: "x".repeat(129) }, /payload/],
  ["an empty payload", { payload: "" }, /payload/],
  ["a long title", { title: "x".repeat(33) }, /title/],
  ["an odd start parameter", { start_parameter: "a b" }, /START_PARAM/],
  ["tips", { max_tip_amount: 5 }, /not supported/],
  [
    "a keyboard without a pay button",
    { reply_markup: { inline_keyboard: [[{ text: "x", callback_data: "x" }]] } },
    /Pay/,
  ],
])("an invoice with %s is refused and remembered as a mistake", async (_, fields, words) => {
  const sandbox = await openSandbox();
  await meet(sandbox);
  const answer = await sandbox.call("sendInvoice", { ...INVOICE, ...fields });
  expect(answer).toMatchObject({ ok: false, error_code: 400, description: expect.stringMatching(words) });
  expect(sandbox.telegram.violations()).toHaveLength(1);
});

test("a pay button belongs to invoices only", async () => {
  const sandbox = await openSandbox();
  await meet(sandbox);
  const reply_markup = { inline_keyboard: [[{ text: "Заплатить", pay: true }]] };
  expect(await sandbox.call("sendMessage", { chat_id: ANNA, text: "x", reply_markup })).toMatchObject({ ok: false });
  expect(await sandbox.call("sendInvoice", { ...INVOICE, reply_markup })).toMatchObject({ ok: true });
});

test("a payment asks the bot, pays once and tells of it", async () => {
  const { sandbox, bot } = await openShop();
  const messageId = await invoiceTo(sandbox);
  const outcome = await sandbox.telegram.userPays(ANNA, { messageId });
  expect(outcome).toMatchObject({ status: "paid" });
  const [, query, paid] = bot.updates;
  expect(query?.pre_checkout_query).toMatchObject({ currency: "XTR", total_amount: 200, invoice_payload: "order-1" });
  expect(paid?.message?.successful_payment).toMatchObject({ total_amount: 200, invoice_payload: "order-1" });
  await expect(sandbox.telegram.userPays(ANNA, { messageId })).rejects.toThrow("is paid");
  const again = await sandbox.telegram.userPays(ANNA, { messageId }, { force: true });
  expect(again).toMatchObject({ status: "paid" });
  const { result } = await sandbox.call("getStarTransactions", { limit: 100 });
  expect(result.transactions).toHaveLength(2);
  expect(new Set(result.transactions.map(({ id }: { id: string }) => id)).size).toBe(2);
  expect((await sandbox.call("getMyStarBalance")).result).toEqual({ amount: 400 });
  expect(sandbox.telegram.violations()).toEqual([]);
});

test("the bot's refusal is shown to the person, and nothing is paid", async () => {
  const { sandbox } = await openShop(() => ({ ok: false, error_message: "Счёт устарел" }));
  const messageId = await invoiceTo(sandbox);
  expect(await sandbox.telegram.userPays(ANNA, { messageId })).toEqual({ status: "refused", message: "Счёт устарел" });
  expect(sandbox.telegram.chat(ANNA)?.toasts.at(-1)).toMatchObject({ text: "Счёт устарел", alert: true });
  expect((await sandbox.call("getStarTransactions")).result.transactions).toEqual([]);
});

test("a refusal needs words", async () => {
  const { sandbox } = await openShop(() => ({ ok: false }));
  const messageId = await invoiceTo(sandbox);
  const paying = sandbox.telegram.userPays(ANNA, { messageId });
  await expect.poll(() => sandbox.telegram.violations()).toHaveLength(1);
  await sandbox.clock.advance(11);
  expect(await paying).toEqual({ status: "timed-out" });
  expect(sandbox.telegram.violations()).toMatchObject([{ method: "answerPreCheckoutQuery" }]);
});

test("after ten seconds an answer is too late", async () => {
  let id = "";
  const { sandbox } = await openShop((update) => {
    id = update.pre_checkout_query?.id ?? "";
    return null;
  });
  const messageId = await invoiceTo(sandbox);
  const paying = sandbox.telegram.userPays(ANNA, { messageId });
  await expect.poll(() => id).not.toBe("");
  await sandbox.clock.advance(10.5);
  expect(await paying).toEqual({ status: "timed-out" });
  expect(await sandbox.call("answerPreCheckoutQuery", { pre_checkout_query_id: id, ok: true })).toMatchObject({
    ok: false,
    description: expect.stringContaining("query is too old"),
  });
});

test("a forwarded invoice is open to others only without a start parameter; a link always is", async () => {
  const { sandbox } = await openShop();
  const closed = await invoiceTo(sandbox);
  const open = await invoiceTo(sandbox, { start_parameter: "" });
  await expect(sandbox.telegram.userPays(BORIS, { messageId: closed, chatId: ANNA })).rejects.toThrow("forwarded");
  expect(await sandbox.telegram.userPays(BORIS, { messageId: open, chatId: ANNA })).toMatchObject({ status: "paid" });
  const { chat_id: _, start_parameter: __, ...linked } = INVOICE;
  const { result: link } = await sandbox.call("createInvoiceLink", linked);
  expect(link).toMatch(/^https:\/\/t\.me\/\$/);
  expect(await sandbox.telegram.userPays(BORIS, { link })).toMatchObject({ status: "paid" });
});

test("a late update comes late, a lost one never; the list has both", async () => {
  const { sandbox, bot } = await openShop();
  const [first, second] = [await invoiceTo(sandbox), await invoiceTo(sandbox)];
  await sandbox.telegram.userPays(ANNA, { messageId: first }, { update: { delaySeconds: 600 } });
  await sandbox.telegram.userPays(ANNA, { messageId: second }, { update: "lost" });
  const told = () => bot.updates.filter(({ message }) => message?.successful_payment !== undefined);
  expect(told()).toHaveLength(0);
  await sandbox.clock.advance(601);
  await sandbox.telegram.idle();
  expect(told()).toHaveLength(1);
  expect((await sandbox.call("getStarTransactions")).result.transactions).toHaveLength(2);
  expect((await sandbox.call("getStarTransactions", { offset: 1, limit: 1 })).result.transactions).toHaveLength(1);
  expect(await sandbox.call("getStarTransactions", { limit: 101 })).toMatchObject({ ok: false });
});

test("a refund has the payment's id, is told of, and happens once", async () => {
  const { sandbox, bot } = await openShop();
  const outcome = await sandbox.telegram.userPays(ANNA, { messageId: await invoiceTo(sandbox) });
  const chargeId = outcome.status === "paid" ? outcome.chargeId : "";
  const refund = { user_id: ANNA, telegram_payment_charge_id: chargeId };
  expect(await sandbox.call("refundStarPayment", { ...refund, user_id: BORIS })).toMatchObject({ ok: false });
  expect(await sandbox.call("refundStarPayment", refund)).toMatchObject({ ok: true, result: true });
  expect(await sandbox.call("refundStarPayment", refund)).toMatchObject({
    error_code: 400,
    description: "Bad Request: CHARGE_ALREADY_REFUNDED",
  });
  await sandbox.telegram.idle();
  expect(bot.updates.at(-1)?.message?.refunded_payment).toMatchObject({ telegram_payment_charge_id: chargeId });
  const { transactions } = (await sandbox.call("getStarTransactions")).result;
  expect(transactions).toMatchObject([
    { id: chargeId, source: {} },
    { id: chargeId, receiver: {} },
  ]);
  expect(sandbox.telegram.violations()).toEqual([]);
});

test("the JSON API pays and charges back", async () => {
  const { sandbox } = await openShop();
  const messageId = await invoiceTo(sandbox);
  const post = async (path: string, body: unknown) => {
    const response = await fetch(`${sandbox.origin}/sandbox/chats/${ANNA}/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };
  expect(await post("pay", {})).toMatchObject({ status: 400 });
  expect(await post("pay", { messageId: 999 })).toMatchObject({ status: 404 });
  const paid = await post("pay", { messageId });
  expect(paid).toMatchObject({ status: 200, body: { status: "paid" } });
  const [invoice] = sandbox.telegram.chat(ANNA)?.messages.filter((message) => message.invoice) ?? [];
  expect(invoice).toMatchObject({ invoice: { stars: 200, isPaid: true }, keyboard: [[{ pay: true }]] });
  const { chargeId } = paid.body;
  expect(await post("charge-back", { chargeId })).toMatchObject({ status: 200 });
  expect(await post("charge-back", { chargeId })).toMatchObject({ status: 400 });
  expect(sandbox.telegram.chat(ANNA)?.messages.at(-1)?.payment).toMatchObject({ kind: "refunded", stars: 200 });
});
