import * as z from "zod";
import type { ReceiptPage } from "./receipt-types.ts";

const requestId = z.lazy(() => z.string());

/** A stored page about bank transfers. */
export const receiptPageSchema: z.ZodType<ReceiptPage> = z.lazy(() =>
  z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("list") }),
    z.object({ kind: z.enum(["request", "sum", "reason", "other-reason", "reversal"]), requestId }),
    z.object({ kind: z.literal("sum-confirm"), requestId, kopecks: z.string().regex(/^[1-9]\d{0,11}$/) }),
    z.object({ kind: z.literal("reversal-confirm"), requestId, reason: z.string() }),
  ]),
);
