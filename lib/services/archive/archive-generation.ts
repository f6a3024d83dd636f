import type { Archive } from "../../archive/store.ts";
import { ArchiveFailure } from "../../archive/store.ts";
import { leaseArchive, planArchive, saveArchived } from "../../db/archive.ts";
import type { OutputRow } from "../../db/rows.ts";
import { addSeconds } from "../../shared/clock.ts";
import { FileTooLarge } from "../../telegram/download.ts";
import { DownloadRefused } from "../../telegram/safe-download.ts";
import type { App } from "../app.ts";

/** One file is in memory at a time; a larger one is left at the provider. */
const MAX_ARCHIVED_BYTES = 100 * 1000 * 1000;
/** One file's way here and there, with room. */
const LEASE_SECONDS = 180;
/** With the growing waits more than a week: KIE keeps its files for two. */
const MAX_ATTEMPTS = 40;
const MAX_WAIT_SECONDS = 6 * 3600;
/** What the provider answers when it has deleted a file. */
const GONE = new Set([404, 410]);

/**
 * Copies the files of a result into the archive, one after the other, and remembers their keys. What could not be done
 * now is tried again later; a file that the provider has deleted, or that is too large, is given up with a line in the
 * log. Doubled calls find nothing to do.
 */
export async function archiveGeneration(app: App, generationId: string): Promise<void> {
  const { archive } = app;
  if (archive === null) return;
  const now = app.clock.now();
  const leased = await leaseArchive(app.database, { generationId, now, leaseUntil: leaseEnd(app) });
  if (leased === null) return;
  let copied = 0;
  try {
    for (const output of leased.outputs) {
      if (await copyFile(app, archive, { generationId, userId: leased.userId, output })) copied += 1;
    }
  } catch (error) {
    await retryLater(app, generationId, leased.attempts, error);
    return;
  }
  await planArchive(app.database, { generationId, dueAt: null });
  app.log.info("archive.done", { generationId, files: copied });
}

const leaseEnd = (app: App): Date => addSeconds(app.clock.now(), LEASE_SECONDS);

/** @returns false when there is nothing to copy. @throws what may be gone the next time. */
async function copyFile(
  app: App,
  archive: Archive,
  { generationId, userId, output }: { generationId: string; userId: number; output: OutputRow },
): Promise<boolean> {
  const { position, url } = output;
  // The built-in mock's results are their own links.
  if (url === null || !/^https?:\/\//.test(url)) return false;
  let bytes: Uint8Array;
  try {
    bytes = await app.telegram.fetchMedia(url, MAX_ARCHIVED_BYTES);
  } catch (error) {
    if (error instanceof FileTooLarge) {
      app.log.warn("archive.too-large", { generationId, position, sizeBytes: error.sizeBytes });
      return false;
    }
    if (error instanceof DownloadRefused && error.status !== null && GONE.has(error.status)) {
      app.log.warn("archive.gone", { generationId, position, error });
      return false;
    }
    throw error;
  }
  const facts = await app.telegram.probeMedia(bytes);
  const extension = facts === null ? extensionOf(url) : facts.format === "jpeg" ? "jpg" : facts.format;
  const key = archive.keyOf({ userId, generationId, position, extension });
  await archive.put(key, { bytes, mime: facts?.mime ?? "application/octet-stream" });
  await saveArchived(app.database, { generationId, position, key, leaseUntil: leaseEnd(app) });
  return true;
}

const extensionOf = (url: string): string =>
  /\.([a-z0-9]{1,5})$/i.exec(new URL(url).pathname)?.[1]?.toLowerCase() ?? "bin";

async function retryLater(app: App, generationId: string, attempts: number, error: unknown): Promise<void> {
  const isLast = attempts >= MAX_ATTEMPTS;
  const status = error instanceof ArchiveFailure ? error.status : null;
  // A wrong key or bucket does not heal by itself: an operator has to see it.
  const isRefused = status !== null && status >= 400 && status < 500;
  const fields = { generationId, attempts, error };
  if (isLast) app.log.error("archive.given-up", fields);
  else if (isRefused) app.log.error("archive.refused", fields);
  else app.log.warn("archive.failed", fields);
  const waitSeconds = Math.min(60 * 2 ** (attempts - 1), MAX_WAIT_SECONDS);
  await planArchive(app.database, { generationId, dueAt: isLast ? null : addSeconds(app.clock.now(), waitSeconds) });
}
