import { CATEGORIES } from "../../../lib/catalog/categories.ts";
import { type Family, familySchema } from "../../../lib/catalog/entry.ts";
import { indexFamilies } from "../../../lib/catalog/family-index.ts";
import type { Catalog } from "../../../lib/catalog/load.ts";

const both = (ru: string, en: string) => ({ ru, en });

const entryDefaults = {
  offer: "card",
  about: both("Небольшая проба.", "A small trial."),
  outputs: 1,
  rules: [],
  source: "made up for tests",
  checkedAt: "2026-11-01",
};

const familyDefaults = {
  vendor: "Tests",
  about: both("Модель для проверки.", "A model for tests."),
  addedAt: "2026-01-01",
  order: 1,
};

const prompt = (fields: object = {}) => ({
  name: "prompt",
  kind: "text",
  role: "prompt",
  label: both("Запрос", "Prompt"),
  help: both("Опишите словами, что должно получиться.", "Describe the result in words."),
  required: true,
  placement: "card",
  maxLength: 1000,
  ...fields,
});

const pictureParam = (name: string, fields: object = {}) => ({
  name,
  kind: "media",
  label: both("Фото", "Photo"),
  required: true,
  placement: "card",
  accepts: "image",
  many: false,
  maxItems: 1,
  maxFileMegabytes: 10,
  formats: ["jpeg", "png", "webp"],
  ...fields,
});

const zImage = {
  ...familyDefaults,
  key: "z-image",
  category: "image",
  title: "Z-Image",
  entries: [
    {
      ...entryDefaults,
      key: "z-image",
      mode: "text",
      route: { api: "market", id: "z-image" },
      title: both("Картинка по тексту", "Picture from text"),
      output: "image",
      example: { ru: { prompt: "Рыжий кот на подоконнике, утренний свет" }, en: { prompt: "A ginger cat on a sill" } },
      params: [
        prompt(),
        {
          name: "aspect_ratio",
          kind: "choice",
          label: both("Формат", "Format"),
          required: true,
          placement: "card",
          options: ["1:1", "4:3", "16:9"].map((value) => ({ value })),
          default: "1:1",
        },
        { name: "nsfw_checker", kind: "fixed", value: true, why: "Always on." },
      ],
      price: { rows: [{ when: {}, credits: 0.8, per: "image" }], quantity: { from: "one" }, charge: "generation" },
    },
  ],
};

const movie = {
  ...familyDefaults,
  key: "movie",
  category: "video",
  title: "Movie 3.0",
  addedAt: "2026-11-10",
  entries: [
    {
      ...entryDefaults,
      key: "movie-text",
      mode: "text",
      route: { api: "market", id: "movie/text" },
      title: both("Видео по тексту", "Video from text"),
      output: "video",
      example: { ru: { prompt: "Поезд едет вдоль моря" }, en: { prompt: "A train along the sea" } },
      params: [
        prompt(),
        {
          name: "resolution",
          kind: "choice",
          label: both("Качество", "Quality"),
          required: true,
          placement: "card",
          options: ["480p", "1080p"].map((value) => ({ value })),
          default: "480p",
        },
        {
          name: "duration",
          kind: "number",
          label: both("Длительность", "Length"),
          required: true,
          placement: "card",
          min: 3,
          max: 10,
          step: 1,
          presets: [3, 5, 10],
          unit: "seconds",
          default: 5,
        },
        {
          name: "sound",
          kind: "toggle",
          label: both("Звук", "Sound"),
          required: false,
          placement: "card",
          default: false,
        },
        {
          name: "seed",
          kind: "number",
          label: both("Зерно", "Seed"),
          required: false,
          placement: "advanced",
          min: 0,
          max: 1000,
          step: 1,
          presets: [1, 42],
        },
        {
          name: "negative_prompt",
          kind: "text",
          label: both("Чего не должно быть", "What to leave out"),
          required: false,
          placement: "advanced",
          maxLength: 200,
        },
      ],
      rules: [
        {
          kind: "forbid",
          when: { resolution: "1080p", sound: true },
          say: both("Звук есть только в 480p.", "Sound exists in 480p only."),
        },
      ],
      price: {
        rows: [
          { when: { resolution: "480p" }, credits: 2, per: "second" },
          { when: { resolution: "1080p" }, credits: 6, per: "second" },
        ],
        quantity: { from: "param", name: "duration" },
        charge: "generation",
      },
    },
    {
      ...entryDefaults,
      key: "movie-animate",
      mode: "animate",
      route: { api: "market", id: "movie/animate" },
      title: both("Оживить фото", "Animate photos"),
      output: "video",
      example: { ru: { prompt: "Медленный наезд камеры" }, en: { prompt: "A slow zoom" } },
      params: [
        pictureParam("image_urls", { many: true, maxItems: 3 }),
        pictureParam("last_frame", { label: both("Последний кадр", "Last frame"), required: false }),
        prompt({ required: false }),
      ],
      price: { rows: [{ when: {}, credits: 30, per: "generation" }], quantity: { from: "one" }, charge: "generation" },
    },
  ],
};

