import * as z from "zod";
import { randomId } from "../../shared/ids.ts";
import type { SandboxContext, Simulator } from "../context.ts";
import { cutConnection, json, readJson } from "../http.ts";
import { parseCron } from "./cron.ts";
import { createCourier } from "./delivery.ts";
import { createQstashFaults, type QstashFaults, type QstashSigner } from "./faults.ts";
import { matches, unknownFilter } from "./filters.ts";
import {
  type DeadLetter,
  deduplicationKey,
  describeMessage,
  describeOrder,
  type MessageOrder,
  readOrder,
} from "./message.ts";
import { createSchedules, describeSchedule, type Schedule } from "./schedules.ts";
import { signDelivery } from "./signature.ts";

const DEDUPLICATION = "qstash.deduplication";
const DEDUPLICATION_WINDOW_MS = 10 * 60_000;
/** Of the free plan; shown when only the switch says that they are used up. https://upstash.com/pricing/qstash */
const DAILY_MESSAGES = 1_000;
const BURST_MESSAGES = 100;
const EXPIRED_AGE_SECONDS = 3_600;

const batchSchema = z.array(
  z.object({
    destination: z.string(),
    headers: z.record(z.string(), z.string()).default({}),
    body: z.string().optional(),
    queue: z.undefined().optional(),
  }),
);

export interface QstashOptions {
  /** Path prefix of the simulator; the SDK's `baseUrl` is the origin plus this. */
  prefix: string;
  token: string;
  currentSigningKey: string;
  nextSigningKey: string;
  /** Carries a signed delivery to its destination; `fetch` by default. */
  deliver?: (request: Request) => Promise<Response>;
}

/** A message on its way. `dueAt` is virtual time. */
export interface PendingMessage {
  messageId: string;
  url: string;
  body: string;
  dueAt: Date;
  retried: number;
  scheduleId?: string | undefined;
}

export interface QstashSimulator extends Simulator {
  /** What is still to be delivered, the soonest first. */
  pending(): PendingMessage[];
  deadLetters(): DeadLetter[];
  /** Publishes a dead letter anew, as a person does on QStash's own page: the new message's id, `undefined` when unknown. */
  retryDeadLetter(dlqId: string): string | undefined;
  schedules(): Schedule[];
  /** Pauses or resumes all of them, as a person does on QStash's own page. */
  pauseSchedules(isPaused: boolean): void;
  faults: QstashFaults;
}

/**
 * QStash for the SDK 2.12.0: publish, batch, schedules, cancelling, dead letters, keys; delivery signed with the current
 * key, in virtual time, from the store. Publishing, scheduling and cancelling are recorded as calls of `qstash`.
 * Differs from the real one: no queues, url groups, events or flow control (its key is kept, its limits are not
 * enforced), loopback destinations are allowed, quotas and the burst limit hold only when a switch sets them, cron knows
 * UTC only.
 *
 * @see https://upstash.com/docs/qstash/api-reference (read 2026-11-20)
 */
