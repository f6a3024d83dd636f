/** What is known about a call that got no answer. */
export interface NoAnswer {
  /** `no`: the request certainly never left (refused, unknown host): trying again is safe. `maybe`: it may have arrived. */
  sent: "no" | "maybe";
  /** Short and free of secrets, for example `timed out` or `ECONNRESET`. */
  reason: string;
}

/** Failures of the connection itself: nothing of the request was ever written. */
const NEVER_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** Errors of a certificate appear before the request is written, too. */
const CERTIFICATE = /^(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

const TIMEOUT_NAMES = new Set(["TimeoutError", "AbortError"]);
const TIMEOUT_CODES = new Set(["ETIMEDOUT", "ESOCKETTIMEDOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"]);

/** An error and everything it was caused by, AggregateErrors included; bounded, because a chain may be circular. */
export function causes(error: unknown): unknown[] {
  const found: unknown[] = [];
  const queue: unknown[] = [error];
  while (queue.length > 0 && found.length < 12) {
    const next = queue.shift();
    if (next === undefined || next === null || found.includes(next)) continue;
    found.push(next);
    if (typeof next !== "object") continue;
    if ("cause" in next) queue.push(next.cause);
    if ("sourceError" in next) queue.push(next.sourceError);
    if (next instanceof AggregateError) queue.push(...next.errors.slice(0, 3));
  }
  return found;
}

/** The `code` of an error when it is a name such as `ECONNRESET`, not a number or an SQLSTATE. */
function transportCode(error: unknown): string | null {
  if (typeof error !== "object" || error === null || !("code" in error)) return null;
  const { code } = error;
  return typeof code === "string" && /^[A-Z][A-Z0-9_]{4,}$/.test(code) && /[_]|^E[A-Z]/.test(code) ? code : null;
}

/**
 * Reads why a call by fetch, node-fetch, ky or neon got no answer. Never quotes the error's own message: those contain
 * URLs, and a Telegram URL contains the bot token.
 */
export function readNoAnswer(error: unknown): NoAnswer {
  const chain = causes(error);
  const codes = chain.map(transportCode).filter((code) => code !== null);
  const never = codes.find((code) => NEVER_SENT.has(code) || CERTIFICATE.test(code));
  if (never !== undefined) return { sent: "no", reason: `not sent: ${never}` };
  const timedOut = chain.some((one) => one instanceof Error && TIMEOUT_NAMES.has(one.name));
  if (timedOut || codes.some((code) => TIMEOUT_CODES.has(code))) return { sent: "maybe", reason: "timed out" };
  const code = codes[0];
  return { sent: "maybe", reason: code === undefined ? "connection dropped" : `connection dropped: ${code}` };
}