const voices = Array.from({ length: 30 }, (_, index) => ({
  value: `voice${index}`,
  label: both(`Голос ${index + 1}`, `Voice ${index + 1}`),
}));

const talk = {
  ...familyDefaults,
  key: "talk",
  category: "audio",
  title: "Talk",
  entries: [
    {
      ...entryDefaults,
      key: "talk-dialogue",
      mode: "dialogue",
      route: { api: "market", id: "talk/dialogue" },
      title: both("Диалог", "Dialogue"),
      output: "audio",
      example: {
        ru: { dialogue: [{ text: "Привет.", voice: "voice0" }] },
        en: { dialogue: [{ text: "Hello.", voice: "voice0" }] },
      },
      params: [
        {
          name: "dialogue",
          kind: "list",
          label: both("Реплики", "Lines"),
          required: true,
          placement: "card",
          minItems: 1,
          maxItems: 20,
          maxTotalLength: 3000,
          alternates: "voice",
          fields: [
            {
              name: "text",
              kind: "text",
              label: both("Реплика", "Line"),
              required: true,
              placement: "card",
              maxLength: 500,
            },
            {
              name: "voice",
              kind: "choice",
              label: both("Голос", "Voice"),
              required: true,
              placement: "card",
              options: voices,
              default: "voice0",
            },
            {
              name: "pause",
              kind: "number",
              label: both("Пауза", "Pause"),
              required: false,
              placement: "card",
              min: 0,
              max: 5,
              step: 1,
              presets: [0, 1, 2],
              unit: "seconds",
              default: 0,
            },
          ],
        },
      ],
      price: {
        rows: [{ when: {}, credits: 14, per: "1000 chars" }],
        quantity: { from: "characters", names: ["dialogue"] },
        charge: "generation",
      },
    },
  ],
};

const upscale = {
  ...familyDefaults,
  key: "upscale",
  category: "tools",
  title: "Upscale",
  entries: [
    {
      ...entryDefaults,
      key: "upscale",
      mode: "picture",
      route: { api: "market", id: "upscale" },
      title: both("Увеличить", "Enlarge"),
      output: "image",
      example: { ru: {}, en: {} },
      params: [pictureParam("image")],
      price: { rows: [{ when: {}, credits: 1, per: "generation" }], quantity: { from: "one" }, charge: "generation" },
    },
  ],
};

