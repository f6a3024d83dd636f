import { json } from "../http.ts";
import type { KieWorld } from "./world.ts";

/** KIE's envelope. It rides on HTTP 200 whatever the code is. */
export interface Envelope {
  code: number;
  msg: string;
  data?: unknown;
  success?: boolean;
}

/** What a route hands back: the response and the two things worth writing down about the call. */
export interface Answered {
  response: Response;
  /** JSON value of the request, file contents replaced. */
  body: unknown;
  answer: unknown;
  /** True when the caller waits for ever. */
  isSilent?: true;
}

export function answered(body: unknown, answer: Envelope, status = 200): Answered {
  return { response: json(answer, status), body, answer };
}

export const accepted = (data: unknown): Envelope => ({ code: 200, msg: "success", data });
export const refused = (code: number, msg: string, data: unknown = null): Envelope => ({ code, msg, data });

/** @see https://docs.kie.ai; the texts of 402, 433, 455 and 505 are our wording of the documented meaning. */
const REFUSAL_TEXTS: Readonly<Record<number, string>> = {
  401: "You do not have access permissions",
  402: "The current credits are insufficient. Please top up.",
  404: "Not found",
  422: "The request parameters are invalid.",
  429: "Your call frequency is too high. Please try again later.",
  433: "The usage limit of this sub-key has been reached.",
  455: "The service is under maintenance. Please try again later.",
  500: "Internal server error",
  501: "Generation failed.",
  505: "This feature is currently disabled.",
};

export function refusedBy(code: number): Envelope {
  return refused(code, REFUSAL_TEXTS[code] ?? "The request failed.");
}

/** What a gateway in front of KIE says: HTML, no envelope. */
export function gatewayError(status: number): Response {
  const page = `<html><head><title>${status} Bad Gateway</title></head><body><h1>${status} Bad Gateway</h1></body></html>`;
  return new Response(page, { status, headers: { "content-type": "text/html" } });
}

/** True for the bearer key and nothing else, as KIE has it; false while the key is refused on purpose. */
export function hasKey(world: KieWorld, request: Request): boolean {
  if (request.headers.get("authorization") !== `Bearer ${world.options.apiKey}`) return false;
  if (!world.switches().keyRefused) return true;
  world.counts.hit("key-refused");
  return false;
}
