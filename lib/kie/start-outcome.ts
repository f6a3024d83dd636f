import * as z from "zod";
import type { Envelope } from "./envelope.ts";
import type { StartOutcome } from "./gateway.ts";
import type { Exchange } from "./http.ts";

/** Envelope codes that refuse now and may accept later (docs.kie.ai). */
const BUSY_CODES = new Set([429, 455]);

/** No handler stands behind the path, so that nothing can have been created: the endpoint is gone. */
const NO_ENDPOINT_STATUS = new Set([404, 405, 410]);

const createdSchema = z.lazy(() => z.looseObject({ taskId: z.string().min(1).max(200) }));

/** "The model name you specified is not supported", "Page does not exist or is not published", "No such endpoint". */
const NO_SUCH_MODEL =
  /\b(model|page|endpoint|interface|api)( (name|id|version))?( you (specified|requested))?( ["'«`“]?[\w./-]+["'»`”]?)? ((is |was |are )?(not supported|unsupported|not found|not published|not available|no longer)|does(n't| not) exist)|\bno such (model|page|endpoint)|\bunsupported (model|endpoint)|\bunknown model/i;

/** About something in the request: a record, a task, a file, a field. */
const ABOUT_REQUEST =
  /\b(record(info)?|task|music|song|track|audio|video|image|file|persona|voice|field|param(eter)?|\w+_?id)( (?!model|endpoint|page)\S+)? ((is |was )?(null|not found|missing|required|empty)|does(n't| not) exist|can ?not be)/i;

const isUnknownModel = (code: number, message: string): boolean =>
  !ABOUT_REQUEST.test(message) && (code === 404 || (code === 422 && NO_SUCH_MODEL.test(message)));

/**
 * What is known after one create call.
 *
 * @param clean takes the user's words, the key and links out of a message.
 * @param own what an answer means for this operation alone; null: what it means everywhere.
 * @see https://docs.kie.ai for what counts as "certainly not created".
 */
export function readStart(
  result: Exchange,
  clean: (message: string) => string,
  own: (reply: Envelope) => StartOutcome | null,
): StartOutcome {
  if (result.kind === "no-answer") {
    // No connection was ever made, so nothing can have been created.
    return result.sent === "no"
      ? { kind: "busy", code: 0, message: result.reason }
      : { kind: "unknown", reason: result.reason };
  }
  const { httpStatus, envelope } = result;
  if (httpStatus >= 500) return { kind: "unknown", reason: `HTTP ${httpStatus}` };
  if (envelope === null) {
    const reason = `HTTP ${httpStatus} with an unreadable body`;
    return NO_ENDPOINT_STATUS.has(httpStatus)
      ? { kind: "refused", code: 404, message: reason, isUnknownModel: true }
      : { kind: "unknown", reason };
  }
  const { code, data } = envelope;
  if (code === 200 && httpStatus >= 300) return { kind: "unknown", reason: "accepted without a task id" };
  const message = clean(envelope.message);
  const special = own({ code, data, message });
  if (special !== null) return special;
  if (BUSY_CODES.has(code)) return { kind: "busy", code, message };
  if (code !== 200) return { kind: "refused", code, message, isUnknownModel: isUnknownModel(code, message) };
  const created = createdSchema.safeParse(data);
  if (!created.success) return { kind: "unknown", reason: "accepted without a task id" };
  return { kind: "created", taskId: created.data.taskId };
}
