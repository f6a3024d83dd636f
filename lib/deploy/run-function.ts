import { fork } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as z from "zod";

export interface StartOptions {
  /** A built `.func` folder. */
  directory: string;
  /** All the environment variables that the function sees: nothing of the calling process is passed on. */
  environment: Readonly<Record<string, string>>;
}

/** A built function in a process of its own, as the platform runs it. */
export interface RunningFunction {
  /**
   * Calls the handler of the request's method; several calls may be under way at once, as on the platform.
   * @throws (rejects) with the name and message of what the handler threw (the platform answers 500), or when the process ended.
   */
  call(request: Request): Promise<Response>;
  /** Everything the function has printed so far. */
  output(): string;
  /** Ends the process, work after the answer included. Safe to repeat. */
  close(): Promise<void>;
}

const configSchema = z.looseObject({ handler: z.string(), launcherType: z.literal("Nodejs") });
const headersSchema = z.array(z.tuple([z.string(), z.string()]));
const callSchema = z.object({
  id: z.number(),
  url: z.string(),
  method: z.string(),
  headers: headersSchema,
  body: z.instanceof(Uint8Array).nullable(),
});
const resultSchema = z.union([
  z.object({
    id: z.number(),
    status: z.number(),
    headers: headersSchema,
    body: z.instanceof(Uint8Array).nullable(),
  }),
  z.object({ id: z.number(), error: z.object({ name: z.string(), message: z.string() }) }),
]);
type Result = z.infer<typeof resultSchema>;

/**
 * Loads a built function into this process: reads `.vc-config.json`, imports the handler it names and finds the export
 * for a request's method, as the platform's launcher does. A method without an export is 405; HEAD is not answered by GET.
 *
 * @throws (rejects) what the module throws while it is imported.
 */
export async function loadFunction(directory: string): Promise<(request: Request) => Promise<Response>> {
  const config = configSchema.parse(JSON.parse(await readFile(join(directory, ".vc-config.json"), "utf8")));
  const module: Record<string, unknown> = await import(pathToFileURL(join(directory, config.handler)).href);
  return async (request) => {
    const handler = module[request.method];
    if (typeof handler !== "function") return new Response("Method Not Allowed", { status: 405 });
    const response: unknown = await handler(request);
    if (!(response instanceof Response)) throw new TypeError(`${config.handler} gave no Response`);
    return response;
  };
}

/**
 * Starts a built function in a fresh process.
 * @throws (rejects) with what was printed when the function can not be loaded.
 */
export async function startFunction({ directory, environment }: StartOptions): Promise<RunningFunction> {
  const child = fork(fileURLToPath(import.meta.url), [directory], {
    env: { ...environment },
    execArgv: [],
    serialization: "advanced",
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let printed = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  const waiting = new Map<number, { resolve: (result: Result) => void; reject: (error: Error) => void }>();
  const ended = once(child, "close").then(() => {
    for (const { reject } of waiting.values()) reject(new Error(`The function's process ended.\n${printed}`));
    waiting.clear();
  });
  const ready = once(child, "message").then(() => true);
  if (!(await Promise.race([ready, ended]))) throw new Error(`The function could not be loaded.\n${printed}`);

  child.on("message", (message) => {
    const result = resultSchema.parse(message);
    waiting.get(result.id)?.resolve(result);
    waiting.delete(result.id);
  });
  let calls = 0;
  return {
    async call(request) {
      if (!child.connected) throw new Error(`The function's process ended.\n${printed}`);
      calls += 1;
      const id = calls;
      const { url, method } = request;
      const body = request.body === null ? null : new Uint8Array(await request.arrayBuffer());
      const result = await new Promise<Result>((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        child.send({ id, url, method, headers: [...request.headers], body });
      });
      if ("error" in result) throw Object.assign(new Error(result.error.message), { name: result.error.name });
      const bytes = result.body === null ? null : new Uint8Array(result.body);
      return new Response(bytes, { status: result.status, headers: result.headers });
    },
    output: () => printed,
    async close() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** The child's side: one message per call, one per answer. */
async function serveParent(directory: string): Promise<void> {
  const handle = await loadFunction(directory);
  process.on("message", async (message) => {
    const { id, url, method, headers, body } = callSchema.parse(message);
    try {
      const request = new Request(url, { method, headers, body: body === null ? null : new Uint8Array(body) });
      const response = await handle(request);
      const answered = response.body === null ? null : new Uint8Array(await response.arrayBuffer());
      process.send?.({ id, status: response.status, headers: [...response.headers], body: answered });
    } catch (error) {
      const { name, message: text } = error instanceof Error ? error : new Error(String(error));
      process.send?.({ id, error: { name, message: text } });
    }
  });
  process.send?.({ ready: true });
}

if (import.meta.main && process.send !== undefined) await serveParent(process.argv[2] ?? "");
