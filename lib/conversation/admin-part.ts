import type { Catalog } from "../catalog/load.ts";
import type { AdminPage } from "./admin/types.ts";
import type { DrawTapped, Turn } from "./turn.ts";
import type { Facts, Transition, View } from "./types.ts";

/**
 * The admins' screens, buttons and typed answers, as the dialogue knows them: it gets them with the facts of an admin and
 * imports none of lib/conversation/admin, so that only the few admins wait for that part of the program to load.
 */
export interface AdminPart {
  /** @returns null for a button that nobody can read. */
  open(turn: Turn, parts: readonly string[], draw: DrawTapped): Transition | null;
  /** @returns null when the page asks for nothing, so that the words go where everybody's go. */
  takeText(turn: Turn, page: AdminPage, text: string): Transition | null;
  /** Never throws; what is gone draws a way on. */
  draw(page: AdminPage, facts: Facts, catalog: Catalog): View;
}
