import type { Fault } from "../faults/fault.ts";
import { readNoAnswer } from "../faults/network.ts";
import { classifyTelegram, type TelegramKind } from "./kinds.ts";

export interface TelegramFailureFacts {
  method: string;
  /** `error_code` or HTTP status; null when nobody answered. */
  code: number | null;
  /** Telegram's words, or `not sent: …`, `timed out`, `connection dropped…`. Never holds the token. */
  description: string;
  retryAfterSeconds: number | null;
  /** `refused`: it certainly had no effect. `unknown`: it may have had (5xx, timeout, dropped connection). */
  outcome: "refused" | "unknown";
}

/** Every failure of a Bot API call. The original error is not kept as its cause: those hold the token or the user's text. */
export class TelegramFailure extends Error {
  override readonly name: string = "TelegramFailure";
  readonly method: string;
  readonly code: number | null;
  readonly description: string;
  readonly retryAfterSeconds: number | null;
  readonly outcome: "refused" | "unknown";

  constructor(facts: TelegramFailureFacts) {
    super(`${facts.method}: ${facts.code === null ? "" : `${facts.code} `}${facts.description}`);
    this.method = facts.method;
    this.code = facts.code;
    this.description = facts.description;
    this.retryAfterSeconds = facts.retryAfterSeconds;
    this.outcome = facts.outcome;
  }
}

export type TelegramFault = Extract<Fault, { system: "telegram" }>;

/** The fault in anything that this adapter throws; a stranger's error counts as a call without an answer. */
export function toFault(error: unknown): TelegramFault {
  if (error instanceof TelegramFailure) {
    const { code, description, retryAfterSeconds } = error;
    return { system: "telegram", code, description, retryAfterSeconds };
  }
  return { system: "telegram", code: null, description: readNoAnswer(error).reason, retryAfterSeconds: null };
}

/** What a thrown error means to the caller: `blocked`, `message-gone`, `flood` … */
export const telegramKind = (error: unknown): TelegramKind => classifyTelegram(toFault(error));
