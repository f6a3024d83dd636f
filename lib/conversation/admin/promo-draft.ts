import { isPromoCode, PROMO_KINDS } from "../../ledger/payments.ts";
import type { PromoAdminOrder, PromoDraft, PromoHold, PromoStep } from "./promo-types.ts";
import { PROMO_STEPS } from "./promo-types.ts";
import { readRoubles } from "./user-words.ts";

/** A bonus above this is a slip of the hand. */
const MOST_BONUS_KOPECKS = 10_000_000n;
/** Of a top-up; nothing is sold for nothing by a discount. */
export const MOST_PERCENT = { topup: 100, discount: 99 } as const;
const MOST_PEOPLE = 1_000_000;
const MOST_DAYS = 3_650;
const MOST_GENERATIONS = 1_000;
/** The button of an answer without a limit, and of a random code. */
export const NONE = "-";

/** What has to be answered next; null when everything is. */
export function promoStep(draft: PromoDraft): PromoStep | null {
  return PROMO_STEPS.find((step) => !isAnswered(draft, step)) ?? null;
}

function isAnswered(draft: PromoDraft, step: PromoStep): boolean {
  switch (step) {
    case "kind":
      return draft.kind !== undefined;
    case "value":
      return draft.value !== undefined;
    case "hold":
      return draft.kind !== "discount" || draft.hold !== undefined;
    case "who":
      return draft.newcomersOnly !== undefined;
    case "cap":
      return draft.cap !== undefined;
    case "days":
      return draft.daysOpen !== undefined;
    case "code":
      return draft.code !== undefined;
  }
}

/**
 * The draft with an answer, by a button or typed.
 *
 * @param newId Gives random characters of `[0-9a-z]` for a random code.
 * @returns null when it is no answer to what is asked.
 */
export function answerPromo(draft: PromoDraft, step: PromoStep, raw: string, newId: () => string): PromoDraft | null {
  const text = raw.trim();
  switch (step) {
    case "kind": {
      const kind = PROMO_KINDS.find((each) => each === text);
      return kind === undefined ? null : { ...draft, kind };
    }
    case "value": {
      const kind = draft.kind ?? "bonus";
      const value = kind === "bonus" ? bonusIn(text) : countIn(text.replace(/\s*%$/, ""), MOST_PERCENT[kind]);
      return value === null ? null : { ...draft, value };
    }
    case "hold": {
      const hold = holdIn(text);
      return hold === null ? null : { ...draft, hold };
    }
    case "who":
      return /^[01]$/.test(text) ? { ...draft, newcomersOnly: text === "1" } : null;
    case "cap": {
      const cap = text === NONE ? null : countIn(text, MOST_PEOPLE);
      return cap === null && text !== NONE ? null : { ...draft, cap };
    }
    case "days": {
      const daysOpen = text === NONE ? null : countIn(text, MOST_DAYS);
      return daysOpen === null && text !== NONE ? null : { ...draft, daysOpen };
    }
    case "code": {
      const code = text === NONE ? newId().toUpperCase() : text.toUpperCase();
      return isPromoCode(code) ? { ...draft, code } : null;
    }
  }
}

function bonusIn(text: string): number | null {
  const kopecks = readRoubles(text);
  return kopecks === null || kopecks > MOST_BONUS_KOPECKS ? null : Number(kopecks);
}

function countIn(text: string, most: number): number | null {
  const digits = text.replace(/(?<=\d)[\s\u00a0](?=\d{3})/g, "");
  if (!/^\d{1,9}$/.test(digits)) return null;
  const count = Number(digits);
  return count >= 1 && count <= most ? count : null;
}

/** "g3", "d7" of the buttons; "3 генерации", "7 дней", "7 days" as typed; a bare number counts generations. */
function holdIn(text: string): PromoHold | null {
  const button = /^([gd])(\d{1,4})$/.exec(text);
  const typed = /^(\d{1,4})\s*(\p{L}*)\.?$/u.exec(text);
  const count = Number(button?.[2] ?? typed?.[1] ?? 0);
  const isDays = button?.[1] === "d" || /^(?:д|сут|day)/iu.test(typed?.[2] ?? "");
  const isGenerations = button?.[1] === "g" || /^(?:$|г|раз|gen|time)/iu.test(typed?.[2] ?? "?");
  if (count < 1) return null;
  if (isDays) return count <= MOST_DAYS ? { days: count } : null;
  return isGenerations && count <= MOST_GENERATIONS ? { generations: count } : null;
}

/** What is created; null while something has not been answered. */
export function promoOrder(draft: PromoDraft): Extract<PromoAdminOrder, { kind: "create" }> | null {
  const { kind, value, hold, newcomersOnly, cap, daysOpen, code } = draft;
  if (kind === undefined || value === undefined || newcomersOnly === undefined) return null;
  if (cap === undefined || daysOpen === undefined || code === undefined) return null;
  if (kind === "discount" && hold === undefined) return null;
  return {
    kind: "create",
    code,
    promo: kind,
    kopecks: kind === "bonus" ? BigInt(value) : null,
    percent: kind === "bonus" ? null : value,
    generations: hold !== undefined && "generations" in hold ? hold.generations : null,
    days: hold !== undefined && "days" in hold ? hold.days : null,
    newcomersOnly,
    cap,
    daysOpen,
  };
}
