import * as z from "zod";
import { randomId } from "../../shared/ids.ts";
import type { SandboxContext, Simulator } from "../context.ts";
import { json, readJson } from "../http.ts";
import { parseCron } from "./cron.ts";
import { createCourier } from "./delivery.ts";
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

const DEDUPLICATION = "qstash.deduplication";
const DEDUPLICATION_WINDOW_MS = 10 * 60_000;
const DAILY_MESSAGES = 1_000;

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

export interface QstashFaults {
  /** The service is out: its API answers 503 and nothing is delivered. What is due goes out within a virtual minute after. */
  down: boolean;
  /** Publishing answers 429 as after the day's quota; what was accepted before is still delivered. */
  dailyQuotaExceeded: boolean;
  /** The next `count` successful deliveries are made once more, with the same message id. */
  duplicate(count: number): void;
  clear(): void;
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
  schedules(): Schedule[];
  faults: QstashFaults;
}

/**
 * QStash for the SDK 2.12.0: publish, batch, schedules, cancelling, dead letters, keys; delivery signed with the current
 * key, in virtual time, from the store. Publishing, scheduling and cancelling are recorded as calls of `qstash`.
 * Differs from the real one: no queues, url groups, events or flow control (its key is kept, its limits are not
 * enforced), loopback destinations are allowed, quotas are only a switch, cron knows UTC only.
 *
 * @see https://upstash.com/docs/qstash/api-reference (read 2026-11-20)
 */
export function createQstashSimulator(context: SandboxContext, options: QstashOptions): QstashSimulator {
  const { clock, store, calls } = context;
  const switches = { down: false, dailyQuotaExceeded: false, duplicates: 0 };
  const courier = createCourier(context, {
    signingKey: options.currentSigningKey,
    deliver: options.deliver ?? ((request) => fetch(request)),
    isDown: () => switches.down,
    takeDuplicate: () => {
      if (switches.duplicates === 0) return false;
      switches.duplicates -= 1;
      return true;
    },
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
      const refusal = quotaRefusal();
      if (refusal !== undefined) return { body: { url: destination }, ...refusal };
      const order = readOrder(request.headers, destination, await bytesOf(request), clock.now());
      if (!order.ok) return { body: { url: destination }, status: 400, answer: { error: order.problem } };
      const answer = accept(request.headers, order.value);
      const body = { ...describeOrder(order.value), deduplicationId: request.headers.get("upstash-deduplication-id") };
      return { body, status: answer.deduplicated ? 202 : 201, answer };
    });
  }

  async function batch(request: Request): Promise<Response> {
    return recorded("batch", async () => {
      const refusal = quotaRefusal();
      if (refusal !== undefined) return { body: [], ...refusal };
      const parsed = batchSchema.safeParse(await readJson(request));
      if (!parsed.success) return { body: [], status: 400, answer: { error: z.prettifyError(parsed.error) } };
      const entries = parsed.data.map((entry) => {
        const headers = new Headers(entry.headers);
        return { headers, order: readOrder(headers, entry.destination, Buffer.from(entry.body ?? ""), clock.now()) };
      });
      const answer = entries.map(({ headers, order }) =>
        order.ok ? accept(headers, order.value) : { error: order.problem },
      );
      return {
        body: entries.map(({ order }) => (order.ok ? describeOrder(order.value) : order.problem)),
        status: 200,
        answer,
      };
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

  async function recorded(
    method: string,
    work: () => Promise<{ body: unknown; status: number; answer: unknown; headers?: Record<string, string> }>,
  ): Promise<Response> {
    const at = clock.now().getTime();
    const startedMs = performance.now();
    const { body, status, answer, headers } = await work();
    calls.record({ service: "qstash", method, body, answer, at, durationMs: performance.now() - startedMs });
    return json(answer, status, headers);
  }

  function quotaRefusal() {
    if (!switches.dailyQuotaExceeded) return undefined;
    const reset = Math.ceil(clock.now().getTime() / 86_400_000) * 86_400;
    const headers = {
      "ratelimit-limit": String(DAILY_MESSAGES),
      "ratelimit-remaining": "0",
      "ratelimit-reset": String(reset),
    };
    return { status: 429, answer: { error: `Exceeded daily rate limit. Limit: ${DAILY_MESSAGES}` }, headers };
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

  return {
    faults: {
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
      duplicate: (count) => {
        switches.duplicates = count;
      },
      clear: () => {
        Object.assign(switches, { down: false, dailyQuotaExceeded: false, duplicates: 0 });
      },
    },
    handle: async (request) => {
      if (request.headers.get("authorization") !== `Bearer ${options.token}`) {
        return json({ error: "invalid token" }, 401);
      }
      if (switches.down) return json({ error: "service unavailable (a fault of the sandbox)" }, 503);
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
    schedules: schedules.list,
  };
}

async function bytesOf(request: Request): Promise<Uint8Array> {
  return new Uint8Array(await request.arrayBuffer());
}

function found<T>(value: T | undefined, what: string, describe: (value: T) => unknown): Response {
  return value === undefined ? json({ error: `${what} not found` }, 404) : json(describe(value));
}
