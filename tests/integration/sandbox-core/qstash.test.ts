import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, QstashDailyRatelimitError, QstashError, Receiver } from "@upstash/qstash";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createCallRecorder } from "../../../lib/sandbox/calls.ts";
import { createSandboxClock } from "../../../lib/sandbox/clock.ts";
import type { SandboxClock } from "../../../lib/sandbox/context.ts";
import { json, serveFetch } from "../../../lib/sandbox/http.ts";
import { createQstashSimulator, type QstashSimulator } from "../../../lib/sandbox/qstash/simulator.ts";
import { openStore } from "../../../lib/sandbox/store.ts";

interface Delivery {
  path: string;
  method: string;
  headers: Headers;
  body: string;
  /** Virtual seconds since the test began. */
  at: number;
  virtualMs: number;
}

interface World {
  clock: SandboxClock;
  simulator: QstashSimulator;
  client: Client;
  baseUrl: string;
  calls: ReturnType<typeof createCallRecorder>;
  notes: string[];
  close(): Promise<void>;
}

const receiver = new Receiver({ currentSigningKey: "sig_current", nextSigningKey: "sig_next", devMode: false });
let folder: string;
let deliveries: Delivery[];
let answers: (() => Response | Promise<Response>)[];
let world: World;
let destination: { port: number; close(): Promise<void> };
let target: string;
let beganMs: number;

async function openWorld(): Promise<World> {
  const store = openStore(join(folder, "store.sqlite"));
  const notes: string[] = [];
  const note = (line: string) => void notes.push(line);
  const clock = createSandboxClock(store, { note });
  const calls = createCallRecorder();
  const options = { prefix: "/qstash", token: "token", currentSigningKey: "sig_current", nextSigningKey: "sig_next" };
  const simulator = createQstashSimulator({ clock, store, calls, note, origin: "http://127.0.0.1" }, options);
  const server = await serveFetch(simulator.handle, 0);
  simulator.start();
  const baseUrl = `http://127.0.0.1:${server.port}/qstash`;
  return {
    clock,
    simulator,
    calls,
    notes,
    baseUrl,
    client: new Client({ baseUrl, token: "token", devMode: false, enableTelemetry: false, retry: false }),
    close: async () => {
      await simulator.stop();
      clock.stop();
      await server.close();
      store.close();
    },
  };
}

beforeEach(async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  folder = mkdtempSync(join(tmpdir(), "qstash-"));
  deliveries = [];
  answers = [];
  destination = await serveFetch(async (request) => {
    const url = new URL(request.url);
    const body = await request.text();
    const virtualMs = world.clock.now().getTime();
    const at = Math.round((virtualMs - beganMs) / 1_000);
    deliveries.push({
      path: url.pathname + url.search,
      method: request.method,
      headers: request.headers,
      body,
      at,
      virtualMs,
    });
    return (await answers.shift()?.()) ?? json({ ok: true });
  }, 0);
  target = `http://127.0.0.1:${destination.port}`;
  world = await openWorld();
  // A minute past the hour, so that no test meets an occurrence of its cron by chance.
  await world.clock.advance(3_660 - ((world.clock.now().getTime() / 1_000) % 3_600));
  beganMs = world.clock.now().getTime();
});
afterEach(async () => {
  await world.close();
  await destination.close();
  rmSync(folder, { recursive: true, force: true });
  vi.restoreAllMocks();
});

const times = () => deliveries.map(({ at }) => at);

