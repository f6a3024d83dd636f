import type { ButtonAction, ViewButton } from "../types.ts";
import { button } from "../view-parts.ts";
import { adminParts } from "./callback-parts.ts";
import type { AdminAction } from "./types.ts";

/** What an admin's button does, as everybody's part of the program carries it. */
export function adminAction(action: AdminAction): ButtonAction {
  return { kind: "admin", parts: adminParts(action).map(String) };
}

/** A button of the admins. */
export function act(text: string, action: AdminAction): ViewButton {
  return button(text, adminAction(action));
}

/** A button that leads to another page of the admins. */
export function toPage(text: string, page: Extract<AdminAction, { kind: "page" }>["page"]): ViewButton {
  return act(text, { kind: "page", page });
}
