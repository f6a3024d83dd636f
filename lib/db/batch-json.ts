import { type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import { BATCH_KINDS } from "../generation/batch.ts";
import { type GenerationWithOutputs, generationJson, generationWithOutputs } from "./generation-json.ts";
import { type OwnedGeneration, ownerColumns, ownerShape, ownership } from "./owned-generation.ts";
import { momentJson } from "./rows.ts";

const batchRow = z.lazy(() =>
  z
    .object({
      id: z.string(),
      user_id: z.number(),
      kind: z.enum(BATCH_KINDS),
      size: z.number(),
      remaining: z.number(),
      status_message_id: z.number().nullable(),
      done_message_id: z.number().nullable(),
      delivery_attempts: z.number(),
      told_at: momentJson.nullable(),
      created_at: momentJson,
    })
    .transform((row) => ({
      id: row.id,
      userId: row.user_id,
      kind: row.kind,
      size: row.size,
      /** Items that are not final yet. */
      remaining: row.remaining,
      statusMessageId: row.status_message_id,
      doneMessageId: row.done_message_id,
      deliveryAttempts: row.delivery_attempts,
      toldAt: row.told_at,
      createdAt: row.created_at,
    })),
);

/** A batch with its items in their order. */
export interface StoredBatch extends z.output<typeof batchRow> {
  items: readonly GenerationWithOutputs[];
}

/** Reads what `batchJson` makes. */
export const storedBatch: z.ZodType<StoredBatch> = z.lazy(() =>
  z
    .object({ batch: batchRow, items: z.array(generationWithOutputs) })
    .transform(({ batch, items }) => ({ ...batch, items })),
);

/** The JSON of a batch with its items, for a row of `batches` under the given alias. */
export function batchJson(alias: SQL): SQL {
  return sql`jsonb_build_object('batch', to_jsonb(${alias}), 'items', (
    select jsonb_agg(${generationJson(sql`item`)} order by item.batch_position)
    from generations item where item.batch_id = ${alias}.id))`;
}

/** A batch with its owner: enough to show or deliver it without another read. */
export interface OwnedBatch extends StoredBatch {
  owner: OwnedGeneration["owner"];
  /** Files that the items' values name; only a batch that was just bought has them. */
  uploads: OwnedGeneration["uploads"];
  catalogRevision: number;
}

/** Reads `batch`, the owner's columns and `uploads` of a statement's row. */
export const ownedBatchRow = z.lazy(() =>
  z
    .object({ batch: storedBatch, ...ownerShape() })
    .transform((row): OwnedBatch => ({ ...row.batch, ...ownership(row) })),
);

/** What `ownedBatchRow` reads besides `uploads`, of a statement that joins `batches b`, `users u` and `wallets w`. */
export const ownedBatchColumns = sql`${batchJson(sql`b`)} as batch, ${ownerColumns}`;

/** One item as the services of single generations know it. */
export function ownedItem(batch: OwnedBatch, item: GenerationWithOutputs): OwnedGeneration {
  return { ...item, owner: batch.owner, uploads: batch.uploads, catalogRevision: batch.catalogRevision };
}
