import { alterationsOf, currentSchemas } from "./catalogue-alterations.ts";
import { chatDocument, jobDocument } from "./catalogue-document.ts";
import type { ModelSchema, PriceRow } from "./request-schemas.ts";
import type { KieWorld } from "./world.ts";

/** One model as `GET /api/v1/models` has it. */
export interface ListedModel {
  model: string;
  slug: string;
  title: string;
  provider: string;
  taskType: string[];
  description: string | null;
  pricingDesc: string | null;
}

/** Synchronous chat models stand in the same catalogue. Ids and prices are made up in KIE's style. */
const CHATS: readonly { model: string; provider: string; path: string; credits: number }[] = [
  { model: "gpt-6", provider: "OpenAI", path: "/api/v1/responses", credits: 250 },
  { model: "gpt-6-mini", provider: "OpenAI", path: "/api/v1/responses", credits: 50 },
  { model: "gpt-6-codex", provider: "OpenAI", path: "/codex/v1/responses", credits: 250 },
  { model: "claude-opus-5", provider: "Anthropic", path: "/claude/v1/messages", credits: 500 },
  { model: "claude-sonnet-5", provider: "Anthropic", path: "/claude/v1/messages", credits: 300 },
  { model: "claude-haiku-5", provider: "Anthropic", path: "/claude/v1/messages", credits: 100 },
  { model: "gemini-4-pro", provider: "Google", path: "/gemini-4-pro/v1/chat/completions", credits: 280 },
  { model: "gemini-4-flash", provider: "Google", path: "/gemini-4-flash/v1/chat/completions", credits: 60 },
  { model: "grok-5", provider: "xAI", path: "/grok/v1/responses", credits: 300 },
  { model: "grok-5-fast", provider: "xAI", path: "/xai/v1/responses", credits: 40 },
  { model: "deepseek-v4", provider: "DeepSeek", path: "/deepseek-v4/v1/chat/completions", credits: 30 },
  { model: "qwen4-max", provider: "Alibaba", path: "/qwen4-max/v1/chat/completions", credits: 90 },
];

/** The catalogue as it stands, the models of jobs first. */
export function listedModels(world: KieWorld): ListedModel[] {
  const { add, change } = alterationsOf(world);
  const jobs = Object.entries(currentSchemas(world).models).map(([model, schema]): ListedModel => {
    const added = add.find((each) => each.model === model);
    const priceText = added?.priceText ?? change.find((each) => each.model === model)?.priceText;
    const own = listed(model, added?.title ?? titleOf(model), added?.provider ?? providerOf(model));
    return {
      ...own,
      taskType: added?.taskType ?? taskTypesOf(schema),
      pricingDesc: priceText === undefined ? priceTextOf(schema.prices) : priceText,
    };
  });
  const chats = CHATS.map(({ model, provider, credits }) => ({
    ...listed(model, titleOf(model), provider),
    taskType: ["Chat"],
    pricingDesc: `Input costs ${credits} credits per million tokens (${usd(credits)} USD)`,
  }));
  return [...jobs, ...chats];
}

/** `{model, openapi}` of a model; undefined when there is none of this id. */
export function modelDocument(world: KieWorld, model: string): { model: string; openapi: unknown } | undefined {
  const schemas = currentSchemas(world).models;
  const schema = Object.hasOwn(schemas, model) ? schemas[model] : undefined;
  const title = alterationsOf(world).add.find((each) => each.model === model)?.title ?? titleOf(model);
  if (schema) return { model, openapi: jobDocument(model, title, schema) };
  const chat = CHATS.find((each) => each.model === model);
  return chat && { model, openapi: chatDocument(model, title, chat.path) };
}

function listed(model: string, title: string, provider: string): Omit<ListedModel, "taskType" | "pricingDesc"> {
  return { model, slug: model.replaceAll("/", "-"), title, provider, description: null };
}

/** "kling-2.6/text-to-video" → "Kling 2.6 Text To Video". */
function titleOf(model: string): string {
  const words = model.split(/[/_-]+/).filter((word) => word !== "");
  return words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join(" ");
}

const PROVIDERS: readonly [RegExp, string][] = [
  [/^(?:wan|qwen|happyhorse|z-image)/, "Alibaba"],
  [/^(?:bytedance|seedream|seedance|volcengine|omnihuman)/, "ByteDance"],
  [/^(?:flux|custom_flux)/, "Black Forest Labs"],
  [/^elevenlabs/, "ElevenLabs"],
  [/^(?:google|nano-banana|gemini|veo|imagen)/, "Google"],
  [/^ideogram/, "Ideogram"],
  [/^kling/, "Kling"],
  [/^infinitalk/, "MeiGen"],
  [/^(?:hailuo|minimax)/, "MiniMax"],
  [/^(?:gpt|4o)/, "OpenAI"],
  [/^pixverse/, "PixVerse"],
  [/^recraft/, "Recraft"],
  [/^runway/, "Runway"],
  [/^ai-music-api/, "Suno"],
  [/^topaz/, "Topaz"],
  [/^grok/, "xAI"],
];

function providerOf(model: string): string {
  return PROVIDERS.find(([pattern]) => pattern.test(model))?.[1] ?? "KIE";
}

/** "lip-sync" → "Lip Sync"; what a mode of tools is done to is part of its name. */
function taskTypesOf({ mode, output }: ModelSchema): string[] {
  const words = mode.split("-").map((word) => (word === "to" ? word : word.slice(0, 1).toUpperCase() + word.slice(1)));
  return [mode === "upscale" ? `${output === "video" ? "Video" : "Image"} Upscale` : words.join(" ")];
}

/** Prose as KIE writes it; null where no price is known. */
export function priceTextOf(rows: readonly PriceRow[]): string | null {
  if (rows.length === 0) return null;
  return rows.map(priceSentence).join(" ");
}

function priceSentence({ when, credits, per }: PriceRow): string {
  const condition = Object.entries(when).map(([name, value]) => `${name.replace(/^\$/, "")} ${value}`);
  const at = condition.length === 0 ? "" : ` at ${condition.join(", ")}`;
  return `${credits} credits per ${per}${at} (${usd(credits)} USD).`;
}

/** One credit is half a cent. @see https://kie.ai/pricing */
function usd(credits: number): string {
  return (credits / 200).toFixed(credits < 1 ? 4 : 2);
}
