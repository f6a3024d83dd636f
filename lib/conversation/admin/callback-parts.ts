import { CATEGORIES } from "../../catalog/categories.ts";
import { FINDINGS, findingParts, readFindingParts } from "./finding-codec.ts";
import { PROMOS, promoParts, readPromoParts } from "./promo-codec.ts";
import { RECEIPTS, readReceiptParts, receiptParts } from "./receipt-codec.ts";
import type { AdminAction, AdminPage, ProposalStatus } from "./types.ts";
import { readUserParts, USERS, userParts } from "./user-codec.ts";
import { PERS, type Per } from "./words.ts";

/** How each thing is called in `callback_data`: short, because an id and a key have to fit beside it. */
const STATUS_LETTERS: Readonly<Record<ProposalStatus, string>> = {
  proposed: "w",
  approved: "a",
  ignored: "i",
  "rolled-back": "b",
};

type Asked = Extract<AdminPage, { kind: "proposal" }>["asking"];
const ASKED_LETTERS: Readonly<Record<NonNullable<Asked>, string>> = { price: "p", titleRu: "r", titleEn: "e" };

const isId = (text: string | undefined): text is string => text !== undefined && /^[0-9a-z]{1,16}$/.test(text);
const isKey = (text: string | undefined): text is string => text !== undefined && /^[a-z0-9-]{1,40}$/.test(text);
const pageNumber = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : null;

/** The name that has this letter. */
function named<Name extends string>(letters: Readonly<Record<Name, string>>, letter: string | undefined) {
  for (const name in letters) if (letters[name] === letter) return name;
  return undefined;
}

/** The parts of an admin's button after its name; `readAdminParts` reads them back. */
export function adminParts(action: AdminAction): (string | number)[] {
  switch (action.kind) {
    case "page":
      return pageParts(action.page);
    case "proposal":
      return action.asking === null ? ["p", action.id] : ["p", action.id, ASKED_LETTERS[action.asking]];
    case "category":
      return ["c", action.id, action.category];
    case "per":
      return ["u", action.id, PERS.indexOf(action.per)];
    case "approve":
      return ["a", action.id];
    case "ignore":
      return ["i", action.id];
    case "roll-back":
      return ["b", action.id];
    case "sync-now":
      return ["now"];
    case "resume-selling":
      return ["sell"];
    case "route":
      return ["r", action.family, action.second ? 2 : 1];
    case "visible":
      return ["v", action.entry, action.visible ? 1 : 0];
    case "finding":
      return [FINDINGS, ...findingParts(action.action)];
    case "user":
      return [USERS, ...userParts(action.action)];
    case "promo":
      return [PROMOS, ...promoParts(action.action)];
    case "receipt":
      return [RECEIPTS, ...receiptParts(action.action)];
  }
}

function pageParts(page: Extract<AdminAction, { kind: "page" }>["page"]): (string | number)[] {
  switch (page.kind) {
    case "home":
      return ["home"];
    case "sync":
      return ["sync"];
    case "proposals":
      return ["l", STATUS_LETTERS[page.status], page.page];
    case "families":
      return ["f", page.category, page.page];
    case "family":
      return ["m", page.family];
  }
}

/** What `adminParts` wrote; null for anything else. */
export function readAdminParts(parts: readonly string[]): AdminAction | null {
  const [name, first, second, ...rest] = parts;
  if (name === USERS) {
    const action = readUserParts(parts.slice(1));
    return action === null ? null : { kind: "user", action };
  }
  if (name === FINDINGS) {
    const action = readFindingParts(parts.slice(1));
    return action === null ? null : { kind: "finding", action };
  }
  if (name === PROMOS) {
    const action = readPromoParts(parts.slice(1));
    return action === null ? null : { kind: "promo", action };
  }
  if (name === RECEIPTS) {
    const action = readReceiptParts(parts.slice(1));
    return action === null ? null : { kind: "receipt", action };
  }
  if (rest.length > 0) return null;
  if (first === undefined) return readBare(name);
  return second === undefined ? readOne(name, first) : readTwo(name, first, second);
}

function readBare(name: string | undefined): AdminAction | null {
  if (name === "home" || name === "sync") return { kind: "page", page: { kind: name } };
  if (name === "sell") return { kind: "resume-selling" };
  return name === "now" ? { kind: "sync-now" } : null;
}

function readOne(name: string | undefined, subject: string): AdminAction | null {
  if (name === "m") return isKey(subject) ? { kind: "page", page: { kind: "family", family: subject } } : null;
  if (!isId(subject)) return null;
  switch (name) {
    case "p":
      return { kind: "proposal", id: subject, asking: null };
    case "a":
      return { kind: "approve", id: subject };
    case "i":
      return { kind: "ignore", id: subject };
    case "b":
      return { kind: "roll-back", id: subject };
    default:
      return null;
  }
}

function readTwo(name: string | undefined, first: string, second: string): AdminAction | null {
  switch (name) {
    case "l": {
      const status = named(STATUS_LETTERS, first);
      const page = pageNumber(second);
      return status === undefined || page === null ? null : { kind: "page", page: { kind: "proposals", status, page } };
    }
    case "f": {
      const category = CATEGORIES.find((each) => each === first);
      const page = pageNumber(second);
      return category === undefined || page === null
        ? null
        : { kind: "page", page: { kind: "families", category, page } };
    }
    case "p": {
      const asking = named(ASKED_LETTERS, second);
      return !isId(first) || asking === undefined ? null : { kind: "proposal", id: first, asking };
    }
    case "c": {
      const category = CATEGORIES.find((each) => each === second);
      return !isId(first) || category === undefined ? null : { kind: "category", id: first, category };
    }
    case "u": {
      const per: Per | undefined = /^\d$/.test(second) ? PERS[Number(second)] : undefined;
      return !isId(first) || per === undefined ? null : { kind: "per", id: first, per };
    }
    case "r":
      return isKey(first) && /^[12]$/.test(second) ? { kind: "route", family: first, second: second === "2" } : null;
    case "v":
      return isKey(first) && /^[01]$/.test(second) ? { kind: "visible", entry: first, visible: second === "1" } : null;
    default:
      return null;
  }
}