test("a published message arrives with its headers, and the SDK's Receiver accepts it for this url and body only", async () => {
  await world.clock.advance(86_400);
  beganMs = world.clock.now().getTime();
  const url = `${target}/api/jobs?kind=deliver`;
  const { messageId } = await world.client.publishJSON({ url, body: { text: "Привет" }, headers: { "x-own": "1" } });
  await world.clock.advance(0);
  const [delivery] = deliveries;
  expect(delivery).toMatchObject({ path: "/api/jobs?kind=deliver", method: "POST", body: '{"text":"Привет"}' });
  expect(Object.fromEntries(delivery?.headers ?? [])).toMatchObject({
    "content-type": "application/json",
    "user-agent": "Upstash-QStash",
    "upstash-message-id": messageId,
    "upstash-retried": "0",
    "x-own": "1",
  });
  const signature = delivery?.headers.get("upstash-signature") ?? "";
  const body = delivery?.body ?? "";
  expect(await receiver.verify({ signature, body, url })).toBe(true);
  await expect(receiver.verify({ signature, body, url: `${target}/other` })).rejects.toThrow("subject");
  await expect(receiver.verify({ signature, body: `${body} `, url })).rejects.toThrow("body hash");
  const stranger = new Receiver({ currentSigningKey: "x", nextSigningKey: "y", devMode: false });
  await expect(stranger.verify({ signature, body, url })).rejects.toThrow("signature");
  expect(world.simulator.pending()).toEqual([]);
});

test("a wrong token is 401, and bad requests are 400", async () => {
  const other = new Client({ baseUrl: world.baseUrl, token: "wrong", devMode: false, retry: false });
  await expect(other.publish({ url: target })).rejects.toMatchObject({ status: 401 });
  const bad = { url: target, body: "x" };
  await expect(world.client.publish({ ...bad, retryDelay: "evil(retried)" })).rejects.toMatchObject({ status: 400 });
  await expect(world.client.publish({ ...bad, url: "my-group" })).rejects.toMatchObject({ status: 400 });
  await expect(world.client.publish({ ...bad, delay: 8 * 86_400 })).rejects.toMatchObject({ status: 400 });
  await expect(world.client.publish({ ...bad, body: "x".repeat(1_100_000) })).rejects.toMatchObject({ status: 400 });
  await expect(world.client.schedules.create({ destination: target, cron: "61 * * * *" })).rejects.toBeInstanceOf(
    QstashError,
  );
  expect(world.simulator.pending()).toEqual([]);
});

test("delay and notBefore wait in virtual time", async () => {
  await world.client.publish({ url: `${target}/delay`, delay: 90 });
  await world.client.publish({ url: `${target}/text`, delay: "61m" });
  const notBefore = Math.floor(world.clock.now().getTime() / 1_000) + 3_600;
  await world.client.publish({ url: `${target}/notBefore`, notBefore });
  expect(world.simulator.pending().map(({ url }) => new URL(url).pathname)).toEqual(["/delay", "/notBefore", "/text"]);
  await world.clock.advance(80);
  expect(deliveries).toEqual([]);
  await world.clock.advance(3_600);
  expect(deliveries.map(({ path }) => path)).toEqual(["/delay", "/notBefore", "/text"]);
  expect(times()[0]).toBe(90);
});

test("failures are retried after 12 s, 148 s and 1,808 s, then the message is dead and its failure callback is told", async () => {
  answers = Array.from({ length: 4 }, () => () => json({ error: "broken" }, 500));
  const { messageId } = await world.client.publishJSON({
    url: `${target}/job`,
    body: 1,
    failureCallback: `${target}/failed`,
  });
  await world.clock.advance(3_600);
  expect(deliveries.map(({ path, at }) => [path, at])).toEqual([
    ["/job", 0],
    ["/job", 12],
    ["/job", 161],
    ["/job", 1_969],
    ["/failed", 1_969],
  ]);
  expect(deliveries.map(({ headers }) => headers.get("upstash-retried"))).toEqual(["0", "1", "2", "3", "0"]);
  expect(new Set(deliveries.slice(0, 4).map(({ headers }) => headers.get("upstash-message-id")))).toEqual(
    new Set([messageId]),
  );
  const [letter] = world.simulator.deadLetters();
  expect(JSON.parse(deliveries[4]?.body ?? "")).toMatchObject({
    status: 500,
    body: Buffer.from('{"error":"broken"}').toString("base64"),
    sourceMessageId: messageId,
    retried: 3,
    maxRetries: 3,
    dlqId: letter?.dlqId,
    sourceBody: Buffer.from("1").toString("base64"),
  });
  const { messages } = await world.client.dlq.listMessages();
  expect(messages).toMatchObject([{ messageId, responseStatus: 500, responseBody: '{"error":"broken"}', body: "1" }]);
  await world.client.dlq.delete(letter?.dlqId ?? "");
  expect(world.simulator.deadLetters()).toEqual([]);
  await expect(world.client.dlq.delete("none")).rejects.toMatchObject({ status: 404 });
});

