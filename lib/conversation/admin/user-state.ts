import * as z from "zod";
import { PROMO_KINDS } from "../../ledger/payments.ts";

const userId = z.lazy(() => z.int().positive());
const generationId = z.lazy(() => z.string());
const key = z.lazy(() => z.string());
const direction = z.lazy(() => z.enum(["credit", "debit"]));
const reason = z.lazy(() => z.string().nullable());

/** Stored pages about users. */
export const userPageSchema = z.lazy(() =>
  z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("list"), query: z.string().nullable() }),
    z.object({ kind: z.literal("card"), userId }),
    z.object({ kind: z.literal("operations"), userId }),
    z.object({ kind: z.literal("generations"), userId }),
    z.object({ kind: z.literal("generation"), userId, generationId }),
    z.object({ kind: z.literal("payments"), userId }),
    z.object({ kind: z.literal("payment"), userId, key }),
    z.object({ kind: z.literal("accounts"), userId, direction }),
    z.object({
      kind: z.literal("adjust"),
      userId,
      draft: z.object({
        id: z.string(),
        direction,
        account: z.enum(["main", "bonus"]),
        kopecks: z
          .string()
          .regex(/^\d{1,12}$/)
          .nullable(),
        reason,
      }),
    }),
    z.object({ kind: z.literal("refund"), userId, generationId, reason }),
    z.object({ kind: z.literal("refund-stars"), userId, key, reason }),
    z.object({ kind: z.literal("ban"), userId, isBan: z.boolean() }),
  ]),
);

const count = z.lazy(() => z.int().positive());

/** Stored pages about promo codes. */
export const promoPageSchema = z.lazy(() =>
  z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("list"), isClosed: z.boolean(), page: z.int().min(0) }),
    z.object({ kind: z.literal("code"), code: z.string(), isClosing: z.boolean() }),
    z.object({
      kind: z.literal("new"),
      draft: z.object({
        id: z.string(),
        kind: z.enum(PROMO_KINDS).exactOptional(),
        value: count.exactOptional(),
        hold: z.union([z.object({ generations: count }), z.object({ days: count })]).exactOptional(),
        newcomersOnly: z.boolean().exactOptional(),
        cap: count.nullable().exactOptional(),
        daysOpen: count.nullable().exactOptional(),
        code: z.string().exactOptional(),
        isOrdered: z.literal(true).exactOptional(),
      }),
    }),
  ]),
);
