import type { Localized } from "../../shared/localized.ts";

const words = (ru: string, en: string): Localized => ({ ru, en });

/** What people read for fields of models that nobody has described by hand yet. At most 24 characters each. */
const LABELS: Readonly<Record<string, Localized>> = {
  prompt: words("Описание", "Prompt"),
  text: words("Текст", "Text"),
  lyrics: words("Слова песни", "Lyrics"),
  negative_prompt: words("Чего не должно быть", "What to avoid"),
  style: words("Стиль", "Style"),
  title: words("Название", "Title"),
  aspect_ratio: words("Формат", "Aspect ratio"),
  ratio: words("Формат", "Aspect ratio"),
  image_size: words("Формат", "Aspect ratio"),
  size: words("Размер", "Size"),
  resolution: words("Разрешение", "Resolution"),
  quality: words("Качество", "Quality"),
  mode: words("Режим", "Mode"),
  duration: words("Длина", "Length"),
  fps: words("Кадров в секунду", "Frames per second"),
  image: words("Изображение", "Image"),
  image_url: words("Изображение", "Image"),
  image_urls: words("Изображения", "Images"),
  input_urls: words("Изображения", "Images"),
  image_input: words("Изображения", "Images"),
  first_frame_url: words("Первый кадр", "First frame"),
  last_frame_url: words("Последний кадр", "Last frame"),
  end_image_url: words("Последний кадр", "Last frame"),
  reference_image_urls: words("Образцы", "References"),
  mask_url: words("Маска", "Mask"),
  video_url: words("Видео", "Video"),
  video_urls: words("Видео", "Videos"),
  audio_url: words("Звук", "Audio"),
  audio_urls: words("Звук", "Audio files"),
  sound: words("Звук", "Sound"),
  audio: words("Звук", "Sound"),
  generate_audio: words("Звук", "Sound"),
  voice: words("Голос", "Voice"),
  voice_id: words("Голос", "Voice"),
  speed: words("Скорость", "Speed"),
  language: words("Язык", "Language"),
  language_code: words("Язык", "Language"),
  seed: words("Зерно", "Seed"),
  seeds: words("Зерно", "Seed"),
  guidance_scale: words("Следование описанию", "Prompt strength"),
  cfg_scale: words("Следование описанию", "Prompt strength"),
  strength: words("Сила изменений", "Strength"),
  motion_strength: words("Сила движения", "Motion"),
  num_inference_steps: words("Число шагов", "Steps"),
  num_images: words("Сколько изображений", "Number of images"),
  n: words("Сколько изображений", "Number of images"),
  output_format: words("Тип файла", "File type"),
  upscale_factor: words("Во сколько раз", "Times larger"),
  camera_fixed: words("Камера неподвижна", "Fixed camera"),
  multi_shots: words("Несколько планов", "Several shots"),
  instrumental: words("Без слов", "Instrumental"),
  background: words("Фон", "Background"),
};

const LONGEST_LABEL = 24;

/** A label for a field; its own name, readable, where the dictionary has none. */
export function labelOf(name: string): Localized {
  const known = Object.hasOwn(LABELS, name) ? LABELS[name] : undefined;
  if (known) return known;
  const plain = name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/[_\W]+/g, " ")
    .trim()
    .toLowerCase();
  const readable = plain.slice(0, 1).toUpperCase() + plain.slice(1);
  return words(`Поле ${plain}`.slice(0, LONGEST_LABEL).trimEnd(), readable.slice(0, LONGEST_LABEL).trimEnd());
}

/** Whether people would know the field by its label. */
export function isDescribed(name: string): boolean {
  return Object.hasOwn(LABELS, name);
}

/**
 * Switches that a person in a chat is never asked about: they are ours or the provider's business. Why, for the data.
 */
const HIDDEN: readonly [RegExp, string][] = [
  [/nsfw|safety|moderation/i, "Moderation stays as the provider sets it."],
  [/watermark/i, "Paid results carry no mark of ours."],
  [/fallback|provider|upload_?cn|cdn/i, "A switch between providers: nothing that a person can judge."],
  [/call_?back|webhook|notify/i, "We set where the outcome is sent."],
  [/web_?search/i, "Costs and answers of a search are not ours to choose."],
  [/translat/i, "The model reads prompts in any language."],
  [/^seeds?$/i, "A fixed seed tells a person in a chat nothing; each run is meant to differ."],
  [/sync_?mode|user_?id|metadata|extra_/i, "For programs, not for people."],
];

/** Why a field of this name is never shown; undefined for all others. */
export function hiddenWhy(name: string): string | undefined {
  return HIDDEN.find(([pattern]) => pattern.test(name))?.[1];
}
