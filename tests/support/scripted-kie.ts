import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A KIE that answers as told, for shapes that the simulated one makes only now and then. */
export interface ScriptedKie {
  origin: string;
  /** The id of the next tasks. */
  createsWith(taskId: string): void;
  /** What every look is answered with; the envelope says success unless told otherwise. */
  showsRecord(data: unknown, envelope?: { code: number; msg: string }): void;
  /** Where the last task was to call back to. */
  callBackUrl(): string;
  close(): Promise<void>;
}

/** @param files served by their path, without any key. */
export async function startScriptedKie(files: Readonly<Record<string, Uint8Array>>): Promise<ScriptedKie> {
  let taskId = "";
  let callBackUrl = "";
  let record: unknown = { code: 422, msg: "recordInfo is null", data: null };
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? "/", "http://local").pathname;
    const file = files[path];
    if (file !== undefined) return void response.end(file);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    response.setHeader("content-type", "application/json");
    if (path.endsWith("/createTask")) {
      callBackUrl = JSON.parse(Buffer.concat(chunks).toString("utf8")).callBackUrl;
      response.end(JSON.stringify({ code: 200, msg: "success", data: { taskId, recordId: taskId } }));
    } else if (path.endsWith("/credit")) {
      response.end(JSON.stringify({ code: 200, msg: "success", data: 1_000 }));
    } else response.end(JSON.stringify(record));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port }: AddressInfo = Object(server.address());
  return {
    origin: `http://127.0.0.1:${port}`,
    createsWith: (id) => {
      taskId = id;
    },
    showsRecord: (data, { code, msg } = { code: 200, msg: "success" }) => {
      record = { code, msg, data };
    },
    callBackUrl: () => callBackUrl,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
