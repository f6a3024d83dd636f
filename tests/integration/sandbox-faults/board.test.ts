import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import { startWorld, type World } from "../../support/world.ts";

const faultSchema = z.strictObject({
  name: z.string(),
  service: z.enum(["telegram", "kie", "qstash", "database"]),
  label: z.string(),
  kind: z.enum(["switch", "shots", "number", "text", "choice", "action"]),
  value: z.union([z.boolean(), z.number(), z.string(), z.null()]),
  choices: z.array(z.string()).optional(),
  injected: z.int().nonnegative(),
  takes: z.array(z.string()),
});
const listSchema = z.strictObject({ faults: z.array(faultSchema), counts: z.record(z.string(), z.number()) });
type Fault = z.output<typeof faultSchema>;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(async () => {
  await world.request("/sandbox/faults/clear", { method: "POST" });
});
afterAll(() => world.end());

const list = async () => listSchema.parse(await (await world.request("/sandbox/faults")).json());
async function post(body: unknown, path = "/sandbox/faults") {
  const response = await world.request(path, { method: "POST", body: JSON.stringify(body) });
  return { status: response.status, body: z.looseObject({}).parse(await response.json()) };
}
const find = async (name: string): Promise<Fault | undefined> =>
  (await list()).faults.find((fault) => fault.name === name);
const say = (text: string) =>
  world.app.telegram.call("sendMessage", { chat_id: 777, text }).then(
    () => "sent",
    (error: unknown) => (error instanceof Error ? error.name : "failed"),
  );

/** What a fault is given in the test that arms every one of them. */
function parametersFor({ kind, value, choices, takes }: Fault): Record<string, unknown> {
  if (kind === "switch") return { on: value !== true };
  if (kind === "choice") return { value: choices?.at(-1) };
  if (kind === "text") return { value: "slow:" };
  if (kind === "number") return { value: typeof value === "number" && value > 0 && value < 1 ? 0.5 : 1 };
  if (kind === "shots") return { times: 2 };
  return takes.includes("userId") ? { userId: 777 } : {};
}

test("the list names every fault once, in Russian, with what it takes", async () => {
  const { faults } = await list();
  expect(faults.length).toBeGreaterThan(100);
  expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
  expect(faults.filter(({ name, service }) => !name.startsWith(`${service}.`))).toEqual([]);
  expect(faults.filter(({ label }) => !/[а-яё]/i.test(label)).map(({ label }) => label)).toEqual([]);
  expect(faults.filter(({ injected }) => injected > 0)).toEqual([]);
});

test("every fault can be set by its name and shows it, and clear takes all of them back", async () => {
  await world.newcomer();
  await world.person(777).says("/start");
  const before = (await list()).faults;
  const unchanged: string[] = [];
  for (const fault of before) {
    // These act at once; what they do is tried in tests of their own.
    if (fault.kind === "action") continue;
    const parameters = parametersFor(fault);
    const { status, body } = await post({ name: fault.name, ...parameters });
    expect([fault.name, status, body]).toEqual([
      fault.name,
      200,
      expect.objectContaining({ fault: expect.anything() }),
    ]);
    const after = faultSchema.parse(body["fault"]);
    if (after.value === fault.value) unchanged.push(fault.name);
  }
  expect(unchanged).toEqual([]);
  const cleared = listSchema.parse((await post({}, "/sandbox/faults/clear")).body).faults;
  const differing = cleared.filter((fault, index) => fault.value !== before[index]?.value).map(({ name }) => name);
  // The balance is no fault but a fact: it is set back by setting it.
  expect(differing).toEqual(["kie.credits"]);
  await post({ name: "kie.credits", value: 100_000 });
});

test("what is wrong with a request is said in a sentence that names it", async () => {
  const errors: unknown[] = [];
  for (const body of [
    { name: "telegram.nothing" },
    { times: 1 },
    { name: "telegram.server-error", times: 0 },
    { name: "telegram.server-error", on: true },
    { name: "kie.maintenance", on: "yes" },
    { name: "kie.maintenance" },
    { name: "kie.edgeErrorRate", value: 2 },
    { name: "kie.everyTask", value: "nonsense" },
    { name: "database.sql-error", code: "x" },
    { name: "telegram.message-deleted", userId: 424_242 },
  ]) {
    const { status, body: answer } = await post(body);
    errors.push([status, String(answer["error"]).split(":")[0]]);
  }
  expect(errors).toEqual([
    [400, "name"],
    [400, "name"],
    [400, "times"],
    [400, "body"],
    [400, "on"],
    [400, "on"],
    [400, "value"],
    [400, "everyTask"],
    [400, "code must be a SQLSTATE of five characters, not x"],
    [404, "The bot has not written to 424242"],
  ]);
  expect((await world.request("/sandbox/faults", { method: "DELETE" })).status).toBe(405);
  expect((await world.request("/sandbox/faults/clear")).status).toBe(405);
});

