import { type Archive, ArchiveFailure } from "../../archive/store.ts";
import { readHealth } from "../../db/health.ts";
import type { RunMode } from "../../shared/run-mode.ts";
import type { App } from "../app.ts";

export interface HealthReport {
  ok: boolean;
  mode: RunMode;
  /** `archive`: only where one is set up. */
  checks: Record<"database" | "migrations" | "webhook" | "queue" | "kie" | "holds", Check> & { archive?: Check };
}

/** One line an operator can act on. `detail` holds numbers and names, never a secret. */
export interface Check {
  ok: boolean;
  detail: string;
}

/** How many migrations this program was built for; more is fine (the next version is being deployed). */
export const EXPECTED_MIGRATIONS = 6;
/** Longest regular life of a hold: video with its extension, and the wait in the queue. */
const MAX_HOLD_SECONDS = 6 * 3600;
const TIMEOUT_MS = 4_000;

/** Asks every part once, all at the same time. Changes nothing. */
export async function checkHealth(app: App): Promise<HealthReport> {
  const { archive } = app;
  const [database, webhook, queue, kie, kept] = await Promise.all([
    databaseCheck(app),
    attempt(() => webhookCheck(app)),
    attempt(() => queueCheck(app)),
    attempt(async () => {
      if (app.config.mockKie) return { ok: true, detail: "built-in mock" };
      return { ok: true, detail: `${await app.kie.credits()} credits` };
    }),
    archive === null ? null : archiveCheck(archive, app),
  ]);
  const checks = { ...database, webhook, queue, kie, ...(kept === null ? {} : { archive: kept }) };
  return { ok: Object.values(checks).every((check) => check.ok), mode: app.config.mode, checks };
}

async function databaseCheck(app: App): Promise<Record<"database" | "migrations" | "holds", Check>> {
  try {
    const found = await readHealth(app.database, app.clock.now());
    const oldest = found.oldestHoldSeconds;
    return {
      database: {
        ok: true,
        detail: `queued ${found.queued}, running ${found.running}, undelivered ${found.undelivered}, outbox ${found.outbox}`,
      },
      migrations: {
        ok: found.migrations >= EXPECTED_MIGRATIONS,
        detail: `${found.migrations} of ${EXPECTED_MIGRATIONS}`,
      },
      holds: {
        ok: oldest === null || oldest <= MAX_HOLD_SECONDS,
        detail: oldest === null ? "none" : `oldest ${Math.round(oldest)} s`,
      },
    };
  } catch (error) {
    const failed = { ok: false, detail: describe(error) };
    return { database: failed, migrations: failed, holds: failed };
  }
}

async function webhookCheck(app: App): Promise<Check> {
  const info = await app.telegram.call("getWebhookInfo", undefined, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const expected = `${app.config.PUBLIC_URL}/api/telegram`;
  if (info.url !== expected) {
    return { ok: false, detail: info.url === "" ? "no webhook is set" : "the webhook points elsewhere" };
  }
  return { ok: info.pending_update_count <= 20, detail: `${info.pending_update_count} pending` };
}

/** Without its schedule the sweeper sleeps; another program's schedule under the same account does not wake it. */
async function queueCheck(app: App): Promise<Check> {
  const ours = (await app.queue.listSchedules()).filter(
    ({ destination }) => destination === `${app.config.PUBLIC_URL}/api/jobs`,
  );
  if (ours.length === 0) return { ok: false, detail: "no schedule wakes this installation" };
  const active = ours.filter(({ isPaused }) => !isPaused);
  return { ok: active.length > 0, detail: `${active.length} of ${ours.length} schedule(s) active` };
}

/** Results are delivered without it all the same; what is wrong is said in the store's own word. */
async function archiveCheck(archive: Archive, app: App): Promise<Check> {
  const detail = `bucket ${app.config.archive?.bucket ?? ""}`;
  try {
    await archive.check(AbortSignal.timeout(TIMEOUT_MS));
    return { ok: true, detail };
  } catch (error) {
    return { ok: false, detail: `${detail}: ${error instanceof ArchiveFailure ? error.code : describe(error)}` };
  }
}

async function attempt(check: () => Promise<Check>): Promise<Check> {
  try {
    return await Promise.race([
      check(),
      new Promise<Check>((resolve) =>
        setTimeout(() => resolve({ ok: false, detail: "no answer in time" }), TIMEOUT_MS).unref(),
      ),
    ]);
  } catch (error) {
    return { ok: false, detail: describe(error) };
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.name : "unknown error";
}
