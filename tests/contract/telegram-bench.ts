import { probeMedia } from "../../lib/media/probe.ts";
import { createTelegramClient, type TelegramClient } from "../../lib/telegram/client.ts";
import { type Answer, type Arrived, type LocalServer, startServer } from "./local-server.ts";

export const TOKEN = "123456789:AAH-very_secret_token_0123456789abcd";

/** One Bot API call as it arrived: parameters decoded, files as their name and size. */
export interface Call {
  method: string;
  params: Record<string, unknown>;
  files: Record<string, { name: string; bytes: Uint8Array }>;
}

const decoded = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

export async function readCall(request: Arrived): Promise<Call> {
  const method = request.path.split("/").at(-1) ?? "";
  const type = request.headers["content-type"] ?? "";
  if (!type.startsWith("multipart/")) return { method, params: JSON.parse(String(request.body) || "{}"), files: {} };
  const form = await new Response(new Uint8Array(request.body), { headers: { "content-type": type } }).formData();
  const call: Call = { method, params: {}, files: {} };
  for (const [name, value] of form) {
    if (value instanceof File) call.files[name] = { name: value.name, bytes: await value.bytes() };
    else call.params[name] = decoded(value);
  }
  return call;
}

export const ok = (result: unknown): Answer => ({ body: { ok: true, result } });
export const refused = (code: number, description: string, parameters?: object): Answer => ({
  status: code,
  body: { ok: false, error_code: code, description, ...(parameters === undefined ? {} : { parameters }) },
});

export interface Bench {
  client: TelegramClient;
  server: LocalServer;
  calls: Call[];
}

interface BenchOptions {
  timeoutMs?: number;
  allowHttpMedia?: boolean;
  mediaHosts?: string[];
  /** Answers for paths that are no Bot API call: files. */
  file?: (request: Arrived) => Answer;
}

/** A Bot API that answers as told, in front of the real client. */
export async function bench(answer: (call: Call, index: number) => Answer, options: BenchOptions = {}): Promise<Bench> {
  const { timeoutMs = 2_000, file, ...media } = options;
  const calls: Call[] = [];
  const server = await startServer(async (request) => {
    if (!request.path.startsWith(`/bot${TOKEN}/`)) return file?.(request) ?? { status: 404, body: "" };
    const call = await readCall(request);
    calls.push(call);
    return answer(call, calls.length - 1);
  });
  const client = createTelegramClient({
    token: TOKEN,
    apiRoot: server.origin,
    timeoutMs,
    uploadTimeoutMs: timeoutMs,
    probeMedia,
    ...media,
  });
  return { client, server, calls };
}
