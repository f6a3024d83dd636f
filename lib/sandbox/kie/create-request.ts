import type { KieApi } from "../../shared/kie-api.ts";
import { DEDICATED_APIS } from "./dedicated-apis.ts";
import { reviewMedia } from "./media-inputs.ts";
import { creditsFor } from "./price.ts";
import type { DedicatedApi, ModelSchema, SchemaFile } from "./request-schemas.ts";
import { outputCountOf } from "./results.ts";
import { type Sentinels, sentinelsOf } from "./sentinels.ts";
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
}

const BODY_FIELDS = new Set(["model", "callBackUrl", "input"]);
const NO_SUCH_MODEL = "The model name you specified is not supported. Please verify and try again.";
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

/** Checks a body of a family's create endpoint the way the real service does, and tells on what our product must never send. */
export function readCreateRequest(
  world: KieWorld,
  schemas: SchemaFile,
  api: KieApi,
  body: unknown,
): { draft: CreateDraft } | { refusal: Refusal } {
  if (!isJsonObject(body)) return invalid("The request body is not a JSON object");
  const order = api === "market" ? marketOrder(schemas, body) : dedicatedOrder(schemas, api, body);
  if ("refusal" in order) return order;
  const { model, schema, input, prefix } = order;
  const { callBackUrl } = body;
  if (callBackUrl !== undefined && !isCallbackUrl(callBackUrl)) return invalid("callBackUrl is not a valid URL");
  if (/\/bot\d+:/.test(JSON.stringify(body))) {
    world.violate("token-in-url", model, "the request carries a Telegram file URL with the bot's token in it");
    return invalid("The file URL is invalid");
  }

  const review = reviewInput(schema, input);
  const unknown = [...order.strangers, ...review.unknownFields.map((name) => prefix + name)];
  for (const name of unknown) world.violate("unknown-field", model, `${name} is not a field of this model`);
  if (review.refusal) return { refusal: review.refusal };
  if (unknown.length > 0 && world.switches().strictFields) return invalid(`Unknown field: ${unknown.join(", ")}`);

  const references = checkReferences(world, schema, input);
  if ("message" in references) return invalid(references.message);
  const { refusal, failure: mediaFailure, fileNames, foreignUrls, ...facts } = reviewMedia(world, model, review.media);
  if (refusal) return { refusal };

  const sentinels = sentinelsOf(schema, input, fileNames);
  const failure = sentinels.fail ?? (sentinels.badCallback ? "500" : undefined);
  const credits = creditsFor(schema, input, {
    ...facts,
    outputCount: outputCountOf(schema, model, input),
    sourceResolution: references.sourceResolution,
  });
  const planned = failure ? FAILURES[failure] : mediaFailure;
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
  api: DedicatedApi,
  body: Readonly<Record<string, unknown>>,
): Order | { refusal: Refusal } {
  const { usualModel, namesModel } = DEDICATED_APIS[api];
  const { callBackUrl: _callBackUrl, model: named, ...others } = body;
  const model = namesModel ? (named ?? usualModel) : usualModel;
  const models = schemas.dedicated[api];
  const schema = typeof model === "string" && Object.hasOwn(models, model) ? models[model] : undefined;
  if (typeof model !== "string" || !schema) return invalid(NO_SUCH_MODEL);
  // The one refusal of these families that was recorded.
  if (api === "veo" && !others.prompt) return invalid("Please enter prompt");
  return { model, schema, input: others, strangers: namesModel || named === undefined ? [] : ["model"], prefix: "" };
}

function isCallbackUrl(value: unknown): boolean {
  return typeof value === "string" && /^https?:/.test(URL.parse(value)?.protocol ?? "");
}

/** Bad ids are 422. A source task must have succeeded; a song must exist and belong to the task named beside it. */
function checkReferences(
  world: KieWorld,
  schema: ModelSchema,
  input: Readonly<Record<string, unknown>>,
): { message: string } | { sourceResolution: string } {
  const name = ["task_id", "taskId"].find((candidate) => candidate in schema.input && input[candidate]);
  const sourceId = name ? String(input[name]) : undefined;
  const source = sourceId ? world.task(sourceId) : undefined;
  if (sourceId && !source) return { message: `${name}: the task does not exist` };
  if (source && source.outcome?.state !== "success") return { message: `${name}: the task has not succeeded` };
  const { audio_id: songId } = input;
  // With a file of one's own the song id is a mere label.
  if (typeof songId === "string" && !input.audio_url && !input.upload_url) {
    const song = world.get<{ taskId: string }>("songs", songId);
    if (!song || (sourceId && song.taskId !== sourceId)) return { message: "audio_id: the audio does not exist" };
  }
  return { sourceResolution: String(source?.input.resolution ?? "480p") };
}
