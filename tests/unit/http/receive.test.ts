import { expect, test } from "vitest";
import * as z from "zod";
import { answer, type Receipt, receiveWebhook } from "../../../lib/http/receive.ts";
import { createLogger } from "../../../lib/shared/log.ts";

type Ping = { n: number };
const schema = z.object({ n: z.number() });

/** A webhook that takes `{n}` and counts what it ran. */
function makeWebhook(fields: Partial<Receipt<Ping>> = {}) {
  const lines: string[] = [];
  const ran: Ping[] = [];
  const log = createLogger({ level: "debug", write: (line) => lines.push(line), secrets: [], now: () => new Date(0) });
  const receive = (request: Request) =>
    receiveWebhook<Ping>(request, {
      log,
      verify: () => true,
      schema,
      run: async (body) => {
        ran.push(body);
        return answer(200, { ok: true });
      },
      ...fields,
    });
  return { receive, lines, ran };
}

const post = (body: string, headers?: Record<string, string>) =>
  new Request("https://bot.example/api", { method: "POST", body, ...(headers === undefined ? {} : { headers }) });

test("a verified body of the right shape is run once, and its answer is never cached", async () => {
  const { receive, ran } = makeWebhook();
  const response = await receive(post('{"n":1}'));
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(await response.json()).toEqual({ ok: true });
  expect(ran).toEqual([{ n: 1 }]);
});

test("another method than POST is refused with the one that is allowed", async () => {
  const { receive, ran } = makeWebhook();
  const response = await receive(new Request("https://bot.example/api"));
  expect(response.status).toBe(405);
  expect(response.headers.get("allow")).toBe("POST");
  expect(ran).toEqual([]);
});

test("an unverified body is not even parsed", async () => {
  const { receive, lines, ran } = makeWebhook({ verify: async () => false });
  expect((await receive(post("not json"))).status).toBe(401);
  expect(lines).toEqual([]);
  expect(ran).toEqual([]);
});

test("the raw body is what is verified", async () => {
  const seen: string[] = [];
  const { receive } = makeWebhook({
    verify: (_request, body) => {
      seen.push(body);
      return true;
    },
  });
  await receive(post('{ "n" :  1 }'));
  expect(seen).toEqual(['{ "n" :  1 }']);
});

test.each(["", "not json", "[]", "null", '{"n":"1"}', '{"n":1'])("%j is malformed, and is not logged", async (body) => {
  const { receive, lines, ran } = makeWebhook();
  expect((await receive(post(body))).status).toBe(400);
  expect(ran).toEqual([]);
  expect(lines).toHaveLength(1);
  expect(lines.join()).toContain("http.malformed-body");
  if (body.length > 2) expect(lines.join()).not.toContain(JSON.stringify(body).slice(1, -1));
});

test("a body beyond the limit is refused, also when its length was left out or is a lie", async () => {
  const { receive, ran } = makeWebhook();
  const huge = `{"n":1,"x":"${"x".repeat(4_600_000)}"}`;
  expect((await receive(post(huge))).status).toBe(413);
  expect((await receive(post("{}", { "content-length": "99999999" }))).status).toBe(413);
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(1_000_000)),
  });
  const init: RequestInit & { duplex: "half" } = { method: "POST", body: endless, duplex: "half" };
  expect((await receive(new Request("https://bot.example/api", init))).status).toBe(413);
  expect(ran).toEqual([]);
});

test("a bug is a 500 that tells nothing outside and is logged once", async () => {
  const { receive, lines } = makeWebhook({
    run: async () => {
      throw new TypeError("cannot read prompt of a kitten");
    },
  });
  const response = await receive(post('{"n":1}'));
  expect(response.status).toBe(500);
  expect(await response.json()).toEqual({ error: "internal error" });
  expect(lines.filter((line) => line.includes("http.unhandled"))).toHaveLength(1);
});

test("letters of several bytes survive, also where a chunk ends inside of one", async () => {
  const text = JSON.stringify({ n: 1, текст: "Привет" });
  const bytes = new TextEncoder().encode(text);
  const chunks = [...bytes].map((byte) => Uint8Array.of(byte));
  const seen: string[] = [];
  const { receive } = makeWebhook({
    verify: (_request, body) => {
      seen.push(body);
      return true;
    },
  });
  const body = new ReadableStream({
    pull: (controller) => {
      const chunk = chunks.shift();
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
  });
  const init: RequestInit & { duplex: "half" } = { method: "POST", body, duplex: "half" };
  expect((await receive(new Request("https://bot.example/api", init))).status).toBe(200);
  expect(seen).toEqual([text]);
});
