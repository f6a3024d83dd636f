import type { Catalog } from "../catalog/load.ts";
import { isInMenus } from "../catalog/offers.ts";
import { enterCode } from "./money/promo.ts";
import { open } from "./openers.ts";
import { noticeOf, send, showing, type Turn } from "./turn.ts";
import type { Opener, Transition } from "./types.ts";

/** What a link `t.me/<bot>?start=<payload>` leads to. */
export type StartLink =
  | { kind: "promo"; code: string }
  /** Key of an entry or of a family. */
  | { kind: "model"; key: string }
  | { kind: "preset" }
  /** Where the person came from: only logged. */
  | { kind: "campaign"; name: string };

/**
 * Reads the payload of /start. Anybody can write one, so it never holds an amount or anything that is believed: it only
 * names what could have been tapped or typed as well. A friend's code (`ref_`) changes nothing on the screen; the
 * services bind it.
 *
 * @returns null for everything that leads nowhere in particular: then it is an ordinary /start.
 */
export function startLink(payload: string): StartLink | null {
  const [, prefix, rest = ""] = /^(promo|m|p|src)_([A-Za-z0-9_-]{1,60})$/.exec(payload) ?? [];
  switch (prefix) {
    case "promo":
      return { kind: "promo", code: rest };
    case "m":
      return /^[a-z0-9-]+$/.test(rest) ? { kind: "model", key: rest } : null;
    case "p":
      return { kind: "preset" };
    case "src":
      return { kind: "campaign", name: rest };
    default:
      return null;
  }
}

/** /start with what its link asked for; the menu otherwise. */
export function start(turn: Turn, payload: string): Transition {
  const link = startLink(payload);
  const menu = showing(turn.state, { kind: "menu" });
  switch (link?.kind) {
    case "promo":
      return enterCode(turn, link.code, { kind: "menu" });
    case "model": {
      const opener = modelOpener(link.key, turn.catalog);
      if (opener !== null) return open(turn, opener, { messageId: 0, isScreen: false });
      return send(menu, noticeOf([turn.texts.promo.linkGone]));
    }
    case "preset":
      return send(menu, noticeOf([turn.texts.promo.presetUnavailable]));
    default:
      return send(menu);
  }
}

/** The entry whose card a link opens, so that its usual time can be read along; null for other links. */
export function linkedEntry(payload: string, catalog: Catalog): string | null {
  const link = startLink(payload);
  if (link?.kind !== "model") return null;
  const [only, ...others] = catalog.summary(link.key)?.modes ?? [];
  return catalog.entry(link.key)?.entry.key ?? (others.length === 0 ? (only?.entryKey ?? null) : null);
}

/** The same as the button in the menus; where an entry is called like its family, the link leads to its card. */
function modelOpener(key: string, catalog: Catalog): Opener | null {
  const found = catalog.entry(key);
  if (found !== undefined && isInMenus(found.entry)) {
    return { kind: "mode", family: found.family.key, mode: found.entry.mode };
  }
  return (catalog.summary(key)?.modes.length ?? 0) > 0 ? { kind: "model", family: key } : null;
}
