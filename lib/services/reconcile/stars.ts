import type { FindingBody, StarsFinding } from "../../conversation/admin/finding-types.ts";
import { type KnownCharge, knownCharges, readStarsCompared } from "../../db/stars-known.ts";
import { HOUR_MS, SECOND_MS } from "../../shared/clock.ts";
import type { App } from "../app.ts";

/** Telegram's own limit. */
const PAGE = 100;
const MAX_PAGES = 10;
/** So many of those that the hourly comparison has seen already are looked at again. */
const LOOK_BACK = 400;
/** What is younger is still in the hands of updates and of the hourly comparison. */
const SETTLED_AFTER_MS = 2 * HOUR_MS;
/** More of our own than Telegram's list can hold here are not read. */
const MOST = 5_000;

interface Told {
  chargeId: string;
  orderId: string;
  userId: number;
  stars: number;
  at: Date;
  isRefund: boolean;
}

/**
 * Payments and refunds that our books and Telegram's list do not both have, hours after they were made: what the hourly
 * comparison could not put right, or what was damaged since.
 *
 * @param open findings that wait: one whose payment is not in the part of the list that is read stays until our books
 *   have changed.
 * @returns null when there is nothing to compare with.
 */
export async function starsFindings(app: App, open: readonly FindingBody[]): Promise<StarsFinding[] | null> {
  const compared = await readStarsCompared(app.database);
  if (compared === null) return null;
  const settled = new Date(app.clock.now().getTime() - SETTLED_AFTER_MS);
  const start = Math.max(0, compared.offset - LOOK_BACK);
  const { told, isWhole } = await readList(app, start);
  const first = start === 0 ? compared.since : (told[0]?.at ?? settled);
  // An older bot of the same name may have sold, too.
  const from = new Date(Math.max(first.getTime(), compared.since.getTime()) + HOUR_MS);
  const to = isWhole ? settled : minDate(settled, told.at(-1)?.at ?? from);
  const waiting = open.flatMap((body) => (body.kind === "stars" ? [body] : []));
  const ours = await knownCharges(app.database, {
    ids: [...told, ...waiting].map(({ chargeId }) => chargeId),
    from,
    to,
    limit: MOST,
  });
  const known = new Map(ours.map((charge) => [charge.chargeId, charge]));
  const refunded = new Set(told.filter(({ isRefund }) => isRefund).map(({ chargeId }) => chargeId));
  const listed = new Set(told.map(({ chargeId }) => chargeId));

  const wrong = told.flatMap(({ isRefund, ...each }): StarsFinding[] => {
    if (each.at > settled || each.at < compared.since) return [];
    const charge = known.get(each.chargeId);
    if (isRefund) {
      return charge === undefined || charge.isRefunded ? [] : [{ kind: "stars", problem: "not-refunded", ...each }];
    }
    return charge === undefined && !refunded.has(each.chargeId)
      ? [{ kind: "stars", problem: "not-credited", ...each }]
      : [];
  });
  const unknown = ours.flatMap(({ chargeId, orderId, userId, stars, isRefunded, paidAt }): StarsFinding[] =>
    isRefunded || listed.has(chargeId) || paidAt < from || paidAt > to
      ? []
      : [{ kind: "stars", problem: "unknown", chargeId, orderId, userId, stars, at: paidAt }],
  );
  const outOfSight = waiting.filter((body) => !listed.has(body.chargeId) && isStillWrong(body, known, from));
  return [...wrong, ...unknown, ...outOfSight];
}

/** By our books alone. */
function isStillWrong(body: StarsFinding, known: ReadonlyMap<string, KnownCharge>, from: Date): boolean {
  const charge = known.get(body.chargeId);
  switch (body.problem) {
    case "not-credited":
      return charge === undefined;
    case "not-refunded":
      return charge?.isRefunded === false;
    case "unknown":
      return charge?.isRefunded === false && charge.paidAt < from;
  }
}

const minDate = (one: Date, other: Date): Date => (one < other ? one : other);

/** Sales and their refunds from a place of the list on, in its order; withdrawals, gifts and the like are not ours. */
async function readList(app: App, start: number): Promise<{ told: Told[]; isWhole: boolean }> {
  const told: Told[] = [];
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { transactions } = await app.telegram.call("getStarTransactions", {
      offset: start + page * PAGE,
      limit: PAGE,
    });
    for (const transaction of transactions) {
      const { id, amount, date, source, receiver } = transaction;
      const other = source ?? receiver;
      if (other?.type !== "user" || other.transaction_type !== "invoice_payment") continue;
      told.push({
        chargeId: id,
        orderId: other.invoice_payload ?? "",
        userId: other.user.id,
        stars: amount,
        at: new Date(date * SECOND_MS),
        isRefund: source === undefined,
      });
    }
    if (transactions.length < PAGE) return { told, isWhole: true };
  }
  return { told, isWhole: false };
}
