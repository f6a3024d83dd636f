import { setTimeout as sleep } from "node:timers/promises";
import { createFaultCounts, createFaultPlan, type Shots } from "./faults/plan.ts";
import { cutConnection, json } from "./http.ts";

/**
 * - `drop-after-commit`: the statement runs and commits, then the connection is cut without an answer.
 * - `lost-request`: the connection is cut before anything runs.
 * - `fail-before`: 503 before anything runs.
 * - `slow`: waits `delayMs` (real, 1,000 by default) before it runs.
 * - `pool-exhausted`: refused with 53300, as PostgreSQL does without a free slot. What Neon's own proxy says is a guess.
 * - `sql-error`: refused with the SQLSTATE `code` (40001 by default) before anything runs.
 */
export const DATABASE_FAULT_KINDS = [
  "drop-after-commit",
  "lost-request",
  "fail-before",
  "slow",
  "pool-exhausted",
  "sql-error",
] as const;
export type DatabaseFaultKind = (typeof DATABASE_FAULT_KINDS)[number];

export interface DatabaseFaultOptions extends Shots {
  /** Only statements that contain this; case and the amount of white space do not matter. A batch fits by any of its parts. */
  sql?: string | undefined;
  /** Real milliseconds, for `slow`. */
  delayMs?: number | undefined;
  /** Five characters, for `sql-error`. */
  code?: string | undefined;
}

/** Switches that a test or the control page moves while the proxy runs. A batch counts as one statement. */
export interface DatabaseFaults {
  /**
   * The next `times` (1) fitting statements fail so, after `skip` (0) that pass. `drop-after-commit` counts those that
   * committed, everything else those that arrived.
   *
   * @throws RangeError for a code that is no SQLSTATE, or numbers out of range.
   */
  next(kind: DatabaseFaultKind, options?: DatabaseFaultOptions): void;
  /** The next `count` statements run and commit, and then the connection is cut without an answer. Replaces the last count. */
  dropAfterCommit(count: number): void;
  /** The next `count` statements are refused with 503 before anything ran. Replaces the last count. */
  failBefore(count: number): void;
  /** Real milliseconds that every statement waits before it runs; 0 by default. */
  delayMs: number;
  /** While true every connection is cut before anything runs, as with a server that is not there. */
  refusesConnections: boolean;
  /** How many statements the faults of a kind are still waiting for. */
  left(kind: DatabaseFaultKind): number;
  /** How often each was injected, also after `clear`. */
  injected(): Readonly<Record<string, number>>;
  clear(): void;
  /** `clear`, and every count is 0 again. */
  reset(): void;
}

/** What stands in the way of a statement. */
export interface DatabaseFaultGate {
  faults: DatabaseFaults;
  /** Waits as long as a fault says, then answers instead of the database, or lets the statement pass. */
  before(statements: readonly string[]): Promise<{ response: Response; answer: unknown } | undefined>;
  /** True when the answer of what has just been committed must not arrive. */
  isDroppedAfterCommit(statements: readonly string[]): boolean;
}

const DEFAULT_DELAY_MS = 1_000;
const SERIALIZATION_FAILURE = "40001";
const BEFORE = DATABASE_FAULT_KINDS.filter((kind) => kind !== "drop-after-commit");

interface DatabaseFault {
  kind: DatabaseFaultKind;
  delayMs: number;
  code: string;
}

export function createDatabaseFaults(): DatabaseFaultGate {
  const counts = createFaultCounts();
  const plan = createFaultPlan<readonly string[], DatabaseFault>(counts);
  const switches = { drops: 0, failures: 0, delayMs: 0, refusesConnections: false };
  const clear = () => {
    plan.clear();
    Object.assign(switches, { drops: 0, failures: 0, delayMs: 0, refusesConnections: false });
  };

  const faults: DatabaseFaults = {
    next: (kind, { sql, delayMs = DEFAULT_DELAY_MS, code = SERIALIZATION_FAILURE, ...shots } = {}) => {
      if (!/^[0-9A-Z]{5}$/.test(code)) throw new RangeError(`code must be a SQLSTATE of five characters, not ${code}`);
      const wanted = sql === undefined ? "" : squeezed(sql);
      plan.add({ kind, delayMs, code }, (texts) => texts.some((text) => squeezed(text).includes(wanted)), shots);
    },
    dropAfterCommit: (count) => {
      switches.drops = count;
    },
    failBefore: (count) => {
      switches.failures = count;
    },
    get delayMs() {
      return switches.delayMs;
    },
    set delayMs(value) {
      switches.delayMs = value;
    },
    get refusesConnections() {
      return switches.refusesConnections;
    },
    set refusesConnections(value) {
      switches.refusesConnections = value;
    },
    left: (kind) => {
      const counted = kind === "drop-after-commit" ? switches.drops : kind === "fail-before" ? switches.failures : 0;
      return plan.left((fault) => fault.kind === kind) + counted;
    },
    injected: counts.all,
    clear,
    reset: () => {
      clear();
      counts.clear();
    },
  };

  function planned(statements: readonly string[]): DatabaseFault | undefined {
    if (switches.refusesConnections) {
      counts.hit("refused-connection");
      return { kind: "lost-request", delayMs: 0, code: "" };
    }
    if (switches.failures > 0) {
      switches.failures -= 1;
      counts.hit("fail-before");
      return { kind: "fail-before", delayMs: 0, code: "" };
    }
    return plan.take(statements, BEFORE);
  }

  return {
    faults,
    before: async (statements) => {
      const fault = planned(statements);
      if (fault?.kind === "lost-request") return { response: cutConnection(), answer: { cut: "before it ran" } };
      if (fault?.kind === "fail-before") {
        return answered(503, "HTTP 503", { message: "the database is not available (a fault of the sandbox)" });
      }
      if (fault?.kind === "pool-exhausted") return sqlRefusal("53300", "sorry, too many clients already");
      if (fault?.kind === "sql-error") return sqlRefusal(fault.code, "a fault of the sandbox");
      if (switches.delayMs > 0) counts.hit("delay");
      const delayMs = switches.delayMs + (fault?.kind === "slow" ? fault.delayMs : 0);
      if (delayMs > 0) await sleep(delayMs);
      return undefined;
    },
    isDroppedAfterCommit: (statements) => {
      if (switches.drops > 0) {
        switches.drops -= 1;
        counts.hit("drop-after-commit");
        return true;
      }
      return plan.take(statements, ["drop-after-commit"]) !== undefined;
    },
  };
}

const squeezed = (sql: string): string => sql.replace(/\s+/g, " ").trim().toLowerCase();

const answered = (status: number, error: string, body: object) => ({
  response: json(body, status),
  answer: { error },
});

/** As Neon's proxy passes on what PostgreSQL refused. */
const sqlRefusal = (code: string, message: string) => answered(400, code, { message, severity: "ERROR", code });
