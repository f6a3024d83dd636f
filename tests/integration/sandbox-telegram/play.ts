/** A sandbox with only Telegram in it, a bot behind a webhook, and media to send. Nothing is shared between tests. */
import type { TelegramUpdate } from "@gramio/types/objects";
import { Telegram } from "telegraf";
import { onTestFinished } from "vitest";
import { createCallRecorder } from "../../../lib/sandbox/calls.ts";
import { createChatsApi } from "../../../lib/sandbox/chats-api.ts";
import { createSandboxClock, type SandboxClockOptions } from "../../../lib/sandbox/clock.ts";
import type { SandboxContext } from "../../../lib/sandbox/context.ts";
import { serveFetch } from "../../../lib/sandbox/http.ts";
import { openStore } from "../../../lib/sandbox/store.ts";
import { createTelegramSimulator } from "../../../lib/sandbox/telegram/index.ts";

export const TOKEN = "7000000001:AAtest-token_0123456789";
export const ANNA = 501;
export const BORIS = 502;

export type Sandbox = Awaited<ReturnType<typeof openSandbox>>;

/** @param file the store's file, to open the same sandbox again; in memory by default. */
export async function openSandbox(file = ":memory:", clockOptions: SandboxClockOptions = {}) {
  const store = openStore(file, () => undefined);
  const clock = createSandboxClock(store, { note: () => undefined, ...clockOptions });
  const calls = createCallRecorder();
  let handle = async (_: Request): Promise<Response> => new Response(null, { status: 503 });
  const server = await serveFetch((request) => handle(request), 0, { note: () => undefined });
  const origin = `http://127.0.0.1:${server.port}`;
  const context: SandboxContext = { clock, store, calls, origin, note: () => undefined };
  const telegram = createTelegramSimulator(context, {
    prefix: "/telegram",
    token: TOKEN,
    bot: { id: 7000000001, username: "sandbox_bot", first_name: "Бот" },
  });
  const chats = createChatsApi(context, telegram);
  handle = async (request) => (await chats.handle(request)) ?? telegram.handle(request);
  telegram.start();
  let isClosed = false;
  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    await telegram.stop();
    clock.stop();
    await server.close();
    store.close();
  };
  onTestFinished(close);
  const client = new Telegram(TOKEN, { apiRoot: `${origin}/telegram/` });
  const call = async (method: string, body: unknown = {}) => {
    const response = await fetch(`${origin}/telegram/bot${TOKEN}/${method}`, {
      method: "POST",
      ...(body instanceof FormData
        ? { body }
        : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    const answer = JSON.parse(await response.text());
    return { status: response.status, headers: response.headers, ...answer };
  };
  return { context, clock, store, calls, origin, telegram, client, call, close };
}

/** A bot behind a webhook: remembers what arrived and answers what `onUpdate` returns (200 by default). */
export async function openBot() {
  const updates: TelegramUpdate[] = [];
  const secrets: (string | null)[] = [];
  const bot = {
    url: "",
    updates,
    secrets,
    onUpdate: (_: TelegramUpdate): Response | Promise<Response> => new Response(null),
    close: async (): Promise<void> => undefined,
  };
  const server = await serveFetch(
    async (request) => {
      const update: TelegramUpdate = JSON.parse(await request.text());
      updates.push(update);
      secrets.push(request.headers.get("x-telegram-bot-api-secret-token"));
      return bot.onUpdate(update);
    },
    0,
    { note: () => undefined },
  );
  bot.url = `http://127.0.0.1:${server.port}/bot`;
  bot.close = () => server.close();
  onTestFinished(() => server.close());
  return bot;
}

/** Any bytes at one URL, with a count of the downloads. */
export async function serveOnce(bytes: Uint8Array, status = 200) {
  const server = await serveFetch(async () => new Response(new Uint8Array(bytes), { status }), 0);
  onTestFinished(() => server.close());
  return `http://127.0.0.1:${server.port}/results/picture`;
}

/** The text or caption of what a bot got. */
export const textOf = (update: TelegramUpdate | undefined): string | undefined =>
  update?.message?.text ?? update?.callback_query?.data;

export function png(width = 640, height = 480): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.alloc(64);
  bytes.write("\x89PNG\r\n\x1a\n", 0, "latin1");
  bytes.writeUInt32BE(13, 8);
  bytes.write("IHDR", 12, "latin1");
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return new Uint8Array(bytes);
}

const head = (text: string, size = 256): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(size);
  bytes.set(Buffer.from(text, "latin1"));
  return bytes;
};
export const mp4 = (): Uint8Array<ArrayBuffer> => head("\0\0\0\x18ftypisom\0\0\x02\0isomiso2");
export const mp3 = (): Uint8Array<ArrayBuffer> => head("ID3\x04\0\0\0\0\0\0");
export const wav = (): Uint8Array<ArrayBuffer> => head("RIFF\x24\0\0\0WAVEfmt ");
export const pdf = (): Uint8Array<ArrayBuffer> => head("%PDF-1.7\n");
export const text = (): Uint8Array<ArrayBuffer> => head("just words");

/** Makes the person known and forgets that message: most tests are about what follows. */
export async function meet(sandbox: Sandbox, userId = ANNA): Promise<void> {
  await sandbox.telegram.userSends(userId, { text: "/start" });
}

export const button = (label: string, data: string) => ({ text: label, callback_data: data });

export const keyboard = (...rows: { text: string; callback_data: string }[][]) => ({ inline_keyboard: rows });

export type { TelegramUpdate };
