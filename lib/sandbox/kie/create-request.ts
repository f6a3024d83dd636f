import type { KieApi } from "../../shared/kie-api.ts";
import { reviewMedia } from "./media-inputs.ts";
import type { Operation } from "./operations.ts";
import { creditsFor } from "./price.ts";
import type { ModelSchema, SchemaFile } from "./request-schemas.ts";
import { outputCountOf } from "./results.ts";
import { type Sentinels, sentinelsOf } from "./sentinels.ts";
import { type FoundSource, marketSourceOf, type Source, sourceOf } from "./sources.ts";
import { spanProblem } from "./spans.ts";
import { FAILURES, type TaskFailure } from "./task.ts";
import { isJsonObject, type Refusal, reviewInput } from "./validate.ts";
import type { KieWorld } from "./world.ts";

/** A create request that KIE would accept. */
export interface CreateDraft {
  api: KieApi;
  model: string;
  schema: ModelSchema;
  input: Record<string, unknown>;
  callBackUrl?: string;
  sentinels: Sentinels;
  credits: number;
  failure?: TaskFailure;
  foreignUrls: string[];
  source?: Source;
}

/** Where a create request went: the market, or a dedicated endpoint. */
export type Target = "market" | Operation;

const BODY_FIELDS = new Set(["model", "callBackUrl", "input"]);
export const NO_SUCH_MODEL = "The model name you specified is not supported. Please verify and try again.";
const invalid = (message: string): { refusal: Refusal } => ({ refusal: { code: 422, message } });

/** The model that a body asks for, and the fields that are the model's own. */
interface Order {
  model: string;
  schema: ModelSchema;
  input: Readonly<Record<string, unknown>>;
  /** Fields beside the model's own that nobody documents. */
  strangers: string[];
  /** What the path of the model's fields begins with. */
  prefix: string;
}

/**
 * Checks a body of a create endpoint the way the real service does, and tells on what our product must never send.
 *
 * @param imposed magic words that nobody wrote into the request; asked once, when the request is sound.
 */
export function readCreateRequest(
  world: KieWorld,
  schemas: SchemaFile,
  target: Target,
  body: unknown,
  imposed: () => Sentinels = () => ({}),
): { draft: CreateDraft } | { refusal: Refusal } {
  if (!isJsonObject(body)) return invalid("The request body is not a JSON object");
  const order = target === "market" ? marketOrder(schemas, body) : dedicatedOrder(schemas, target, body);
  if ("refusal" in order) return order;
  const { model, schema, input, prefix } = order;
  const api = target === "market" ? target : target.api;
  if (isSwitchedOff(world, api, model)) return { refusal: { code: 404, message: NO_SUCH_MODEL } };
  const callBackUrl = callbackOf(body, model);
  if (callBackUrl !== undefined && !isCallbackUrl(callBackUrl)) return invalid("callBackUrl is not a valid URL");
  if (target !== "market" && target.callback === "required" && !callBackUrl)
    return invalid("Please enter callBackUrl.");
  if (/\/bot\d+:/.test(JSON.stringify(body))) {
    world.violate("token-in-url", model, "the request carries a Telegram file URL with the bot's token in it");
    return invalid("The file URL is invalid");
  }

  const review = reviewInput(schema, input);
  const unknown = [...order.strangers, ...review.unknownFields.map((name) => prefix + name)];
  for (const name of unknown) world.violate("unknown-field", model, `${name} is not a field of this model`);
  if (review.refusal) return { refusal: ownCode(model, input, review.refusal) };
  if (unknown.length > 0 && world.switches().strictFields) return invalid(`Unknown field: ${unknown.join(", ")}`);

  const found = findSource(world, target, model, schema, input);
  if ("refusal" in found) return found;
  const { source } = found;
  const problem = spanProblem(model, input, source);
  if (problem) return invalid(problem);
  const { refusal, failure: mediaFailure, fileNames, foreignUrls, ...facts } = reviewMedia(world, model, review.media);
  if (refusal) return { refusal };

  const sentinels = { ...imposed(), ...source?.task.sentinels.later, ...sentinelsOf(schema, input, fileNames) };
  const failure = sentinels.fail ?? (sentinels.badCallback ? "500" : undefined);
  const credits = creditsFor(schema, input, {
    ...facts,
    outputCount: outputCountOf(schema, model, input),
    sourceResolution: String(source?.task.input.resolution ?? "480p"),
  });
  const planned = failure ? FAILURES[failure] : (mediaFailure ?? found.failure);
  return {
    draft: {
      api,
      model,
      schema,
      input: { ...input },
      sentinels,
      credits,
      foreignUrls,
      ...(planned ? { failure: planned } : {}),
      ...(source ? { source } : {}),
      ...(typeof callBackUrl === "string" ? { callBackUrl } : {}),
    },
  };
}

