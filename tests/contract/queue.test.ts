import { createHash, createHmac } from "node:crypto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { classify } from "../../lib/faults/classify.ts";
import { createQueue, type Queue, QueueFailure, sanitizeDeduplicationId, toFault } from "../../lib/queue/queue.ts";
import { type Answer, type LocalServer, startServer } from "./local-server.ts";

const JOBS_URL = "https://bot.example/api/jobs";
const RECEIPTS_URL = "https://bot.example/api/receipts";
const CURRENT = "sig_current_0123456789";
const NEXT = "sig_next_0123456789";
const TOKEN = "qstash-token-0123456789";
const JOB = { name: "advance-generation", generationId: "g1" } as const;

// The SDK reports its own retries on the console.
beforeEach(() => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  vi.spyOn(console, "error").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

async function queue(answer: Answer, timeoutMs = 2_000): Promise<{ queue: Queue; server: LocalServer }> {
  const server = await startServer(() => answer);
  return { server, queue: queueAt(server.origin, timeoutMs) };
}

const queueAt = (url: string, timeoutMs = 2_000): Queue =>
  createQueue({
    url,
    token: TOKEN,
    currentSigningKey: CURRENT,
    nextSigningKey: NEXT,
    jobsUrl: JOBS_URL,
    receiptsUrl: RECEIPTS_URL,
    timeoutMs,
  });

test("a job is published to the jobs endpoint with delay, retries and deduplication", async () => {
  const { queue: q, server } = await queue({ status: 201, body: { messageId: "msg_1" } });
  await q.publish(JOB, { delaySeconds: 44.2, deduplicationId: "recheck:g1:3" });
  const [request] = server.arrived;
  expect([request?.method, request?.path]).toEqual(["POST", `/v2/publish/${JOBS_URL}`]);
  expect(request?.headers).toMatchObject({
    authorization: `Bearer ${TOKEN}`,
    "content-type": "application/json",
    "upstash-method": "POST",
    "upstash-delay": "45s",
    "upstash-retries": "3",
    "upstash-retry-delay": "min(300000, pow(2, retried) * 10000)",
    "upstash-deduplication-id": sanitizeDeduplicationId("recheck:g1:3"),
  });
  expect(JSON.parse(String(request?.body))).toEqual(JOB);
  expect(Object.keys(request?.headers ?? {}).filter((name) => name.includes("telemetry"))).toEqual([]);
});

test("F3: reading a receipt goes to the endpoint for receipts", async () => {
  const { queue: q, server } = await queue({ status: 201, body: { messageId: "msg_1" } });
  await q.publish({ name: "read-receipt", receiptId: "r1" }, { delaySeconds: 0, deduplicationId: "r1" });
  expect(server.arrived[0]?.path).toBe(`/v2/publish/${RECEIPTS_URL}`);
});

test("a job that is due at once carries no delay", async () => {
  const { queue: q, server } = await queue({ status: 201, body: { messageId: "msg_1" } });
  await q.publish({ name: "sweep" }, { delaySeconds: 0, deduplicationId: "sweep-1" });
  expect(server.arrived[0]?.headers["upstash-delay"]).toBeUndefined();
});

test("a deduplication id keeps to plain characters, and two ids never become one", () => {
  expect(sanitizeDeduplicationId("recheck-g1_3")).toBe("recheck-g1_3");
  expect(sanitizeDeduplicationId("a:b")).toMatch(/^a_b-[0-9a-f]{16}$/);
  expect(sanitizeDeduplicationId("a:b")).not.toBe(sanitizeDeduplicationId("a/b"));
  expect(sanitizeDeduplicationId("x".repeat(300))).toHaveLength(100);
  expect(sanitizeDeduplicationId("")).toMatch(/^-[0-9a-f]{16}$/);
});

test.each<[string, Answer, number | null, string]>([
  ["401", { status: 401, body: { error: "invalid token" } }, 401, "qstash-unauthorized"],
  [
    "the daily quota",
    {
      status: 429,
      headers: { "RateLimit-Limit": "1000", "RateLimit-Remaining": "0", "RateLimit-Reset": "1" },
      body: "x",
    },
    429,
    "qstash-quota",
  ],
  ["429", { status: 429, body: { error: "slow down" } }, 429, "qstash-quota"],
  ["400", { status: 400, body: { error: "bad url" } }, 400, "qstash-refused"],
  ["500", { status: 500, body: "oops" }, 500, "qstash-server"],
  ["a dropped connection", "drop", null, "qstash-no-answer"],
  ["silence", "silent", null, "qstash-no-answer"],
])("publish fails with a QueueFailure on %s", async (_, answer, status, name) => {
  const { queue: q, server } = await queue(answer, 500);
  const error: unknown = await q.publish(JOB, { delaySeconds: 1, deduplicationId: "d" }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(QueueFailure);
  expect(error).toMatchObject({ status });
  expect(classify(toFault(error)).name).toBe(name);
  expect(String(error)).not.toContain(TOKEN);
  expect(server.arrived.length).toBe(answer === "drop" ? 2 : 1);
});

test("publish to nobody says that nothing was sent", async () => {
  const { queue: q, server } = await queue("silent");
  await server.close();
  const error: unknown = await q.publish(JOB, { delaySeconds: 1, deduplicationId: "d" }).catch((e: unknown) => e);
  expect(classify(toFault(error))).toMatchObject({ name: "qstash-not-sent", retry: "later" });
});

test("a schedule is created under its id and listed", async () => {
  const { queue: q, server } = await queue({ body: { scheduleId: "sweep" } });
  await q.upsertSchedule({ scheduleId: "sweep", cron: "*/5 * * * *", job: { name: "sweep" } });
  const [request] = server.arrived;
  expect(request?.path).toBe(`/v2/schedules/${JOBS_URL}`);
  expect(request?.headers).toMatchObject({
    "upstash-cron": "*/5 * * * *",
    "upstash-schedule-id": "sweep",
    "content-type": "application/json",
  });
  expect(String(request?.body)).toBe('{"name":"sweep"}');
  const facts = { scheduleId: "sweep", cron: "*/5 * * * *", destination: JOBS_URL };
  const listing = await queue({ body: [{ ...facts, isPaused: false, createdAt: 1 }] });
  expect(await listing.queue.listSchedules()).toEqual([{ ...facts, isPaused: false }]);
});

const base64url = (text: string): string => Buffer.from(text).toString("base64url");
function jwt(body: string, key: string, claims: object = {}, alg = "HS256"): string {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const payload = {
    iss: "Upstash",
    sub: JOBS_URL,
    exp: nowSeconds + 300,
    nbf: nowSeconds,
    iat: nowSeconds,
    jti: "jwt_1",
    body: createHash("sha256").update(body).digest("base64url"),
    ...claims,
  };
  const head = `${base64url(JSON.stringify({ alg, typ: "JWT" }))}.${base64url(JSON.stringify(payload))}`;
  return `${head}.${alg === "none" ? "" : createHmac("sha256", key).update(head).digest("base64url")}`;
}

const BODY = JSON.stringify(JOB);
const verify = (body: string, signature: string | null): Promise<boolean> =>
  queueAt("http://127.0.0.1:9").verify({ body, signature });

test("a delivery signed with the current or the next key is accepted", async () => {
  expect(await verify(BODY, jwt(BODY, CURRENT))).toBe(true);
  expect(await verify(BODY, jwt(BODY, NEXT))).toBe(true);
  const padded = `${createHash("sha256").update(BODY).digest("base64url")}=`;
  expect(await verify(BODY, jwt(BODY, CURRENT, { body: padded }))).toBe(true);
});

test.each<[string, string | null]>([
  ["no signature", null],
  ["an empty signature", ""],
  ["something that is no JWT", "hello"],
  ["a foreign key", jwt(BODY, "stranger")],
  ["another body", jwt('{"name":"sweep"}', CURRENT)],
  ["no body hash", jwt(BODY, CURRENT, { body: undefined })],
  ["another destination", jwt(BODY, CURRENT, { sub: "https://bot.example/api/other" })],
  ["another issuer", jwt(BODY, CURRENT, { iss: "Evil" })],
  ["an expired signature", jwt(BODY, CURRENT, { exp: Math.floor(Date.now() / 1000) - 60 })],
  ["a signature from the future", jwt(BODY, CURRENT, { nbf: Math.floor(Date.now() / 1000) + 60 })],
  ["no algorithm", jwt(BODY, CURRENT, {}, "none")],
])("a delivery with %s is refused without throwing", async (_, signature) => {
  expect(await verify(BODY, signature)).toBe(false);
});

test("the SDK's development keys are never accepted", async () => {
  vi.stubEnv("QSTASH_DEV", "true");
  const devKey = "sig_7kYjw48mhY7kAjqNGcy6cr29RJ6r";
  expect(await verify(BODY, jwt(BODY, devKey))).toBe(false);
  expect(await verify(BODY, jwt(BODY, CURRENT))).toBe(true);
});
