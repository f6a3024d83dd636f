import { createHash } from "node:crypto";
import type { Fault } from "../faults/fault.ts";
import { readNoAnswer } from "../faults/network.ts";
import type { Job } from "./jobs.ts";

/** A call to QStash that did not succeed. A publish may nevertheless have been accepted when `status` is null or 5xx. */
export class QueueFailure extends Error {
  override readonly name = "QueueFailure";
  /** HTTP status; null when nobody answered in time. */
  readonly status: number | null;
  constructor(message: string, status: number | null) {
    super(message);
    this.status = status;
  }
}

/** The fault in anything that this adapter throws. */
export function toFault(error: unknown): Extract<Fault, { system: "qstash" }> {
  if (error instanceof QueueFailure) return { system: "qstash", status: error.status, message: error.message };
  return { system: "qstash", status: null, message: readNoAnswer(error).reason };
}

export interface ScheduleFacts {
  scheduleId: string;
  cron: string;
  destination: string;
  isPaused: boolean;
}

/** Wake-up calls. At least once, sometimes never: whatever they announce is also owed in the database. */
export interface Queue {
  /**
   * Has `job` posted to our endpoint for such jobs after `delaySeconds` (whole seconds, at most 7 days on QStash's free plan).
   * A `deduplicationId` used within the last 10 minutes is accepted and does nothing. Safe to repeat.
   * @throws QueueFailure
   */
  publish(job: Job, options: { delaySeconds: number; deduplicationId: string }): Promise<void>;
  /**
   * Whether a delivery comes from QStash and is meant for this endpoint. Never throws.
   * @param delivery.body the raw text as received: a re-written JSON has another hash.
   * @param delivery.signature header `Upstash-Signature`.
   * @param delivery.endpoint which of our endpoints was asked; `jobs` by default.
   */
  verify(delivery: { body: string; signature: string | null; endpoint?: "jobs" | "receipts" }): Promise<boolean>;
  /**
   * Creates or replaces a schedule. @param schedule.cron five fields, UTC unless it starts with `CRON_TZ=…`.
   * @throws QueueFailure
   */
  upsertSchedule(schedule: { scheduleId: string; cron: string; job: Job }): Promise<void>;
  /** @throws QueueFailure */
  listSchedules(): Promise<ScheduleFacts[]>;
}

export interface QueueOptions {
  /** `QSTASH_URL`: differs by region. Absent = the EU region. */
  url?: string;
  token: string;
  currentSigningKey: string;
  nextSigningKey: string;
  /** Public URL of our jobs endpoint: where jobs are posted and what signatures must name. */
  jobsUrl: string;
  /** The same for the endpoint that reads receipts. */
  receiptsUrl: string;
  /** For the whole of one call, its second attempt included: the SDK itself has no timeout. */
  timeoutMs: number;
}

/** Short: the SDK repeats network errors only, and the sweeper finds whatever could not be published. */
const NETWORK_RETRIES = 1;
/** Attempts at a delivery after the first; they count against the daily quota. */
const DELIVERY_RETRIES = 3;
/** Milliseconds, in QStash's own expression language: 10 s, 20 s, 40 s … at most 5 min. */
const DELIVERY_RETRY_DELAY = "min(300000, pow(2, retried) * 10000)";
/** Small differences between QStash's clock and ours. */
const CLOCK_TOLERANCE_SECONDS = 5;
const MAX_DEDUPLICATION_ID = 100;

/**
 * A deduplication id in characters that QStash takes everywhere (a colon is refused). An id that had to be changed keeps
 * a part of its hash, so that two different ids never become one.
 */
export function sanitizeDeduplicationId(id: string): string {
  const clean = id.replace(/[^A-Za-z0-9_-]/g, "_");
  if (clean === id && id.length <= MAX_DEDUPLICATION_ID && id !== "") return id;
  const hash = createHash("sha256").update(id).digest("hex").slice(0, 16);
  return `${clean.slice(0, MAX_DEDUPLICATION_ID - hash.length - 1)}-${hash}`;
}

function failureOf(what: string, error: unknown): QueueFailure {
  if (error instanceof QueueFailure) return error;
  // By name: the class would load the whole SDK with this file.
  if (error instanceof Error && error.name.startsWith("Qstash") && "status" in error) {
    const status = typeof error.status === "number" ? error.status : null;
    // QStash repeats the request in some messages; the first line and 200 characters tell enough.
    const words = error.message.split("\n")[0]?.slice(0, 200) ?? "";
    return new QueueFailure(`${what}: ${status ?? "no status"} ${words}`, status);
  }
  return new QueueFailure(`${what}: ${readNoAnswer(error).reason}`, null);
}

/** QStash through its SDK. Its development mode is off in any case: that one accepts publicly known keys. */
export function createQueue(options: QueueOptions): Queue {
  const { jobsUrl, receiptsUrl, timeoutMs } = options;
  const open = async () => {
    const { Client, Receiver } = await import("@upstash/qstash");
    const client = new Client({
      baseUrl: options.url ?? "https://qstash.upstash.io",
      token: options.token,
      enableTelemetry: false,
      devMode: false,
      retry: { retries: NETWORK_RETRIES, backoff: () => 100 },
    });
    const receiver = new Receiver({
      currentSigningKey: options.currentSigningKey,
      nextSigningKey: options.nextSigningKey,
      devMode: false,
    });
    return { client, receiver };
  };
  let opened: ReturnType<typeof open> | undefined;
  // With first use: most updates publish nothing, and the SDK is a tenth of a cold start.
  const sdk = (): ReturnType<typeof open> => {
    opened ??= open();
    return opened;
  };

  async function withDeadline<T>(what: string, work: () => Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new QueueFailure(`${what}: timed out`, null)), timeoutMs);
    });
    try {
      return await Promise.race([work(), deadline]);
    } catch (error) {
      throw failureOf(what, error);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    publish: async (job, { delaySeconds, deduplicationId }) => {
      await withDeadline("publish", async () =>
        (await sdk()).client.publishJSON({
          url: job.name === "read-receipt" ? receiptsUrl : jobsUrl,
          body: job,
          retries: DELIVERY_RETRIES,
          retryDelay: DELIVERY_RETRY_DELAY,
          deduplicationId: sanitizeDeduplicationId(deduplicationId),
          ...(delaySeconds > 0 ? { delay: Math.ceil(delaySeconds) } : {}),
        }),
      );
    },

    verify: async ({ body, signature, endpoint }) => {
      if (signature === null || signature === "") return false;
      try {
        const { receiver } = await sdk();
        const url = endpoint === "receipts" ? receiptsUrl : jobsUrl;
        return await receiver.verify({ body, signature, url, clockTolerance: CLOCK_TOLERANCE_SECONDS });
      } catch {
        // Every refusal is an exception there: wrong key, url, body, issuer, too old, too young, not a JWT.
        return false;
      }
    },

    upsertSchedule: async ({ scheduleId, cron, job }) => {
      await withDeadline("upsert schedule", async () =>
        (await sdk()).client.schedules.create({
          scheduleId,
          cron,
          destination: jobsUrl,
          body: JSON.stringify(job),
          headers: { "content-type": "application/json" },
          retries: DELIVERY_RETRIES,
        }),
      );
    },

    listSchedules: async () => {
      const schedules = await withDeadline("list schedules", async () => (await sdk()).client.schedules.list());
      return schedules.map(({ scheduleId, cron, destination, isPaused }) => ({
        scheduleId,
        cron,
        destination,
        isPaused: isPaused === true,
      }));
    },
  };
}
