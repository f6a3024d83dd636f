import { saveStarOffset, takeStarTurn } from "../../db/stars.ts";
import { MINUTE_MS } from "../../shared/clock.ts";
import { readStarTransactions, STAR_PAGE, type StarTransaction } from "../../telegram/star-transactions.ts";
import type { App } from "../app.ts";
import { takePayment, takeRefund } from "./stars.ts";

/** Of one run; the next sweep goes on. */
const MAX_PAGES = 10;
/** A younger payment is probably being told of at this very moment. */
const SETTLED_AFTER_MS = 10 * MINUTE_MS;

/**
 * Compares with Telegram's own list, at most once per hour: a payment or refund whose update was lost is made good, by
 * the same guarded statements that take updates. Never throws; whatever fails is tried again by the next sweep.
 *
 * @returns how many were lost.
 */
export async function reconcileStars(app: App): Promise<number> {
  if (app.config.STARS_TO_RUB === undefined) return 0;
  const now = app.clock.now();
  let healed = 0;
  try {
    const turn = await takeStarTurn(app.database, now);
    if (turn === null) return 0;
    let { offset } = turn;
    let isDone = false;
    try {
      for (let page = 1; page <= MAX_PAGES && !isDone; page += 1) {
        const transactions = await readStarTransactions(app.telegram, offset);
        const young = transactions.findIndex(({ at }) => now.getTime() - at.getTime() < SETTLED_AFTER_MS);
        const settled = young < 0 ? transactions : transactions.slice(0, young);
        for (const transaction of settled) {
          if (transaction.at >= turn.since && (await take(app, transaction))) healed += 1;
          offset += 1;
        }
        isDone = settled.length < STAR_PAGE;
      }
    } finally {
      await saveStarOffset(app.database, { offset, isDone, now });
    }
    app.log.info("stars.compared", { offset, healed });
  } catch (error) {
    app.log.error("stars.not-compared", { error });
  }
  return healed;
}

async function take(app: App, { at, sale }: StarTransaction): Promise<boolean> {
  if (sale === null) return false;
  const { isRefund, ...payment } = sale;
  const told = { ...payment, at, source: "reconciliation" as const, updateId: null };
  return isRefund ? await takeRefund(app, told) : await takePayment(app, told);
}
