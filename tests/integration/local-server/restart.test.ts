import { expect, onTestFinished, test } from "vitest";
import { openStore } from "../../../lib/sandbox/store.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { type ChatMessage, freePort, type Program, start } from "./program.ts";

const ANNA = 501;
const STARTS_TWICE_MS = 90_000;

async function eventually(check: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error("it did not happen in time");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const ofBot = (messages: readonly ChatMessage[]) => messages.filter((message) => message.from === "bot");
const pictures = (messages: readonly ChatMessage[]) => ofBot(messages).filter((message) => message.media !== undefined);

/** A folder, a port, and a server that can be started again on both. */
async function house(): Promise<{ folder: string; open: () => Promise<Program> }> {
  const { path, remove } = await temporaryFolder("local-server");
  const port = await freePort();
  const programs: Program[] = [];
  onTestFinished(async () => {
    for (const program of programs) await program.stop();
    await remove();
  });
  return {
    folder: path,
    open: async () => {
      const program = await start({ PORT: String(port), SANDBOX_DATA: path, FREE_PER_DAY: "0" });
      programs.push(program);
      return program;
    },
  };
}

/** Tasks at the simulated KIE, read from what it keeps; only while the server is down. */
function tasksIn(folder: string): unknown[] {
  const store = openStore(`${folder}/simulators.sqlite`, () => undefined);
  try {
    return store.list("kie-tasks");
  } finally {
    store.close();
  }
}

test("H1 C1 C4: killed during a generation and started again, the result comes, charged once", {
  timeout: STARTS_TWICE_MS,
}, async () => {
  const { folder, open } = await house();
  const first = await open();
  expect(first.printed()).toContain("Mode: real");
  await first.sends(ANNA, "/start");
  await first.sends(ANNA, "slow: рыжий кот");
  await first.taps(ANNA, "Создать");
  await eventually(async () => (await first.messages(ANNA)).some((message) => message.text?.includes("Создаём с")));
  expect(await first.wallet(ANNA)).toEqual({ main: "0", bonus: "4937", held: "63" });
  await first.kill();

  const second = await open();
  expect(await second.wallet(ANNA)).toEqual({ main: "0", bonus: "4937", held: "63" });
  await second.advance(200);
  await eventually(async () => pictures(await second.messages(ANNA)).length > 0);
  await second.advance(600);
  expect(pictures(await second.messages(ANNA))).toHaveLength(1);
  expect(ofBot(await second.messages(ANNA)).at(-1)?.caption).toContain("осталось 49,37");
  expect(await second.wallet(ANNA)).toEqual({ main: "0", bonus: "4937", held: "0" });
  expect(await second.stop()).toBe(0);
  expect(tasksIn(folder)).toHaveLength(1);
});

test("H1 C1 C7: killed in the moment after the hold, it ends with one task at most, a result or the money, and a message", {
  timeout: STARTS_TWICE_MS,
}, async () => {
  const { folder, open } = await house();
  const first = await open();
  await first.sends(ANNA, "/start");
  await first.sends(ANNA, "синий кит");
  const tapped = first.taps(ANNA, "Создать").catch(() => undefined);
  await eventually(async () => (await first.wallet(ANNA))?.held === "63");
  await first.kill();
  await tapped;

  const second = await open();
  // Far enough for a create whose answer nobody waited for: its money comes back at the deadline of 20 minutes.
  await second.advance(30 * 60);
  await eventually(async () => (await second.wallet(ANNA))?.held === "0");
  await second.advance(60);
  const messages = await second.messages(ANNA);
  const wallet = await second.wallet(ANNA);
  const news = ofBot(messages).at(-1);
  if (pictures(messages).length > 0) {
    expect(pictures(messages)).toHaveLength(1);
    expect(wallet).toEqual({ main: "0", bonus: "4937", held: "0" });
  } else {
    expect(news?.text).toContain("Деньги не списаны");
    expect(wallet).toEqual({ main: "0", bonus: "5000", held: "0" });
  }
  await second.stop();
  expect(tasksIn(folder).length).toBeLessThanOrEqual(1);
});
