import type { FindingBody } from "../../conversation/admin/finding-types.ts";
import { openFindings, readReconciliation, saveFindings } from "../../db/findings.ts";
import { addToOutbox } from "../../db/outbox.ts";
import {
  beginReconciliation,
  leaseReconciliation,
  type ReconciliationRun,
  saveReconciliation,
} from "../../db/reconciliation.ts";
import { compareWallets } from "../../db/wallet-sums.ts";
import type { FindingKind } from "../../ledger/payments.ts";
import { addSeconds, DAY_MS, MINUTE_MS } from "../../shared/clock.ts";
import { fingerprint } from "../../shared/fingerprint.ts";
import type { App } from "../app.ts";
import { sendOutbox } from "../outbox/send.ts";
import { creditsFindings } from "./credits.ts";
import { staleHoldFindings } from "./stale-holds.ts";
import { starsFindings } from "./stars.ts";

/** Wallets of one statement: some tens of milliseconds. */
const WALLETS_PER_PAGE = 2_000;
/** A wallet that does not move is compared once in so many nights. */
const SHARES = 7;
/** What a statement that was under way at the last run wrote is looked at once more. */
const OVERLAP_MS = 10 * MINUTE_MS;
/** Longer than one page takes at its worst. */
const LEASE_SECONDS = 90;
const BUDGET_SECONDS = 25;
/** So many findings of one comparison are told one by one; the report names the rest. */
const MOST_TOLD = 10;

/**
 * The night a moment belongs to: a new one begins at 03:00 in Moscow, which is midnight in UTC (Moscow has been UTC+3
 * without daylight saving since 2014).
 */
function nightOf(now: Date): string {
  return now.toISOString().slice(0, 10);
}

/**
 * The sweeper's part: begins the comparison of a new night, and goes on with one that nobody works on. Never throws: what
 * people are owed must not wait for it.
 *
 * @param until when the sweeper has to be done; the rest is for the next one.
 */
export async function keepReconciled(app: App, until: Date): Promise<void> {
  const now = app.clock.now();
  try {
    const { isUnderWay } = await beginReconciliation(app.database, { day: nightOf(now), orderedBy: "schedule", now });
    if (isUnderWay) await goOn(app, until);
  } catch (error) {
    app.log.error("reconciliation.stopped", { error });
  }
}

/** An admin wants it now. What is not finished here is finished by the sweeper. */
export async function orderReconciliation(app: App): Promise<boolean> {
  const now = app.clock.now();
  const { isBegun } = await beginReconciliation(app.database, { day: nightOf(now), orderedBy: "admin", now });
  app.defer("reconcile", async () => {
    await goOn(app, addSeconds(now, BUDGET_SECONDS));
    await sendOutbox(app);
  });
  return isBegun;
}

interface Found {
  id: string;
  body: FindingBody;
}

