import { isSold } from "../../catalog/offers.ts";
import { starsRefundedView, toppedUpView } from "../../conversation/money/told.ts";
import type { View } from "../../conversation/types.ts";
import type { OutboxMessage } from "../../db/outbox.ts";
import { readAfterTopUp } from "../../db/topped-up.ts";
import { DAY_MS } from "../../shared/clock.ts";
import type { App } from "../app.ts";

/** The message of an outbox row `topped-up`: `{kopecks, bonusKopecks, debtKopecks?, by}`, sums as decimal strings. */
export async function toppedUp(app: App, { userId, payload, language }: OutboxMessage): Promise<View> {
  const { draft, ...wallet } = await readAfterTopUp(app.database, userId);
  // A card is open for a day; an older one would ask for a new price anyway and is left to the menu.
  const isOpen = draft !== null && app.clock.now().getTime() - draft.openedAt < DAY_MS;
  const waiting = isOpen ? app.catalog.entry(draft.entryKey) : undefined;
  return toppedUpView(
    {
      kopecks: BigInt(String(payload["kopecks"])),
      bonusKopecks: BigInt(String(payload["bonusKopecks"] ?? "0")),
      debtKopecks: BigInt(String(payload["debtKopecks"] ?? "0")),
      wallet,
      waiting: waiting !== undefined && isSold(waiting.entry) ? waiting : null,
    },
    language ?? "ru",
  );
}

/** The message of an outbox row `stars-refunded`: `{kopecks, debtKopecks}`. */
export function starsRefunded({ payload, language }: OutboxMessage): View {
  return starsRefundedView(
    { kopecks: BigInt(String(payload["kopecks"])), debtKopecks: BigInt(String(payload["debtKopecks"] ?? "0")) },
    language ?? "ru",
  );
}
