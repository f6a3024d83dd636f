import * as z from "zod";
import { SECOND_MS } from "../shared/clock.ts";
import type { TelegramClient } from "./client.ts";

/** Telegram's own limit. */
export const STAR_PAGE = 100;

/** One line of Telegram's list, of which a refund has the payment's id. */
export interface StarTransaction {
  at: Date;
  /** Null for what is no sale of ours: withdrawals, gifts, and whatever comes later. */
  sale: { chargeId: string; orderId: string; userId: number; stars: number; isRefund: boolean } | null;
}

const partner = z.lazy(() =>
  z.looseObject({
    type: z.string(),
    transaction_type: z.string().optional(),
    user: z.looseObject({ id: z.int() }).optional(),
    invoice_payload: z.string().optional(),
  }),
);

const listSchema = z.lazy(() =>
  z.looseObject({
    transactions: z.array(
      z.looseObject({
        id: z.string(),
        amount: z.int(),
        date: z.int(),
        source: partner.optional(),
        receiver: partner.optional(),
      }),
    ),
  }),
);

/**
 * A page of Telegram's list of the bot's Stars, oldest first; fewer than `STAR_PAGE` lines mean its end.
 *
 * @throws TelegramFailure
 * @see https://core.telegram.org/bots/api#getstartransactions (read in November 2026)
 */
export async function readStarTransactions(telegram: TelegramClient, offset: number): Promise<StarTransaction[]> {
  const list = listSchema.parse(await telegram.call("getStarTransactions", { offset, limit: STAR_PAGE }));
  return list.transactions.map(({ id, amount, date, source, receiver }) => {
    const other = source ?? receiver;
    const isSale = other?.type === "user" && other.transaction_type === "invoice_payment";
    return {
      at: new Date(date * SECOND_MS),
      sale:
        isSale && other.user !== undefined
          ? {
              chargeId: id,
              orderId: other.invoice_payload ?? "",
              userId: other.user.id,
              stars: amount,
              isRefund: source === undefined,
            }
          : null,
    };
  });
}
