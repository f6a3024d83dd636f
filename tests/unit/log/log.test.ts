import { createServer } from "node:http";
import { NeonDbError, neon } from "@neondatabase/serverless";
import { DrizzleQueryError, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/neon-http";
import ky from "ky";
import { Telegram } from "telegraf";
import { expect, onTestFinished, test } from "vitest";
import { createLogger, createMasker, type LogFields, type Logger } from "../../../lib/shared/log.ts";

const TOKEN = "123456789:AAH-very_secret_token_0123456789abcd";
const DATABASE_URL = "postgresql://app:p4ssw0rd@ep-x.eu.neon.tech/app?sslmode=require";
const KEY = "kie-key-0123456789abcdef";
const PROMPT = "a very private wish of mine";
const SECRETS = [TOKEN, DATABASE_URL, KEY];

function logger(secrets: readonly string[] = SECRETS): {
  log: Logger;
  lines: string[];
  last(): Record<string, unknown>;
} {
  const lines: string[] = [];
  const log = createLogger({
    level: "info",
    write: (line) => lines.push(line),
    secrets,
    now: () => new Date("2026-11-20T12:00:00Z"),
  });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? "null") };
}

/** What one line would show for these fields, also without knowing the secrets literally. */
function shown(fields: LogFields): string {
  const knowing = logger();
  const guessing = logger([]);
  knowing.log.error("test.happened", fields);
  guessing.log.error("test.happened", fields);
  return `${knowing.lines.join("\n")}\n${guessing.lines.join("\n")}`;
}

const expectClean = (line: string): void => {
  for (const secret of [TOKEN, TOKEN.split(":")[1] ?? "", "p4ssw0rd", KEY, PROMPT]) expect(line).not.toContain(secret);
};

async function thrownBy(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error("it should have thrown");
}

async function server(status: number, body: string): Promise<string> {
  const http = createServer((_, response) =>
    response.writeHead(status, { "content-type": "application/json" }).end(body),
  );
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  const address = http.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
}

test("a line is one JSON object with time, level and event, and a child adds its ids", () => {
  const { log, lines, last } = logger();
  log
    .child({ updateId: 7 })
    .child({ generationId: "g1" })
    .info("generation.created", { priceKopecks: 63n, at2: new Date(0), ok: true, none: null });
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toContain("\n");
  expect(last()).toEqual({
    at: "2026-11-20T12:00:00.000Z",
    level: "info",
    event: "generation.created",
    updateId: 7,
    generationId: "g1",
    priceKopecks: "63",
    at2: "1970-01-01T00:00:00.000Z",
    ok: true,
    none: null,
  });
});

test("levels below the chosen one are not written, and fields can not replace the head", () => {
  const { log, lines, last } = logger();
  log.debug("quiet");
  expect(lines).toEqual([]);
  log.warn("loud", { level: "info", event: "other" });
  expect(last()).toMatchObject({ level: "warn", event: "loud" });
});

test("what people wrote is reduced to its length, at any depth", () => {
  const { log, last } = logger();
  log.info("x", {
    prompt: PROMPT,
    caption: "",
    draft: { values: { prompt: PROMPT }, negative_prompt: PROMPT, nested: [{ text: PROMPT }] },
    firstName: "Иван",
  });
  expect(last()).toMatchObject({
    prompt: "[27 characters]",
    caption: "[0 characters]",
    draft: { values: "[object]", negative_prompt: "[27 characters]", nested: [{ text: "[27 characters]" }] },
    firstName: "[4 characters]",
  });
});

test("members that are named like secrets are masked without looking", () => {
  const { log, last } = logger();
  log.info("x", {
    token: "abc",
    apiKey: "abc",
    "X-Webhook-Signature": "abc",
    callbackToken: "abc",
    headers: { Authorization: "abc", cookie: "abc" },
  });
  expect(
    new Set(
      Object.values(last())
        .filter((value) => typeof value === "string")
        .slice(3),
    ),
  ).toEqual(new Set(["[masked]"]));
  expect(last().headers).toEqual({ Authorization: "[masked]", cookie: "[masked]" });
});

test.each([
  [`https://api.telegram.org/bot${TOKEN}/sendMessage`],
  [`https://api.telegram.org/file/bot${TOKEN}/photos/file_1.jpg`],
  [`token ${TOKEN} in the open`],
  [`GET ${DATABASE_URL} failed`],
  ["postgres://app:p4ssw0rd@localhost/app"],
  [`Authorization: Bearer ${KEY}`],
  [`{"authorization":"Bearer ${KEY}"}`],
  [`https://bot.example/api/kie?g=1&token=${KEY}`],
  [`https://bot.example/api/kie/${KEY}`],
  [`api_key=${KEY}`],
  [encodeURIComponent(DATABASE_URL)],
])("no secret shows in «%s»", (text) => {
  const line = shown({ note: text, error: new Error(text) });
  // A password inside an encoded URL is only known when the URL is.
  expectClean(text.includes("%") ? (line.split("\n")[0] ?? "") : line);
});

