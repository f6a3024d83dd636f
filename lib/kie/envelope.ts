import * as z from "zod";

/** Numbers that some pages show as strings. */
const codeSchema = z.lazy(() =>
  z.union([
    z.number().int(),
    z
      .string()
      .regex(/^\d{1,4}$/)
      .transform(Number),
  ]),
);

const envelopeSchema = z.lazy(() =>
  z.looseObject({
    code: codeSchema,
    msg: z.string().nullish(),
    /** Some market pages of 2025 say `message`. */
    message: z.string().nullish(),
    data: z.unknown().optional(),
  }),
);

/** KIE's answer to anything: the `code` in the body is the verdict, whatever the HTTP status says (docs.kie.ai). */
export interface Envelope {
  code: number;
  message: string;
  /** `undefined` when absent. */
  data: unknown;
}

/** @returns null when the text is not an envelope. */
export function readEnvelope(text: string): Envelope | null {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = envelopeSchema.safeParse(body);
  if (!parsed.success) return null;
  const { code, msg, message, data } = parsed.data;
  return { code, message: msg ?? message ?? "", data };
}
