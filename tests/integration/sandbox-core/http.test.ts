import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { cutBody, cutConnection, json, readJson, serveFetch } from "../../../lib/sandbox/http.ts";

let closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing) await close();
  closing = [];
});

async function serve(handler: (request: Request) => Promise<Response>, note?: (line: string) => void): Promise<string> {
  const server = await serveFetch(handler, 0, note === undefined ? {} : { note });
  closing.push(server.close);
  return `http://127.0.0.1:${server.port}`;
}

test("method, path with an unescaped url in it, headers and body arrive unchanged", async () => {
  const origin = await serve(async (request) =>
    json({
      method: request.method,
      url: request.url,
      header: request.headers.get("x-one"),
      body: await readJson(request),
    }),
  );
  const response = await fetch(`${origin}/p/v2/publish/http://127.0.0.1:1//a?b=c`, {
    method: "POST",
    headers: { "x-one": "1" },
    body: JSON.stringify({ text: "Привет" }),
  });
  expect(await response.json()).toEqual({
    method: "POST",
    url: `${origin}/p/v2/publish/http://127.0.0.1:1//a?b=c`,
    header: "1",
    body: { text: "Привет" },
  });
});

test("cookies, statuses and empty answers pass; HEAD has no body", async () => {
  const origin = await serve(async (request) => {
    if (request.method === "HEAD") return new Response("hidden", { headers: { "x-head": "yes" } });
    const headers = new Headers([
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
    ]);
    return new Response(null, { status: 204, headers });
  });
  const response = await fetch(origin);
  expect(response.status).toBe(204);
  expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  const head = await fetch(origin, { method: "HEAD" });
  expect(head.headers.get("x-head")).toBe("yes");
  expect(await head.text()).toBe("");
});

test("a body of 55 MB passes in both directions, one above 60 MB is answered with 413", async () => {
  const origin = await serve(async (request) => new Response(request.body));
  const bytes = new Uint8Array(55 * 1024 * 1024).fill(7);
  const response = await fetch(origin, { method: "POST", body: bytes });
  expect((await response.arrayBuffer()).byteLength).toBe(bytes.length);

  const counting = await serve(async (request) => json((await request.arrayBuffer()).byteLength));
  const chunks = (count: number) =>
    new ReadableStream({
      pull(controller) {
        if (count-- > 0) controller.enqueue(new Uint8Array(1024 * 1024));
        else controller.close();
      },
    });
  const streamed = await fetch(counting, { method: "POST", body: chunks(10), duplex: "half" });
  expect(await streamed.json()).toBe(10 * 1024 * 1024);
  const status = await fetch(counting, { method: "POST", body: chunks(61), duplex: "half" }).then(
    (refused) => refused.status,
    () => "connection closed",
  );
  expect([413, "connection closed"]).toContain(status);
});

test("a throwing handler is a plain 500 and one note without the query", async () => {
  const notes: string[] = [];
  const origin = await serve(
    async () => {
      throw new Error("boom");
    },
    (line) => notes.push(line),
  );
  const response = await fetch(`${origin}/path?token=secret`);
  expect([response.status, await response.text()]).toEqual([500, "Internal error"]);
  expect(notes).toHaveLength(1);
  expect(notes[0]).toContain("GET /path failed: Error: boom");
  expect(notes[0]).not.toContain("secret");
});

test("a client that goes away aborts the request's signal and harms nobody", async () => {
  let aborted = false;
  const notes: string[] = [];
  const origin = await serve(
    async (request) => {
      if (new URL(request.url).pathname === "/ok") return json("fine");
      request.signal.addEventListener("abort", () => {
        aborted = true;
      });
      await sleep(60);
      return new Response("x".repeat(1_000_000));
    },
    (line) => notes.push(line),
  );
  await expect(fetch(origin, { signal: AbortSignal.timeout(20) })).rejects.toThrow();
  await expect.poll(() => aborted).toBe(true);
  expect(await (await fetch(`${origin}/ok`)).json()).toBe("fine");
  expect(notes).toEqual([]);
});

test("a cut connection sends not a byte", async () => {
  const origin = await serve(async () => cutConnection());
  const received = await new Promise<string>((resolve) => {
    let text = "";
    const socket = connect(Number(new URL(origin).port), "127.0.0.1", () =>
      socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n"),
    );
    socket.on("data", (chunk) => {
      text += chunk.toString();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(text));
  });
  expect(received).toBe("");
  await expect(fetch(origin)).rejects.toThrow("fetch failed");
});

test("a cut body promises all of its bytes and sends the first half; without a body nothing is sent", async () => {
  const whole = Buffer.alloc(300_001, "x");
  const origin = await serve(async (request) =>
    cutBody(new Response(new URL(request.url).pathname === "/empty" ? null : whole, { headers: { "x-own": "1" } })),
  );
  const startedMs = performance.now();
  const response = await fetch(origin);
  expect([response.headers.get("content-length"), response.headers.get("x-own")]).toEqual(["300001", "1"]);
  let received = 0;
  const reading = (async () => {
    for await (const chunk of response.body ?? []) received += chunk.length;
  })();
  await expect(reading).rejects.toThrow("terminated");
  expect(received).toBe(150_001);
  // Cut, not merely unfinished: that would take until the connection is too old.
  expect(performance.now() - startedMs).toBeLessThan(3_000);
  await expect(fetch(`${origin}/empty`)).rejects.toThrow("fetch failed");
});

test("a taken port is told with its number and the way out", async () => {
  const origin = await serve(async () => json(1));
  const port = Number(new URL(origin).port);
  await expect(serveFetch(async () => json(1), port)).rejects.toThrow(
    new RegExp(`Port ${port} .* already taken .*PORT=${port + 1}`),
  );
});
