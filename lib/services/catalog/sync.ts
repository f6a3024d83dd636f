import { changeId, compareCatalog } from "../../catalog/live/compare.ts";
import {
  beginSync,
  finishSync,
  isSyncIdle,
  type LeasedSync,
  leaseSync,
  readFindings,
  releaseSync,
  type SyncFindings,
  type SyncOrder,
  saveList,
  saveModel,
  type UnreadModel,
  unreadModels,
} from "../../db/catalog-syncs.ts";
import { KieRejected, KieUnavailable } from "../../kie/gateway.ts";
import { addSeconds, HOUR_MS, MINUTE_MS } from "../../shared/clock.ts";
import { randomId } from "../../shared/ids.ts";
import type { App } from "../app.ts";
import { liveCatalog, withCatalog } from "./current.ts";

/** Longer than the reading of one model takes at its worst; renewed with each model. */
const LEASE_SECONDS = 120;
/** After this a sync ends with what it has: one model that KIE never answers for must not keep the others waiting. */
const MAX_SYNC_MS = 3 * HOUR_MS;
/** KIE counts its one request per second over all processes: the next one begins after a pause. */
const HANDOVER_SECONDS = 2;
const RETRY_SECONDS = 60;
/** Models that are not answered for, one after the other, before the rest is left for later. */
const MAX_SILENT = 3;
/** What KIE answers for a model, or a document, that it does not have. */
const NOT_THERE: ReadonlySet<number> = new Set([400, 404, 422]);

/**
 * Has our catalog compared with KIE's; one comparison at a time. Nothing happens where the mock answers for KIE.
 * @returns whether one began here.
 */
export async function orderSync(app: App, orderedBy: SyncOrder): Promise<boolean> {
  if (app.config.mockKie) return false;
  const now = app.clock.now();
  const isBegun = await beginSync(app.database, { id: randomId(12), orderedBy, now });
  // Also where one is under way: perhaps nobody works on it.
  await publishSync(app, 0, "order");
  return isBegun;
}

/** The sweeper's part: goes on with a sync that nobody works on, and begins one when the last is old enough. */
export async function keepInSync(app: App): Promise<void> {
  const { mockKie, CATALOG_SYNC_HOURS: hours } = app.config;
  if (mockKie) return;
  const now = app.clock.now();
  if (await isSyncIdle(app.database, now)) return await publishSync(app, 0, "sweep");
  if (hours === 0) return;
  const ifOlderThan = new Date(now.getTime() - hours * HOUR_MS);
  const isBegun = await beginSync(app.database, { id: randomId(12), orderedBy: "schedule", ifOlderThan, now });
  if (isBegun) await publishSync(app, 0, "sweep");
}

/** Losing it costs time only: the sweeper finds a sync that nobody works on. */
async function publishSync(app: App, delaySeconds: number, why: string): Promise<void> {
  const minute = Math.floor(app.clock.now().getTime() / MINUTE_MS);
  try {
    await app.queue.publish(
      { name: "sync-catalog" },
      { delaySeconds, deduplicationId: `sync-catalog-${why}-${minute}` },
    );
  } catch (error) {
    app.log.warn("queue.publish-failed", { job: "sync-catalog", error });
  }
}

/**
 * Goes on with the sync that is under way: KIE's list, then model after model, then the comparison. Each step is stored
 * under a lease, so a crash loses one model, and a doubled job finds the lease taken.
 *
 * @param options.deadline when to leave the rest to the next job, which is published then.
 */
export async function syncCatalog(app: App, options: { deadline: AbortSignal }): Promise<{ read: number }> {
  if (app.config.mockKie) return { read: 0 };
  const leaseUntil = addSeconds(app.clock.now(), LEASE_SECONDS);
  const sync = await leaseSync(app.database, { now: app.clock.now(), leaseUntil });
  if (sync === null) return { read: 0 };
  const work: Work = { app, sync, leaseUntil, read: 0 };
  const log = app.log.child({ syncId: sync.syncId });
  const isOld = app.clock.now().getTime() - sync.startedAt.getTime() > MAX_SYNC_MS;
  try {
    const end = await goOn(work, options.deadline, isOld);
    log.info("catalog.sync", { end, read: work.read });
    if (end === "more") await handOver(work, HANDOVER_SECONDS);
  } catch (error) {
    if (!(error instanceof KieUnavailable || error instanceof KieRejected)) throw error;
    log.warn("catalog.sync-stopped", { read: work.read, code: error.code, error });
    if (isOld) await giveUp(work);
    else await handOver(work, RETRY_SECONDS);
  }
  return { read: work.read };
}

interface Work {
  app: App;
  sync: LeasedSync;
  /** The token of the lease as it was written last. */
  leaseUntil: Date;
  read: number;
}

async function handOver({ app, sync, leaseUntil, read }: Work, delaySeconds: number): Promise<void> {
  await releaseSync(app.database, { syncId: sync.syncId, leaseUntil });
  await publishSync(app, delaySeconds, `${sync.syncId}-${read}`);
}