test("a retry-delay expression and the answer's Retry-After set the pace", async () => {
  answers = [
    () => json({}, 500),
    () => json({}, 503, { "retry-after": "100" }),
    () => json({}, 503, { "retry-after": "1m40s" }),
    () => json({}, 500),
  ];
  const retryDelay = "min(60000, max(5000, pow(2, retried) * 10000)) + 1000";
  await world.client.publish({ url: target, retries: 5, retryDelay });
  await world.clock.advance(3_600);
  expect(times()).toEqual([0, 11, 111, 211, 272]);
});

test("489 with the no-retry header and a destination that is not there end in the dead letters", async () => {
  answers = [() => json({}, 489, { "Upstash-NonRetryable-Error": "true" })];
  await world.client.publish({ url: target });
  await world.client.publish({ url: "http://127.0.0.1:1/nobody", retries: 1 });
  await world.clock.advance(60);
  expect(deliveries).toHaveLength(1);
  expect(world.simulator.deadLetters().map(({ responseStatus }) => responseStatus)).toEqual([489, 0]);
  expect(world.notes).toHaveLength(2);
});

test("a deduplication id holds for ten minutes, content for content, and the old id is answered", async () => {
  const publish = (body: string, deduplicationId: string) =>
    world.client.publish({ url: target, body, deduplicationId });
  const first = await publish("a", "one");
  expect(await publish("b", "one")).toEqual({ messageId: first.messageId, deduplicated: true });
  expect((await publish("a", "two")).messageId).not.toBe(first.messageId);
  const same = { url: target, body: "c", contentBasedDeduplication: true };
  const content = await world.client.publish(same);
  expect((await world.client.publish(same)).messageId).toBe(content.messageId);
  expect((await world.client.publish({ ...same, body: "d" })).messageId).not.toBe(content.messageId);
  await world.clock.advance(599);
  expect((await publish("a", "one")).messageId).toBe(first.messageId);
  await world.clock.advance(2);
  expect((await publish("a", "one")).messageId).not.toBe(first.messageId);
});

test("a batch publishes each of its messages with its own options", async () => {
  const answer = await world.client.batchJSON([
    { url: `${target}/a`, body: { n: 1 }, deduplicationId: "a" },
    { url: `${target}/b`, body: { n: 2 }, delay: 30, headers: { "x-own": "2" }, method: "PUT" },
    { url: `${target}/a`, body: { n: 3 }, deduplicationId: "a" },
  ]);
  expect(answer).toMatchObject([{}, {}, { deduplicated: true }]);
  await world.clock.advance(60);
  expect(deliveries.map(({ path, method, body, at }) => [path, method, body, at])).toEqual([
    ["/a", "POST", '{"n":1}', 0],
    ["/b", "PUT", '{"n":2}', 30],
  ]);
  expect(deliveries[1]?.headers.get("x-own")).toBe("2");
});

