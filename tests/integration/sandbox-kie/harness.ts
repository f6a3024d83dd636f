import * as z from "zod";
import { createCallRecorder } from "../../../lib/sandbox/calls.ts";
import { createSandboxClock } from "../../../lib/sandbox/clock.ts";
import type { CallRecorder, SandboxClock, SandboxContext, Simulator } from "../../../lib/sandbox/context.ts";
import { serveFetch } from "../../../lib/sandbox/http.ts";
import type { KieControl } from "../../../lib/sandbox/kie/control.ts";
import { createKieSimulator } from "../../../lib/sandbox/kie/simulator.ts";
import type { KieOptions } from "../../../lib/sandbox/kie/world.ts";
import { openStore } from "../../../lib/sandbox/store.ts";

export const API_KEY = "test-key";

const trackSchema = z.looseObject({ audio_url: z.string().optional() });

/** Only what tests look into by name; everything else is kept as it came. */
const callbackSchema = z.looseObject({
  code: z.number(),
  data: z
    .looseObject({
      taskId: z.string().optional(),
      task_id: z.string().optional(),
      state: z.string().optional(),
      callbackType: z.string().optional(),
      resultJson: z.string().nullish(),
      data: z.array(trackSchema).nullish(),
    })
    .nullable()
    .transform((data) => data ?? {}),
});

const envelopeSchema = z.looseObject({ code: z.number(), msg: z.string(), data: z.unknown() });

const recordSchema = z.looseObject({
  state: z.string(),
  param: z.string(),
  resultJson: z.string(),
  failMsg: z.string().nullish(),
  costTime: z.number().nullish(),
  createTime: z.number(),
  completeTime: z.number().nullish(),
  response: z
    .looseObject({
      resultUrls: z.array(z.string()).optional(),
      resultObject: z.looseObject({ lyricsData: z.array(z.unknown()).optional() }).optional(),
    })
    .nullish(),
});

interface ReceivedCallback {
  path: string;
  headers: Headers;
  body: z.infer<typeof callbackSchema>;
  /** As it came, also where `data` is null. */
  raw: unknown;
}

export interface KieBench {
  origin: string;
  kie: Simulator & KieControl;
  clock: SandboxClock;
  calls: CallRecorder;
  /** What reached the product's callback endpoint, oldest first. */
  received: ReceivedCallback[];
  callbackUrl: string;
  /** Statuses the callback endpoint answers with, one per request; 200 when used up. */
  callbackStatuses: number[];
  /** Called before a callback is answered. */
  beforeCallbackAnswer: (() => void | Promise<void>) | undefined;
  api(method: string, path: string, body?: unknown): Promise<z.infer<typeof envelopeSchema>>;
  create(
    model: string,
    input: Record<string, unknown>,
    callBackUrl?: string,
  ): Promise<{ code: number; msg: string; taskId: string }>;
  /** Rejects while KIE does not know the task. */
  record(taskId: string): Promise<z.infer<typeof recordSchema>>;
  /** The first result URL of a task that has succeeded. */
  resultUrl(taskId: string): Promise<string>;
  upload(bytes: Uint8Array, fileName: string): Promise<string>;
  close(): Promise<void>;
}

/** The simulator and a callback endpoint of the product on real ports of their own. */
export async function startBench(options: Partial<KieOptions> & { storeFile?: string } = {}): Promise<KieBench> {
  const { storeFile = ":memory:", ...kieOptions } = options;
  const store = openStore(storeFile);
  const clock = createSandboxClock(store);
  const calls = createCallRecorder();
  let origin = "";
  const context: SandboxContext = {
    clock,
    store,
    calls,
    get origin() {
      return origin;
    },
    note: () => undefined,
  };
  const kie = createKieSimulator(context, {
    prefix: "/kie",
    uploadPrefix: "/kie-upload",
    filesPrefix: "/kie-files",
    apiKey: API_KEY,
    ...kieOptions,
  });
  const server = await serveFetch(kie.handle, 0);
  origin = `http://127.0.0.1:${server.port}`;
  const received: ReceivedCallback[] = [];
  const product = await serveFetch(async (request) => {
    const path = new URL(request.url).pathname + new URL(request.url).search;
    const raw: unknown = await request.json();
    received.push({ path, headers: request.headers, body: callbackSchema.parse(raw), raw });
    await bench.beforeCallbackAnswer?.();
    return new Response("{}", { status: bench.callbackStatuses.shift() ?? 200 });
  }, 0);
  kie.start();

  const bench: KieBench = {
    origin,
    kie,
    clock,
    calls,
    received,
    callbackUrl: `http://127.0.0.1:${product.port}/callback?secret=s`,
    callbackStatuses: [],
    beforeCallbackAnswer: undefined,
    api: async (method, path, body) => {
      const response = await fetch(`${origin}/kie${path}`, {
        method,
        headers: { authorization: `Bearer ${API_KEY}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return envelopeSchema.parse(await response.json());
    },
    create: async (model, input, callBackUrl) => {
      const body = { model, input, ...(callBackUrl ? { callBackUrl } : {}) };
      const answer = await bench.api("POST", "/api/v1/jobs/createTask", body);
      const data = z.object({ taskId: z.string() }).nullish().parse(answer.data);
      return { code: answer.code, msg: answer.msg, taskId: data?.taskId ?? "" };
    },
    record: async (taskId) => {
      const answer = await bench.api("GET", `/api/v1/jobs/recordInfo?taskId=${taskId}`);
      return recordSchema.parse(answer.data);
    },
    resultUrl: async (taskId) => (await bench.record(taskId)).response?.resultUrls?.[0] ?? "",
    upload: async (bytes, fileName) => {
      const form = new FormData();
      form.set("file", new Blob([new Uint8Array(bytes)]), fileName);
      form.set("uploadPath", "bot/in");
      form.set("fileName", fileName);
      const response = await fetch(`${origin}/kie-upload/api/file-stream-upload`, {
        method: "POST",
        headers: { authorization: `Bearer ${API_KEY}` },
        body: form,
      });
      const answer: { data: { downloadUrl: string } } = JSON.parse(await response.text());
      return answer.data.downloadUrl;
    },
    close: async () => {
      clock.stop();
      await kie.stop();
      await Promise.all([server.close(), product.close()]);
      store.close();
    },
  };
  return bench;
}

/** Cheap image model without media. */
export const IMAGE = "nano-banana-2";
export const SONG = "ai-music-api/generate";
export const songInput = (prompt: string) => ({ prompt, custom_mode: false, instrumental: false, model: "V6" });
