import type { ReceiptRefusal } from "../../conversation/types.ts";
import { addReceipt, readOpenBankRequest } from "../../db/bank.ts";
import { probeMedia } from "../../media/probe.ts";
import { TELEGRAM_FILE_MEGABYTES } from "../../shared/media.ts";
import { FileTooLarge } from "../../telegram/download.ts";
import { fetchFile } from "../../telegram/files.ts";
import type { App } from "../app.ts";
import { askToRead } from "../receipts/ask.ts";

const MAX_BYTES = TELEGRAM_FILE_MEGABYTES * 1_000_000;

/** A photo or a document as Telegram describes it. */
export interface ReceiptFile {
  fileId: string;
  fileUniqueId: string;
  sentAs: "photo" | "document";
  /** What the sender's app claims; null for photos. */
  mime: string | null;
  declaredBytes: number | null;
}

/**
 * Takes a file as the receipt of the user's open bank transfer, and sends it to the admins. The bytes decide what it is.
 * Once a receipt is there, pictures are receipts only while the user looks at the transfer: waiting for an admin must
 * not keep anybody from making something of a photo.
 *
 * @returns `refused: null` when it was taken; null when the file is no receipt, and goes where files go.
 */
export async function takeReceipt(
  app: App,
  input: { userId: number; updateId: number; file: ReceiptFile },
): Promise<{ refused: ReceiptRefusal | null } | null> {
  const { userId, updateId, file } = input;
  if (app.config.BANK_REQUISITES === undefined || isOfAnotherKind(file)) return null;
  const open = await readOpenBankRequest(app.database, userId);
  if (open === null) return null;
  if (open.request.hasReceipt && !open.isShown && !claimsPdf(file)) return null;

  if (file.declaredBytes !== null && file.declaredBytes > MAX_BYTES) return { refused: "too-large" };
  let bytes: Uint8Array;
  try {
    ({ bytes } = await fetchFile(app.telegram, file.fileId, MAX_BYTES));
  } catch (error) {
    if (error instanceof FileTooLarge) return { refused: "too-large" };
    app.log.warn("receipt.not-fetched", { error });
    return { refused: "unavailable" };
  }
  const kind = await kindOf(bytes);
  if (kind === null) return { refused: "unreadable" };
  const receiptId = `r${updateId.toString(36)}`;
  const answer = await addReceipt(app.database, {
    receiptId,
    userId,
    fileId: file.fileId,
    fileUniqueId: file.fileUniqueId,
    kind,
    sentAs: file.sentAs,
    sha256: await sha256Of(bytes),
    adminIds: app.config.ADMIN_ID,
    now: app.clock.now(),
  });
  app.log.info("bank.receipt", { receiptId, requestId: open.request.id, answer });
  if (answer === "closed") return null;
  if (answer === "too-many") return { refused: "too-many" };
  app.defer("send receipt cards", async () => {
    const { sendOutbox } = await import("../outbox/send.ts");
    await sendOutbox(app);
  });
  app.defer("read receipt", () => askToRead(app, receiptId), { receiptId });
  return { refused: null };
}

const claimsPdf = ({ mime }: ReceiptFile): boolean => mime === "application/pdf";

/** Music, video and the like sent as a document are nobody's receipt. */
function isOfAnotherKind({ sentAs, mime }: ReceiptFile): boolean {
  return sentAs === "document" && mime !== null && /^(audio|video)\//.test(mime);
}

async function kindOf(bytes: Uint8Array): Promise<"picture" | "pdf" | null> {
  // The mark may stand a little later: ISO 32000 readers look for it in the first kilobyte.
  if (new TextDecoder("latin1").decode(bytes.subarray(0, 1024)).includes("%PDF-")) return "pdf";
  return (await probeMedia(bytes))?.kind === "image" ? "picture" : null;
}

async function sha256Of(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new Uint8Array(bytes));
  return Buffer.from(digest).toString("hex");
}
