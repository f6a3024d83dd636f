/** The Bot API over HTTP: reads a call, runs or spoils it, answers in the server's form, and writes it all down. */
import { cutConnection, json } from "../http.ts";
import { BotApiError } from "./errors.ts";
import type { Fault, FaultKind, FaultPlan } from "./faults.ts";
import { runMethod } from "./methods.ts";
import { Pacing } from "./pacing.ts";
import { describeParams, type GivenParams, parseObject, readParamsOf } from "./request.ts";
import { isMethod, readParams } from "./schema.ts";
import { nowMs, type World } from "./world.ts";

/** A call that broke a rule of the Bot API: a programming error of the caller. */
export interface Violation {
  method: string;
  /** Error code and description as answered. */
  code: number;
  description: string;
  body: unknown;
  /** Epoch milliseconds, virtual time. */
  at: number;
}

type Answer =
  | { ok: true; result: unknown }
  | { ok: false; error_code: number; description: string; parameters?: BotApiError["parameters"] };

/** Methods that the server does not execute when they come in a webhook's response. */
const NOT_IN_RESPONSE = /^(get|(set|delete)Webhook$|close$|logOut$)/i;
const VIOLATIONS_KEPT = 1_000;
const WITHOUT_EFFECT: readonly FaultKind[] = ["server-error", "gateway-page", "lost-request", "hung-request"];
const LOST: readonly FaultKind[] = ["lost-answer", "no-answer", "lost-request", "hung-request"];
const GATEWAY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";
const HTML = { "content-type": "text/html" };

export class BotApi {
  readonly #world: World;
  readonly #faults: FaultPlan;
  readonly #pacing = new Pacing();
  readonly #violations: Violation[] = [];
  readonly #stopping = new AbortController();

  constructor(world: World, faults: FaultPlan) {
    this.#world = world;
    this.#faults = faults;
  }

  violations = (): Violation[] => [...this.#violations];

  clearViolations(): void {
    this.#violations.length = 0;
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** Answers one HTTP call of `method`. */
  async answer(method: string, request: Request): Promise<Response> {
    const at = nowMs(this.#world);
    const startedAt = performance.now();
    const given = await this.#read(request);
    const values = given instanceof BotApiError ? {} : given.values;
    const fault = this.#faults.take(method, values["chat_id"]) ?? this.#paced(method, values, at);
    const answer = await this.#decide(method, given, fault, at);
    const isLost = fault !== undefined && LOST.includes(fault.kind);
    this.#world.context.calls.record({
      service: "telegram",
      method,
      body: given instanceof BotApiError ? null : describeParams(given),
      answer: isLost ? { lost: fault.kind, ...answer } : answer,
      at,
      durationMs: performance.now() - startedAt,
    });
    if (fault?.kind === "no-answer" || fault?.kind === "hung-request") await this.#silence(request.signal);
    if (fault?.kind === "gateway-page") return new Response(GATEWAY_PAGE, { status: 502, headers: HTML });
    return isLost ? cutConnection() : toResponse(answer);
  }

  /** Forgets how much was sent lately. */
  forgetPace(): void {
    this.#pacing.clear();
  }

  #paced(method: string, values: Readonly<Record<string, unknown>>, at: number): Fault | undefined {
    if (!this.#faults.pacing) return undefined;
    const retryAfterSeconds = this.#pacing.refuse(method, values, at);
    if (retryAfterSeconds === undefined) return undefined;
    this.#faults.hit("pacing");
    return { kind: "too-many-requests", retryAfterSeconds };
  }

  /** Executes the method call that a webhook put into its 2xx response, if there is one. Nobody sees the result. */
  async runResponse(response: Response): Promise<void> {
    const given = await this.#read(response);
    if (given instanceof BotApiError) return;
    const { method, ...values } = given.values;
    if (typeof method !== "string" || NOT_IN_RESPONSE.test(method)) return;
    const at = nowMs(this.#world);
    const startedAt = performance.now();
    const call = { values, parts: given.parts };
    // The limits count here too, and what they refuse is lost without a word.
    const answer = await this.#decide(method, call, this.#paced(method, values, at), at);
    this.#world.context.calls.record({
      service: "telegram",
      method,
      body: describeParams(call),
      answer,
      at,
      durationMs: performance.now() - startedAt,
      inWebhookResponse: true,
    });
  }

  async #read(message: Request | Response): Promise<GivenParams | BotApiError> {
    try {
      // A webhook may answer with any text; only an object with a method means something.
      if (message instanceof Response && !/form/i.test(message.headers.get("content-type") ?? "")) {
        return { values: parseObject(await message.text()) ?? {}, parts: new Map() };
      }
      return await readParamsOf(message);
    } catch (error) {
      if (error instanceof BotApiError) return error;
      throw error;
    }
  }

  async #decide(
    method: string,
    given: GivenParams | BotApiError,
    fault: Fault | undefined,
    at: number,
  ): Promise<Answer> {
    if (fault?.kind === "too-many-requests") {
      const retry_after = fault.retryAfterSeconds;
      return {
        ok: false,
        error_code: 429,
        description: `Too Many Requests: retry after ${retry_after}`,
        parameters: { retry_after },
      };
    }
    if (fault !== undefined && WITHOUT_EFFECT.includes(fault.kind)) {
      return { ok: false, error_code: 500, description: "Internal Server Error" };
    }
    if (given instanceof BotApiError) return this.#refuse(method, given, null, at);
    return this.#run(method, given, at);
  }

  async #run(method: string, given: GivenParams, at: number): Promise<Answer> {
    try {
      if (!isMethod(method)) throw new BotApiError(404, "Not Found: method not found", true);
      const params = readParams(method, given.values);
      return { ok: true, result: await runMethod(this.#world, method, params, given.parts) };
    } catch (error) {
      if (error instanceof BotApiError) return this.#refuse(method, error, describeParams(given), at);
      throw error;
    }
  }

  #refuse(method: string, error: BotApiError, body: unknown, at: number): Answer {
    const { code, message: description, parameters } = error;
    if (error.isViolation) {
      this.#violations.push({ method, code, description, body, at });
      if (this.#violations.length > VIOLATIONS_KEPT) this.#violations.shift();
      this.#world.context.note(`Telegram refuses ${method}: ${description}`);
    }
    return { ok: false, error_code: code, description, ...(parameters ? { parameters } : {}) };
  }

  /** Until the client gives up or the sandbox stops. */
  async #silence(client: AbortSignal): Promise<void> {
    const over = AbortSignal.any([client, this.#stopping.signal]);
    if (over.aborted) return;
    await new Promise<void>((resolve) => over.addEventListener("abort", () => resolve(), { once: true }));
  }
}

function toResponse(answer: Answer): Response {
  if (answer.ok) return json(answer);
  const retryAfter = answer.parameters?.retry_after;
  return json(answer, answer.error_code, retryAfter === undefined ? {} : { "retry-after": String(retryAfter) });
}
