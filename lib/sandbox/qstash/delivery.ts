import { setTimeout as sleep } from "node:timers/promises";
import { MINUTE_MS, SECOND_MS } from "../../shared/clock.ts";
import { randomId } from "../../shared/ids.ts";
import type { SandboxContext } from "../context.ts";
import type { QstashFaultGate } from "./faults.ts";
import { type DeadLetter, type MessageOrder, type QueuedMessage, toMultiHeaders } from "./message.ts";
import { retryDelayMs } from "./retry.ts";

const MESSAGES = "qstash.messages";
const DEAD_LETTERS = "qstash.dlq";
const NOT_RETRYABLE_STATUS = 489;
/** Real time that `stop` leaves to deliveries under way. */
const STOP_PATIENCE_MS = 2_000;

export interface DeliveryOptions {
  /** The value of `Upstash-Signature`. */
  sign: (url: string, body: Uint8Array) => string;
  deliver: (request: Request) => Promise<Response>;
  gate: QstashFaultGate;
}

interface Answer {
  status: number;
  headers: Headers;
  body: Buffer;
}

/**
 * Carries messages from the store to their destinations: at least once, in virtual time. A row lives until its delivery
 * is settled, so that a message in flight when the process dies is delivered again by the next `start`.
 */
export function createCourier(context: SandboxContext, options: DeliveryOptions) {
  const { clock, store, note } = context;
  const { gate } = options;
  const timers = new Map<string, { cancel(): void }>();
  const underWay = new Set<Promise<void>>();
  const quit = new AbortController();
  let isStopped = false;

  function arm(message: QueuedMessage): void {
    timers.get(message.messageId)?.cancel();
    if (isStopped) return;
    timers.set(
      message.messageId,
      clock.at(new Date(message.nextAttemptAt), () => {
        timers.delete(message.messageId);
        const attempted = attempt(message.messageId).finally(() => underWay.delete(attempted));
        underWay.add(attempted);
        return attempted;
      }),
    );
  }

  function post(order: MessageOrder, scheduleId?: string): QueuedMessage {
    const createdAt = clock.now().getTime();
    const notBefore = createdAt + Math.round(order.delaySeconds * SECOND_MS);
    const messageId = `msg_${randomId(32)}`;
    const { isSwallowed, lateSeconds } = gate.ofAccepted(order);
    const nextAttemptAt = notBefore + Math.round(lateSeconds * SECOND_MS);
    const message = { ...order, messageId, createdAt, notBefore, scheduleId, retried: 0, nextAttemptAt };
    gate.bill();
    if (isSwallowed) return message;
    store.put<QueuedMessage>(MESSAGES, messageId, message);
    arm(message);
    return message;
  }

  async function attempt(messageId: string): Promise<void> {
    const message = store.get<QueuedMessage>(MESSAGES, messageId);
    if (message === undefined || isStopped) return;
    if (gate.faults.down) {
      gate.hit("down");
      return tryAgain(message, MINUTE_MS);
    }
    if (message.retried > 0) gate.bill();
    const answer = await carry(message);
    // Cut off by `stop`, or cancelled or forgotten while it was under way.
    if (quit.signal.aborted || store.get(MESSAGES, messageId) === undefined) return;
    if (message.callback !== undefined) post(callbackOrder(message.callback, message, answer));
    if (answer.status >= 200 && answer.status < 300) {
      if (gate.takeDuplicate(message)) return tryAgain(message, 0);
      store.delete(MESSAGES, messageId);
      return;
    }
    const isFinal =
      answer.status === NOT_RETRYABLE_STATUS && answer.headers.get("upstash-nonretryable-error") === "true";
    if (isFinal || message.retried >= message.maxRetries) return bury(message, answer);
    const delayMs = retryDelayMs(message.retried, message.retryDelayExpression, answer.headers, clock.now());
    tryAgain({ ...message, retried: message.retried + 1 }, delayMs);
  }

  function tryAgain(message: QueuedMessage, delayMs: number): void {
    const next = { ...message, nextAttemptAt: clock.now().getTime() + Math.round(delayMs) };
    store.put<QueuedMessage>(MESSAGES, message.messageId, next);
    arm(next);
  }

  function bury(message: QueuedMessage, answer: Answer): void {
    gate.hit("buried");
    const dlqId = `${clock.now().getTime()}-${store.next(DEAD_LETTERS)}`;
    store.transaction(() => {
      store.delete(MESSAGES, message.messageId);
      store.put<DeadLetter>(DEAD_LETTERS, dlqId, {
        ...message,
        dlqId,
        responseStatus: answer.status,
        responseHeader: toMultiHeaders(answer.headers),
        responseBody: answer.body.toString(),
      });
      if (message.failureCallback !== undefined) {
        post(callbackOrder(message.failureCallback, message, answer, dlqId));
      }
    });
    note(`QStash gave up on a message for ${message.url}: the last answer was ${answer.status || "none"}.`);
  }

  /** One attempt with what faults make of it. */
  async function carry(message: QueuedMessage): Promise<Answer> {
    if (gate.hits("unreachable", message)) return noAnswer("connection refused (a fault of the sandbox)");
    const isTogether = gate.hits("deliver-together", message);
    const [answer] = await Promise.all([send(message), ...(isTogether ? [send(message)] : [])]);
    return gate.hits("answer-lost", message) ? noAnswer("connection reset (a fault of the sandbox)") : answer;
  }

  async function send(message: QueuedMessage): Promise<Answer> {
    const body = Buffer.from(message.bodyBase64, "base64");
    const headers = new Headers(message.headers);
    headers.set("user-agent", "Upstash-QStash");
    headers.set("upstash-signature", options.sign(message.url, body));
    headers.set("upstash-message-id", message.messageId);
    headers.set("upstash-retried", String(message.retried));
    headers.set("upstash-caller-ip", "127.0.0.1");
    if (message.scheduleId !== undefined) headers.set("upstash-schedule-id", message.scheduleId);
    const hasBody = message.method !== "GET" && body.length > 0;
    const request = new Request(message.url, {
      method: message.method,
      headers,
      redirect: "manual",
      signal: AbortSignal.any([quit.signal, AbortSignal.timeout(message.timeoutSeconds * SECOND_MS)]),
      ...(hasBody ? { body } : {}),
    });
    try {
      const response = await options.deliver(request);
      return {
        status: response.status,
        headers: response.headers,
        body: Buffer.from(await response.arrayBuffer()),
      };
    } catch (error) {
      const reason = error instanceof Error ? (error.cause ?? error) : error;
      return noAnswer(String(reason));
    }
  }

  function remove(collection: string, id: string): boolean {
    if (store.get(collection, id) === undefined) return false;
    store.delete(collection, id);
    timers.get(id)?.cancel();
    timers.delete(id);
    return true;
  }

  return {
    post,
    pending: () => store.list<QueuedMessage>(MESSAGES).map(({ document }) => document),
    find: (messageId: string) => store.get<QueuedMessage>(MESSAGES, messageId),
    /** False when it is not waiting any more. A delivery under way runs to its end but is not repeated. */
    cancel: (messageId: string) => remove(MESSAGES, messageId),
    deadLetters: () => store.list<DeadLetter>(DEAD_LETTERS).map(({ document }) => document),
    findDeadLetter: (dlqId: string) => store.get<DeadLetter>(DEAD_LETTERS, dlqId),
    deleteDeadLetter: (dlqId: string) => remove(DEAD_LETTERS, dlqId),
    /** Publishes a dead letter anew, as a message of its own with all of its retries; `undefined` when there is none. */
    retryDeadLetter: (dlqId: string): QueuedMessage | undefined => {
      const letter = store.get<DeadLetter>(DEAD_LETTERS, dlqId);
      if (letter === undefined) return undefined;
      return store.transaction(() => {
        remove(DEAD_LETTERS, dlqId);
        return post({ ...orderOf(letter), delaySeconds: 0 }, letter.scheduleId);
      });
    },
    start: () => {
      for (const { document } of store.list<QueuedMessage>(MESSAGES)) {
        if (!timers.has(document.messageId)) arm(document);
      }
    },
    stop: async () => {
      isStopped = true;
      for (const timer of timers.values()) timer.cancel();
      timers.clear();
      const patience = () => sleep(STOP_PATIENCE_MS, undefined, { ref: false });
      await Promise.race([Promise.all(underWay), patience()]);
      quit.abort();
      await Promise.race([Promise.all(underWay), patience()]);
    },
    reset: () => {
      for (const { id } of store.list(MESSAGES)) remove(MESSAGES, id);
      for (const { id } of store.list(DEAD_LETTERS)) remove(DEAD_LETTERS, id);
    },
  };
}

