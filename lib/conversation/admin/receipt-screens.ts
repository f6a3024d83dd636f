import { type AdminTexts, adminTexts } from "../../i18n/admin.ts";
import { formatBalance, formatDateTime, formatKopecks, formatShortDateTime, formatTime } from "../../i18n/format.ts";
import { REJECT_REASONS } from "../../ledger/payments.ts";
import type { Kopecks } from "../../shared/kopecks.ts";
import type { Language } from "../../shared/localized.ts";
import type { Facts, RichText, Span, View, ViewButton } from "../types.ts";
import { fitText, grid, keyboard, lines, oneLine, rows } from "../view-parts.ts";
import { act, toPage } from "./buttons.ts";
import type { CardReceipt, ReceiptAction, ReceiptAdminFacts, ReceiptCard, ReceiptPage } from "./receipt-types.ts";

/** Requests on the list; the service loads this many. */
export const RECEIPTS_LIST_SIZE = 10;
/** Telegram's limit for the text under a picture. */
const MAX_CAPTION = 1024;

const press = (text: string, action: ReceiptAction): ViewButton => act(text, { kind: "receipt", action });
const open = (text: string, page: Extract<ReceiptAction, { kind: "open" }>["page"]): ViewButton =>
  press(text, { kind: "open", page });

/** Draws a page about bank transfers. Never throws. */
export function receiptScreen(page: ReceiptPage, receipts: ReceiptAdminFacts, facts: Facts): View {
  const { language } = facts.user;
  const t = adminTexts(language);
  if (page.kind === "list") return listScreen(receipts, language, t);
  const { card } = receipts;
  if (card === null) {
    return { text: [t.adminBank.gone], keyboard: [[open(t.adminBank.buttons.list, { kind: "list" })]] };
  }
  const asked = question(page, card, language);
  return {
    text: lines(
      cardText(card, card.receipts.at(-1) ?? null, language),
      asked === null ? null : "",
      asked === null ? null : { italic: asked },
    ),
    keyboard: keyboard(answers(page, card, language, t), [[open(t.adminBank.buttons.list, { kind: "list" })]]),
  };
}

/** The button of the admins' first page; none while nothing waits. */
export function receiptsButton(receipts: ReceiptAdminFacts | undefined, t: AdminTexts): ViewButton[][] {
  if (receipts === undefined || receipts.waiting === 0) return [];
  return [[open(t.adminBank.homeButton(receipts.waiting), { kind: "list" })]];
}

function listScreen({ list, waiting }: ReceiptAdminFacts, language: Language, t: AdminTexts): View {
  const { adminBank: words } = t;
  return {
    text: lines(
      { bold: words.listTitle },
      "",
      list.length === 0 ? words.listEmpty : null,
      ...list.map(
        (each, index) =>
          `${index + 1}. ${words.listLine(formatKopecks(each.payKopecks, language), oneLine(each.userName, 40), formatTime(each.receiptAt, language))}`,
      ),
      waiting > list.length ? words.listMore(waiting) : null,
    ),
    keyboard: keyboard(
      grid(
        list.map(({ requestId }, index) => open(String(index + 1), { kind: "request", requestId })),
        5,
      ),
      [[toPage(t.buttons.back, { kind: "home" })]],
    ),
  };
}

function question(page: ReceiptPage, card: ReceiptCard, language: Language): string | null {
  const { adminBank: words } = adminTexts(language);
  const say = (kopecks: Kopecks) => formatKopecks(kopecks, language);
  const credited = say(card.creditedKopecks ?? card.payKopecks);
  switch (page.kind) {
    case "sum":
      return words.askSum;
    case "sum-confirm":
      return words.confirmSum(say(BigInt(page.kopecks)), say(card.payKopecks));
    case "reason":
      return words.askReason;
    case "other-reason":
      return words.askOtherReason;
    case "reversal":
      return words.askReversal(credited);
    case "reversal-confirm":
      return `${words.reason(page.reason)}\n${words.confirmReversal(credited)}`;
    case "list":
    case "request":
      return null;
  }
}

/** What can be pressed on a page; once it is decided otherwise, only what is still possible. */
function answers(page: ReceiptPage, card: ReceiptCard, language: Language, t: AdminTexts): ViewButton[][] {
  const { buttons } = t.adminBank;
  const { requestId } = card;
  const back = [open(buttons.back, { kind: "request", requestId })];
  const isPending = card.status === "pending";
  if (isPending && page.kind === "sum-confirm") {
    const sum = formatKopecks(BigInt(page.kopecks), language);
    return [[press(buttons.approveOther(sum), { kind: "approve", requestId, kopecks: page.kopecks })], back];
  }
  if (isPending && page.kind === "reason") {
    const reasons = REJECT_REASONS.map((reason) =>
      press(buttons.reasons[reason], { kind: "reject", requestId, reason }),
    );
    return [...rows([...reasons, open(buttons.otherReason, { kind: "other-reason", requestId })]), back];
  }
  if (isPending && (page.kind === "sum" || page.kind === "other-reason")) return [back];
  if (card.status === "approved" && page.kind === "reversal") return [back];
  if (card.status === "approved" && page.kind === "reversal-confirm") {
    const sum = formatKopecks(card.creditedKopecks ?? card.payKopecks, language);
    return [[press(buttons.confirmReversal(sum), { kind: "reverse", requestId })], back];
  }
  const show = card.receipts.length === 0 ? [] : [[press(buttons.show, { kind: "show", requestId })]];
  return [...decisions(card, language, t), ...show];
}

