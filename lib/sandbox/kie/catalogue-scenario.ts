import type { AddedModel, AlterationsInput } from "./catalogue-alterations.ts";
import { priceTextOf } from "./catalogue-models.ts";
import { type FieldSchema, type ModelSchema, requestSchemas } from "./request-schemas.ts";

/**
 * A day with news: of about 200 models 5 are new, 3 are gone and 10 have changed in one thing each. Of the new ones four
 * are ordinary, and one wants a field that no chat can ask for. Models are made up; the changed and gone ones are real.
 */
export function newsScenario(): AlterationsInput {
  return { add: NEW_MODELS, remove: [...GONE_MODELS], change: changes() };
}

export const GONE_MODELS = [
  "infinitalk/from-audio",
  "recraft/crisp-upscale",
  "bytedance/v1-lite-text-to-video",
] as const;

const prompt: FieldSchema = { type: "string", required: true, maxLength: 3_000 };
const picture: FieldSchema = { type: "string", accepts: "image", formats: ["jpeg", "png", "webp"], maxFileMB: 10 };
const ratios: FieldSchema = { type: "string", enum: ["1:1", "16:9", "9:16", "4:3", "3:4"], default: "1:1" };
const seed: FieldSchema = { type: "integer", min: 0, max: 2_147_483_647 };

function schemaOf(
  { category, mode, output }: Pick<ModelSchema, "category" | "mode" | "output">,
  input: Record<string, FieldSchema>,
  prices: ModelSchema["prices"],
): ModelSchema {
  return {
    category,
    mode,
    output,
    input,
    rules: [],
    requiredSets: [],
    prices,
    billsInputSeconds: false,
    freeInputImages: 0,
  };
}

const NEW_MODELS: AddedModel[] = [
  {
    model: "nova-2/text-to-image",
    title: "Nova 2",
    provider: "Nova Labs",
    taskType: ["Text to Image"],
    priceText: "10 credits per image (0.05 USD)",
    schema: schemaOf(
      { category: "image", mode: "text-to-image", output: "image" },
      {
        prompt,
        aspect_ratio: ratios,
        output_format: { type: "string", enum: ["png", "jpeg"], default: "png" },
        seed,
        nsfw_checker: { type: "boolean", default: false },
      },
      [{ when: {}, credits: 10, per: "image" }],
    ),
  },
  {
    model: "nova-2/image-edit",
    title: "Nova 2 Edit",
    provider: "Nova Labs",
    taskType: ["Image to Image"],
    priceText: "12 credits per image (0.06 USD)",
    schema: schemaOf(
      { category: "image", mode: "image-to-image", output: "image" },
      { prompt, image_urls: { type: "array", required: true, maxItems: 4, items: picture }, aspect_ratio: ratios },
      [{ when: {}, credits: 12, per: "image" }],
    ),
  },
  {
    model: "vega-video/text-to-video",
    title: "Vega Video",
    provider: "Vega",
    taskType: ["Text to Video"],
    priceText: "22.5 credits per second (0.11 USD)",
    schema: schemaOf(
      { category: "video", mode: "text-to-video", output: "video" },
      {
        prompt,
        duration: { type: "integer", required: true, min: 4, max: 12, default: 5 },
        aspect_ratio: { ...ratios, default: "16:9" },
        generate_audio: { type: "boolean", default: false },
        watermark: { type: "boolean", default: false },
      },
      [{ when: {}, credits: 22.5, per: "second" }],
    ),
  },
  {
    model: "lyra/text-to-speech",
    title: "Lyra Voice",
    provider: "Lyra",
    taskType: ["Text to Speech"],
    priceText: "A generation costs 16 credits (0.08 USD)",
    schema: schemaOf(
      { category: "audio", mode: "text-to-speech", output: "audio" },
      {
        text: { type: "string", required: true, maxLength: 1_000 },
        voice: { type: "string", required: true, enum: ["Anna", "Boris", "Clara"], default: "Anna" },
        speed: { type: "number", min: 0.5, max: 2, step: 0.1, default: 1 },
      },
      [{ when: {}, credits: 16, per: "generation" }],
    ),
  },
  {
    model: "atlas/scene-to-video",
    title: "Atlas Scenes",
    provider: "Atlas",
    taskType: ["Text to Video"],
    priceText: null,
    schema: schemaOf(
      { category: "video", mode: "text-to-video", output: "video" },
      {
        prompt,
        scene: {
          type: "object",
          required: true,
          properties: {
            camera: { type: "string", required: true },
            lights: { type: "array", items: { type: "string" } },
          },
        },
      },
      [],
    ),
  },
];

/** One difference for each model; the first is a new option that has its own price. */
function changes(): NonNullable<AlterationsInput["change"]> {
  const flux = "flux-2/pro-text-to-image";
  return [
    {
      model: flux,
      setFields: {
        resolution: changed(flux, "resolution", ({ enum: options = [] }) => ({ enum: [...options, "4K"] })),
      },
      prices: [...schema(flux).prices, { when: { resolution: "4K" }, credits: 12, per: "image" }],
      priceText: priceTextOf(schema(flux).prices),
    },
    { model: "z-image", setFields: { enhance_prompt: { type: "boolean", default: false } } },
    {
      model: "hailuo/02-text-to-video-pro",
      setFields: { style: { type: "string", required: true, maxLength: 200 } },
    },
    { model: "wan/2-5-text-to-video", removeFields: ["negative_prompt"] },
    optionsOf("hailuo/02-text-to-video-standard", "duration", (options) => [...options, "8"]),
    optionsOf("gpt-image/1.5-text-to-image", "aspect_ratio", (options) => options.slice(0, -1)),
    fieldOf("qwen3/text-to-image", "prompt", { maxLength: 500 }),
    fieldOf("pixverse-v6/text-to-video", "duration", { max: 10 }),
    fieldOf("grok-imagine-image-2-0/image-edit", "image_urls", { maxItems: 2 }),
    { model: "grok-imagine-image-2-0/text-to-image", prices: [{ when: {}, credits: 6, per: "image" }] },
  ];
}

function schema(model: string): ModelSchema {
  const found = requestSchemas().models[model];
  if (found === undefined) throw new Error(`not in the catalogue: ${model}`);
  return found;
}

function changed(model: string, name: string, change: (field: FieldSchema) => Partial<FieldSchema>): FieldSchema {
  const field = schema(model).input[name];
  if (field === undefined) throw new Error(`${model} has no ${name}`);
  return { ...field, ...change(field) };
}

function fieldOf(model: string, name: string, change: Partial<FieldSchema>) {
  return { model, setFields: { [name]: changed(model, name, () => change) } };
}

type Options = NonNullable<FieldSchema["enum"]>;

function optionsOf(model: string, name: string, change: (options: Options) => Options) {
  return { model, setFields: { [name]: changed(model, name, (field) => ({ enum: change(field.enum ?? []) })) } };
}
