import { type AdminTexts, adminTexts } from "../../i18n/admin.ts";
import { formatBalance } from "../../i18n/format.ts";
import type { Language } from "../../shared/localized.ts";
import type { Facts, RichText, View, ViewButton } from "../types.ts";
import { keyboard, lines, pager, rows } from "../view-parts.ts";
import { adminAction, toPage } from "./buttons.ts";
import { onPromo, toPromos } from "./promo-buttons.ts";
import { MOST_PERCENT, NONE, promoOrder, promoStep } from "./promo-draft.ts";
import type { PromoAdminFacts, PromoAdminPage, PromoCodeFacts, PromoDraft, PromoStep } from "./promo-types.ts";
import { dayOf } from "./user-words.ts";

/** Codes on one page of the list; the service loads this many. */
export const PROMOS_PAGE_SIZE = 8;

/** Draws a page about promo codes. Never throws; what is gone draws a way on. */
export function promoAdminScreen(page: PromoAdminPage, promo: PromoAdminFacts, facts: Facts): View {
  switch (page.kind) {
    case "list":
      return listScreen(page, promo, facts);
    case "code":
      return promo.code === null ? goneScreen(page.code, facts) : codeScreen(promo.code, page.isClosing, facts);
    case "new":
      return draftScreen(page.draft, promo, facts);
  }
}

function listScreen(
  { isClosed, page }: Extract<PromoAdminPage, { kind: "list" }>,
  { codes, pages }: PromoAdminFacts,
  facts: Facts,
): View {
  const { language } = facts.user;
  const t = adminTexts(language);
  const words = t.adminPromo;
  const shown = codes.slice(0, PROMOS_PAGE_SIZE);
  return {
    text: lines(
      { bold: isClosed ? words.closedTitle : words.title },
      shown.length === 0 ? (isClosed ? words.emptyClosed : words.empty) : null,
      pages > 1 ? words.page(page + 1, pages) : null,
    ),
    keyboard: keyboard(
      shown.map((each) => [
        onPromo(codeLabel(each, t, language), {
          kind: "open",
          page: { kind: "code", code: each.code, isClosing: false },
        }),
      ]),
      pager(page, pages, t, (turned) =>
        adminAction({ kind: "promo", action: { kind: "open", page: { kind: "list", isClosed, page: turned } } }),
      ),
      isClosed ? null : [[onPromo(words.buttons.create, { kind: "begin" })]],
      [
        [
          onPromo(isClosed ? words.buttons.active : words.buttons.closed, {
            kind: "open",
            page: { kind: "list", isClosed: !isClosed, page: 0 },
          }),
        ],
      ],
      [[toPage(t.buttons.back, { kind: "home" })]],
    ),
  };
}

/** "WELCOME · −15 % · 3/100 · до 20.12.2026". */
function codeLabel(code: PromoCodeFacts, { adminPromo }: AdminTexts, language: Language): string {
  const gives =
    code.kind === "bonus"
      ? adminPromo.short.bonus(formatBalance(code.kopecks ?? 0n, language))
      : adminPromo.short[code.kind](code.percent ?? 0);
  const until = code.expiresAt === null ? [] : [adminPromo.untilShort(dayOf(code.expiresAt, language))];
  return [code.code, gives, adminPromo.usedShort(code.used, code.cap), ...until].join(" · ");
}

function goneScreen(code: string, facts: Facts): View {
  const { adminPromo } = adminTexts(facts.user.language);
  return { text: [adminPromo.gone(code)], keyboard: [[toPromos(adminPromo.buttons.toList)]] };
}

function codeScreen(code: PromoCodeFacts, isClosing: boolean, facts: Facts, top: RichText = []): View {
  const { language } = facts.user;
  const { adminPromo: t } = adminTexts(language);
  const isOpen = code.closedAt === null;
  const isOver = code.expiresAt !== null && code.expiresAt <= facts.now;
  const isUsedUp = code.cap !== null && code.used >= code.cap;
  return {
    text: lines(
      ...(top.length === 0 ? [] : [top]),
      [{ bold: "🎟 " }, { code: code.code }],
      ...givesLines(code, t, language),
      t.who(code.newcomersOnly),
      t.used(code.used, code.cap),
      code.expiresAt === null ? t.forever : t.until(dayOf(code.expiresAt, language)),
      t.createdAt(dayOf(code.createdAt, language)),
      code.closedAt === null ? null : t.closedAt(dayOf(code.closedAt, language)),
      isOpen && isOver ? t.over : null,
      isOpen && !isOver && isUsedUp ? t.usedUp : null,
      isOpen && !isOver && !isUsedUp ? t.command(code.code) : null,
      ...(isOpen && isClosing ? ["", { italic: t.askClose }] : []),
    ),
    keyboard: keyboard(!isOpen ? null : isClosing ? closingRows(code, t) : [[toCode(t.buttons.close, code, true)]], [
      [toPromos(t.buttons.toList)],
    ]),
  };
}

