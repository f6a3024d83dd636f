import pg from "pg";
import { type Database, openDatabase } from "../../lib/db/client.ts";
import { createCallRecorder } from "../../lib/sandbox/calls.ts";
import { createSandboxClock } from "../../lib/sandbox/clock.ts";
import { serveFetch } from "../../lib/sandbox/http.ts";
import { createNeonProxy, type NeonProxy } from "../../lib/sandbox/neon-proxy.ts";
import { openStore } from "../../lib/sandbox/store.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

/** More than the 40 of the rule, less than the proxy's pool of 60. */
export const RACERS = 48;
/** So many must stand at the same lock before a race counts. */
const MUST_WAIT = 40;
/** Any number: whoever races takes this lock of the server, so that two files never open 60 connections each. */
const RACE_LOCK = 7_340_116;

/** The product's repositories on a real PostgreSQL, through the production driver and the Neon proxy. */
export interface Rig {
  proxy: NeonProxy;
  /** A fresh database, dropped at the end. */
  open(): Promise<{ db: TestDatabase; database: Database; endpoint: string }>;
  end(): Promise<void>;
}

export async function startRig(options: { races?: boolean } = {}): Promise<Rig> {
  const note = () => undefined;
  const store = openStore(":memory:", note);
  const clock = createSandboxClock(store, { note });
  const proxy = createNeonProxy({ context: { calls: createCallRecorder(), clock, note } });
  const server = await serveFetch((request) => proxy.handle(request), 0, { note });
  const databases: TestDatabase[] = [];
  let turn: { end(): Promise<void> } | undefined;
  return {
    proxy,
    async open() {
      const db = await createTestDatabase();
      databases.push(db);
      if (options.races === true) turn ??= await takeRaceTurn(db.url);
      const endpoint = `http://127.0.0.1:${server.port}/sql`;
      return { db, database: openDatabase({ url: db.url, endpoint, timeoutMs: 20_000 }), endpoint };
    },
    async end() {
      await proxy.stop();
      await server.close();
      clock.stop();
      store.close();
      for (const db of databases) await db.drop();
      await turn?.end();
    },
  };
}

/** Waits until no other file races on this server. */
export async function takeRaceTurn(anyDatabaseUrl: string): Promise<{ end(): Promise<void> }> {
  const url = new URL(anyDatabaseUrl);
  url.pathname = "/postgres";
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query("select pg_advisory_lock($1)", [RACE_LOCK]);
  return client;
}

/**
 * The starting gun: takes a row's lock, starts everybody, waits until they stand at locks with their snapshots taken,
 * and lets them go at once. So every race is the worst case, and none depends on luck.
 *
 * @param lock Takes the lock: `select … for update`, or an insert that the others collide with.
 * @throws Error when fewer than `mustWait` racers reached a lock: then nothing was raced.
 */
export async function raceAt<T>(
  db: TestDatabase,
  lock: { sql: string; parameters?: unknown[] },
  racers: readonly (() => Promise<T>)[],
  mustWait: number = MUST_WAIT,
): Promise<T[]> {
  const gun = new pg.Client({ connectionString: db.url });
  await gun.connect();
  try {
    await gun.query("begin");
    await gun.query(lock.sql, lock.parameters);
    const running = Promise.allSettled(racers.map((racer) => racer()));
    const waiting = await standing(db, mustWait);
    await gun.query("rollback");
    const results = await running;
    if (waiting < mustWait) throw new Error(`only ${waiting} of ${mustWait} racers stood at a lock`);
    return results.map((result) => {
      if (result.status === "rejected") throw result.reason;
      return result.value;
    });
  } finally {
    await gun.end();
  }
}

async function standing(db: TestDatabase, wanted: number): Promise<number> {
  // The product's own limit for a statement is 6 s, so the gun fires before.
  for (let waitedMs = 0; ; waitedMs += 10) {
    const [row] = await db.rows(
      "select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    const waiting = Number(row?.["waiting"]);
    if (waiting >= wanted || waitedMs >= 4_000) return waiting;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** `count` racers made by index. */
export function racers<T>(count: number, make: (index: number) => Promise<T>): (() => Promise<T>)[] {
  return Array.from({ length: count }, (_, index) => () => make(index));
}

/** How often each text occurs. */
export function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
