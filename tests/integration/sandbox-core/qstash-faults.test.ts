import { Client, QstashDailyRatelimitError, QstashRatelimitError, Receiver } from "@upstash/qstash";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createCallRecorder } from "../../../lib/sandbox/calls.ts";
import { createSandboxClock } from "../../../lib/sandbox/clock.ts";
import type { SandboxClock } from "../../../lib/sandbox/context.ts";
import { json, serveFetch } from "../../../lib/sandbox/http.ts";
import { createQstashSimulator, type QstashSimulator } from "../../../lib/sandbox/qstash/simulator.ts";
import { openStore } from "../../../lib/sandbox/store.ts";

const KEYS = { currentSigningKey: "sig_current", nextSigningKey: "sig_next" };
const URL_OF_JOBS = "http://product.local/jobs";

let clock: SandboxClock;
let qstash: QstashSimulator;
let client: Client;
let close: () => Promise<void>;
/** What reached the product: virtual second and body. */
let arrived: { at: number; body: string; signature: string; id: string }[];
let answer: (body: string) => Response;

beforeEach(async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const store = openStore(":memory:");
  clock = createSandboxClock(store, { standsStill: true, note: () => undefined });
  const began = clock.now().getTime();
  arrived = [];
  answer = () => json({});
  qstash = createQstashSimulator(
    { clock, store, calls: createCallRecorder(), note: () => undefined, origin: "http://127.0.0.1" },
    {
      prefix: "/qstash",
      token: "token",
      ...KEYS,
      deliver: async (request) => {
        const body = await request.text();
        const { headers } = request;
        arrived.push({
          at: (clock.now().getTime() - began) / 1_000,
          body,
          signature: headers.get("upstash-signature") ?? "",
          id: headers.get("upstash-message-id") ?? "",
        });
        return answer(body);
      },
    },
  );
  const server = await serveFetch(qstash.handle, 0);
  qstash.start();
  const baseUrl = `http://127.0.0.1:${server.port}/qstash`;
  client = new Client({ baseUrl, token: "token", devMode: false, enableTelemetry: false, retry: false });
  close = async () => {
    await qstash.stop();
    clock.stop();
    await server.close();
    store.close();
  };
});
afterEach(async () => {
  await close();
  vi.restoreAllMocks();
});

const publish = (body: string, more: object = {}) => client.publish({ url: URL_OF_JOBS, body, ...more });
const story = () => arrived.map(({ at, body }) => `${at} ${body}`);

test("a request that is lost publishes nothing, a lost answer does; the publisher can not tell", async () => {
  qstash.faults.next("publish-lost-request");
  qstash.faults.next("publish-lost-answer");
  await expect(publish("a")).rejects.toThrow("fetch failed");
  await expect(publish("b")).rejects.toThrow("fetch failed");
  await publish("c");
  await clock.advance(1);
  expect(arrived.map(({ body }) => body)).toEqual(["b", "c"]);
});

test("a server error and the burst limit refuse in the form that the SDK knows", async () => {
  qstash.faults.next("publish-server-error");
  await expect(publish("a")).rejects.toMatchObject({ status: 500 });
  qstash.faults.next("publish-burst-limit", { about: "only this" });
  await publish("b");
  await expect(publish("only this")).rejects.toBeInstanceOf(QstashRatelimitError);
  await clock.advance(1);
  expect(arrived.map(({ body }) => body)).toEqual(["b"]);
});

test("the burst limit is a window that slides, the daily limit counts retries and ends with the day", async () => {
  qstash.faults.burstLimit = 2;
  await publish("a");
  await clock.advance(0.6);
  await publish("b");
  await expect(publish("c")).rejects.toBeInstanceOf(QstashRatelimitError);
  await clock.advance(0.5);
  await publish("d");
  await expect(publish("e")).rejects.toBeInstanceOf(QstashRatelimitError);
  qstash.faults.burstLimit = null;

  answer = (body) => (body === "f" ? json({}, 500) : json({}));
  qstash.faults.dailyLimit = 6;
  await publish("f", { retries: 1 });
  await clock.advance(60);
  await publish("g");
  await expect(publish("h")).rejects.toBeInstanceOf(QstashDailyRatelimitError);
  await clock.advance(86_400);
  await publish("i");
  expect(qstash.faults.injected()).toMatchObject({ "burst-limit": 2, "daily-quota": 1, buried: 1 });
});

test("a message can be late, lost, or come in reverse", async () => {
  qstash.faults.next("late", { about: "slow", seconds: 45 });
  await publish("slow");
  await publish("quick");
  await clock.advance(60);
  expect(story()).toEqual(["0 quick", "45 slow"]);
  qstash.faults.next("swallowed");
  const { messageId } = await publish("nothing");
  expect(messageId).toMatch(/^msg_/);
  await clock.advance(86_400);
  expect(story()).toEqual(["0 quick", "45 slow"]);
  arrived = [];
  qstash.faults.reverse(3);
  for (const body of ["1", "2", "3", "4"]) await publish(body);
  await clock.advance(10);
  expect(arrived.map(({ body }) => body)).toEqual(["4", "3", "2", "1"]);
  expect(qstash.pending()).toEqual([]);
});