test("a waiting message can be looked at and cancelled, a delivered one cannot", async () => {
  const options = { delay: 60, body: "x", label: ["keep", "me"], headers: { "x-own": "1" } };
  const waiting = await world.client.publish({ ...options, url: `${target}/kept` });
  const gone = await world.client.publish({ ...options, url: `${target}/gone` });
  expect(await world.client.messages.get(waiting.messageId)).toMatchObject({
    messageId: waiting.messageId,
    url: `${target}/kept`,
    body: "x",
    maxRetries: 3,
    header: { "x-own": ["1"] },
    labels: ["keep", "me"],
  });
  expect(await world.client.messages.cancel(gone.messageId)).toEqual({ cancelled: 1 });
  await world.clock.advance(61);
  expect(deliveries.map(({ path }) => path)).toEqual(["/kept"]);
  await expect(world.client.messages.get(waiting.messageId)).rejects.toMatchObject({ status: 404 });
  await expect(world.client.messages.cancel(waiting.messageId)).rejects.toMatchObject({ status: 404 });
  const many = await Promise.all([1, 2, 3].map((delay) => world.client.publish({ url: target, delay: delay * 100 })));
  expect(await world.client.messages.cancel(many.slice(0, 2).map(({ messageId }) => messageId))).toEqual({
    cancelled: 2,
  });
  // What a cancel without any filter does at the real one, too.
  expect(await world.client.messages.cancel({ all: true })).toEqual({ cancelled: 1 });
});

test("a schedule fires at each of its minutes, once, with its id; it can be changed, paused, resumed and deleted", async () => {
  const create = (cron: string) =>
    world.client.schedules.create({ destination: `${target}/sweep?x=1`, cron, scheduleId: "sweep", body: "{}" });
  await create("*/5 * * * *");
  await world.clock.advance(3_600);
  expect(deliveries).toHaveLength(12);
  expect(new Set(deliveries.map(({ headers }) => headers.get("upstash-schedule-id")))).toEqual(new Set(["sweep"]));
  expect(deliveries.every(({ virtualMs }) => virtualMs % 300_000 === 0)).toBe(true);
  await create("0 * * * *");
  expect(await world.client.schedules.list()).toMatchObject([{ scheduleId: "sweep", cron: "0 * * * *", retries: 3 }]);
  await world.clock.advance(2 * 3_600);
  expect(deliveries).toHaveLength(14);
  await world.client.schedules.pause({ schedule: "sweep" });
  expect(await world.client.schedules.get("sweep")).toMatchObject({
    isPaused: true,
    destination: `${target}/sweep?x=1`,
  });
  await world.clock.advance(86_400);
  expect(deliveries).toHaveLength(14);
  await world.client.schedules.resume({ schedule: "sweep" });
  await world.clock.advance(3_600);
  expect(deliveries).toHaveLength(15);
  await world.client.schedules.delete("sweep");
  await world.clock.advance(86_400);
  expect(deliveries).toHaveLength(15);
  await expect(world.client.schedules.delete("sweep")).rejects.toMatchObject({ status: 404 });
}, 20_000);

test("after a restart pending messages are delivered, one in flight again, and schedules go on without a flood", async () => {
  let release: () => void = () => undefined;
  answers = [
    () =>
      new Promise((resolve) => {
        release = () => resolve(json({}));
      }),
  ];
  const inFlight = await world.client.publish({ url: `${target}/flying`, body: "f" });
  await world.client.publish({ url: `${target}/later`, delay: 600 });
  await world.client.publish({ url: `${target}/kept`, deduplicationId: "d", delay: 700 });
  await world.client.schedules.create({ destination: `${target}/tick`, cron: "* * * * *" });
  await expect.poll(() => deliveries.length).toBe(1);
  // As after `kill -9`: nothing of the old simulator runs to its end.
  const abandoned = world;
  abandoned.clock.stop();
  const closed = abandoned.close();
  world = await openWorld();
  expect((await world.client.publish({ url: target, deduplicationId: "d" })).deduplicated).toBe(true);
  await world.clock.advance(0);
  expect(deliveries.map(({ path, headers }) => [path, headers.get("upstash-message-id")])).toEqual([
    ["/flying", inFlight.messageId],
    ["/flying", inFlight.messageId],
  ]);
  release();
  await closed;
  await world.clock.advance(660);
  expect(deliveries.filter(({ path }) => path === "/later")).toHaveLength(1);
  expect(deliveries.filter(({ path }) => path === "/tick")).toHaveLength(11);
}, 20_000);