function closingRows(code: PromoCodeFacts, { buttons }: AdminTexts["adminPromo"]): ViewButton[][] {
  return [[onPromo(buttons.closeYes, { kind: "close", code: code.code })], [toCode(buttons.keep, code, false)]];
}

function toCode(text: string, { code }: PromoCodeFacts, isClosing: boolean): ViewButton {
  return onPromo(text, { kind: "open", page: { kind: "code", code, isClosing } });
}

function givesLines(
  promo: Pick<PromoCodeFacts, "kind" | "kopecks" | "percent" | "generations" | "days">,
  t: AdminTexts["adminPromo"],
  language: Language,
): string[] {
  const gives =
    promo.kind === "bonus"
      ? t.what.bonus(formatBalance(promo.kopecks ?? 0n, language))
      : t.what[promo.kind](promo.percent ?? 0);
  return [
    gives,
    ...(promo.generations === null ? [] : [t.holdGenerations(promo.generations)]),
    ...(promo.days === null ? [] : [t.holdDays(promo.days)]),
  ];
}

function draftScreen(draft: PromoDraft, promo: PromoAdminFacts, facts: Facts): View {
  const { language } = facts.user;
  const { adminPromo: t } = adminTexts(language);
  const { buttons } = t;
  // Once it is ordered, what is there is what was made of it.
  if (draft.isOrdered === true && promo.code !== null) {
    return codeScreen(promo.code, false, facts, [{ bold: t.created }]);
  }
  const isTaken = promo.code !== null;
  const step = isTaken ? "code" : promoStep(draft);
  const order = promoOrder(draft);
  return {
    text: lines(
      { bold: t.draft.title },
      ...draftLines(draft, isTaken, t, language),
      "",
      isTaken ? t.draft.taken(draft.code ?? "") : null,
      { italic: step === null ? t.draft.confirm : questionOf(step, draft, t) },
    ),
    keyboard: keyboard(
      step === null && order !== null ? [[onPromo(buttons.confirm, { kind: "create", id: draft.id })]] : null,
      step === null ? null : answers(step, t),
      rows([
        ...(draft.kind === undefined ? [] : [onPromo(buttons.again, { kind: "begin" })]),
        toPromos(buttons.cancel),
      ]),
    ),
  };
}

function draftLines(draft: PromoDraft, isTaken: boolean, t: AdminTexts["adminPromo"], language: Language): string[] {
  const { kind, value, hold } = draft;
  if (kind === undefined || value === undefined) return kind === undefined ? [] : [t.kinds[kind]];
  const gives = {
    kind,
    kopecks: kind === "bonus" ? BigInt(value) : null,
    percent: kind === "bonus" ? null : value,
    generations: hold !== undefined && "generations" in hold ? hold.generations : null,
    days: hold !== undefined && "days" in hold ? hold.days : null,
  };
  return [
    ...givesLines(gives, t, language),
    ...(draft.newcomersOnly === undefined ? [] : [t.who(draft.newcomersOnly)]),
    ...(draft.cap === undefined ? [] : [t.cap(draft.cap)]),
    ...(draft.daysOpen === undefined ? [] : [t.daysOpen(draft.daysOpen)]),
    ...(draft.code === undefined || isTaken ? [] : [t.draft.code(draft.code)]),
  ];
}

function questionOf(step: PromoStep, { kind }: PromoDraft, { draft }: AdminTexts["adminPromo"]): string {
  if (step !== "value") return draft.ask[step];
  return kind === undefined || kind === "bonus" ? draft.askBonus : draft.askPercent(MOST_PERCENT[kind]);
}

/** Ready answers; a sum and a per cent are typed. */
function answers(step: PromoStep, { buttons, kindButtons }: AdminTexts["adminPromo"]): ViewButton[][] | null {
  const answer = (text: string, value: string): ViewButton =>
    step === "value" ? onPromo(text, { kind: "begin" }) : onPromo(text, { kind: "answer", step, value });
  switch (step) {
    case "kind":
      return (["bonus", "topup", "discount"] as const).map((kind) => [answer(kindButtons[kind], kind)]);
    case "value":
      return null;
    case "hold":
      return rows([
        ...[1, 3].map((count) => answer(buttons.generations(count), `g${count}`)),
        ...[7, 30].map((count) => answer(buttons.days(count), `d${count}`)),
      ]);
    case "who":
      return rows([answer(buttons.everybody, "0"), answer(buttons.newcomers, "1")]);
    case "cap":
      return [[answer(buttons.unlimited, NONE)]];
    case "days":
      return [[answer(buttons.forever, NONE)]];
    case "code":
      return [[answer(buttons.random, NONE)]];
  }
}
