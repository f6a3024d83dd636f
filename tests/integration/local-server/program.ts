import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import * as z from "zod";

const MAIN = fileURLToPath(new URL("../../../lib/sandbox/main.ts", import.meta.url));
const START_MS = 40_000;

const chatSchema = z.looseObject({
  messages: z.array(
    z.looseObject({
      messageId: z.number(),
      from: z.string(),
      text: z.string().optional(),
      caption: z.string().optional(),
      media: z.unknown().optional(),
      keyboard: z.array(z.array(z.looseObject({ text: z.string(), data: z.string().optional() }))).optional(),
    }),
  ),
});
const walletsSchema = z.looseObject({
  wallets: z.array(
    z.looseObject({ userId: z.number(), mainKopecks: z.string(), bonusKopecks: z.string(), heldKopecks: z.string() }),
  ),
});
export type ChatMessage = z.output<typeof chatSchema>["messages"][number];

/** The local server as a person starts it: a process of its own, known by its output and its HTTP interface. */
export interface Program {
  origin: string;
  /** What it printed so far, both streams. */
  printed(): string;
  sends(userId: number, text: string): Promise<void>;
  taps(userId: number, label: string): Promise<void>;
  messages(userId: number): Promise<ChatMessage[]>;
  wallet(userId: number): Promise<{ main: string; bonus: string; held: string } | undefined>;
  advance(seconds: number): Promise<void>;
  /** `kill -9`: no handler runs. `wholeGroup`: what it started dies with it. */
  kill(options?: { wholeGroup: boolean }): Promise<void>;
  /** Whether the process has ended. */
  isOver(): boolean;
  /** Ctrl+C, as a person ends it. */
  stop(): Promise<number | null>;
}

/** A port that nobody listens on: a restarted server must come back under the address that others remember. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

function launch(environment: Record<string, string>, main = MAIN): { child: ChildProcess; printed: () => string } {
  const { PATH = "", HOME = "/tmp" } = process.env;
  // Detached: it leads a process group of its own, so that the group can be killed without this process.
  const child = spawn(process.execPath, [main], { env: { PATH, HOME, ...environment }, stdio: "pipe", detached: true });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  }
  return { child, printed: () => text };
}

/** Runs a server that is expected to give up by itself. */
export async function runToEnd(environment: Record<string, string>): Promise<{ code: number | null; printed: string }> {
  const { child, printed } = launch(environment);
  const timer = setTimeout(() => child.kill("SIGKILL"), START_MS);
  await once(child, "close");
  clearTimeout(timer);
  return { code: child.exitCode, printed: printed() };
}

/**
 * @param main the program's file, where it is not the source: a bundle starts three times as fast.
 * @throws when the chat page is not announced in time; the output is in the message.
 */
export async function start(environment: Record<string, string>, main?: string): Promise<Program> {
  const { child, printed } = launch(environment, main);
  const deadline = Date.now() + START_MS;
  let origin: string | undefined;
  while (origin === undefined) {
    origin = /Chat page:\s+(http:\/\/[\d.:]+)/.exec(printed())?.[1];
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`the local server did not start:\n${printed()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const base = origin;

  async function post(path: string, body: unknown): Promise<void> {
    const response = await fetch(`${base}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  }
  async function messages(userId: number): Promise<ChatMessage[]> {
    return chatSchema.parse(await (await fetch(`${base}/sandbox/chats/${userId}`)).json()).messages;
  }
  async function end(signal: "SIGKILL" | "SIGINT", wholeGroup = false): Promise<number | null> {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const closed = once(child, "close");
    if (wholeGroup && child.pid !== undefined) process.kill(-child.pid, signal);
    else child.kill(signal);
    await closed;
    return child.exitCode;
  }

  return {
    origin: base,
    printed,
    sends: (userId, text) => post(`/sandbox/chats/${userId}/messages`, { text }),
    async taps(userId, label) {
      for (const message of (await messages(userId)).reverse()) {
        const button = message.keyboard?.flat().find(({ text, data }) => text.includes(label) && data !== undefined);
        if (button === undefined) continue;
        await post(`/sandbox/chats/${userId}/taps`, { messageId: message.messageId, data: button.data });
        return;
      }
      throw new Error(`no button «${label}»`);
    },
    messages,
    async wallet(userId) {
      const { wallets } = walletsSchema.parse(await (await fetch(`${base}/sandbox/wallets`)).json());
      const found = wallets.find((wallet) => wallet.userId === userId);
      return found && { main: found.mainKopecks, bonus: found.bonusKopecks, held: found.heldKopecks };
    },
    advance: (advanceSeconds) => post("/sandbox/clock", { advanceSeconds }),
    kill: async (options) => {
      await end("SIGKILL", options?.wholeGroup);
    },
    isOver: () => child.exitCode !== null || child.signalCode !== null,
    stop: () => end("SIGINT"),
  };
}
