import type { SandboxClock } from "../context.ts";
import { createFaultCounts, createFaultPlan, type Shots } from "../faults/plan.ts";

/**
 * When a message is published:
 * - `publish-lost-request`: the connection is cut, nothing was accepted.
 * - `publish-lost-answer`: the message was accepted, then the connection is cut.
 * - `publish-server-error`: 500, nothing was accepted.
 * - `publish-burst-limit`: 429 with the headers of the burst limit, nothing was accepted.
 *
 * When it is delivered:
 * - `late`: sets out `seconds` (60) later than it should.
 * - `swallowed`: accepted, and never delivered.
 * - `deliver-twice`: once more after a delivery that succeeded, with the same message id.
 * - `deliver-together`: two deliveries at the same moment.
 * - `unreachable`: an attempt fails before it reaches the destination.
 * - `answer-lost`: the destination did its work, but its answer is not heard; it is tried again.
 */
export const QSTASH_FAULT_KINDS = [
  "publish-lost-request",
  "publish-lost-answer",
  "publish-server-error",
  "publish-burst-limit",
  "late",
  "swallowed",
  "deliver-twice",
  "deliver-together",
  "unreachable",
  "answer-lost",
] as const;
export type QstashFaultKind = (typeof QSTASH_FAULT_KINDS)[number];

/**
 * Which key signs: `next` as after a rotation that the receiver has not heard of, `foreign` one that nobody knows,
 * `expired` the right key on a token whose five minutes are over.
 */
export const QSTASH_SIGNERS = ["current", "next", "foreign", "expired"] as const;
export type QstashSigner = (typeof QSTASH_SIGNERS)[number];

export interface QstashFaultOptions extends Shots {
  /** Only messages whose destination or body contains this. */
  about?: string | undefined;
  /** Virtual seconds, for `late`. */
  seconds?: number | undefined;
}

export interface QstashFaults {
  /** The service is out: its API answers 503 and nothing is delivered. What is due goes out within a virtual minute after. */
  down: boolean;
  /** Publishing answers 429 as after the day's quota; what was accepted before is still delivered. */
  dailyQuotaExceeded: boolean;
  /** Messages and retries of a UTC day, counted from the start of the process; more are refused as above. `null`: no limit. */
  dailyLimit: number | null;
  /** Publishes within one virtual second; more are 429 with the headers of the burst limit. `null`: no limit. */
  burstLimit: number | null;
  signedWith: QstashSigner;
  /** The next `times` (1) fitting messages go so, after `skip` (0) that pass. @throws RangeError for numbers out of range. */
  next(kind: QstashFaultKind, options?: QstashFaultOptions): void;
  /** The next `count` successful deliveries are made once more, with the same message id. Replaces the last count. */
  duplicate(count: number): void;
  /** The next `count` messages come in reverse: the first of them `count` seconds late, the last one second. */
  reverse(count: number): void;
  /** How many messages the faults of a kind are still waiting for. */
  left(kind: QstashFaultKind | "reversed"): number;
  /** How often each was injected, also after `clear`. */
  injected(): Readonly<Record<string, number>>;
  clear(): void;
  /** `clear`, and every count is 0 again. */
  reset(): void;
}

/** The part of a message that a fault looks at. */
export interface Subject {
  url: string;
  bodyBase64: string;
}

interface QstashFault {
  kind: QstashFaultKind;
  seconds: number;
}

export interface QstashFaultGate {
  faults: QstashFaults;
  hit(name: string): void;
  /** The fault of a publish request, quota and burst included. */
  ofPublish(subject: Subject): "quota" | QstashFaultKind | undefined;
  /** What happens to a message that was just accepted: swallowed, or late by so many seconds. */
  ofAccepted(subject: Subject): { isSwallowed: boolean; lateSeconds: number };
  /** True when this attempt takes the given turn. */
  hits(kind: QstashFaultKind, subject: Subject): boolean;
  /** One more message on the day's bill. */
  bill(): void;
  takeDuplicate(subject: Subject): boolean;
}

const PUBLISH_KINDS = QSTASH_FAULT_KINDS.filter((kind) => kind.startsWith("publish-"));
const DEFAULT_LATE_SECONDS = 60;
const DAY_MS = 86_400_000;
const BURST_WINDOW_MS = 1_000;

