import { once } from "node:events";
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { runToEnd, start } from "./program.ts";

const STARTS_MS = 60_000;

async function folder(): Promise<string> {
  const { path, remove } = await temporaryFolder("local-server");
  onTestFinished(remove);
  return path;
}

test("H1: a port that is taken is said clearly, with another one to choose, and ends with 1", {
  timeout: STARTS_MS,
}, async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const { code, printed } = await runToEnd({ PORT: String(port), SANDBOX_DATA: await folder() });
  expect(code).toBe(1);
  expect(printed).toContain(`Port ${port} on 127.0.0.1 is already taken by another program.`);
  expect(printed).toContain(`PORT=${port + 1}`);
  expect(printed).not.toContain("    at ");
});

test.each(["no-port", "70000"])("H1: PORT=%s is refused with what a port is", { timeout: STARTS_MS }, async (port) => {
  const { code, printed } = await runToEnd({ PORT: port, SANDBOX_DATA: await folder() });
  expect(code).toBe(1);
  expect(printed).toContain("PORT must be a number from 0 to 65535");
});

test("H1 H4: wrong variables are named with examples and not repeated, and it ends with 1", {
  timeout: STARTS_MS,
}, async () => {
  const environment = { PORT: "0", SANDBOX_DATA: await folder(), ADMIN_ID: "hunter2", CREDIT_TO_RUB_RATE: "0,39" };
  const { code, printed } = await runToEnd(environment);
  expect(code).toBe(1);
  expect(printed).toContain("ADMIN_ID is malformed");
  expect(printed).toContain("CREDIT_TO_RUB_RATE is malformed");
  expect(printed).toContain("for example 111111111,222222222");
  expect(printed).not.toContain("hunter2");
  expect(printed).not.toContain("    at ");
});

test("H1: a second server on the same data says so and ends with 1; the first goes on", {
  timeout: STARTS_MS,
}, async () => {
  const data = await folder();
  const first = await start({ PORT: "0", SANDBOX_DATA: data });
  onTestFinished(async () => void (await first.stop()));
  const second = await runToEnd({ PORT: "0", SANDBOX_DATA: data });
  expect(second.code).toBe(1);
  expect(second.printed).not.toContain("    at ");
  await first.sends(501, "/start");
  expect((await first.messages(501)).length).toBeGreaterThan(1);
  expect(await first.stop()).toBe(0);
});