test("each service is spoiled by what is armed over HTTP, and counts it", async () => {
  await world.person(777).says("/start");
  const counted = async (name: string) => (await list()).counts[name] ?? 0;
  await post({ name: "telegram.lost-answer", method: "sendMessage", chatId: 777 });
  expect(await say("раз")).not.toBe("sent");
  expect(await say("два")).toBe("sent");
  expect(await counted("telegram.lost-answer")).toBe(1);

  await post({ name: "database.drop-after-commit", sql: "select 4242" });
  const endpoint = world.app.config.DATABASE_HTTP_ENDPOINT ?? "";
  const query = (sql: string) =>
    fetch(endpoint, {
      method: "POST",
      headers: { "neon-connection-string": world.db.url },
      body: JSON.stringify({ query: sql, params: [] }),
    }).then(
      ({ status }) => status,
      () => "cut",
    );
  expect([await query("select 1"), await query("select 4242"), await query("select 4242")]).toEqual([200, "cut", 200]);
  expect(await counted("database.drop-after-commit")).toBe(1);

  await post({ name: "qstash.publish-server-error" });
  const publish = () =>
    fetch(`${world.origin}/qstash/v2/publish/${world.origin}/nowhere`, {
      method: "POST",
      headers: { authorization: `Bearer ${world.app.config.QSTASH_TOKEN}`, "upstash-delay": "1h" },
      body: "{}",
    }).then(({ status }) => status);
  expect([await publish(), await publish()]).toEqual([500, 201]);
  expect(await counted("qstash.publish-server-error")).toBe(1);

  await post({ name: "kie.call.http", where: "chat/credit", code: 503, skip: 1 });
  const credit = () =>
    fetch(`${world.origin}/kie/api/v1/chat/credit`, {
      headers: { authorization: `Bearer ${world.app.config.KIE_API_KEY}` },
    }).then(({ status }) => status);
  expect([await credit(), await credit(), await credit()]).toEqual([200, 503, 200]);
  expect((await find("kie.call.http"))?.injected).toBe(1);
});

test("a person's own faults act on that person", async () => {
  const person = world.person(778);
  await person.says("/start");
  const shown = () => person.messages().filter(({ from }) => from === "bot").length;
  const before = shown();
  await post({ name: "telegram.message-deleted", userId: 778 });
  expect(shown()).toBe(before - 1);
  const send = () =>
    world.app.telegram.call("sendMessage", { chat_id: 778, text: "x" }).then(
      () => "sent",
      (error: unknown) => String(error),
    );
  await post({ name: "telegram.user-deactivated", userId: 778 });
  expect(await send()).toContain("deactivated");
  await post({ name: "telegram.chat-not-found", userId: 778 });
  expect(await send()).toContain("chat not found");
  await post({ name: "telegram.user-returned", userId: 778 });
  expect(await send()).toBe("sent");
  expect((await list()).counts).toMatchObject({
    "telegram.message-deleted": 1,
    "telegram.user-deactivated": 1,
    "telegram.chat-not-found": 1,
  });
});

test("the webhook can be taken away and set again, dead letters sent again, tasks ended", async () => {
  await post({ name: "telegram.webhook-removed" });
  expect((await world.app.telegram.call("getWebhookInfo")).url).toBe("");
  await post({ name: "telegram.webhook-set" });
  expect((await world.app.telegram.call("getWebhookInfo")).url).toBe(`${world.origin}/api/telegram`);

  const create = await fetch(`${world.origin}/kie/api/v1/jobs/createTask`, {
    method: "POST",
    headers: { authorization: `Bearer ${world.app.config.KIE_API_KEY}` },
    body: JSON.stringify({ model: "nano-banana-2", input: { prompt: "hang: кот" } }),
  });
  expect(create.status).toBe(200);
  expect((await find("kie.finish-tasks"))?.value).toBe(1);
  await post({ name: "kie.finish-tasks" });
  expect(world.kie.tasks().map(({ state }) => state)).toEqual(["success"]);

  await post({ name: "qstash.unreachable", times: 1, about: "/sandbox/faults/clear" });
  await fetch(`${world.origin}/qstash/v2/publish/${world.origin}/sandbox/faults/clear`, {
    method: "POST",
    headers: { authorization: `Bearer ${world.app.config.QSTASH_TOKEN}`, "upstash-retries": "0" },
  });
  await expect.poll(async () => (await find("qstash.retry-dead-letters"))?.value).toBe(1);
  await post({ name: "qstash.retry-dead-letters" });
  expect((await find("qstash.retry-dead-letters"))?.value).toBe(0);
  const waiting = () => world.qstash.pending().filter(({ url }) => url.endsWith("/clear")).length;
  await expect.poll(waiting).toBe(0);
  expect(world.qstash.deadLetters()).toEqual([]);
});

test("counts survive clear and end with a reset of the sandbox", async () => {
  await post({ name: "telegram.server-error", method: "getMe" });
  await world.app.telegram.call("getMe").catch(() => undefined);
  await post({}, "/sandbox/faults/clear");
  expect((await list()).counts["telegram.server-error"]).toBe(1);
  // A reset helps even where nothing works any more.
  await post({ name: "database.refused-connection", on: true });
  await post({ name: "qstash.down", on: true });
  expect((await world.request("/sandbox/reset", { method: "POST" })).status).toBe(200);
  const { faults, counts } = await list();
  // The set-up of the product runs against healthy simulators.
  expect(counts).toEqual({});
  expect(faults.filter(({ injected }) => injected > 0)).toEqual([]);
});
