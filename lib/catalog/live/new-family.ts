import { fingerprint } from "../../shared/fingerprint.ts";
import type { Localized } from "../../shared/localized.ts";
import type { MediaKind } from "../../shared/media.ts";
import type { Category } from "../categories.ts";
import { type Entry, type Family, familySchema, type Param } from "../entry.ts";
import { acceptedParam, paramOfField } from "./field-param.ts";
import type { KieFields } from "./openapi.ts";

interface NewModel {
  model: string;
  title: string;
  provider: string;
  taskTypes: readonly string[];
  fields: KieFields;
  /** ISO date. */
  today: string;
  /** Whether a family or an entry of ours has this key already. */
  isTaken: (key: string) => boolean;
}

interface Job {
  mode: string;
  category: Category;
  output: MediaKind;
  title: Localized;
}

const job = (mode: string, category: Category, output: MediaKind, ru: string, en: string): Job => ({
  mode,
  category,
  output,
  title: { ru, en },
});

/** What KIE's task types mean; the first that fits counts. */
const JOBS: readonly [RegExp, Job][] = [
  [/video upscal|upscal\w* video/i, job("upscale", "tools", "video", "Улучшить видео", "Upscale a video")],
  [/upscal|enhance/i, job("upscale", "tools", "image", "Улучшить изображение", "Upscale an image")],
  [/background/i, job("background", "tools", "image", "Убрать фон", "Remove the background")],
  [/audio isolation|noise/i, job("isolation", "tools", "audio", "Очистить звук", "Clean up audio")],
  [/text to video/i, job("text", "video", "video", "По описанию", "From a description")],
  [/image to video/i, job("image", "video", "video", "Из изображения", "From an image")],
  [/reference to video/i, job("reference", "video", "video", "По образцам", "From references")],
  [/lip ?sync|avatar|talking/i, job("talk", "video", "video", "Говорящий портрет", "Talking portrait")],
  [/motion/i, job("motion", "video", "video", "Перенос движения", "Motion transfer")],
  [/video/i, job("edit", "video", "video", "Из видео", "From a video")],
  [/text to (?:image|picture)/i, job("text", "image", "image", "По описанию", "From a description")],
  [/image|picture|inpaint/i, job("edit", "image", "image", "Изменить изображение", "Edit an image")],
  [/music|song/i, job("music", "music", "audio", "Песня или музыка", "A song or music")],
  [/text to speech|tts|dialog/i, job("speech", "audio", "audio", "Озвучить текст", "Text to speech")],
  [/sound|text to audio/i, job("sound", "audio", "audio", "Звук по описанию", "Sound from text")],
];

/**
 * A card for a model that only KIE's catalogue describes: one family with one entry, without a price. What the schema
 * does not tell (formats and sizes of files, steps, presets) is on the safe side.
 *
 * @returns no family where a required field is nothing our cards can ask for, or where the task type says nothing; then
 * `problem` says so in English.
 */
export function generateFamily(
  wanted: NewModel,
): { family: Family; problem: null } | { family: null; problem: string } {
  const { model, taskTypes, fields, provider, today } = wanted;
  const refuse = (problem: string) => ({ family: null, problem });
  const made = taskTypes
    .map((type) => JOBS.find(([pattern]) => pattern.test(type)))
    .find((found) => found !== undefined)?.[1];
  if (!made) return refuse(`Its task type is not known: ${taskTypes.join(", ") || "none is given"}.`);
  const params: Param[] = [];
  for (const [name, field] of Object.entries(fields)) {
    const param = paramOfField(name, field, { optional: "card" });
    if (param === null && field.required)
      return refuse(`Its required field ${name} is nothing that a card can ask for.`);
    params.push(param ?? acceptedParam(name, field));
  }
  if (params.length === 0) return refuse("Its schema has no fields.");
  if (params.length > MOST_PARAMS) return refuse(`Its schema has ${params.length} fields.`);
  const asked = params.map((param) => (isPrompt(param, params) ? { ...param, role: "prompt" as const } : param));
  const key = keyOf(model, wanted.isTaken);
  const title = wanted.title.trim() || model;
  const about = aboutOf(made, title);
  const family = {
    key,
    vendor: provider.trim() || "KIE",
    category: made.category,
    title,
    about,
    addedAt: today,
    order: LAST_ORDER,
    entries: [entryOf(wanted, key, made, asked, about)],
  };
  const parsed = familySchema.safeParse(family);
  return parsed.success
    ? { family: parsed.data, problem: null }
    : refuse(`A card made of its schema is not right: ${parsed.error.issues[0]?.message ?? "unknown"}.`);
}

