import { isPromoCode } from "../../ledger/payments.ts";
import type { PromoAdminAction } from "./promo-types.ts";

/** What stands first in the data of a button about promo codes: `admin:pc:…`. */
export const PROMOS = "pc";

const STEP_LETTERS = { kind: "k", hold: "h", who: "w", cap: "n", days: "d", code: "c" } as const;
const STEPS = ["kind", "hold", "who", "cap", "days", "code"] as const;

/** The parts after `admin:pc`; `readPromoParts` reads them back. */
export function promoParts(action: PromoAdminAction): (string | number)[] {
  switch (action.kind) {
    case "open": {
      const { page } = action;
      return page.kind === "list" ? ["l", page.isClosed ? 1 : 0, page.page] : [page.isClosing ? "x" : "c", page.code];
    }
    case "begin":
      return ["new"];
    case "answer":
      return ["a", STEP_LETTERS[action.step], action.value];
    case "create":
      return ["ok", action.id];
    case "close":
      return ["xx", action.code];
  }
}

/** What `promoParts` wrote; null for anything else. */
export function readPromoParts([name, first, second, ...rest]: readonly string[]): PromoAdminAction | null {
  if (rest.length > 0) return null;
  if (first === undefined) return name === "new" ? { kind: "begin" } : null;
  if (second === undefined) return readOne(name, first);
  if (name === "l") {
    return !/^[01]$/.test(first) || !/^\d{1,5}$/.test(second)
      ? null
      : { kind: "open", page: { kind: "list", isClosed: first === "1", page: Number(second) } };
  }
  const step = STEPS.find((each) => STEP_LETTERS[each] === first);
  return name !== "a" || step === undefined || !/^[a-z0-9-]{1,12}$/.test(second)
    ? null
    : { kind: "answer", step, value: second };
}

function readOne(name: string | undefined, subject: string): PromoAdminAction | null {
  if (name === "ok") return /^[0-9a-z]{1,16}$/.test(subject) ? { kind: "create", id: subject } : null;
  if (!isPromoCode(subject)) return null;
  switch (name) {
    case "c":
    case "x":
      return { kind: "open", page: { kind: "code", code: subject, isClosing: name === "x" } };
    case "xx":
      return { kind: "close", code: subject };
    default:
      return null;
  }
}