const noAnswer = (reason: string): Answer => ({ status: 0, headers: new Headers(), body: Buffer.from(reason) });

/** What the publisher of a message asked for. */
function orderOf(message: QueuedMessage): MessageOrder {
  const { url, method, headers, bodyBase64, delaySeconds, maxRetries, timeoutSeconds } = message;
  const { retryDelayExpression, callback, failureCallback, labels, flowControlKey } = message;
  return {
    ...{ url, method, headers, bodyBase64, delaySeconds, maxRetries, timeoutSeconds },
    ...{ retryDelayExpression, callback, failureCallback, labels, flowControlKey },
  };
}

/** @see https://upstash.com/docs/qstash/features/callbacks (read 2026-11-20) */
function callbackOrder(url: string, message: QueuedMessage, answer: Answer, dlqId?: string): MessageOrder {
  const body = {
    status: answer.status,
    header: toMultiHeaders(answer.headers),
    body: answer.body.toString("base64"),
    retried: message.retried,
    maxRetries: message.maxRetries,
    dlqId,
    sourceMessageId: message.messageId,
    url: message.url,
    method: message.method,
    sourceHeader: toMultiHeaders(message.headers),
    sourceBody: message.bodyBase64,
    notBefore: message.notBefore,
    createdAt: message.createdAt,
    scheduleId: message.scheduleId,
    callerIP: "127.0.0.1",
  };
  return {
    url,
    method: "POST",
    headers: { "content-type": "application/json" },
    bodyBase64: Buffer.from(JSON.stringify(body)).toString("base64"),
    delaySeconds: 0,
    maxRetries: 3,
    timeoutSeconds: message.timeoutSeconds,
  };
}