const free = { rows: [{ when: {}, credits: 0, per: "request" }], quantity: { from: "one" }, charge: "generation" };
const costs = (credits: number) => ({ ...free, rows: [{ when: {}, credits, per: "request" }] });
const earlier = (name: string, fields: object = {}) => ({
  name,
  kind: "earlier",
  type: "text",
  label: both("Трек", "Track"),
  required: true,
  placement: "never",
  why: "Known from the result.",
  ...fields,
});
const underSong = (key: string, title: [string, string], fields: object = {}) => ({
  ...entryDefaults,
  key,
  mode: key,
  offer: "follow-up",
  why: "Needs a finished song.",
  route: { api: "suno", id: `suno/${key}` },
  title: both(...title),
  output: "audio",
  example: { ru: {}, en: {} },
  fills: { taskId: "task-id", audioId: "output-id" },
  params: [earlier("taskId"), earlier("audioId")],
  price: costs(0.4),
  ...fields,
});

const lyrics = (fields: object = {}) => ({
  name: "lyrics",
  kind: "text",
  label: both("Слова", "Lyrics"),
  required: false,
  placement: "card",
  maxLength: 5000,
  ...fields,
});

const song = {
  ...familyDefaults,
  key: "song",
  category: "music",
  title: "Song",
  entries: [
    {
      ...entryDefaults,
      key: "song",
      mode: "song",
      route: { api: "suno", id: "suno/generate" },
      title: both("Песня", "Song"),
      output: "audio",
      outputs: 2,
      followUps: ["song-wav", "song-extend", "song-art", "song-persona"],
      example: { ru: { prompt: "инди-поп" }, en: { prompt: "indie pop" } },
      params: [
        prompt({ label: both("Стиль", "Style") }),
        lyrics(),
        earlier("personaId", { required: false, label: both("Персона", "Persona") }),
      ],
      price: costs(12),
    },
    underSong("song-wav", ["Скачать WAV", "Get a WAV"]),
    underSong("song-extend", ["Продолжить", "Continue"], {
      params: [earlier("taskId"), earlier("audioId"), prompt({ label: both("Стиль", "Style") }), lyrics()],
      fills: { taskId: "task-id", audioId: "output-id", lyrics: "output-text" },
      price: costs(12),
    }),
    underSong("song-art", ["Обложка", "Cover art"], { output: "image", outputs: 2, offer: "helper", price: free }),
    underSong("song-persona", ["Персона", "Persona"], {
      output: "text",
      offer: "helper",
      price: free,
      followUps: ["song-by-persona"],
      params: [
        earlier("taskId"),
        earlier("audioId"),
        lyrics({ name: "name", label: both("Имя", "Name"), required: true, maxLength: 50 }),
      ],
    }),
    underSong("song-by-persona", ["Песня этим голосом", "A song in this voice"], {
      fills: { personaId: "output-id" },
      outputs: 2,
      params: [earlier("personaId"), prompt({ label: both("Стиль", "Style") })],
      price: costs(12),
    }),
    {
      ...entryDefaults,
      key: "song-words",
      mode: "words",
      offer: "helper",
      why: "A free step before a song.",
      route: { api: "suno", id: "suno/lyrics" },
      title: both("Слова песни", "Lyrics"),
      output: "text",
      followUps: ["song-with-words"],
      example: { ru: { prompt: "о море" }, en: { prompt: "about the sea" } },
      params: [prompt({ maxLength: 200 })],
      price: free,
    },
    {
      ...entryDefaults,
      key: "song-with-words",
      mode: "with-words",
      route: { api: "suno", id: "suno/generate" },
      title: both("Песня с этими словами", "A song with these words"),
      output: "audio",
      outputs: 2,
      fills: { lyrics: "output-text" },
      example: { ru: { prompt: "рок", lyrics: "Море" }, en: { prompt: "rock", lyrics: "Sea" } },
      params: [prompt({ label: both("Стиль", "Style") }), lyrics({ required: true })],
      price: costs(12),
    },
  ],
};

