import * as z from "zod";
import { CATEGORIES } from "../catalog/categories.ts";
import { scalarSchema, uploadSchema } from "../catalog/param-kinds.ts";
import { BATCH_KINDS } from "../generation/batch.ts";
import { DOCUMENT_NAMES } from "../i18n/documents.ts";
import { MEDIA_KINDS } from "../shared/media.ts";
import { receiptPageSchema } from "./admin/receipt-state.ts";
import { promoPageSchema, userPageSchema } from "./admin/user-state.ts";
import type { ConversationState } from "./types.ts";

const page = z.lazy(() => z.int().min(0));

const proposalStatus = z.lazy(() => z.enum(["proposed", "approved", "ignored", "rolled-back"]));

const adminPageSchema = z.lazy(() =>
  z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("home") }),
    z.object({ kind: z.literal("sync") }),
    z.object({ kind: z.literal("proposals"), status: proposalStatus, page }),
    z.object({
      kind: z.literal("proposal"),
      id: z.string(),
      asking: z.enum(["price", "titleRu", "titleEn"]).nullable(),
    }),
    z.object({ kind: z.literal("families"), category: z.enum(CATEGORIES), page }),
    z.object({ kind: z.literal("family"), family: z.string() }),
    z.object({
      kind: z.literal("finding"),
      page: z.object({ findingId: z.string().nullable(), isConfirming: z.boolean() }),
    }),
    z.object({ kind: z.literal("user"), page: userPageSchema }),
    z.object({ kind: z.literal("promo"), page: promoPageSchema }),
    z.object({ kind: z.literal("receipt"), page: receiptPageSchema }),
  ]),
);

const kopecksText = z.lazy(() => z.string().regex(/^\d{1,12}$/));
const asking = z.lazy(() => z.boolean());

const moneyPageSchema = z.lazy(() =>
  z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("topup"), asking }),
    z.object({ kind: z.literal("pay"), kopecks: kopecksText }),
    z.object({ kind: z.literal("bank") }),
    z.object({ kind: z.literal("operations"), before: z.string().nullable() }),
    z.object({ kind: z.literal("limit"), asking }),
    z.object({ kind: z.literal("promo"), asking }),
    z.object({ kind: z.literal("referral") }),
  ]),
);

const screenSchema = z.lazy(() =>
  z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("menu") }),
    z.object({ kind: z.literal("categories") }),
    z.object({ kind: z.literal("families"), category: z.enum(CATEGORIES), page }),
    z.object({ kind: z.literal("found"), query: z.string(), page }),
    z.object({ kind: z.literal("modes"), family: z.string(), hidden: z.string().exactOptional() }),
    z.object({
      kind: z.literal("accepting"),
      media: z.enum(MEDIA_KINDS),
      page,
      category: z.enum(CATEGORIES).exactOptional(),
    }),
    z.object({ kind: z.literal("card"), isAppending: z.literal(true).exactOptional() }),
    z.object({ kind: z.literal("advanced") }),
    z.object({
      kind: z.literal("choice"),
      param: z.string(),
      page,
      item: z.object({ index: page, field: z.string() }).exactOptional(),
    }),
    z.object({ kind: z.literal("confirmation") }),
    z.object({ kind: z.literal("batch"), step: z.enum(["ask", "order", "confirm"]) }),
    z.object({ kind: z.literal("batch-status"), batchId: z.string() }),
    z.object({ kind: z.literal("balance") }),
    z.object({ kind: z.literal("history"), before: z.string().nullable() }),
    z.object({ kind: z.literal("help") }),
    z.object({ kind: z.literal("document"), document: z.enum(DOCUMENT_NAMES) }),
    z.object({ kind: z.literal("generation"), generationId: z.string() }),
    z.object({ kind: z.literal("receipt"), generationId: z.string() }),
    z.object({ kind: z.literal("links"), generationId: z.string() }),
    z.object({ kind: z.literal("more"), generationId: z.string(), position: page }),
    z.object({ kind: z.literal("admin"), page: adminPageSchema }),
    z.object({ kind: z.literal("money"), page: moneyPageSchema }),
    z.object({ kind: z.literal("settings") }),
  ]),
);

const valueSchema = z.lazy(() =>
  z.union([scalarSchema, z.array(uploadSchema), z.array(z.record(z.string(), scalarSchema))]),
);

const discountSchema = z.lazy(() => z.object({ code: z.string(), percent: z.int().min(1).max(100) }));

const batchDraftSchema = z.lazy(() =>
  z.object({
    kind: z.enum(BATCH_KINDS),
    parts: z.array(z.string()),
    prices: z.object({ kopecks: z.array(kopecksText), quotedAt: z.number() }).nullable(),
    discount: discountSchema.exactOptional(),
  }),
);

const stateSchema: z.ZodType<ConversationState> = z.lazy(() =>
  z.object({
    v: z.literal(1),
    screen: screenSchema,
    messageId: z.int().nullable(),
    draft: z
      .object({
        id: z.string(),
        entryKey: z.string(),
        values: z.record(z.string(), valueSchema),
        asking: z.string().nullable(),
        openedAt: z.number(),
        quote: z.object({ kopecks: z.string().regex(/^\d+$/), quotedAt: z.number() }).nullable(),
        offer: z
          .discriminatedUnion("kind", [
            z.object({ kind: z.literal("free") }),
            z.object({ kind: z.literal("discount"), code: z.string(), percent: z.int().min(1).max(100) }),
          ])
          .exactOptional(),
        otherSpeeds: z.array(z.string()).exactOptional(),
        source: z.object({ generationId: z.string(), position: page }).exactOptional(),
        batch: batchDraftSchema.exactOptional(),
      })
      .nullable(),
    pending: z.object({ uploads: z.array(uploadSchema), caption: z.string() }).nullable(),
    albumId: z.string().nullable(),
  }),
);

/** Where everybody starts: the menu, nothing open, no message to edit. */
export function initialState(): ConversationState {
  return { v: 1, screen: { kind: "menu" }, messageId: null, draft: null, pending: null, albumId: null };
}

/** A stored state. One of another version, or one that can not be read, is dropped politely: the user gets the menu. */
export function parseState(json: unknown): ConversationState {
  const parsed = stateSchema.safeParse(json);
  return parsed.success ? parsed.data : initialState();
}
