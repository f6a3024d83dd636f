import { REJECT_REASONS } from "../../ledger/payments.ts";
import type { ReceiptAction, ReceiptLink } from "./receipt-types.ts";

/** What stands first in the data of a button about bank transfers: `admin:rc:…`. */
export const RECEIPTS = "rc";

const PAGES = { request: "o", sum: "s", reason: "n", "other-reason": "t", reversal: "v" } as const;

const isId = (text: string | undefined): text is string => text !== undefined && /^[0-9a-z]{1,20}$/.test(text);
const isKopecks = (text: string | undefined): text is string => text !== undefined && /^[1-9]\d{0,11}$/.test(text);

/** The parts after `admin:rc`; `readReceiptParts` reads them back. */
export function receiptParts(action: ReceiptAction): (string | number)[] {
  switch (action.kind) {
    case "open":
      return linkParts(action.page);
    case "approve":
      return ["a", action.requestId, action.kopecks];
    case "reject":
      return ["x", action.requestId, REJECT_REASONS.indexOf(action.reason)];
    case "reverse":
      return ["ok", action.requestId];
    case "show":
      return ["p", action.requestId];
  }
}

function linkParts(page: ReceiptLink): string[] {
  return page.kind === "list" ? [] : [PAGES[page.kind], page.requestId];
}

/** What `receiptParts` wrote; null for anything else. */
export function readReceiptParts([name, requestId, value, ...rest]: readonly string[]): ReceiptAction | null {
  if (name === undefined) return { kind: "open", page: { kind: "list" } };
  if (!isId(requestId) || rest.length > 0) return null;
  if (value !== undefined) return readWithValue(name, requestId, value);
  for (const kind of ["request", "sum", "reason", "other-reason", "reversal"] as const) {
    if (name === PAGES[kind]) return { kind: "open", page: { kind, requestId } };
  }
  if (name === "ok") return { kind: "reverse", requestId };
  return name === "p" ? { kind: "show", requestId } : null;
}

function readWithValue(name: string, requestId: string, value: string): ReceiptAction | null {
  if (name === "a") return isKopecks(value) ? { kind: "approve", requestId, kopecks: value } : null;
  const reason = name === "x" && /^\d$/.test(value) ? REJECT_REASONS[Number(value)] : undefined;
  return reason === undefined ? null : { kind: "reject", requestId, reason };
}
