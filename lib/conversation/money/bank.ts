import { formatBalance, formatKopecks, formatMegabytes, formatTime } from "../../i18n/format.ts";
import { type Texts, texts } from "../../i18n/index.ts";
import { REJECT_REASONS } from "../../ledger/payments.ts";
import type { Kopecks } from "../../shared/kopecks.ts";
import type { Language } from "../../shared/localized.ts";
import { TELEGRAM_FILE_MEGABYTES } from "../../shared/media.ts";
import { noticeOf, send, showing, type Turn } from "../turn.ts";
import type { ReceiptRefusal, Span, Transition, View, ViewButton } from "../types.ts";
import { button, keyboard, lines, rows } from "../view-parts.ts";
import { moneyButton, toMoney } from "./buttons.ts";
import type { MoneyDrawing } from "./drawing.ts";
import type { BankRequestFacts } from "./types.ts";

/** The bank transfer that is open, or how the last one ended. */
export function bankScreen({ money, facts }: MoneyDrawing<{ kind: "bank" }>): View {
  const { language } = facts.user;
  const t = texts(language);
  const { bank, requisites } = money;
  if (bank?.status === "pending") {
    return bank.hasReceipt
      ? checkingScreen(bank, language, t)
      : payScreen(bank, requisites ?? "", money.hasBankQr, language, t);
  }
  const said = bank === null ? [] : [...endLines(bank, language), ""];
  return {
    text: lines({ bold: t.bank.title }, "", ...said, requisites === null ? t.bank.off : t.bank.none),
    keyboard: keyboard([
      [toMoney(t.bank.buttons.again, { kind: "topup", asking: false })],
      [button(t.buttons.balance, { kind: "balance" }), button(t.buttons.menu, { kind: "menu" })],
    ]),
  };
}

function payScreen(bank: BankRequestFacts, requisites: string, hasQr: boolean, language: Language, t: Texts): View {
  const sum = formatKopecks(bank.payKopecks, language);
  return {
    text: lines(
      { bold: t.bank.title },
      "",
      [`${t.bank.pay} `, { bold: sum }, "."],
      t.bank.kopecks,
      "",
      ...requisiteLines(requisites).map(({ text }) => text),
      "",
      t.bank.sendReceipt,
      t.bank.until(formatTime(bank.expiresAt, language)),
    ),
    keyboard: keyboard(
      [[{ text: t.bank.buttons.sum(sum), copy: plainSum(bank.payKopecks, language) }]],
      rows(copyButtons(requisites, t)),
      hasQr ? [[moneyButton(t.bank.buttons.qr, { kind: "bank-qr", requestId: bank.id })]] : null,
      [[moneyButton(t.bank.buttons.cancel, { kind: "bank-cancel", requestId: bank.id })]],
      [[button(t.buttons.menu, { kind: "menu" })]],
    ),
  };
}

function checkingScreen(bank: BankRequestFacts, language: Language, t: Texts): View {
  return {
    text: lines(
      { bold: t.bank.title },
      "",
      t.bank.checking(formatKopecks(bank.payKopecks, language)),
      t.bank.moreReceipts,
    ),
    keyboard: keyboard([[button(t.buttons.balance, { kind: "balance" }), button(t.buttons.menu, { kind: "menu" })]]),
  };
}

/** How a request ended, why, and what can be done about it. */
function endLines(bank: BankRequestFacts, language: Language): string[] {
  const { bank: t } = texts(language);
  if (bank.status === "pending") return [];
  const sum = formatKopecks(bank.creditedKopecks ?? bank.payKopecks, language);
  const said = [t.ended[bank.status](sum)];
  if (bank.reason !== null && (bank.status === "rejected" || bank.status === "reversed")) {
    said.push(reasonLine(bank.reason, language), t.disputeAdvice);
  }
  if (bank.status === "expired") said.push(t.expiredAdvice);
  return said;
}

function reasonLine(reason: string, language: Language): string {
  const { bank: t } = texts(language);
  const code = REJECT_REASONS.find((each) => each === reason);
  return t.reason(code === undefined ? reason : t.reasons[code]);
}

/** A file that came as a receipt: the page of the transfer says what became of it. The open card stays. */
export function takeReceipt({ state, facts, texts: t }: Turn, refused: ReceiptRefusal | null): Transition {
  const { refused: words } = t.bank;
  const sentence =
    refused === null
      ? null
      : refused === "too-large"
        ? words["too-large"](formatMegabytes(TELEGRAM_FILE_MEGABYTES, facts.user.language))
        : words[refused];
  return send(showing(state, { kind: "money", page: { kind: "bank" } }), noticeOf([sentence]));
}

/** What a user is told when a request ended without them. */
export type BankNews =
  | { kind: "expired"; payKopecks: Kopecks }
  | { kind: "rejected"; payKopecks: Kopecks; reason: string }
  | { kind: "reversed"; kopecks: Kopecks; reason: string; debtKopecks: Kopecks };

export function bankNewsView(news: BankNews, language: Language): View {
  const t = texts(language);
  const say = (kopecks: Kopecks) => formatKopecks(kopecks, language);
  const again: ViewButton[] = [toMoney(t.bank.buttons.again, { kind: "topup", asking: false })];
  switch (news.kind) {
    case "expired":
      return { text: lines(t.bank.ended.expired(say(news.payKopecks)), t.bank.expiredAdvice), keyboard: [again] };
    case "rejected":
      return {
        text: lines(
          t.bank.ended.rejected(say(news.payKopecks)),
          reasonLine(news.reason, language),
          t.bank.disputeAdvice,
        ),
        keyboard: [again],
      };
    case "reversed":
      return {
        text: lines(
          t.bank.ended.reversed(say(news.kopecks)),
          reasonLine(news.reason, language),
          news.debtKopecks > 0n ? t.bank.debt(formatBalance(news.debtKopecks, language)) : null,
          t.bank.disputeAdvice,
        ),
        keyboard: [[button(t.buttons.balance, { kind: "balance" })]],
      };
  }
}

interface RequisiteLine {
  text: Span;
  label: string;
  /** What a button copies; null where there is nothing worth it. */
  copied: string | null;
}

/** Lines like "Карта: 2200 7000 0000 0000"; numbers of a card, a phone or an account are copied without spaces. */
function requisiteLines(requisites: string): RequisiteLine[] {
  return requisites
    .split(/\r?\n|\\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((text) => {
      const [, label = "", value = text] = /^([^:]{1,40}):\s*(.+)$/.exec(text) ?? [];
      const isNumber = /^[+\d][\d\s().-]{5,40}$/.test(value);
      return { text, label: label.trim() || value, copied: isNumber ? value.replace(/[\s().-]/g, "") : null };
    });
}

function copyButtons(requisites: string, t: Texts): ViewButton[] {
  return requisiteLines(requisites)
    .filter(({ copied }) => copied !== null)
    .slice(0, 6)
    .map(({ label, copied }) => ({ text: t.bank.buttons.copy(label), copy: copied ?? "" }));
}

/** "300,17" as bank apps take it. */
function plainSum(kopecks: Kopecks, language: Language): string {
  return `${kopecks / 100n}${language === "ru" ? "," : "."}${String(kopecks % 100n).padStart(2, "0")}`;
}
