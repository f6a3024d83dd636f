import type { Catalog } from "../../catalog/load.ts";
import type { ConversationState, Facts } from "../types.ts";
import type { MoneyFacts } from "./types.ts";

/** What a page about money is drawn from. */
export interface MoneyDrawing<Page> {
  page: Page;
  money: MoneyFacts;
  /** Holds the open draft, if any. */
  state: ConversationState;
  facts: Facts;
  catalog: Catalog;
}