test("a message can come twice in a row or twice at once, with one id", async () => {
  qstash.faults.next("deliver-twice", { about: "row" });
  qstash.faults.next("deliver-together", { about: "once" });
  await publish("row");
  await publish("once");
  await clock.advance(1);
  expect(arrived.map(({ body }) => body).sort()).toEqual(["once", "once", "row", "row"]);
  expect(new Set(arrived.map(({ id }) => id)).size).toBe(2);
});

test("an answer that is not heard is a failure to QStash: it tries again, though the work was done", async () => {
  qstash.faults.next("answer-lost");
  await publish("a");
  await clock.advance(60);
  expect(story()).toEqual(["0 a", "12.182 a"]);
  qstash.faults.next("unreachable", { times: 4 });
  await publish("b", { failureCallback: "http://product.local/failed" });
  await clock.advance(3_600);
  expect(qstash.deadLetters()).toMatchObject([{ responseStatus: 0, retried: 3 }]);
  expect(arrived.at(-1)?.body).toContain('"status":0');
});

test("a dead letter can be sent again: a new message with all of its retries, and the letter is gone", async () => {
  answer = () => json({}, 500);
  const { messageId } = await publish("a", { retries: 0, delay: 30 });
  await publish("b", { retries: 0 });
  await clock.advance(40);
  expect(qstash.deadLetters()).toHaveLength(2);
  const letter = qstash.deadLetters().find((each) => each.messageId === messageId);
  arrived = [];
  answer = () => json({});
  const { responses } = await client.dlq.retry(letter?.dlqId ?? "");
  expect(responses).toHaveLength(1);
  expect(responses[0]?.messageId).not.toBe(messageId);
  await clock.advance(1);
  expect(arrived.map(({ body }) => body)).toEqual(["a"]);
  expect(qstash.deadLetters()).toMatchObject([{ bodyBase64: Buffer.from("b").toString("base64") }]);
  await expect(client.dlq.retry("none")).rejects.toMatchObject({ status: 404 });
  await client.dlq.retry({ all: true });
  await clock.advance(1);
  expect(arrived.map(({ body }) => body)).toEqual(["a", "b"]);
  expect(qstash.deadLetters()).toEqual([]);
});

test("schedules pause and go on together", async () => {
  await client.schedules.create({ destination: URL_OF_JOBS, cron: "* * * * *", body: "tick" });
  qstash.pauseSchedules(true);
  await clock.advance(300);
  expect(arrived).toEqual([]);
  qstash.pauseSchedules(false);
  await clock.advance(60);
  expect(arrived).toHaveLength(1);
});

test("deliveries are signed with the next key after a rotation; a foreign key and an old token are refused", async () => {
  const receiver = new Receiver({ ...KEYS, devMode: false });
  const onlyOld = new Receiver({ currentSigningKey: "sig_current", nextSigningKey: "sig_current", devMode: false });
  const verdict = async (by: Receiver): Promise<string> => {
    const last = arrived.at(-1);
    const given = { signature: last?.signature ?? "", body: last?.body ?? "", url: URL_OF_JOBS };
    return by.verify(given).then(
      () => "accepted",
      () => "refused",
    );
  };
  const verdicts: Record<string, string[]> = {};
  for (const signer of ["current", "next", "foreign", "expired"] as const) {
    qstash.faults.signedWith = signer;
    await publish(signer);
    await clock.advance(1);
    verdicts[signer] = [await verdict(receiver), await verdict(onlyOld)];
  }
  expect(verdicts).toEqual({
    current: ["accepted", "accepted"],
    next: ["accepted", "refused"],
    foreign: ["refused", "refused"],
    expired: ["refused", "refused"],
  });
});

test("clear takes everything back and keeps the counts; numbers are checked", async () => {
  Object.assign(qstash.faults, { down: true, dailyLimit: 0, burstLimit: 0, signedWith: "foreign" });
  qstash.faults.next("publish-server-error", { times: 5 });
  qstash.faults.reverse(4);
  expect([qstash.faults.left("publish-server-error"), qstash.faults.left("reversed")]).toEqual([5, 4]);
  await expect(publish("a")).rejects.toMatchObject({ status: 503 });
  qstash.faults.clear();
  expect([qstash.faults.left("publish-server-error"), qstash.faults.left("reversed")]).toEqual([0, 0]);
  await publish("b");
  await clock.advance(1);
  expect(story()).toEqual(["0 b"]);
  expect(qstash.faults.injected()).toEqual({ down: 1 });
  expect(() => qstash.faults.next("late", { times: 0 })).toThrow("times");
});
