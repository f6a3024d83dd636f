import type { BatchFacts } from "../../conversation/batch/types.ts";
import type { Facts } from "../../conversation/types.ts";
import { type OwnedBatch, ownedItem, type StoredBatch } from "../../db/batch-json.ts";
import type { App } from "../app.ts";
import { generationFacts } from "../generation/facts.ts";
import { ownerFacts } from "../generation/owner-facts.ts";

/** A stored batch in the terms of the dialogue. */
export function batchFacts(batch: StoredBatch): BatchFacts {
  return {
    batchId: batch.id,
    kind: batch.kind,
    createdAt: batch.createdAt,
    items: batch.items.map(generationFacts),
    isTold: batch.toldAt !== null,
  };
}

/** What the messages about a batch may look at, for its owner. */
export function batchOwnerFacts(app: App, batch: OwnedBatch): Facts {
  const [first] = batch.items;
  if (first === undefined) throw new Error("a batch has items");
  return ownerFacts(app, ownedItem(batch, first));
}
