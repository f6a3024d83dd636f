import { adminTexts } from "../../i18n/admin.ts";
import type { AdminPart } from "../admin-part.ts";
import type { Turn } from "../turn.ts";
import { openAdmin, takeAdminText } from "./actions.ts";
import { readAdminParts } from "./callback-parts.ts";
import { adminScreen } from "./screens.ts";
import type { AdminTurn } from "./turn.ts";
import type { AdminFacts } from "./types.ts";

/** The admins' part of the dialogue, over what was read for the page that a step is about. */
export function adminPart(admin: AdminFacts): AdminPart {
  const turnOf = (turn: Turn): AdminTurn => ({ ...turn, texts: adminTexts(turn.facts.user.language), admin });
  return {
    open(turn, parts, draw) {
      const action = readAdminParts(parts);
      return action === null ? null : openAdmin(turnOf(turn), action, draw);
    },
    takeText: (turn, page, text) => takeAdminText(turnOf(turn), page, text),
    draw: (page, facts, catalog) => adminScreen(page, admin, facts, catalog),
  };
}