type End = "finished" | "lease-lost" | "more";

async function goOn(work: Work, deadline: AbortSignal, isOld: boolean): Promise<End> {
  const { app, sync } = work;
  if (sync.total === 0) {
    const models = await app.catalogue.models();
    // A market without models is a fault of theirs, and everything of ours would be called gone.
    if (models.length === 0) throw new KieUnavailable("models: an empty list", null);
    if (!(await holding(work, (lease) => saveList(app.database, { lease, models })))) return "lease-lost";
  }
  const { catalog } = await withCatalog(app, sync.catalogRevision);
  const unread = isOld ? [] : await unreadModels(app.database, sync.syncId);
  let silence: KieUnavailable | null = null;
  let silentInARow = 0;
  for (const model of unread) {
    if (deadline.aborted) return "more";
    try {
      const read = await readModel(app, model, catalog.entriesOf(model.model).length > 0);
      const isSaved = await holding(work, (lease) =>
        saveModel(app.database, { lease, model: model.model, read, now: app.clock.now() }),
      );
      if (!isSaved) return "lease-lost";
      work.read += 1;
      silentInARow = 0;
    } catch (error) {
      if (!(error instanceof KieUnavailable)) throw error;
      // One model in trouble must not keep the others waiting; all of them in trouble is KIE's.
      silence = error;
      silentInARow += 1;
      if (silentInARow === MAX_SILENT) break;
    }
  }
  if (silence !== null) throw silence;
  return (await finish(work)) ? "finished" : "lease-lost";
}

/** A write under the lease, which it renews. */
async function holding(
  work: Work,
  write: (lease: { syncId: string; leaseUntil: Date; nextLeaseUntil: Date }) => Promise<boolean>,
): Promise<boolean> {
  const { sync, leaseUntil } = work;
  const nextLeaseUntil = addSeconds(work.app.clock.now(), LEASE_SECONDS);
  const isMine = await write({ syncId: sync.syncId, leaseUntil, nextLeaseUntil });
  if (isMine) work.leaseUntil = nextLeaseUntil;
  return isMine;
}

/** How a model does is asked only for those that we sell: half of the requests. */
async function readModel(app: App, { model, priceText }: UnreadModel, isOurs: boolean) {
  const { catalogue } = app;
  const schema = await ifThere(catalogue.schema(model));
  const price = priceText ?? (await ifThere(catalogue.priceText(model)));
  return { schema, priceText: price, ...(isOurs ? { successRate: await ifThere(catalogue.successRate(model)) } : {}) };
}

async function ifThere<Value>(asked: Promise<Value>): Promise<Value | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof KieRejected && NOT_THERE.has(error.code)) return null;
    throw error;
  }
}

async function finish({ app, sync, leaseUntil }: Work): Promise<boolean> {
  const findings = await readFindings(app.database, sync.syncId);
  const { catalog } = await liveCatalog(app, findings.catalogRevision);
  const now = app.clock.now();
  const found = compareCatalog(catalog, findings.models, now.toISOString().slice(0, 10));
  const changes = [...new Map(found.map((change) => [changeId(change), change]))].map(([id, change]) => ({
    id,
    change,
  }));
  const fresh = changes.filter(({ id }) => !findings.statuses.has(id));
  const counts: Record<string, number> = {};
  for (const { change } of fresh) counts[change.kind] = (counts[change.kind] ?? 0) + 1;
  app.log.info("catalog.compared", { syncId: sync.syncId, changes: changes.length, fresh: fresh.length });
  return await finishSync(app.database, {
    syncId: sync.syncId,
    leaseUntil,
    changes,
    prices: knownPrices(findings, changes),
    report:
      fresh.length === 0 && findings.orderedBy === "schedule"
        ? null
        : { adminIds: app.config.ADMIN_ID, payload: { counts, models: findings.models.length } },
    now,
  });
}

/**
 * The price texts that the next sync compares with: KIE's of today, but where a change of it waits for a decision the
 * one before, or else the proposal would be untrue tomorrow.
 */
function knownPrices(
  { models, statuses }: SyncFindings,
  changes: readonly { id: string; change: { kind: string; model: string } }[],
): Record<string, string | null> {
  const waiting = new Set(
    changes
      .filter(({ id, change }) => change.kind === "price-text" && (statuses.get(id) ?? "proposed") === "proposed")
      .map(({ change }) => change.model),
  );
  return Object.fromEntries(
    models.map(({ model, priceText, previousPriceText }) => [
      model,
      waiting.has(model) && previousPriceText !== undefined ? previousPriceText : priceText,
    ]),
  );
}

async function giveUp({ app, sync, leaseUntil }: Work): Promise<void> {
  app.log.error("catalog.sync-given-up", { syncId: sync.syncId });
  await finishSync(app.database, {
    syncId: sync.syncId,
    leaseUntil,
    changes: null,
    prices: null,
    report: { adminIds: app.config.ADMIN_ID, payload: { counts: {}, models: 0 } },
    now: app.clock.now(),
  });
}
