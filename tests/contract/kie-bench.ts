import { expect } from "vitest";
import { createKieClient } from "../../lib/kie/client.ts";
import type { KieGateway, LookOutcome, LookTask, StartOutcome, StartTask } from "../../lib/kie/gateway.ts";
import { type Answer, type Arrived, type LocalServer, startServer } from "./local-server.ts";

export const KEY = "kie-key-0123456789abcdef";
export const CALLBACK_URL = "https://bot.example/kie?token=s3cret";
export const PROMPT = "a very private wish of mine";

/** The real client against a server that answers as told. */
export async function kieBench(
  answer: (request: Arrived) => Answer,
): Promise<{ gateway: KieGateway; server: LocalServer }> {
  const server = await startServer(answer);
  const { origin } = server;
  const clock = { now: () => new Date("2026-11-20T12:00:00Z") };
  // Strict about links, as in production: the tests' own server is the only one with http.
  const options = { baseUrl: origin, uploadUrl: origin, apiKey: KEY, clock, allowHttp: false };
  return { gateway: createKieClient(options), server };
}

/** An envelope under HTTP 200. */
export const envelope = (data: unknown, code = 200, msg = "success"): Answer => ({ body: { code, msg, data } });

export const bodyOf = (request: Arrived | undefined): unknown => JSON.parse(String(request?.body) || "null");

type Started = { outcome: StartOutcome; request: Arrived | undefined; arrived: number };

export async function started(task: Omit<StartTask, "callBackUrl">, answer: Answer): Promise<Started> {
  const { gateway, server } = await kieBench(() => answer);
  const outcome = await gateway.start({ ...task, callBackUrl: CALLBACK_URL });
  return { outcome, request: server.arrived[0], arrived: server.arrived.length };
}

type Looked = { outcome: LookOutcome; request: Arrived | undefined };

export async function looked(
  task: Pick<LookTask, "api" | "model" | "output"> & Partial<LookTask>,
  answer: Answer,
): Promise<Looked> {
  const { gateway, server } = await kieBench(() => answer);
  const outcome = await gateway.look({ taskId: "task-1", earlier: {}, ...task });
  return { outcome, request: server.arrived[0] };
}

/** Outputs have to be these and no more; of anything else only what is named. */
export function expectOutcome(actual: unknown, expected: object): void {
  if ("outputs" in expected) expect(actual).toEqual(expected);
  else expect(actual).toMatchObject(expected);
}
