import type { AdjustAccount, AdjustDirection, UserAction, UserLink } from "./user-types.ts";

/** What stands first in the data of a button about users: `admin:us:…`. */
export const USERS = "us";

const LETTERS = { credit: "c", debit: "d", main: "m", bonus: "b" } as const;
/** Pages that need nothing but the user. */
const PAGES = { card: "c", operations: "o", generations: "g", payments: "p" } as const;

/** Telegram's ids have at most 52 bits. */
const userIn = (text: string | undefined): number | null =>
  text !== undefined && /^[1-9]\d{0,15}$/.test(text) ? Number(text) : null;
const isId = (text: string | undefined): text is string => text !== undefined && /^[0-9a-z-]{1,24}$/.test(text);
/** As the database makes them: see `UserPayment`. */
const isPaymentKey = (text: string | undefined): text is string =>
  text !== undefined && /^[sb][0-9a-f]{12}$/.test(text);
const flagIn = (text: string | undefined): boolean | null => (text === "1" ? true : text === "0" ? false : null);
const directionIn = (text: string | undefined): AdjustDirection | null =>
  text === LETTERS.credit ? "credit" : text === LETTERS.debit ? "debit" : null;
const accountIn = (text: string | undefined): AdjustAccount | null =>
  text === LETTERS.main ? "main" : text === LETTERS.bonus ? "bonus" : null;

/** The parts after `admin:us`; `readUserParts` reads them back. */
export function userParts(action: UserAction): (string | number)[] {
  switch (action.kind) {
    case "open":
      return linkParts(action.page);
    case "adjust":
      return ["a", action.userId, LETTERS[action.direction], LETTERS[action.account]];
    case "apply":
      return ["ok", action.userId, action.id];
    case "refund":
      return ["r", action.userId, action.generationId];
    case "give-back":
      return ["rb", action.userId, action.generationId];
    case "refund-stars":
      return ["rs", action.userId, action.key];
    case "give-stars-back":
      return ["sr", action.userId, action.key];
    case "resend":
      return ["s", action.userId, action.generationId];
    case "set-ban":
      return ["sb", action.userId, action.isBan ? 1 : 0];
  }
}

function linkParts(page: UserLink): (string | number)[] {
  switch (page.kind) {
    case "list":
      return [];
    case "card":
    case "operations":
    case "generations":
    case "payments":
      return [PAGES[page.kind], page.userId];
    case "generation":
      return ["d", page.userId, page.generationId];
    case "payment":
      return ["pd", page.userId, page.key];
    case "accounts":
      return ["w", page.userId, LETTERS[page.direction]];
    case "ban":
      return ["b", page.userId, page.isBan ? 1 : 0];
  }
}

/** What `userParts` wrote; null for anything else. */
export function readUserParts(parts: readonly string[]): UserAction | null {
  if (parts.length === 0) return { kind: "open", page: { kind: "list" } };
  const [name, user, first, second] = parts;
  const userId = userIn(user);
  if (userId === null) return null;
  if (parts.length === 2) return readPage(name, userId);
  if (parts.length === 3) return readOne(name, userId, first);
  const [direction, account] = [directionIn(first), accountIn(second)];
  return parts.length > 4 || name !== "a" || direction === null || account === null
    ? null
    : { kind: "adjust", userId, direction, account };
}

function readPage(name: string | undefined, userId: number): UserAction | null {
  for (const kind of ["card", "operations", "generations", "payments"] as const) {
    if (name === PAGES[kind]) return { kind: "open", page: { kind, userId } };
  }
  return null;
}

function readOne(name: string | undefined, userId: number, text: string | undefined): UserAction | null {
  switch (name) {
    case "d":
      return isId(text) ? { kind: "open", page: { kind: "generation", userId, generationId: text } } : null;
    case "w": {
      const direction = directionIn(text);
      return direction === null ? null : { kind: "open", page: { kind: "accounts", userId, direction } };
    }
    case "b":
    case "sb": {
      const isBan = flagIn(text);
      if (isBan === null) return null;
      return name === "b" ? { kind: "open", page: { kind: "ban", userId, isBan } } : { kind: "set-ban", userId, isBan };
    }
    case "ok":
      return isId(text) ? { kind: "apply", userId, id: text } : null;
    case "r":
      return isId(text) ? { kind: "refund", userId, generationId: text } : null;
    case "rb":
      return isId(text) ? { kind: "give-back", userId, generationId: text } : null;
    case "pd":
      return isPaymentKey(text) ? { kind: "open", page: { kind: "payment", userId, key: text } } : null;
    case "rs":
      return isPaymentKey(text) ? { kind: "refund-stars", userId, key: text } : null;
    case "sr":
      return isPaymentKey(text) ? { kind: "give-stars-back", userId, key: text } : null;
    case "s":
      return isId(text) ? { kind: "resend", userId, generationId: text } : null;
    default:
      return null;
  }
}
