import type { AdminTexts } from "../../i18n/admin.ts";
import type { Turn } from "../turn.ts";
import type { AdminFacts } from "./types.ts";

/** What every step of an admin may look at. */
export interface AdminTurn extends Turn {
  texts: AdminTexts;
  admin: AdminFacts;
}