function marketOrder(schemas: SchemaFile, body: Readonly<Record<string, unknown>>): Order | { refusal: Refusal } {
  const { model, input } = body;
  if (typeof model !== "string" || !model) return invalid("model is required");
  if (schemas.gone.includes(model)) return invalid("Page does not exist or is not published");
  const schema = Object.hasOwn(schemas.models, model) ? schemas.models[model] : undefined;
  if (!schema) return invalid(NO_SUCH_MODEL);
  if (!isJsonObject(input)) return invalid("input must be an object");
  const strangers = Object.keys(body).filter((name) => !BODY_FIELDS.has(name));
  return { model, schema, input, strangers, prefix: "input." };
}

function dedicatedOrder(
  schemas: SchemaFile,
  { api, models }: Operation,
  body: Readonly<Record<string, unknown>>,
): Order | { refusal: Refusal } {
  const { callBackUrl: _callBackUrl, ...given } = body;
  const { [CALLBACK_MISSPELT]: misspelt, ...fields } = given;
  const strangers = misspelt === undefined || models.includes("suno/voice-regenerate") ? [] : [CALLBACK_MISSPELT];
  const { model: named, ...others } = fields;
  const hasTiers = models.length > 1;
  const model = hasTiers ? (named ?? models[0]) : models[0];
  const isSold = typeof model === "string" && models.includes(model);
  const schema = isSold ? schemas.dedicated[api][model] : undefined;
  if (!isSold || !schema) return invalid(NO_SUCH_MODEL);
  // The one refusal of these families that was recorded.
  if (hasTiers && api === "veo" && !others.prompt) return invalid("Please enter prompt");
  return { model, schema, input: hasTiers ? others : fields, strangers, prefix: "" };
}

/** As one page of the documents spells it. */
const CALLBACK_MISSPELT = "calBackUrl";

function callbackOf(body: Readonly<Record<string, unknown>>, model: string): unknown {
  return model === "suno/voice-regenerate" ? (body[CALLBACK_MISSPELT] ?? body.callBackUrl) : body.callBackUrl;
}

function isCallbackUrl(value: unknown): boolean {
  return typeof value === "string" && /^https?:/.test(URL.parse(value)?.protocol ?? "");
}

function isSwitchedOff(world: KieWorld, api: KieApi, model: string): boolean {
  return world.switches().unknownModels.some((unknown) => unknown.api === api && unknown.id === model);
}

/** The endpoint for lyrics has an older table of codes. @see https://docs.kie.ai */
function ownCode(model: string, { prompt }: Readonly<Record<string, unknown>>, refusal: Refusal): Refusal {
  return model === "suno/lyrics" && typeof prompt === "string" && prompt ? { ...refusal, code: 413 } : refusal;
}

function findSource(
  world: KieWorld,
  target: Target,
  model: string,
  schema: ModelSchema,
  input: Readonly<Record<string, unknown>>,
): FoundSource {
  if (target === "market") return marketSourceOf(world, schema, input);
  return target.source ? sourceOf(world, model, schema, input, target.source) : {};
}