export function createQstashFaults(clock: SandboxClock): QstashFaultGate {
  const counts = createFaultCounts();
  const plan = createFaultPlan<Subject, QstashFault>(counts);
  const initial = {
    down: false,
    dailyQuotaExceeded: false,
    dailyLimit: null as number | null,
    burstLimit: null as number | null,
    signedWith: "current" as QstashSigner,
    duplicates: 0,
    reversing: 0,
  };
  const switches = { ...initial };
  const bill = { day: -1, messages: 0 };
  let recent: number[] = [];
  const now = () => clock.now().getTime();

  function usedToday(): number {
    const day = Math.floor(now() / DAY_MS);
    if (bill.day !== day) Object.assign(bill, { day, messages: 0 });
    return bill.messages;
  }

  function isBurst(): boolean {
    recent = recent.filter((at) => at > now() - BURST_WINDOW_MS);
    if (switches.burstLimit === null || recent.length < switches.burstLimit) {
      recent.push(now());
      return false;
    }
    counts.hit("burst-limit");
    return true;
  }

  const clear = () => {
    plan.clear();
    Object.assign(switches, initial);
  };

  const faults: QstashFaults = {
    get down() {
      return switches.down;
    },
    set down(value) {
      switches.down = value;
    },
    get dailyQuotaExceeded() {
      return switches.dailyQuotaExceeded;
    },
    set dailyQuotaExceeded(value) {
      switches.dailyQuotaExceeded = value;
    },
    get dailyLimit() {
      return switches.dailyLimit;
    },
    set dailyLimit(value) {
      switches.dailyLimit = value;
    },
    get burstLimit() {
      return switches.burstLimit;
    },
    set burstLimit(value) {
      switches.burstLimit = value;
    },
    get signedWith() {
      return switches.signedWith;
    },
    set signedWith(value) {
      switches.signedWith = value;
    },
    next: (kind, { about = "", seconds = DEFAULT_LATE_SECONDS, ...shots } = {}) => {
      const fits = ({ url, bodyBase64 }: Subject) =>
        url.includes(about) || Buffer.from(bodyBase64, "base64").toString().includes(about);
      plan.add({ kind, seconds }, fits, shots);
    },
    duplicate: (count) => {
      switches.duplicates = count;
    },
    reverse: (count) => {
      switches.reversing = count;
    },
    left: (kind) => {
      if (kind === "reversed") return switches.reversing;
      return plan.left((fault) => fault.kind === kind) + (kind === "deliver-twice" ? switches.duplicates : 0);
    },
    injected: counts.all,
    clear,
    reset: () => {
      clear();
      counts.clear();
      Object.assign(bill, { day: -1, messages: 0 });
      recent = [];
    },
  };

  return {
    faults,
    hit: counts.hit,
    ofPublish: (subject) => {
      const isOverLimit = switches.dailyLimit !== null && usedToday() >= switches.dailyLimit;
      if (switches.dailyQuotaExceeded || isOverLimit) {
        counts.hit("daily-quota");
        return "quota";
      }
      return plan.take(subject, PUBLISH_KINDS)?.kind ?? (isBurst() ? "publish-burst-limit" : undefined);
    },
    ofAccepted: (subject) => {
      if (plan.take(subject, ["swallowed"])) return { isSwallowed: true, lateSeconds: 0 };
      const late = plan.take(subject, ["late"])?.seconds ?? 0;
      if (switches.reversing === 0) return { isSwallowed: false, lateSeconds: late };
      counts.hit("reversed");
      switches.reversing -= 1;
      return { isSwallowed: false, lateSeconds: late + switches.reversing + 1 };
    },
    hits: (kind, subject) => plan.take(subject, [kind]) !== undefined,
    bill: () => {
      usedToday();
      bill.messages += 1;
    },
    takeDuplicate: (subject) => {
      if (switches.duplicates === 0) return plan.take(subject, ["deliver-twice"]) !== undefined;
      switches.duplicates -= 1;
      counts.hit("deliver-twice");
      return true;
    },
  };
}