const MOST_PARAMS = 40;
/** Behind everything that was placed by hand. */
const LAST_ORDER = 1_000;
/** `mode:<family>:<mode>~<revision>` has to stay within 64 bytes. */
const LONGEST_KEY = 36;

function entryOf({ model, fields, today }: NewModel, key: string, made: Job, params: Param[], about: Localized): Entry {
  const count = params.find(
    (param) =>
      /^(?:n|num_images|num_outputs|number_of_images)$/.test(param.name) &&
      (param.kind === "number" || param.kind === "choice") &&
      (param.required || fields[param.name]?.default !== undefined),
  );
  return {
    key,
    mode: made.mode,
    offer: "card",
    route: { api: "market", id: model },
    title: made.title,
    about,
    output: made.output,
    outputs: count && made.output === "image" ? { param: count.name } : 1,
    example: { ru: exampleOf(params, made, "ru"), en: exampleOf(params, made, "en") },
    params,
    rules: [],
    price: { rows: [], quantity: { from: "one" }, charge: "generation" },
    source: `KIE's catalogue, GET /api/v1/models/${model}/schema`,
    checkedAt: today,
  };
}

/** The words of a person, where there are any: `prompt`, else the only text that has to be written. */
function isPrompt(param: Param, params: readonly Param[]): boolean {
  const texts = params.filter((each) => each.kind === "text" && each.placement !== "never");
  const named = ["prompt", "text", "lyrics"].find((name) => texts.some((each) => each.name === name));
  if (named !== undefined) return param.name === named;
  const [only, another] = texts.filter((each) => each.kind === "text" && each.required);
  return another === undefined && only === param;
}

/** Stable as long as the id is. */
function keyOf(model: string, isTaken: (key: string) => boolean): string {
  const plain = model
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  const short = plain.slice(0, LONGEST_KEY).replace(/-$/, "");
  if (short === plain && short !== "" && !isTaken(short)) return short;
  // Cut, or taken by another model whose id looks alike.
  return `${plain.slice(0, LONGEST_KEY - 6).replace(/-$/, "") || "model"}-${fingerprint(model).slice(-5)}`;
}

const ABOUT: Readonly<Record<MediaKind, Localized>> = {
  image: { ru: "Новая модель для изображений.", en: "A new image model." },
  video: { ru: "Новая модель для видео.", en: "A new video model." },
  audio: { ru: "Новая модель для звука.", en: "A new audio model." },
};

function aboutOf({ output, title: { ru, en } }: Job, name: string): Localized {
  return {
    ru: `${ABOUT[output].ru} ${name}: ${lowerFirst(ru)}.`,
    en: `${ABOUT[output].en} ${name}: ${lowerFirst(en)}.`,
  };
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

const EXAMPLES: Readonly<Record<"image" | "video" | "audio" | "music", Localized>> = {
  image: {
    ru: "Рыжий кот в очках читает газету у окна, утренний свет",
    en: "A ginger cat in glasses reads a newspaper by the window, morning light",
  },
  video: {
    ru: "Рыжий кот идёт по снегу к камере, лёгкий снегопад",
    en: "A ginger cat walks through the snow towards the camera, light snowfall",
  },
  audio: { ru: "Доброе утро. Сегодня будет хороший день.", en: "Good morning. It is going to be a good day." },
  music: { ru: "Спокойная гитарная песня о дороге домой", en: "A calm guitar song about the way home" },
};

function exampleOf(params: readonly Param[], made: Job, language: "ru" | "en"): Record<string, unknown> {
  const words = EXAMPLES[made.category === "music" ? "music" : made.output][language];
  const texts = params.filter((param) => param.kind === "text" && (param.role === "prompt" || param.required));
  return Object.fromEntries(texts.map((param) => [param.name, param.kind === "text" ? fitted(words, param) : words]));
}

/** A text that the limits of a param allow. */
export function fitted(
  text: string,
  { minLength = 1, maxLength }: { minLength?: number | undefined; maxLength: number },
): string {
  const long = text.length < minLength ? text.padEnd(minLength, ".") : text;
  return long.slice(0, maxLength);
}
