import { createHash } from "node:crypto";
import { createFaultPlan, type Shots } from "../faults/plan.ts";
import { cutBody, cutConnection } from "../http.ts";
import { type Answered, answered, gatewayError, refusedBy } from "./envelope.ts";
import type { KieWorld } from "./world.ts";

/**
 * - `http`: the edge in front of KIE answers with HTTP `code` (502 by default) and a page of HTML, nothing happened.
 * - `envelope`: HTTP 200 with the envelope code `code` (500 by default), nothing happened.
 * - `lost-request`: the connection breaks before the call had an effect.
 * - `hung-request`: no effect, and nothing is ever answered; the client has to give up.
 * - `lost-answer`: the call takes effect, then the connection breaks.
 * - `no-answer`: the call takes effect and nothing is ever answered.
 * - `cut-body`: the headers and the first half of the body arrive, then the connection breaks. For files.
 */
export const KIE_CALL_FAULT_KINDS = [
  "http",
  "envelope",
  "lost-request",
  "hung-request",
  "lost-answer",
  "no-answer",
  "cut-body",
] as const;
export type KieCallFaultKind = (typeof KIE_CALL_FAULT_KINDS)[number];

export interface KieCallFaultOptions extends Shots {
  /** An HTTP status of 400 or above for `http`, an envelope code for `envelope`. */
  code?: number | undefined;
}

interface CallFault {
  kind: KieCallFaultKind;
  code: number;
}

/** What stands between the product and the simulated service. */
export interface KieEdge {
  /** The next fitting calls, with any of the endpoints, fail so. @throws RangeError for numbers out of range. */
  next(where: string, kind: KieCallFaultKind, options?: KieCallFaultOptions): void;
  left(kind: KieCallFaultKind): number;
  /** Runs `work` for the call of `method`, or spoils it. */
  pass(method: string, client: AbortSignal, work: () => Promise<Answered>): Promise<Answered>;
  clear(): void;
  /** Ends every call that is never answered; later ones end at once. */
  stop(): void;
}

const BEFORE = ["http", "envelope", "lost-request", "hung-request"] as const;
const DEFAULT_CODES: Readonly<Record<string, number>> = { http: 502, envelope: 500 };
/** Cloudflare's page for a client that it does not like. @see https://docs.kie.ai */
const FORBIDDEN = 403;

export function createEdge(world: KieWorld): KieEdge {
  const plan = createFaultPlan<string, CallFault>(world.counts);
  const stopping = new AbortController();
  let seen = 0;

  /** The same calls of a run are hit each time: chance that depends on nothing but their number. */
  function byChance(): CallFault | undefined {
    const { edgeErrorRate } = world.switches();
    if (edgeErrorRate === 0) return undefined;
    seen += 1;
    const digest = createHash("sha256").update(`edge/${seen}`).digest();
    if (digest.readUInt32BE(0) / 2 ** 32 >= edgeErrorRate) return undefined;
    world.counts.hit("edge-error");
    return { kind: "http", code: digest.readUInt8(4) < 128 ? 502 : FORBIDDEN };
  }

  /** Until the client gives up or the sandbox stops. */
  async function silence(client: AbortSignal): Promise<void> {
    const over = AbortSignal.any([client, stopping.signal]);
    if (over.aborted) return;
    await new Promise<void>((resolve) => over.addEventListener("abort", () => resolve(), { once: true }));
  }

  const cut = (how: string, unsent: unknown = null): Answered => ({
    response: cutConnection(),
    body: null,
    answer: { connection: how, unsent },
  });

  return {
    next: (where, kind, { code = DEFAULT_CODES[kind] ?? 0, ...shots } = {}) => {
      if (kind === "http" && !(Number.isInteger(code) && code >= 400 && code <= 599)) {
        throw new RangeError(`code must be an HTTP status from 400 to 599, not ${code}`);
      }
      plan.add({ kind, code }, (method) => where === "*" || method.includes(where), shots);
    },
    left: (kind) => plan.left((fault) => fault.kind === kind),
    pass: async (method, client, work) => {
      const fault = plan.take(method, BEFORE) ?? byChance();
      if (fault?.kind === "http") {
        return { response: gatewayError(fault.code), body: null, answer: `HTTP ${fault.code}` };
      }
      if (fault?.kind === "envelope") return answered(null, refusedBy(fault.code));
      if (fault?.kind === "hung-request") await silence(client);
      if (fault) return cut("cut before anything happened");
      const done = await work();
      const later = plan.take(method, ["lost-answer", "no-answer", "cut-body"]);
      if (later?.kind === "cut-body") return { ...done, response: await cutBody(done.response) };
      if (later?.kind === "no-answer" || done.isSilent) await silence(client);
      if (later || done.isSilent) return { ...cut("cut", done.answer), body: done.body };
      return done;
    },
    clear: plan.clear,
    stop: () => stopping.abort(),
  };
}
