import type { AdminPage } from "../../conversation/admin/types.ts";
import type { ConversationState, DialogueEvent, Facts } from "../../conversation/types.ts";
import type { DialogueNeeds, DialogueRead, Sender } from "../../db/dialogues.ts";
import { randomId } from "../../shared/ids.ts";
import { isAdmin } from "../admin/is-admin.ts";
import type { AdminRead } from "../admin/read-page.ts";
import type { App } from "../app.ts";
import { batchFacts } from "../batch/facts.ts";
import { generationFacts } from "../generation/facts.ts";
import { pricing } from "../generation/price.ts";
import { type MoneyRead, moneyFacts } from "../money/facts.ts";
import { offerFacts } from "../promo/offer-facts.ts";

/** What one step read of the database, and what it had asked for. */
export interface StepRead {
  read: DialogueRead;
  wanted: DialogueNeeds;
  admin: AdminRead | null;
  money: MoneyRead | null;
}

/** For the page that an admin's event is about. Nothing for anybody else: to them there are no such screens. */
export async function readAdminFor(
  app: App,
  userId: number,
  state: ConversationState,
  event: DialogueEvent,
): Promise<AdminRead | null> {
  if (!isAdmin(app, userId)) return null;
  // Few people are admins, and none of the others should wait for their part of the program.
  const { adminPageOf, readAdminPage } = await import("../admin/read-page.ts");
  const page = adminPageOf(state, event);
  return page === null ? null : await readAdminPage(app, page);
}

/** For the page that is drawn now: what was read before, where it serves this page as well. */
export async function readAdminShown(
  app: App,
  userId: number,
  page: AdminPage | null,
  loaded: AdminRead | null,
): Promise<AdminRead | null> {
  if (page === null || !isAdmin(app, userId)) return loaded;
  const { readAdminPage, showsSame } = await import("../admin/read-page.ts");
  if (loaded !== null && showsSame(loaded.page, page)) return loaded;
  return await readAdminPage(app, page);
}

/** Everything that was read, in the terms of the dialogue. */
export function toFacts(app: App, sender: Sender, { read, wanted, admin, money }: StepRead): Facts {
  const isNew = read.user === null;
  return {
    now: app.clock.now(),
    newId: () => randomId(12),
    user: {
      id: sender.id,
      language: read.user?.language ?? sender.language,
      firstName: sender.firstName,
      isNew,
      dataSaver: read.user?.dataSaver === true,
    },
    wallet: {
      mainKopecks: read.wallet?.mainKopecks ?? 0n,
      // The welcome bonus is written with the first step, so the first screen already shows it.
      bonusKopecks: (read.wallet?.bonusKopecks ?? 0n) + (read.revision === 0 ? app.config.WELCOME_BONUS_KOPECKS : 0n),
      heldKopecks: read.wallet?.heldKopecks ?? 0n,
      debtKopecks: read.wallet?.debtKopecks ?? 0n,
    },
    money: moneyFacts(app, read, money),
    pricing: pricing(app),
    confirmFromKopecks: app.config.CONFIRM_FROM_KOPECKS,
    mode: app.config.mode,
    usualSecondsOf: read.usualSecondsOf,
    offers: offerFacts(app, read),
    ...(wanted.waiting === true ? { waiting: waitingFacts(read) } : {}),
    ...(read.undelivered === null ? {} : { undelivered: read.undelivered }),
    ...(wanted.generationId === undefined
      ? {}
      : { generation: read.generation === null ? null : generationFacts(read.generation) }),
    maxBatch: Math.min(app.config.MAX_BATCH, app.config.MAX_QUEUED_PER_USER),
    ...(wanted.batchId === undefined ? {} : { batch: read.batch === null ? null : batchFacts(read.batch) }),
    ...(read.history === null
      ? {}
      : { history: { items: read.history.items.map(generationFacts), next: read.history.next } }),
    ...(wanted.ledgerOf === undefined ? {} : { ledgerLines: read.ledgerLines }),
    ...(admin === null ? {} : { admin: admin.part }),
  };
}

function waitingFacts({ waiting, wallet }: DialogueRead): NonNullable<Facts["waiting"]> {
  const [first, second] = waiting;
  return {
    count: Math.max(waiting.length, wallet?.queued ?? 0),
    generation: first === undefined || second !== undefined ? null : generationFacts(first),
  };
}