async function goOn(app: App, until: Date): Promise<void> {
  const began = app.clock.now();
  const leaseUntil = addSeconds(began, LEASE_SECONDS);
  const run = await leaseReconciliation(app.database, { now: began, leaseUntil });
  if (run === null) return;
  const endsAt = new Date(Math.min(until.getTime(), addSeconds(began, BUDGET_SECONDS).getTime()));
  const since = new Date((run.since?.getTime() ?? began.getTime() - DAY_MS) - OVERLAP_MS);
  const progress = { cursor: run.cursor, checkedWallets: run.checkedWallets, opened: run.opened };

  const known = await openFindings(app.database, "balance");
  for (let isLast = false; !isLast; ) {
    if (app.clock.now() >= endsAt) {
      await saveReconciliation(app.database, { leaseUntil, progress, finishedAt: null, release: true });
      return;
    }
    const after = progress.cursor;
    const page = await compareWallets(app.database, {
      after,
      pageSize: WALLETS_PER_PAGE,
      movedSince: since,
      shares: SHARES,
      share: Math.floor(Date.parse(run.day) / DAY_MS) % SHARES,
      userIds: known.flatMap(({ body }) => ("userId" in body ? [body.userId] : [])),
    });
    isLast = page.last === null;
    const upTo = page.last ?? Number.MAX_SAFE_INTEGER;
    const checkedIds = known
      .filter(({ body }) => "userId" in body && body.userId > after && body.userId <= upTo)
      .map(({ id }) => id);
    const found = page.wrong.map(({ userId, accounts }) => named({ kind: "balance", userId, accounts }));
    progress.opened += await save(app, "balance", found, checkedIds);
    progress.checkedWallets += page.checked;
    progress.cursor = page.last ?? after;
    await saveReconciliation(app.database, { leaseUntil, progress, finishedAt: null, release: false });
  }

  // Each is one look; what can not be asked now does not keep the others from being compared.
  for (const [kind, compare] of Object.entries(COMPARISONS)) {
    progress.opened += await compare(app, since).catch((error: unknown) => {
      app.log.error("reconciliation.not-compared", { kind, error });
      return 0;
    });
  }
  const isMine = await saveReconciliation(app.database, {
    leaseUntil,
    progress,
    finishedAt: app.clock.now(),
    release: true,
  });
  app.log.info("reconciliation.done", { ...progress, day: run.day, orderedBy: run.orderedBy });
  if (isMine) await report(app, run, progress.opened);
}

const COMPARISONS: Record<Exclude<FindingKind, "balance">, (app: App, since: Date) => Promise<number>> = {
  "stale-hold": async (app) => await compared(app, "stale-hold", () => staleHoldFindings(app)),
  credits: async (app, since) => await compared(app, "credits", (known) => creditsFindings(app, since, known)),
  stars: async (app) => await compared(app, "stars", (known) => starsFindings(app, known)),
};

/** Open findings of the kind that are not found again have gone. Null: nothing could be compared, nothing is known. */
async function compared(
  app: App,
  kind: FindingKind,
  find: (known: readonly FindingBody[]) => Promise<readonly FindingBody[] | null>,
): Promise<number> {
  const known = await openFindings(app.database, kind);
  const found = await find(known.map(({ body }) => body));
  if (found === null) return 0;
  const knownIds = known.map(({ id }) => id);
  return await save(app, kind, found.map(named), knownIds);
}

function named(body: FindingBody): Found {
  return { id: fingerprint(JSON.stringify([body.kind, ...causeOf(body)])), body };
}

/** What makes two findings the same one. */
function causeOf(body: FindingBody): readonly unknown[] {
  switch (body.kind) {
    case "balance":
      // The difference stays the same while the wallet is used.
      return [body.userId, ...body.accounts.map((each) => `${each.account} ${each.cachedKopecks - each.sumKopecks}`)];
    case "stale-hold":
      return [body.generationId];
    case "credits":
      return [body.entryKey, body.expectedCredits, body.consumedCredits];
    case "stars":
      return [body.problem, body.chargeId];
  }
}

async function save(
  app: App,
  kind: FindingKind,
  found: readonly Found[],
  checkedIds: readonly string[],
): Promise<number> {
  const { opened } = await saveFindings(app.database, {
    kind,
    found,
    checkedIds,
    adminIds: app.config.ADMIN_ID,
    mostTold: MOST_TOLD,
    now: app.clock.now(),
  });
  return opened;
}

/** An ordered run is reported always, a nightly one when there are more findings than were told one by one. */
async function report(app: App, run: ReconciliationRun, opened: number): Promise<void> {
  if (run.orderedBy !== "admin" && opened <= MOST_TOLD) return;
  const { openCount } = await readReconciliation(app.database, null);
  const now = app.clock.now();
  await addToOutbox(app.database, {
    messages: app.config.ADMIN_ID.map((userId) => ({
      id: `reconciled:${run.startedAt?.toISOString() ?? run.day}:${userId}`,
      userId,
      kind: "reconciled",
      payload: { openCount },
    })),
    now,
  });
}
