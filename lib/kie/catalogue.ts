import type { KyInstance } from "ky";
import * as z from "zod";
import { KieRejected, KieUnavailable } from "./gateway.ts";
import { createHttp, type Exchange, exchange } from "./http.ts";
import { cleanMessage } from "./redact.ts";

/** One line of the list, with whatever it says. */
export interface CatalogueModel {
  /** Its id on the market. */
  model: string;
  title: string;
  provider: string;
  taskTypes: readonly string[];
  /** Prose such as "A 5-second video costs 160 credits"; null where the list says nothing. */
  priceText: string | null;
}

/**
 * What KIE says of its own models (docs.kie.ai, the kie-models skill, read 2026-10). The four questions share one
 * request per second and account: each waits for its turn, so ask one thing after the other.
 *
 * All of them throw KieUnavailable (ask later) or KieRejected (final, also for a model that is not there).
 */
export interface KieCatalogue {
  /** Every model of the market. Lines that can not be read are left out. */
  models(): Promise<CatalogueModel[]>;
  /** The OpenAPI 3.1 document of a model; null where there is none. */
  schema(model: string): Promise<unknown>;
  priceText(model: string): Promise<string | null>;
  /** 0 to 1: the mean of the last hour that has figures; null = unknown. */
  successRate(model: string): Promise<number | null>;
}

export interface CatalogueOptions {
  /** `https://api.kie.ai`; a path and a trailing slash are allowed. */
  baseUrl: string;
  apiKey: string;
  /** Between an answer and the next request. */
  gapMs: number;
  wait: (milliseconds: number) => Promise<void>;
  timeoutMs?: number;
  fetch?: typeof globalThis.fetch;
}

const DEFAULT_TIMEOUT_MS = 10_000;
/** Questions repeated because they came too often; another process may share the account. */
const MAX_TRIES = 4;
const TOO_OFTEN = 429;
/** Success rates come in pieces of ten minutes. */
const PIECES_PER_HOUR = 6;

const text = z.string().nullish().catch(null);
const listSchema = z.lazy(() => z.looseObject({ models: z.array(z.unknown()) }));
const modelSchema = z.lazy(() =>
  z.looseObject({
    model: z.string().min(1).max(120),
    title: text,
    provider: text,
    taskType: z
      .union([z.array(z.string()), z.string().transform((type) => [type])])
      .nullish()
      .catch(null),
    pricingDesc: text,
  }),
);
const schemaSchema = z.lazy(() => z.looseObject({ openapi: z.unknown() }));
const priceSchema = z.lazy(() => z.looseObject({ pricingDesc: text }));
const ratesSchema = z.lazy(() =>
  z.looseObject({ points: z.array(z.looseObject({ successRate: z.number().min(0).nullish().catch(null) })) }),
);

/** Asks KIE's catalogue over HTTP. No error carries the key or an address. */
export function createCatalogueClient(options: CatalogueOptions): KieCatalogue {
  const { apiKey, gapMs, wait } = options;
  const root = `${options.baseUrl.replace(/\/+$/, "")}/api/v1/models`;
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  let http: KyInstance | undefined;
  /** Resolves when the next request may begin. */
  let turn: Promise<void> = Promise.resolve();

  async function askOnce(path: string): Promise<Exchange> {
    const myTurn = turn;
    let passOn = (): void => undefined;
    turn = new Promise((resolve) => {
      passOn = resolve;
    });
    await myTurn;
    http ??= createHttp(options.fetch === undefined ? { apiKey } : { apiKey, fetch: options.fetch });
    const client = http;
    try {
      return await exchange(timeoutMs, (signal) => client.get(root + path, { signal, timeout: false }));
    } finally {
      // From the answer on: a first request that was long on its way must not arrive beside the second.
      void wait(gapMs).then(passOn);
    }
  }

  async function ask(what: string, path: string): Promise<unknown> {
    for (let attempt = 1; ; attempt += 1) {
      const result = await askOnce(path);
      if (!isTooOften(result) || attempt === MAX_TRIES) return dataOf(what, result, apiKey);
      await wait(gapMs * attempt);
    }
  }

  return {
    async models() {
      const listed = listSchema.safeParse(await ask("models", ""));
      if (!listed.success) throw new KieUnavailable("models: a list that can not be read", null);
      return listed.data.models.flatMap((line) => {
        const parsed = modelSchema.safeParse(line);
        if (!parsed.success) return [];
        const { model, title, provider, taskType, pricingDesc } = parsed.data;
        return {
          model,
          title: title ?? model,
          provider: provider ?? "",
          taskTypes: taskType ?? [],
          priceText: pricingDesc ?? null,
        };
      });
    },

    async schema(model) {
      const parsed = schemaSchema.safeParse(await ask("schema", `/${pathOf(model)}/schema`));
      return parsed.success ? (parsed.data.openapi ?? null) : null;
    },

    async priceText(model) {
      const parsed = priceSchema.safeParse(await ask("price", `/${pathOf(model)}/price`));
      return parsed.success ? (parsed.data.pricingDesc ?? null) : null;
    },

    async successRate(model) {
      const parsed = ratesSchema.safeParse(await ask("success rate", `/${pathOf(model)}/success-rate`));
      if (!parsed.success) return null;
      const rates = parsed.data.points.flatMap(({ successRate }) => successRate ?? []);
      const recent = rates.slice(-PIECES_PER_HOUR);
      if (recent.length === 0) return null;
      // Shares or per cents: the documents show no example.
      const whole = Math.max(...rates) > 1 ? 100 : 1;
      return Math.min(1, recent.reduce((sum, rate) => sum + rate, 0) / recent.length / whole);
    },
  };
}

/** KIE's ids hold slashes, and want them as they are. */
function pathOf(model: string): string {
  return model.split("/").map(encodeURIComponent).join("/");
}

function isTooOften(result: Exchange): boolean {
  return result.kind === "answer" && (result.envelope?.code ?? result.httpStatus) === TOO_OFTEN;
}

function dataOf(what: string, result: Exchange, apiKey: string): unknown {
  if (result.kind === "no-answer") throw new KieUnavailable(`${what}: ${result.reason}`, null);
  const { httpStatus, envelope } = result;
  if (envelope?.code === 200 && httpStatus < 300) return envelope.data;
  const code = envelope === null || envelope.code === 200 ? httpStatus : envelope.code;
  const words = envelope === null ? "an unreadable body" : cleanMessage(envelope.message, [apiKey]);
  const message = `${what}: ${code} ${words}`;
  const isForNow = code === TOO_OFTEN || code === 455 || code >= 500 || code < 400;
  throw isForNow ? new KieUnavailable(message, code) : new KieRejected(message, code);
}