test("signatures and JWTs are masked, plain links keep their host", () => {
  const mask = createMasker([]);
  expect(mask("x eyJhbGciOi.eyJpc3MiOi.c2lnbmF0dXJl y")).toBe("x [masked] y");
  expect(mask("Upstash-Signature: abc.def")).toBe("Upstash-Signature: [masked]");
  expect(mask("X-Webhook-Signature=q83v=")).toBe("X-Webhook-Signature=[masked]");
  expect(mask("/bot1:ab-c/getMe")).toBe("/bot[masked]/getMe");
  expect(mask("key sig_7kYjw48m")).toBe("key [masked]");
  expect(mask("https://h.example/a/b.png?x=1#y")).toBe("https://h.example/a/b.png?…");
});

test("errors of telegraf: a refusal keeps code and words, a proxy's page does not show the token", async () => {
  const call = (apiRoot: string) =>
    thrownBy(() => new Telegram(TOKEN, { apiRoot }).callApi("sendMessage", { chat_id: 1, text: PROMPT }));
  const refusal = await call(
    await server(400, '{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}'),
  );
  const line = shown({ error: refusal });
  expectClean(line);
  expect(line).toContain('"code":400');
  expect(line).toContain("chat not found");
  const page = await call(await server(200, "<html>proxy</html>"));
  expect(String(page)).toContain(TOKEN);
  expectClean(shown({ error: page }));
  const unreachable = await call("http://127.0.0.1:1");
  expectClean(shown({ error: unreachable }));
  expect(shown({ error: unreachable })).toContain("ECONNREFUSED");
});

test("errors of drizzle and neon: no parameters, no values, no connection string", async () => {
  const constructed = new DrizzleQueryError(
    "insert into t values ($1)",
    [PROMPT, `x\nparams: ${PROMPT}\n    at ${PROMPT}`],
    Object.assign(new NeonDbError('duplicate key value violates unique constraint "t_pkey"'), {
      code: "23505",
      constraint: "t_pkey",
      detail: `Key (prompt)=(${PROMPT}) already exists.`,
    }),
  );
  const line = shown({ error: constructed });
  expectClean(line);
  expect(line).toContain("insert into t values ($1)");
  expect(line).toContain('"code":"23505"');
  expect(line).toContain('"constraint":"t_pkey"');
  const client = neon("postgresql://app:p4ssw0rd@db.invalid/app");
  const real = await thrownBy(async () => await drizzle({ client }).execute(sql`select ${PROMPT}`));
  expect(String(real)).toContain(PROMPT);
  expectClean(shown({ error: real }));
  const bare = await thrownBy(async () => await client.query("select $1", [PROMPT]));
  expectClean(shown({ error: bare }));
  const unreadable = Object.assign(new NeonDbError(`invalid input syntax for type bigint: "${PROMPT}"`), {
    code: "22P02",
  });
  expectClean(shown({ error: unreadable }));
});

test("errors of ky: the query of a URL and the request's headers stay out", async () => {
  const origin = await server(500, "{}");
  const options = { headers: { authorization: `Bearer ${KEY}` }, json: { prompt: PROMPT }, retry: 0 };
  const error = await thrownBy(() => ky.post(`${origin}/api?token=${KEY}`, options).json());
  expectClean(shown({ error }));
  expect(shown({ error })).toContain("HTTPError");
  const network = await thrownBy(() => ky.post("http://nobody.invalid/api", options).json());
  expectClean(shown({ error: network }));
  expect(shown({ error: network })).toContain("ENOTFOUND");
});

test("the cause chain is followed and ends, and foreign objects are only named", () => {
  const { log, last } = logger();
  const circular: Error & { cause?: unknown } = new Error("outer");
  circular.cause = new TypeError("inner", { cause: circular });
  log.error("x", {
    error: circular,
    map: new Map([[1, PROMPT]]),
    url: new URL("https://h.example/"),
    run: () => PROMPT,
    deep: { a: { b: { c: { d: { e: 1 } } } } },
  });
  expect(last()).toMatchObject({
    error: { name: "Error", message: "outer", cause: { name: "TypeError", message: "inner" } },
    map: "[Map]",
    url: "[URL]",
    run: "[function]",
  });
  expect(JSON.stringify(last())).not.toContain(PROMPT);
});

test("a stack shows where it happened, not what was said", () => {
  const { log, last } = logger();
  const error = new Error(`failed for\n    at ${PROMPT}`);
  error.message = "failed";
  log.error("x", { error });
  expect(JSON.stringify(last())).not.toContain(PROMPT);
  log.error("x", { error: new Error("plain") });
  expect(JSON.stringify(last())).toContain("log.test.ts");
});

test("logging never throws", () => {
  const hostile = {
    get boom(): string {
      throw new Error("no");
    },
  };
  const { log, lines } = logger();
  log.info("x", { hostile });
  expect(lines.at(-1)).toContain("could not be read");
  const broken = createLogger({
    level: "info",
    write: () => {
      throw new Error("disk full");
    },
    secrets: [],
    now: () => new Date(0),
  });
  expect(() => broken.info("x")).not.toThrow();
});

test("long texts and lists are cut", () => {
  const { log, lines } = logger();
  log.info("x", { note: "я".repeat(10_000), list: new Array(1_000).fill("a") });
  expect(lines[0]?.length).toBeLessThan(1_500);
});
