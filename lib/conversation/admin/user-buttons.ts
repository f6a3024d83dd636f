import type { ViewButton } from "../types.ts";
import { act } from "./buttons.ts";
import type { UserAction, UserLink } from "./user-types.ts";

/** A button about users. */
export function onUser(text: string, action: UserAction): ViewButton {
  return act(text, { kind: "user", action });
}

/** A button to a page about users. */
export function toUserPage(text: string, page: UserLink): ViewButton {
  return onUser(text, { kind: "open", page });
}