test("occurrences that passed while the process was dead are made up for by one", async () => {
  await world.client.schedules.create({ destination: `${target}/tick`, cron: "* * * * *" });
  world.clock.stop();
  await world.close();
  const store = openStore(join(folder, "store.sqlite"));
  const offset = createSandboxClock(store);
  await offset.advance(86_400);
  store.close();
  world = await openWorld();
  await world.clock.advance(0);
  expect(deliveries).toHaveLength(1);
  await world.clock.advance(60);
  expect(deliveries).toHaveLength(2);
});

test("faults: down refuses and holds back, the quota refuses, duplicate delivers twice", async () => {
  await world.client.publish({ url: `${target}/held`, delay: 30 });
  world.simulator.faults.down = true;
  await expect(world.client.publish({ url: target })).rejects.toMatchObject({ status: 503 });
  await world.clock.advance(300);
  expect(deliveries).toEqual([]);
  world.simulator.faults.down = false;
  await world.clock.advance(60);
  expect(deliveries.map(({ path }) => path)).toEqual(["/held"]);

  world.simulator.faults.dailyQuotaExceeded = true;
  await expect(world.client.publish({ url: target })).rejects.toBeInstanceOf(QstashDailyRatelimitError);
  world.simulator.faults.clear();

  world.simulator.faults.duplicate(1);
  const { messageId } = await world.client.publish({ url: `${target}/twice` });
  await world.client.publish({ url: `${target}/once`, delay: 5 });
  await world.clock.advance(60);
  expect(deliveries.slice(1).map(({ path }) => path)).toEqual(["/twice", "/twice", "/once"]);
  expect(deliveries.slice(1, 3).map(({ headers }) => headers.get("upstash-message-id"))).toEqual([
    messageId,
    messageId,
  ]);
});

test("publishing, scheduling and cancelling are recorded, and reset forgets everything", async () => {
  const { messageId } = await world.client.publishJSON({ url: target, body: { job: "recheck" }, delay: 60 });
  await world.client.schedules.create({ destination: target, cron: "0 0 * * *", scheduleId: "daily" });
  await world.client.messages.cancel(messageId);
  await world.client.publishJSON({ url: target, body: { job: "other" }, delay: 60, deduplicationId: "d" });
  expect(world.calls.list()).toMatchObject([
    {
      service: "qstash",
      method: "publish",
      body: { url: target, delaySeconds: 60, body: { job: "recheck" } },
      answer: { messageId },
    },
    { service: "qstash", method: "schedule", body: { cron: "0 0 * * *" }, answer: { scheduleId: "daily" } },
    { service: "qstash", method: "cancel", body: { messageId } },
    { service: "qstash", method: "publish", body: { deduplicationId: "d" } },
  ]);
  expect(JSON.stringify(world.calls.list())).not.toContain("token");
  world.simulator.reset();
  expect([world.simulator.pending(), world.simulator.schedules()]).toEqual([[], []]);
  await world.clock.advance(86_400);
  expect(deliveries).toEqual([]);
  const again = await world.client.publishJSON({ url: target, body: {}, delay: 60, deduplicationId: "d" });
  expect(again.deduplicated).toBeUndefined();
});

test("in real time a message without delay arrives by itself, and the keys are told", async () => {
  await world.client.publish({ url: target, callback: `${target}/callback` });
  await expect.poll(() => deliveries.map(({ path }) => path)).toEqual(["/", "/callback"]);
  await sleep(20);
  expect(world.simulator.pending()).toEqual([]);
  expect(await await world.client.http.request({ path: ["v2", "keys"], method: "GET" })).toEqual({
    current: "sig_current",
    next: "sig_next",
  });
});
