import type { Envelope } from "./envelope.ts";
import type { ReadOptions, RecordRoute } from "./families/operation.ts";
import type { LookOutcome } from "./gateway.ts";
import type { Exchange } from "./http.ts";

/** An unknown id, and any id for a moment after create (docs.kie.ai). */
function isNoSuchRecord({ code, message, data }: Envelope): boolean {
  if (code === 200) return data === null || data === undefined;
  if (code === 404) return /not found|no such|does not exist/i.test(message);
  return code === 422 && /\brecord(info)? (is null|does not exist)/i.test(message);
}

/**
 * What one look has shown.
 *
 * @param clean takes the key and links out of a message.
 */
export function readLook(
  result: Exchange,
  clean: (message: string) => string,
  route: RecordRoute,
  options: ReadOptions,
): LookOutcome {
  if (result.kind === "no-answer") return { kind: "unavailable", code: null, reason: result.reason };
  const { httpStatus, envelope } = result;
  if (envelope === null) {
    const code = httpStatus >= 400 ? httpStatus : null;
    return { kind: "unavailable", code, reason: `HTTP ${httpStatus} with an unreadable body` };
  }
  const reply = { ...envelope, message: clean(envelope.message) };
  if (httpStatus >= 500) return { kind: "unavailable", code: httpStatus, reason: reply.message };
  const special = route.read?.(reply, options) ?? null;
  if (special !== null) return special;
  if (isNoSuchRecord(reply)) return { kind: "not-found" };
  if (reply.code !== 200) return { kind: "unavailable", code: reply.code, reason: reply.message };
  const outcome = route.record(reply.data, options);
  return outcome ?? { kind: "unavailable", code: null, reason: "a record that can not be read" };
}
