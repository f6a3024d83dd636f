import type { AdminFacts, AdminPage } from "../../conversation/admin/types.ts";
import type { Facts } from "../../conversation/types.ts";
import type { DialogueNeeds, DialogueRead, Sender } from "../../db/dialogues.ts";
import { randomId } from "../../shared/ids.ts";
import type { App } from "../app.ts";
import { readAdminPage } from "../catalog/admin-facts.ts";
import { isAdmin } from "../catalog/decide.ts";
import { generationFacts } from "../generation/facts.ts";
import { pricing } from "../generation/price.ts";

/** What one step read of the database, and what it had asked for. */
export interface StepRead {
  read: DialogueRead;
  wanted: DialogueNeeds;
  admin: AdminRead | null;
}

interface AdminRead {
  page: AdminPage;
  facts: AdminFacts;
  catalogRevision: number;
}

/** Nothing for people who are no admins: to them there are no such screens. */
export async function readAdmin(app: App, userId: number, page: AdminPage | null): Promise<AdminRead | null> {
  if (page === null || !isAdmin(app, userId)) return null;
  return { page, ...(await readAdminPage(app, page)) };
}

/** Everything that was read, in the terms of the dialogue. */
export function toFacts(app: App, sender: Sender, { read, wanted, admin }: StepRead): Facts {
  const isNew = read.user === null;
  return {
    now: app.clock.now(),
    newId: () => randomId(12),
    user: {
      id: sender.id,
      language: read.user?.language ?? sender.language,
      firstName: sender.firstName,
      isNew,
    },
    wallet: {
      mainKopecks: read.wallet?.mainKopecks ?? 0n,
      // The welcome bonus is written with the first step, so the first screen already shows it.
      bonusKopecks: (read.wallet?.bonusKopecks ?? 0n) + (read.revision === 0 ? app.config.WELCOME_BONUS_KOPECKS : 0n),
      heldKopecks: read.wallet?.heldKopecks ?? 0n,
    },
    pricing: pricing(app.config),
    confirmFromKopecks: app.config.CONFIRM_FROM_KOPECKS,
    mode: app.config.mode,
    usualSecondsOf: read.usualSecondsOf,
    ...(wanted.generationId === undefined
      ? {}
      : { generation: read.generation === null ? null : generationFacts(read.generation) }),
    ...(read.history === null
      ? {}
      : { history: { items: read.history.items.map(generationFacts), next: read.history.next } }),
    ...(wanted.ledgerOf === undefined ? {} : { ledgerLines: read.ledgerLines }),
    ...(admin === null ? {} : { admin: admin.facts }),
  };
}
