import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import { creates } from "../support/failures.ts";
import { startWorld, type World } from "../support/world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  await world.end();
});

const checkSchema = z.strictObject({ ok: z.boolean(), detail: z.string() });
const reportSchema = z.strictObject({
  ok: z.boolean(),
  mode: z.string(),
  checks: z.strictObject({
    database: checkSchema,
    migrations: checkSchema,
    webhook: checkSchema,
    queue: checkSchema,
    kie: checkSchema,
    holds: checkSchema,
  }),
});

const withToken = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

async function report() {
  const response = await world.request("/api/health", withToken(world.app.config.HEALTH_TOKEN ?? ""));
  return { status: response.status, ...reportSchema.parse(await response.json()) };
}

test("H5: without its token /api/health tells only whether all is well, and the mode", async () => {
  for (const init of [{}, withToken("wrong-health-token"), withToken(""), { headers: { authorization: "Basic x" } }]) {
    const response = await world.request("/api/health", init);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ ok: true, mode: "real" });
  }
});

test("H5: a token in the query opens nothing, because queries are logged by others", async () => {
  const response = await world.request(`/api/health?token=${world.app.config.HEALTH_TOKEN}`);
  expect(Object.keys(z.record(z.string(), z.unknown()).parse(await response.json()))).toEqual(["ok", "mode"]);
});

test("H5: with its token /api/health tells the parts, and no secret", async () => {
  const anna = world.person(9101);
  await anna.says("/start");
  await creates(world, anna, "hang: секретный замок");
  const seen = await report();
  expect(seen).toMatchObject({ status: 200, ok: true, mode: "real" });
  expect(Object.values(seen.checks).every((check) => check.ok && check.detail !== "")).toBe(true);
  expect(seen.checks.database.detail).toContain("running 1");
  expect(seen.checks.holds.detail).toMatch(/^oldest \d+ s$/);
  const text = JSON.stringify(seen);
  const { config } = world.app;
  for (const secret of [
    config.TELEGRAM_BOT_TOKEN,
    config.KIE_API_KEY,
    config.QSTASH_TOKEN,
    config.DATABASE_URL,
    "замок",
  ]) {
    expect(text).not.toContain(secret);
  }
});

test("H5: a dead database is 503, with and without the token, and the other parts are still told", async () => {
  world.database.faults.failBefore(100);
  const open = await world.request("/api/health");
  const seen = await report();
  world.database.faults.clear();
  expect(open.status).toBe(503);
  expect(await open.json()).toEqual({ ok: false, mode: "real" });
  expect(seen).toMatchObject({ status: 503, ok: false });
  expect(seen.checks.database.ok).toBe(false);
  expect(seen.checks.kie.ok).toBe(true);
  expect((await report()).status).toBe(200);
});

test("H5: a missing schedule is 503: nobody would wake the sweeper", async () => {
  const { QSTASH_URL, QSTASH_TOKEN, PUBLIC_URL } = world.app.config;
  const authorization = `Bearer ${QSTASH_TOKEN}`;
  const schedules = (path: string, method: string, headers: Record<string, string> = {}) =>
    fetch(`${QSTASH_URL}/v2/schedules/${path}`, { method, headers: { authorization, ...headers } });

  await schedules("sweep/pause", "PATCH");
  expect(await report()).toMatchObject({ status: 503, checks: { queue: { ok: false } } });
  await schedules("sweep/resume", "PATCH");
  expect((await report()).status).toBe(200);

  await schedules("sweep", "DELETE");
  expect(await report()).toMatchObject({ status: 503, checks: { queue: { ok: false } } });
  expect((await world.request("/api/health")).status).toBe(503);

  // The schedule of another program under the same account wakes that program.
  await schedules(`${PUBLIC_URL}/elsewhere`, "POST", {
    "upstash-cron": "*/5 * * * *",
    "upstash-schedule-id": "foreign",
  });
  expect(await report()).toMatchObject({ status: 503, checks: { queue: { ok: false } } });

  await world.app.queue.upsertSchedule({ scheduleId: "sweep", cron: "*/5 * * * *", job: { name: "sweep" } });
  expect((await report()).status).toBe(200);
});

test("H5: a webhook that was taken away, or points elsewhere, is 503", async () => {
  const { PUBLIC_URL, TELEGRAM_WEBHOOK_SECRET } = world.app.config;
  await world.app.telegram.call("deleteWebhook");
  expect(await report()).toMatchObject({ status: 503, checks: { webhook: { ok: false } } });
  await world.app.telegram.call("setWebhook", {
    url: `${PUBLIC_URL}/api/telegram`,
    secret_token: TELEGRAM_WEBHOOK_SECRET,
    allowed_updates: ["message", "callback_query", "pre_checkout_query", "my_chat_member"],
  });
  expect((await report()).status).toBe(200);
});

test("H5 G8: when QStash, Telegram or an overdue hold is in trouble, /api/health says which", async () => {
  world.qstash.faults.down = true;
  expect(await report()).toMatchObject({ status: 503, checks: { queue: { ok: false }, webhook: { ok: true } } });
  world.qstash.faults.down = false;
  world.telegram.faults.next("getWebhookInfo", "server-error", { times: 2 });
  expect(await report()).toMatchObject({ status: 503, checks: { webhook: { ok: false }, queue: { ok: true } } });
  world.telegram.faults.clear();
  await world.db.rows("update generations set created_at = created_at - interval '7 hours'");
  expect(await report()).toMatchObject({ status: 503, checks: { holds: { ok: false } } });
});
