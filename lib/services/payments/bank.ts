import { MAX_TOPUP_KOPECKS, MIN_TOPUP_KOPECKS } from "../../conversation/money/topup.ts";
import type { RichText } from "../../conversation/types.ts";
import { cancelRequest, openRequest, readBankRequest } from "../../db/bank.ts";
import { expireRequests } from "../../db/bank-decisions.ts";
import { formatKopecks } from "../../i18n/format.ts";
import { texts } from "../../i18n/index.ts";
import { qrPicture } from "../../media/qr.ts";
import { addSeconds } from "../../shared/clock.ts";
import { randomId } from "../../shared/ids.ts";
import type { Kopecks } from "../../shared/kopecks.ts";
import type { Language } from "../../shared/localized.ts";
import type { App } from "../app.ts";

const REQUEST_SECONDS = 3_600;

interface Customer {
  userId: number;
  language: Language;
}

/**
 * Opens a bank transfer for an hour. A user has one at a time: a second wish shows the first.
 *
 * @returns what is to be said above the page of the transfer; null when it is the new one.
 */
export async function openBankRequest(
  app: App,
  { userId, language, kopecks }: Customer & { kopecks: Kopecks },
): Promise<RichText | null> {
  const { bank: t } = texts(language);
  // A button can be forged: sums that the top-up does not offer are refused.
  const isOffered = kopecks >= MIN_TOPUP_KOPECKS && kopecks <= MAX_TOPUP_KOPECKS;
  if (app.config.BANK_REQUISITES === undefined || !isOffered) return null;
  const open = () => {
    const now = app.clock.now();
    return openRequest(app.database, {
      id: randomId(12),
      userId,
      kopecks,
      now,
      expiresAt: addSeconds(now, REQUEST_SECONDS),
    });
  };
  // What only waits for the sweeper stands in nobody's way.
  const opened = (await open()) ?? ((await expireRequests(app.database, app.clock.now())) > 0 ? await open() : null);
  if (opened !== null) {
    app.log.info("bank.opened", { requestId: opened.id, userId });
    return null;
  }
  const newest = await readBankRequest(app.database, userId);
  return [newest?.status === "pending" ? t.alreadyOpen : t.noTails];
}

/** @returns what is to be said above the page. */
export async function cancelBankRequest(
  app: App,
  { userId, language, requestId }: Customer & { requestId: string },
): Promise<RichText | null> {
  const { bank: t } = texts(language);
  if (await cancelRequest(app.database, { requestId, userId, now: app.clock.now() })) return null;
  const newest = await readBankRequest(app.database, userId);
  return newest?.id === requestId && newest.status === "pending" ? [t.cannotCancel] : null;
}

/** Whether a QR code can be offered. */
export function hasBankQr(app: App): boolean {
  return app.config.BANK_REQUISITES !== undefined && app.config.BANK_SBP_LINK !== undefined;
}

/** Sends the open transfer as a QR code that banks' apps read. Nothing, once it is not open. */
export async function sendBankQr(
  app: App,
  { userId, language, requestId }: Customer & { requestId: string },
): Promise<void> {
  const link = app.config.BANK_SBP_LINK;
  const request = await readBankRequest(app.database, userId);
  if (link === undefined || request?.id !== requestId || request.status !== "pending") return;
  const { bank: t } = texts(language);
  const picture = await qrPicture(link.replaceAll("{amount}", request.payKopecks.toString()));
  await app.telegram.call("sendPhoto", {
    chat_id: userId,
    photo: new File([picture], "sbp.png", { type: "image/png" }),
    caption: t.qrCaption(formatKopecks(request.payKopecks, language)),
  });
}
