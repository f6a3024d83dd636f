import type { ViewButton } from "../types.ts";
import { act } from "./buttons.ts";
import type { PromoAdminAction } from "./promo-types.ts";

/** A button about promo codes. */
export function onPromo(text: string, action: PromoAdminAction): ViewButton {
  return act(text, { kind: "promo", action });
}

/** A button to the list of active codes. */
export function toPromos(text: string): ViewButton {
  return onPromo(text, { kind: "open", page: { kind: "list", isClosed: false, page: 0 } });
}
