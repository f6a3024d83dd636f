import type { MoneyAction } from "./types.ts";

/** Above anything that is ever paid, and short enough for a button. */
const isKopecks = (text: string | undefined): text is string => text !== undefined && /^\d{1,12}$/.test(text);
const isId = (text: string | undefined): text is string => text !== undefined && /^[0-9a-z-]{1,40}$/.test(text);
const isMonth = (text: string | undefined): text is string => text !== undefined && /^\d{4}-\d{2}$/.test(text);
/** As lib/db/operations.ts writes it. */
const isCursor = (text: string): boolean => /^[0-9a-z]{1,11}(\.\d{1,4})?$/.test(text);

/** The parts of a button about money after its name; `readMoneyParts` reads them back. */
export function moneyParts(action: MoneyAction): string[] {
  switch (action.kind) {
    case "page":
      return pageParts(action.page);
    case "operations":
      return action.before === null ? ["ops"] : ["ops", action.before];
    case "stars":
    case "bank":
      return [action.kind, action.kopecks];
    case "continue":
      return ["go"];
    case "bank-cancel":
      return ["stop", action.requestId];
    case "bank-qr":
      return ["qr", action.requestId];
    case "statement":
      return ["csv", action.month];
    case "set-limit":
      return action.kopecks === null ? ["cap", "off"] : ["cap", action.kopecks];
  }
}

function pageParts(page: Extract<MoneyAction, { kind: "page" }>["page"]): string[] {
  switch (page.kind) {
    case "topup":
    case "limit":
    case "promo":
      return page.asking ? [page.kind, "ask"] : [page.kind];
    case "pay":
      return ["pay", page.kopecks];
    case "bank":
      return ["request"];
    case "referral":
      return [page.kind];
  }
}

/** What `moneyParts` wrote; null for anything else. */
export function readMoneyParts([name, subject, ...rest]: readonly string[]): MoneyAction | null {
  if (rest.length > 0) return null;
  return subject === undefined ? readBare(name) : readOne(name, subject);
}

function readBare(name: string | undefined): MoneyAction | null {
  switch (name) {
    case "topup":
    case "limit":
    case "promo":
      return { kind: "page", page: { kind: name, asking: false } };
    case "request":
      return { kind: "page", page: { kind: "bank" } };
    case "referral":
      return { kind: "page", page: { kind: "referral" } };
    case "ops":
      return { kind: "operations", before: null };
    case "go":
      return { kind: "continue" };
    default:
      return null;
  }
}

function readOne(name: string | undefined, subject: string): MoneyAction | null {
  switch (name) {
    case "topup":
    case "limit":
    case "promo":
      return subject === "ask" ? { kind: "page", page: { kind: name, asking: true } } : null;
    case "pay":
      return isKopecks(subject) ? { kind: "page", page: { kind: "pay", kopecks: subject } } : null;
    case "stars":
    case "bank":
      return isKopecks(subject) ? { kind: name, kopecks: subject } : null;
    case "ops":
      return isCursor(subject) ? { kind: "operations", before: subject } : null;
    case "stop":
      return isId(subject) ? { kind: "bank-cancel", requestId: subject } : null;
    case "qr":
      return isId(subject) ? { kind: "bank-qr", requestId: subject } : null;
    case "csv":
      return isMonth(subject) ? { kind: "statement", month: subject } : null;
    case "cap":
      if (subject === "off") return { kind: "set-limit", kopecks: null };
      return isKopecks(subject) ? { kind: "set-limit", kopecks: subject } : null;
    default:
      return null;
  }
}
