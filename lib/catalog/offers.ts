import type { Entry } from "./entry.ts";

/** Whether people can order it at all: from the menus or under a result. */
export function isSold({ offer }: Entry): boolean {
  return offer === "card" || offer === "follow-up" || offer === "helper";
}

/** Whether it stands in the menus: cards, and free steps whose result something else is made of. */
export function isInMenus({ offer, followUps }: Entry): boolean {
  return offer === "card" || (offer === "helper" && followUps !== undefined);
}