export function createQstashSimulator(context: SandboxContext, options: QstashOptions): QstashSimulator {
  const { clock, store, calls } = context;
  const gate = createQstashFaults(clock);
  const { faults } = gate;
  const keys: Readonly<Record<QstashSigner, string>> = {
    current: options.currentSigningKey,
    expired: options.currentSigningKey,
    next: options.nextSigningKey,
    foreign: "sig_of_somebody_else",
  };
  const courier = createCourier(context, {
    sign: (url, body) => {
      const signer = faults.signedWith;
      if (signer !== "current") gate.hit(`signed-${signer}`);
      return signDelivery(url, body, keys[signer], signer === "expired" ? EXPIRED_AGE_SECONDS : 0);
    },
    deliver: options.deliver ?? ((request) => fetch(request)),
    gate,
  });
  const schedules = createSchedules(context, courier.post);
  let published = 0;

  function forgetOldKeys(): void {
    const now = clock.now().getTime();
    for (const { id, document } of store.list<{ expiresAt: number }>(DEDUPLICATION)) {
      if (document.expiresAt <= now) store.delete(DEDUPLICATION, id);
    }
  }

  function accept(headers: Headers, order: MessageOrder): { messageId: string; deduplicated?: true } {
    return store.transaction(() => {
      const key = deduplicationKey(headers, order);
      const known =
        key === undefined ? undefined : store.get<{ messageId: string; expiresAt: number }>(DEDUPLICATION, key);
      const now = clock.now().getTime();
      if (known !== undefined && known.expiresAt > now) return { messageId: known.messageId, deduplicated: true };
      const { messageId } = courier.post(order);
      if (key !== undefined) store.put(DEDUPLICATION, key, { messageId, expiresAt: now + DEDUPLICATION_WINDOW_MS });
      published += 1;
      if (published % 100 === 0) forgetOldKeys();
      return { messageId };
    });
  }

  async function publish(request: Request, destination: string): Promise<Response> {
    return recorded("publish", async () => {
      const order = readOrder(request.headers, destination, await bytesOf(request), clock.now());
      if (!order.ok) return { body: { url: destination }, status: 400, answer: { error: order.problem } };
      const body = { ...describeOrder(order.value), deduplicationId: request.headers.get("upstash-deduplication-id") };
      const refusal = refusalOf(order.value);
      if (refusal && !("isAccepted" in refusal)) return { body, ...refusal };
      const answer = accept(request.headers, order.value);
      return { body, status: answer.deduplicated ? 202 : 201, answer, isCut: refusal !== undefined };
    });
  }

  async function batch(request: Request): Promise<Response> {
    return recorded("batch", async () => {
      const parsed = batchSchema.safeParse(await readJson(request));
      if (!parsed.success) return { body: [], status: 400, answer: { error: z.prettifyError(parsed.error) } };
      const entries = parsed.data.map((entry) => {
        const headers = new Headers(entry.headers);
        return { headers, order: readOrder(headers, entry.destination, Buffer.from(entry.body ?? ""), clock.now()) };
      });
      const body = entries.map(({ order }) => (order.ok ? describeOrder(order.value) : order.problem));
      // A fault hits the whole request, by its first message.
      const first = entries.map(({ order }) => order).find((order) => order.ok);
      const refusal = first === undefined ? undefined : refusalOf(first.value);
      if (refusal && !("isAccepted" in refusal)) return { body, ...refusal };
      const answer = entries.map(({ headers, order }) =>
        order.ok ? accept(headers, order.value) : { error: order.problem },
      );
      return { body, status: 200, answer, isCut: refusal !== undefined };
    });
  }

  async function createSchedule(request: Request, destination: string): Promise<Response> {
    return recorded("schedule", async () => {
      const cronText = request.headers.get("upstash-cron") ?? "";
      const cron = parseCron(cronText);
      const order = readOrder(request.headers, destination, await bytesOf(request), clock.now());
      const body = { url: destination, cron: cronText };
      if (cron === undefined)
        return { body, status: 400, answer: { error: `invalid cron: ${cronText} (the sandbox knows UTC only)` } };
      if (!order.ok) return { body, status: 400, answer: { error: order.problem } };
      const scheduleId = request.headers.get("upstash-schedule-id") ?? `scd_${randomId(28)}`;
      schedules.put(scheduleId, cronText, cron, order.value);
      return { body: { ...describeOrder(order.value), cron: cronText }, status: 201, answer: { scheduleId } };
    });
  }

  async function recorded(method: string, work: () => Promise<Outcome>): Promise<Response> {
    const at = clock.now().getTime();
    const startedMs = performance.now();
    const { body, status, answer, headers, isCut } = await work();
    const told = isCut ? { connection: "cut", unsent: answer } : answer;
    calls.record({ service: "qstash", method, body, answer: told, at, durationMs: performance.now() - startedMs });
    return isCut ? cutConnection() : json(answer, status, headers);
  }

  /** What a fault answers instead, or `isAccepted` when only the answer is lost. */
  function refusalOf(order: MessageOrder): Omit<Outcome, "body"> | { isAccepted: true } | undefined {
    const fault = gate.ofPublish(order);
    if (fault === undefined) return undefined;
    if (fault === "publish-lost-answer") return { isAccepted: true };
    if (fault === "publish-lost-request") return { status: 0, answer: null, isCut: true };
    if (fault === "publish-burst-limit") return burstRefusal();
    if (fault === "quota") return quotaRefusal();
    return { status: 500, answer: { error: "internal error (a fault of the sandbox)" } };
  }

  function quotaRefusal() {
    const limit = faults.dailyLimit ?? DAILY_MESSAGES;
    const reset = Math.ceil(clock.now().getTime() / 86_400_000) * 86_400;
    const headers = {
      "ratelimit-limit": String(limit),
      "ratelimit-remaining": "0",
      "ratelimit-reset": String(reset),
    };
    return { status: 429, answer: { error: `Exceeded daily rate limit. Limit: ${limit}` }, headers };
  }

  function burstRefusal() {
    const limit = faults.burstLimit ?? BURST_MESSAGES;
    const headers = {
      "burst-ratelimit-limit": String(limit),
      "burst-ratelimit-remaining": "0",
      "burst-ratelimit-reset": String(Math.ceil(clock.now().getTime() / 1_000) + 1),
    };
    return { status: 429, answer: { error: `Exceeded burst rate limit. Limit: ${limit}` }, headers };
  }

  async function route(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const path = url.pathname.slice(options.prefix.length);
    const [, resource = "", rest = ""] = /^\/v2\/([^/]+)(?:\/(.*))?$/.exec(path) ?? [];
    switch (`${request.method} ${resource}`) {
      case "POST publish":
        return publish(request, rest + url.search);
      case "POST batch":
        return batch(request);
      case "POST schedules":
        return createSchedule(request, rest + url.search);
      case "GET schedules":
        if (rest === "") return json(schedules.list().map(describeSchedule));
        return withSchedule(rest, (schedule) => json(describeSchedule(schedule)));
      case "DELETE schedules":
        return withSchedule(rest, () => {
          schedules.delete(rest);
          return new Response(null, { status: 202 });
        });
      case "PATCH schedules":
        return pauseOrResume(rest);
      case "GET messages":
        return found(courier.find(rest), "message", describeMessage);
      case "DELETE messages":
        return recorded("cancel", async () => cancel(rest, url.searchParams));
      case "GET dlq":
        if (rest !== "") return found(courier.findDeadLetter(rest), "message", describeMessage);
        return json({ messages: selectDeadLetters(url.searchParams).map(describeMessage) });
      case "DELETE dlq":
        return deleteDeadLetters(rest, url.searchParams);
      case "POST dlq":
        return retryDeadLetters(rest, url.searchParams);
      case "GET keys":
        return json({ current: options.currentSigningKey, next: options.nextSigningKey });
      default:
        return json({ error: `the sandbox's QStash has no ${request.method} ${path}` }, 404);
    }
  }

  function withSchedule(scheduleId: string, act: (schedule: Schedule) => Response): Response {
    const schedule = schedules.find(scheduleId);
    return schedule === undefined ? json({ error: `schedule ${scheduleId} not found` }, 404) : act(schedule);
  }

  function pauseOrResume(rest: string): Response {
    const [, scheduleId = "", verb] = /^(.+)\/(pause|resume)$/.exec(rest) ?? [];
    return withSchedule(scheduleId, (schedule) => {
      schedules.setPaused(schedule, verb === "pause");
      return new Response(null, { status: 200 });
    });
  }

  function cancel(messageId: string, query: URLSearchParams) {
    const body = { messageId: messageId || undefined, query: query.toString() };
    if (messageId !== "") {
      if (!courier.cancel(messageId)) return { body, status: 404, answer: { error: `message ${messageId} not found` } };
      return { body, status: 202, answer: { cancelled: 1 } };
    }
    const unknown = unknownFilter(query);
    if (unknown !== undefined) return { body, status: 400, answer: { error: unknown } };
    // Like the real one: no filter at all means every message.
    const chosen = courier.pending().filter((message) => matches(message, message.messageId, "messageIds", query));
    for (const message of chosen) courier.cancel(message.messageId);
    return { body, status: 200, answer: { cancelled: chosen.length } };
  }

  function selectDeadLetters(query: URLSearchParams): DeadLetter[] {
    return courier.deadLetters().filter((letter) => matches(letter, letter.dlqId, "dlqIds", query));
  }

  function deleteDeadLetters(dlqId: string, query: URLSearchParams): Response {
    if (dlqId !== "") {
      if (!courier.deleteDeadLetter(dlqId)) return json({ error: `message ${dlqId} not found` }, 404);
      return new Response(null, { status: 202 });
    }
    const unknown = unknownFilter(query);
    if (unknown !== undefined) return json({ error: unknown }, 400);
    const chosen = selectDeadLetters(query);
    for (const letter of chosen) courier.deleteDeadLetter(letter.dlqId);
    return json({ deleted: chosen.length });
  }

  /** @see https://upstash.com/docs/qstash/api-reference (read 2026-11-20): each becomes a new message. */
  function retryDeadLetters(rest: string, query: URLSearchParams): Response {
    if (rest !== "retry") return json({ error: "not found" }, 404);
    const unknown = unknownFilter(query);
    if (unknown !== undefined) return json({ error: unknown }, 400);
    const missing = query.getAll("dlqIds").find((dlqId) => courier.findDeadLetter(dlqId) === undefined);
    if (missing !== undefined) return json({ error: `message ${missing} not found` }, 404);
    const responses = selectDeadLetters(query).flatMap(({ dlqId }) => {
      const message = courier.retryDeadLetter(dlqId);
      return message === undefined ? [] : [{ messageId: message.messageId }];
    });
    return json({ responses });
  }

  return {
    faults,
    handle: async (request) => {
      if (request.headers.get("authorization") !== `Bearer ${options.token}`) {
        return json({ error: "invalid token" }, 401);
      }
      if (faults.down) {
        gate.hit("down");
        return json({ error: "service unavailable (a fault of the sandbox)" }, 503);
      }
      return route(request);
    },
    start: () => {
      forgetOldKeys();
      courier.start();
      schedules.start();
    },
    stop: async () => {
      schedules.stop();
      await courier.stop();
    },
    reset: () => {
      faults.reset();
      schedules.reset();
      courier.reset();
      for (const { id } of store.list(DEDUPLICATION)) store.delete(DEDUPLICATION, id);
    },
    pending: () =>
      courier
        .pending()
        .map(({ messageId, url, bodyBase64, nextAttemptAt, retried, scheduleId }) => ({
          messageId,
          url,
          body: Buffer.from(bodyBase64, "base64").toString(),
          dueAt: new Date(nextAttemptAt),
          retried,
          scheduleId,
        }))
        .sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime()),
    deadLetters: courier.deadLetters,
    retryDeadLetter: (dlqId) => courier.retryDeadLetter(dlqId)?.messageId,
    schedules: schedules.list,
    pauseSchedules: (isPaused) => {
      for (const schedule of schedules.list()) schedules.setPaused(schedule, isPaused);
    },
  };
}

interface Outcome {
  body: unknown;
  status: number;
  answer: unknown;
  headers?: Record<string, string>;
  /** True when the connection breaks instead of an answer. */
  isCut?: boolean;
}

async function bytesOf(request: Request): Promise<Uint8Array> {
  return new Uint8Array(await request.arrayBuffer());
}

function found<T>(value: T | undefined, what: string, describe: (value: T) => unknown): Response {
  return value === undefined ? json({ error: `${what} not found` }, 404) : json(describe(value));
}
