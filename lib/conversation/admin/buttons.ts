import type { ViewButton } from "../types.ts";
import { button } from "../view-parts.ts";
import type { AdminAction } from "./types.ts";

/** A button of the admins. */
export function act(text: string, action: AdminAction): ViewButton {
  return button(text, { kind: "admin", action });
}

/** A button that leads to another page of the admins. */
export function toPage(text: string, page: Extract<AdminAction, { kind: "page" }>["page"]): ViewButton {
  return act(text, { kind: "page", page });
}