function decisions(card: ReceiptCard, language: Language, t: AdminTexts): ViewButton[][] {
  const { buttons } = t.adminBank;
  const { requestId, payKopecks } = card;
  if (card.status === "approved") return [[open(buttons.reverse, { kind: "reversal", requestId })]];
  if (card.status !== "pending") return [];
  const sum = formatKopecks(payKopecks, language);
  return [
    [press(buttons.approve(sum), { kind: "approve", requestId, kopecks: payKopecks.toString() })],
    [open(buttons.otherSum, { kind: "sum", requestId }), open(buttons.reject, { kind: "reason", requestId })],
  ];
}

/** What stands under the picture of one receipt, with the buttons of the decision, or with what was decided. */
export function receiptCardView(card: ReceiptCard, receiptId: string, language: Language): View {
  const receipt = card.receipts.find((each) => each.receiptId === receiptId) ?? null;
  return {
    text: fitText(cardText(card, receipt, language), MAX_CAPTION),
    keyboard: decisions(card, language, adminTexts(language)),
  };
}

function cardText(card: ReceiptCard, receipt: CardReceipt | null, language: Language): RichText {
  const { adminBank: words } = adminTexts(language);
  const { user } = card;
  const sum = formatKopecks(card.payKopecks, language);
  const index = receipt === null ? -1 : card.receipts.indexOf(receipt);
  return lines(
    { bold: index > 0 ? words.titleNumbered(sum, index + 1) : words.title(sum) },
    ...decided(card, language),
    "",
    words.wished(formatBalance(card.kopecks, language), formatDateTime(card.createdAt, language)),
    words.user(oneLine(user.name, 64), user.username, user.id),
    user.since === null ? null : words.userSince(formatDateTime(user.since, language)),
    historyLine(card, language),
    card.receipts.length > 1 ? words.receipts(card.receipts.length) : null,
    ...(receipt === null ? [] : ["", ...readLines(card, receipt, language)]),
  );
}

function decided(card: ReceiptCard, language: Language): Span[] {
  const { adminBank: words } = adminTexts(language);
  const credited = formatKopecks(card.creditedKopecks ?? card.payKopecks, language);
  const say = words.decided[card.status];
  const said = [typeof say === "string" ? say : say(credited)];
  if (card.decidedBy !== null && card.decidedAt !== null) {
    said.push(words.by(oneLine(card.decidedBy, 64), formatShortDateTime(card.decidedAt, language)));
  }
  if (card.reason !== null) {
    const code = REJECT_REASONS.find((reason) => reason === card.reason);
    said.push(words.reason(code === undefined ? card.reason : words.reasons[code]));
  }
  return said;
}

function historyLine({ history }: ReceiptCard, language: Language): string {
  const { adminBank: words } = adminTexts(language);
  const { approved, rejected, reversed, creditedKopecks } = history;
  return approved + rejected + reversed === 0
    ? words.firstRequest
    : words.history(approved, formatBalance(creditedKopecks, language), rejected, reversed);
}

function readLines(card: ReceiptCard, receipt: CardReceipt, language: Language): (string | null)[] {
  const { adminBank: words } = adminTexts(language);
  const { reading } = receipt;
  const flags = receipt.duplicates.map(({ by, userId }) =>
    words.duplicateLine(words.duplicate[by], userId, userId === card.user.id),
  );
  if (receipt.status === "unreadable") return [words.unreadable, ...flags];
  if (receipt.status === "waiting" || reading === null) return [words.waiting, ...flags];
  const sums = reading.sums.slice(0, 3).map((sum) => formatKopecks(BigInt(sum), language));
  const paidAt = reading.paidAt === null ? [] : [formatDateTime(new Date(reading.paidAt), language)];
  const numbers = reading.numbers.slice(0, 3).map((number) => `№ ${oneLine(number, 40)}`);
  const read = [...sums, ...paidAt, ...numbers];
  return [
    read.length === 0 ? words.readNothing : words.read(read.join(" · ")),
    receipt.score === null ? null : words.score(receipt.score),
    reading.sums.includes(card.payKopecks.toString())
      ? null
      : words.sumMissing(formatKopecks(card.payKopecks, language)),
    ...flags,
  ];
}

/** A receipt waits for too long. */
export function receiptLateView(
  late: { requestId: string; payKopecks: Kopecks; minutes: number },
  language: Language,
): View {
  const { adminBank: words } = adminTexts(language);
  const { requestId } = late;
  return {
    text: [{ bold: "⚠️ " }, words.late(late.minutes, formatKopecks(late.payKopecks, language))],
    keyboard: [[open(words.buttons.open, { kind: "request", requestId })]],
  };
}
