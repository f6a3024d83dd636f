import { formatBalance, formatDateTime, formatKopecks, formatShortDateTime, formatTime } from "../../i18n/format.ts";
import { type Texts, texts } from "../../i18n/index.ts";
import type { Kopecks } from "../../shared/kopecks.ts";
import type { Language } from "../../shared/localized.ts";
import type { Facts, RichText, Span, View, ViewButton } from "../types.ts";
import { fitText, grid, keyboard, lines, oneLine, rows } from "../view-parts.ts";
import { act, toPage } from "./buttons.ts";
import {
  type CardReceipt,
  REJECT_REASONS,
  type ReceiptAction,
  type ReceiptAdminFacts,
  type ReceiptCard,
  type ReceiptPage,
} from "./receipt-types.ts";

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
  const t = texts(language);
  if (page.kind === "list") return listScreen(receipts, language, t);
  const { card } = receipts;
  if (card === null) {
    return { text: [t.bank.admin.gone], keyboard: [[open(t.bank.admin.buttons.list, { kind: "list" })]] };
  }
  const asked = question(page, card, language);
  return {
    text: lines(
      cardText(card, card.receipts.at(-1) ?? null, language),
      asked === null ? null : "",
      asked === null ? null : { italic: asked },
    ),
    keyboard: keyboard(answers(page, card, language, t), [[open(t.bank.admin.buttons.list, { kind: "list" })]]),
  };
}

/** The button of the admins' first page; none while nothing waits. */
export function receiptsButton(receipts: ReceiptAdminFacts | undefined, t: Texts): ViewButton[][] {
  if (receipts === undefined || receipts.waiting === 0) return [];
  return [[open(t.bank.admin.homeButton(receipts.waiting), { kind: "list" })]];
}

function listScreen({ list, waiting }: ReceiptAdminFacts, language: Language, t: Texts): View {
  const { admin } = t.bank;
  return {
    text: lines(
      { bold: admin.listTitle },
      "",
      list.length === 0 ? admin.listEmpty : null,
      ...list.map(
        (each, index) =>
          `${index + 1}. ${admin.listLine(formatKopecks(each.payKopecks, language), oneLine(each.userName, 40), formatTime(each.receiptAt, language))}`,
      ),
      waiting > list.length ? admin.listMore(waiting) : null,
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
  const { admin } = texts(language).bank;
  const say = (kopecks: Kopecks) => formatKopecks(kopecks, language);
  const credited = say(card.creditedKopecks ?? card.payKopecks);
  switch (page.kind) {
    case "sum":
      return admin.askSum;
    case "sum-confirm":
      return admin.confirmSum(say(BigInt(page.kopecks)), say(card.payKopecks));
    case "reason":
      return admin.askReason;
    case "other-reason":
      return admin.askOtherReason;
    case "reversal":
      return admin.askReversal(credited);
    case "reversal-confirm":
      return `${admin.reason(page.reason)}\n${admin.confirmReversal(credited)}`;
    case "list":
    case "request":
      return null;
  }
}

/** What can be pressed on a page; once it is decided otherwise, only what is still possible. */
function answers(page: ReceiptPage, card: ReceiptCard, language: Language, t: Texts): ViewButton[][] {
  const { buttons } = t.bank.admin;
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

function decisions(card: ReceiptCard, language: Language, t: Texts): ViewButton[][] {
  const { buttons } = t.bank.admin;
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
    keyboard: decisions(card, language, texts(language)),
  };
}

function cardText(card: ReceiptCard, receipt: CardReceipt | null, language: Language): RichText {
  const { admin } = texts(language).bank;
  const { user } = card;
  const sum = formatKopecks(card.payKopecks, language);
  const index = receipt === null ? -1 : card.receipts.indexOf(receipt);
  return lines(
    { bold: index > 0 ? admin.titleNumbered(sum, index + 1) : admin.title(sum) },
    ...decided(card, language),
    "",
    admin.wished(formatBalance(card.kopecks, language), formatDateTime(card.createdAt, language)),
    admin.user(oneLine(user.name, 64), user.username, user.id),
    user.since === null ? null : admin.userSince(formatDateTime(user.since, language)),
    historyLine(card, language),
    card.receipts.length > 1 ? admin.receipts(card.receipts.length) : null,
    ...(receipt === null ? [] : ["", ...readLines(card, receipt, language)]),
  );
}

function decided(card: ReceiptCard, language: Language): Span[] {
  const { admin } = texts(language).bank;
  const credited = formatKopecks(card.creditedKopecks ?? card.payKopecks, language);
  const say = admin.decided[card.status];
  const said = [typeof say === "string" ? say : say(credited)];
  if (card.decidedBy !== null && card.decidedAt !== null) {
    said.push(admin.by(oneLine(card.decidedBy, 64), formatShortDateTime(card.decidedAt, language)));
  }
  if (card.reason !== null) {
    const code = REJECT_REASONS.find((reason) => reason === card.reason);
    said.push(admin.reason(code === undefined ? card.reason : admin.reasons[code]));
  }
  return said;
}

function historyLine({ history }: ReceiptCard, language: Language): string {
  const { admin } = texts(language).bank;
  const { approved, rejected, reversed, creditedKopecks } = history;
  return approved + rejected + reversed === 0
    ? admin.firstRequest
    : admin.history(approved, formatBalance(creditedKopecks, language), rejected, reversed);
}

function readLines(card: ReceiptCard, receipt: CardReceipt, language: Language): (string | null)[] {
  const { admin } = texts(language).bank;
  const { reading } = receipt;
  const flags = receipt.duplicates.map(({ by, userId }) =>
    admin.duplicateLine(admin.duplicate[by], userId, userId === card.user.id),
  );
  if (receipt.status === "unreadable") return [admin.unreadable, ...flags];
  if (receipt.status === "waiting" || reading === null) return [admin.waiting, ...flags];
  const sums = reading.sums.slice(0, 3).map((sum) => formatKopecks(BigInt(sum), language));
  const paidAt = reading.paidAt === null ? [] : [formatDateTime(new Date(reading.paidAt), language)];
  const numbers = reading.numbers.slice(0, 3).map((number) => `№ ${oneLine(number, 40)}`);
  const read = [...sums, ...paidAt, ...numbers];
  return [
    read.length === 0 ? admin.readNothing : admin.read(read.join(" · ")),
    receipt.score === null ? null : admin.score(receipt.score),
    reading.sums.includes(card.payKopecks.toString())
      ? null
      : admin.sumMissing(formatKopecks(card.payKopecks, language)),
    ...flags,
  ];
}
