import type { LiveCatalog } from "../../catalog/live/changes.ts";
import type { Catalog } from "../../catalog/load.ts";
import { readLiveCatalog } from "../../db/live-catalog.ts";
import { HOUR_MS } from "../../shared/clock.ts";
import type { App } from "../app.ts";

interface Known {
  catalog: Catalog;
  live: LiveCatalog;
  /** Null before anything was read. */
  readAt: Date | null;
}

/** What one process knows of the live catalog; made by the composition root, shared by everything in the process. */
export interface CatalogCache {
  /** The catalog of the files. */
  readonly base: Catalog;
  /** What was read last. */
  known: Known;
  /** A read that is under way, so that many steps that find the same news share it. */
  reading: Promise<Known> | null;
}

export function createCatalogCache(base: Catalog): CatalogCache {
  const live: LiveCatalog = { revision: 0, overrides: [], health: [] };
  return { base, known: { catalog: base, live, readAt: null }, reading: null };
}

/** After this the same revision is read again: a safety net for rows that somebody changed by hand. */
const MAX_AGE_MS = HOUR_MS;

/**
 * The same app with the catalog of that revision: the one that is known, or else, after one read, the newest. Whoever
 * read a revision never decides by an older catalog, so no two instances disagree on a price after an approval.
 *
 * @param revision as a read of the dialogue or of a generation brought it; 0 = the files alone, never read.
 * @throws DatabaseFailure
 */
export async function withCatalog(app: App, revision: number): Promise<App> {
  const { catalogCache: cache } = app;
  if (revision === 0) return having(app, cache.base);
  return having(app, (await liveCatalog(app, revision)).catalog);
}

/** The same app with the catalog that this process read last, which may be older than the one in force. No read. */
export function withKnownCatalog(app: App): App {
  return having(app, app.catalogCache.known.catalog);
}

/**
 * What lies over the files, at least as new as `revision`. Only for decisions about the catalog itself.
 * @throws DatabaseFailure
 */
export async function liveCatalog(app: App, revision: number): Promise<{ catalog: Catalog; live: LiveCatalog }> {
  const { catalogCache: cache } = app;
  if (isKnown(app, cache.known, revision)) return cache.known;
  cache.reading ??= readAgain(app).finally(() => {
    cache.reading = null;
  });
  const shared = await cache.reading;
  // The shared read may have begun before the revision came to be.
  return isKnown(app, shared, revision) ? shared : await readAgain(app);
}

function having(app: App, catalog: Catalog): App {
  return app.catalog === catalog ? app : { ...app, catalog };
}

function isKnown(app: App, { live, readAt }: Known, revision: number): boolean {
  if (revision === 0 && live.revision === 0) return true;
  const isFresh = readAt !== null && app.clock.now().getTime() - readAt.getTime() < MAX_AGE_MS;
  return isFresh && live.revision >= revision;
}

async function readAgain(app: App): Promise<Known> {
  const { catalogCache: cache } = app;
  const { live, problems } = await readLiveCatalog(app.database);
  for (const problem of problems) app.log.error("catalog.bad-row", { ...problem });
  const read: Known = { catalog: await laidOver(app, live), live, readAt: app.clock.now() };
  // A slower read must not put an older catalog in the place of a newer one.
  if (!isKnown(app, cache.known, live.revision)) cache.known = read;
  app.log.info("catalog.read", { revision: live.revision, overrides: live.overrides.length });
  return read;
}

/** What was approved was checked before; should it nevertheless not fit, selling goes on as before. */
async function laidOver(app: App, live: LiveCatalog): Promise<Catalog> {
  // An installation without overrides never needs it.
  const { overlay } = await import("../../catalog/live/overlay.ts");
  try {
    return overlay(app.catalogCache.base, live);
  } catch (error) {
    app.log.error("catalog.not-activated", { revision: live.revision, error });
    return app.catalogCache.known.catalog;
  }
}