/** Shots whose seconds have to add up to the film's. */
const film = {
  ...familyDefaults,
  key: "film",
  category: "video",
  title: "Film",
  order: 50,
  entries: [
    {
      ...entryDefaults,
      key: "film",
      mode: "film",
      route: { api: "market", id: "film" },
      title: both("Фильм по сценам", "Film from shots"),
      output: "video",
      followUps: ["film-4k"],
      example: {
        ru: { shots: [{ prompt: "Утро", duration: 6 }] },
        en: { shots: [{ prompt: "Morning", duration: 6 }] },
      },
      params: [
        {
          name: "duration",
          kind: "choice",
          label: both("Длительность", "Length"),
          required: true,
          placement: "card",
          options: [4, 6, 8, 10].map((value) => ({ value, label: both(`${value}\u00a0с`, `${value}\u00a0s`) })),
          default: 6,
        },
        {
          name: "shots",
          kind: "list",
          label: both("Сцены", "Shots"),
          required: true,
          placement: "card",
          minItems: 1,
          maxItems: 4,
          fields: [
            { ...prompt({ maxLength: 100 }), role: undefined, label: both("Сцена", "Shot") },
            {
              name: "duration",
              kind: "number",
              label: both("Секунды", "Seconds"),
              required: true,
              placement: "card",
              min: 1,
              max: 8,
              step: 1,
              presets: [1, 2, 3, 5],
              unit: "seconds",
              default: 5,
            },
          ],
        },
      ],
      rules: [
        {
          kind: "sum",
          when: {},
          list: "shots",
          field: "duration",
          equals: "duration",
          say: both("Сцены должны занять весь фильм.", "The shots have to fill the film."),
        },
      ],
      price: {
        rows: [{ when: {}, credits: 2, per: "second" }],
        quantity: { from: "param", name: "duration" },
        charge: "generation",
      },
    },
    underSong("film-4k", ["4K", "4K"], {
      route: { api: "veo", id: "veo/get-4k-video" },
      output: "video",
      fills: { taskId: "task-id", length: "param:duration" },
      fillsWithinDays: 14,
      params: [earlier("taskId"), earlier("length", { type: "number", values: [4, 6, 8, 10], sent: false })],
      price: {
        rows: [
          { when: {}, credits: 10, per: "request" },
          { when: { length: 10 }, credits: 20, per: "request" },
        ],
        quantity: { from: "one" },
        charge: "generation",
      },
    }),
  ],
};

const extra = (index: number) => ({
  ...zImage,
  key: `extra-${index}`,
  title: `Extra ${index}`,
  order: 10 + index,
  entries: zImage.entries.map((entry) => ({ ...entry, key: `extra-${index}` })),
});

export const FAMILIES: readonly Family[] = [
  zImage,
  movie,
  talk,
  upscale,
  song,
  film,
  ...Array.from({ length: 10 }, (_, index) => extra(index + 1)),
].map((family) => familySchema.parse(family));

/** A catalog in memory, so that these tests do not change whenever a model is added. */
export function memoryCatalog(families: readonly Family[] = FAMILIES): Catalog {
  const index = indexFamilies(families.map((family) => ({ file: `${family.key}.json`, family })));
  const sold = index.families.toSorted((a, b) => a.order - b.order);
  const entries = families.flatMap((family) => family.entries.map((entry) => ({ family, entry })));
  return {
    families: (category) => sold.filter((family) => family.category === category && CATEGORIES.includes(category)),
    summary: (key) => sold.find((family) => family.key === key),
    mode: (key, mode) => entries.find(({ family, entry }) => family.key === key && entry.mode === mode),
    entry: (key) => entries.find(({ entry }) => entry.key === key),
    entryKeys: () => entries.map(({ entry }) => entry.key),
    entriesOf: (model) => entries.filter(({ entry }) => entry.route.id === model && entry.route.api === "market"),
    search: (text) => sold.filter((family) => family.title.toLowerCase().includes(text.trim().toLowerCase())),
    defaultEntryKey: "z-image",
    revision: 0,
    health: () => undefined,
  };
}
