import type { Call, ServiceName } from "./context.ts";
import type { Dice } from "./random.ts";

/** What can happen to one call of the product. */
export const CALL_FAULTS = [
  /** The connection was refused: certainly never sent. */
  "refused",
  /** The connection broke before the service saw the request. */
  "lost-request",
  /** The service did it, and the connection broke before its answer. */
  "lost-answer",
  /** Never seen by the service, and nothing is answered until the caller gives up. */
  "silent-before",
  /** Done, and nothing is answered until the caller gives up. */
  "silent-after",
  /** The service's own refusal, nothing done: 429, 5xx, an envelope's code. */
  "service-error",
  /** The process dies before the call. */
  "crash-before",
  /** The service did it; the process dies before it hears of that. */
  "crash-after",
] as const;
export type CallFault = (typeof CALL_FAULTS)[number];

/** What can happen to a request on its way to the product. */
export const REQUEST_FAULTS = ["dropped", "delayed", "doubled", "answer-lost"] as const;
export type RequestFault = (typeof REQUEST_FAULTS)[number];

/** What can be wrong for a while. */
export const SPELLS = [
  "qstash-down",
  "qstash-exhausted",
  "kie-callbacks-down",
  "kie-maintenance",
  "kie-stale-signatures",
  "kie-cut-off",
  "telegram-cut-off",
  "database-cut-off",
] as const;
export type Spell = (typeof SPELLS)[number];

/** The weather of one world: how often what goes wrong. */
export interface Climate {
  /** Share of calls that go wrong, per service. */
  calls: Readonly<Record<ServiceName, number>>;
  kinds: Readonly<Record<CallFault, number>>;
  requests: Readonly<Record<RequestFault, number>>;
  /** Per step of the world while people act. */
  spells: number;
  deployments: number;
  forgeries: number;
}

/** Some worlds are calm but for one thing, some are not calm at all. */
export function drawClimate(dice: Dice): Climate {
  const level = dice.pick([0.004, 0.012, 0.03, 0.06]) ?? 0;
  const strength = () => level * (dice.pick([0, 0.5, 1, 1, 2, 4]) ?? 1);
  const weight = () => dice.pick([0, 1, 1, 2, 5]) ?? 1;
  return {
    calls: { telegram: strength() + 0.001, kie: strength() * 2 + 0.002, qstash: strength(), database: strength() / 2 },
    kinds: {
      refused: weight(),
      "lost-request": weight(),
      "lost-answer": weight() + 1,
      "silent-before": weight(),
      "silent-after": weight(),
      "service-error": weight() + 1,
      "crash-before": weight(),
      "crash-after": weight() + 1,
    },
    requests: { dropped: strength(), delayed: strength(), doubled: strength() * 2, "answer-lost": strength() },
    spells: dice.pick([0, 0, 0.001, 0.003]) ?? 0,
    deployments: dice.pick([0, 0.001, 0.004]) ?? 0,
    forgeries: dice.pick([0, 0.003, 0.008]) ?? 0,
  };
}

/** The service's own refusal of a call that it did not perform. */
export function serviceError(call: Call, dice: Dice): { name: string; response: Response } {
  const json = (name: string, status: number, body: unknown, headers: Record<string, string> = {}) => ({
    name,
    response: Response.json(body, { status, headers }),
  });
  switch (call.service) {
    case "telegram": {
      const status = dice.pick([429, 429, 429, 500, 502]) ?? 429;
      if (status === 429) {
        const retry_after = 1 + dice.below(30);
        const description = `Too Many Requests: retry after ${retry_after}`;
        return json("429", 429, { ok: false, error_code: 429, description, parameters: { retry_after } });
      }
      if (status === 502) return { name: "502", response: new Response("<html>Bad Gateway</html>", { status }) };
      return json("500", status, { ok: false, error_code: status, description: "Internal Server Error" });
    }
    case "kie": {
      const code = dice.pick(call.method === "GET" ? [429, 500, 502, 503] : [429, 429, 455, 500, 502, 503, 402]) ?? 500;
      if (code >= 502)
        return { name: String(code), response: new Response("<html>Bad Gateway</html>", { status: code }) };
      return json(String(code), 200, { code, msg: `code ${code}`, data: null });
    }
    case "qstash": {
      const status = dice.pick([429, 500, 503]) ?? 503;
      return json(String(status), status, { error: "not now" });
    }
    case "database":
      return json("503", 503, { message: "the database is not available" });
  }
}

/** What `fetch` throws when a connection breaks, as undici words it. */
export function brokenConnection(code: "ECONNREFUSED" | "ECONNRESET"): TypeError {
  const cause = Object.assign(new Error(`connect ${code}`), { code });
  return new TypeError("fetch failed", { cause });
}
