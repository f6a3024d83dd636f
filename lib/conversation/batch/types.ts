import type { ParamValues } from "../../catalog/param-values.ts";
import type { BatchKind } from "../../generation/batch.ts";
import type { Kopecks } from "../../shared/kopecks.ts";
import type { GenerationFacts } from "../types.ts";

/** What a card is to be made of besides itself; kept in the draft. */
export interface BatchDraft {
  kind: BatchKind;
  /** Prompts of a batch; keys of the compared entries, the card's own first. */
  parts: readonly string[];
  /**
   * Prices of the parts before any discount, as the user last saw them, in kopecks as decimal strings (JSON), and when
   * they were computed (epoch ms): locked for 24 h. Null: to be computed.
   */
  prices: { kopecks: readonly string[]; quotedAt: number } | null;
  /** The discount that the user last saw in them. */
  discount?: { code: string; percent: number };
}

/** One generation of a batch as it was priced and shown. */
export interface BatchItem {
  entryKey: string;
  values: ParamValues;
  /** What is held for it: its own price, less its own discount. */
  kopecks: Kopecks;
}

/** What ✅ on a batch or a comparison orders: all of it is held in one statement, or nothing. 2 to `MAX_BATCH` items. */
export interface BatchOrder {
  /** The draft's id: it becomes the batch's, so that one draft can never be bought twice. */
  id: string;
  kind: BatchKind;
  items: readonly BatchItem[];
  /** The discount that is in the prices; proved again by the statement. Absent: none is. */
  discount?: { code: string; percent: number };
}

/** A stored batch in the terms of the dialogue. */
export interface BatchFacts {
  batchId: string;
  kind: BatchKind;
  createdAt: Date;
  /** In the order of the batch. */
  items: readonly GenerationFacts[];
  /** True once the result message and the albums are with the user. */
  isTold: boolean;
}
