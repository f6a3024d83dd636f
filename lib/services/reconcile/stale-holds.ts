import type { StaleHoldFinding } from "../../conversation/admin/finding-types.ts";
import { countStaleHolds, staleHolds } from "../../db/odd-generations.ts";
import { addToOutbox } from "../../db/outbox.ts";
import { MINUTE_MS } from "../../shared/clock.ts";
import type { App } from "../app.ts";

/** The sweeper takes the last step within minutes of a deadline; what is later than this it does not see, or can not do. */
const LATE_MS = 30 * MINUTE_MS;
const MOST = 500;

const deadlineBefore = (app: App): Date => new Date(app.clock.now().getTime() - LATE_MS);

export async function staleHoldFindings(app: App): Promise<StaleHoldFinding[]> {
  const found = await staleHolds(app.database, { deadlineBefore: deadlineBefore(app), limit: MOST });
  return found.map((hold) => ({ kind: "stale-hold", ...hold }));
}

/** Tells the admins between the nights, at most once per hour: the message's id is the throttle (PRODUCT G8). */
export async function alertLateHolds(app: App): Promise<void> {
  const late = await countStaleHolds(app.database, deadlineBefore(app));
  if (late === 0) return;
  const now = app.clock.now();
  await addToOutbox(app.database, {
    messages: app.config.ADMIN_ID.map((userId) => ({
      id: `late-holds:${now.toISOString().slice(0, 13)}:${userId}`,
      userId,
      kind: "late-holds",
      payload: { count: late },
    })),
    now,
  });
}
