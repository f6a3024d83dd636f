import { listedModels, modelDocument } from "./catalogue-models.ts";
import { type Answered, accepted, answered, hasKey, refusedBy } from "./envelope.ts";
import type { KieWorld } from "./world.ts";

/** Virtual milliseconds of the last answer of the four endpoints together. In memory: a restart forgets it. */
export interface CatalogueTraffic {
  lastAt: number | undefined;
}

export const newCatalogueTraffic = (): CatalogueTraffic => ({ lastAt: undefined });

/** @see https://docs.kie.ai: one request a second for an account, over all four. */
const SPACING_MS = 1_000;
const BUCKET_MS = 600_000;
const BUCKETS = 144;
/** What the rates of everything else lie around. */
const USUAL_RATE = 0.97;
/** Below it KIE calls a stretch of time not normal. The real border is not documented. */
const NORMAL_RATE = 0.8;
const LIST_PATH = "/api/v1/models";

/**
 * `GET /api/v1/models` and, below it, `/{model}/schema`, `/price` and `/success-rate`; the slash of a model's id stands
 * as it is. Two requests within a second of virtual time: the second is refused with 429 in an envelope on HTTP 200.
 *
 * @param path below the API's prefix, with the query left out.
 * @returns undefined for any other path.
 */
export function handleCatalogue(
  world: KieWorld,
  traffic: CatalogueTraffic,
  request: Request,
  path: string,
): Promise<Answered> | undefined {
  if (request.method !== "GET" || (path !== LIST_PATH && !path.startsWith(`${LIST_PATH}/`))) return undefined;
  return Promise.resolve(answerOf(world, traffic, request, path));
}

function answerOf(world: KieWorld, traffic: CatalogueTraffic, request: Request, path: string): Answered {
  const { searchParams } = new URL(request.url);
  const body = { path, ...Object.fromEntries(searchParams) };
  if (!hasKey(world, request)) return answered(body, refusedBy(401));
  const now = world.now();
  if (traffic.lastAt !== undefined && now - traffic.lastAt < SPACING_MS) return answered(body, refusedBy(429));
  traffic.lastAt = now;
  if (path === LIST_PATH) return answered(body, accepted(matching(world, searchParams)));
  const [, model = "", what] = /^\/api\/v1\/models\/(.+)\/(schema|price|success-rate)$/.exec(path) ?? [];
  const data = dataOf(world, model, what);
  return answered(body, data === undefined ? refusedBy(404) : accepted(data));
}

function matching(world: KieWorld, query: URLSearchParams): { total: number; models: unknown[] } {
  const taskTypes = (query.get("taskType") ?? "").split(",").map(simplified).filter(Boolean);
  const provider = simplified(query.get("provider") ?? "");
  const text = simplified(query.get("q") ?? "");
  const models = listedModels(world).filter(
    (each) =>
      (taskTypes.length === 0 || each.taskType.some((type) => taskTypes.includes(simplified(type)))) &&
      (provider === "" || simplified(each.provider) === provider) &&
      (text === "" || simplified(`${each.model} ${each.title} ${each.provider}`).includes(text)),
  );
  return { total: models.length, models };
}

const simplified = (text: string): string => text.trim().toLowerCase();

function dataOf(world: KieWorld, model: string, what: string | undefined): unknown {
  const listed = listedModels(world).find((each) => each.model === model);
  if (listed === undefined) return undefined;
  switch (what) {
    case "schema":
      return modelDocument(world, model);
    case "price":
      return { model, pricingDesc: listed.pricingDesc };
    default:
      return { model, points: points(world, model) };
  }
}

interface RatePoint {
  /** Epoch milliseconds, virtual. */
  start: number;
  end: number;
  /** From 0 to 1; null where nobody used the model. */
  successRate: number | null;
  errorRate: number | null;
  isNormal: boolean;
}

/** The last 24 hours in stretches of 10 minutes, the oldest first; every seventh or so without a rate. */
function points(world: KieWorld, model: string): RatePoint[] {
  const end = Math.floor(world.now() / BUCKET_MS) * BUCKET_MS;
  const overridden = rateOverrides(world)[model];
  return Array.from({ length: BUCKETS }, (_, index): RatePoint => {
    const start = end - (BUCKETS - index) * BUCKET_MS;
    const chance = noise(`${model}/${start}`);
    const span = { start, end: start + BUCKET_MS };
    if (overridden === null || chance < 1 / 7) return { ...span, successRate: null, errorRate: null, isNormal: true };
    const successRate = overridden ?? Math.round((USUAL_RATE + (chance - 0.5) * 0.04) * 1_000) / 1_000;
    const errorRate = Math.round((1 - successRate) * 1_000) / 1_000;
    return { ...span, successRate, errorRate, isNormal: successRate >= NORMAL_RATE };
  });
}

const RATES_ID = "success-rates";

function rateOverrides(world: KieWorld): Readonly<Record<string, number | null>> {
  return world.get<Record<string, number | null>>("account", RATES_ID) ?? {};
}

/** From now on the model's rate is this one, from 0 to 1, in every stretch; null: nobody uses it; undefined: as usual. */
export function setSuccessRate(world: KieWorld, model: string, rate: number | null | undefined): void {
  const { [model]: _old, ...others } = rateOverrides(world);
  world.put("account", RATES_ID, rate === undefined ? others : { ...others, [model]: rate });
}

/** A number from 0 to 1 that is always the same for a text. */
function noise(text: string): number {
  let state = 17;
  for (const character of text) state = (state * 31 + character.charCodeAt(0)) % 1_000_003;
  return ((state * 7_919) % 1_000_003) / 1_000_003;
}
