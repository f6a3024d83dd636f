import { expect, test } from "vitest";
import { createCatalog } from "../../../lib/catalog/load.ts";
import { defaultValues } from "../../../lib/catalog/values.ts";
import { resultKeyboard, statusView } from "../../../lib/conversation/generation-views.ts";
import { renderScreen } from "../../../lib/conversation/render.ts";
import { followUpsUnder } from "../../../lib/conversation/result-actions.ts";
import { initialState } from "../../../lib/conversation/state.ts";
import type { Facts, GenerationFacts } from "../../../lib/conversation/types.ts";
import { DAY_MS } from "../../../lib/shared/clock.ts";
import { LANGUAGES } from "../../../lib/shared/localized.ts";
import {
  checkView,
  Dialogue,
  labels,
  makeFacts,
  makeGeneration,
  makeOutput,
  makeUpload,
  NOW,
  textOf,
} from "./dialogue.ts";
import { memoryCatalog } from "./fixture-catalog.ts";

const catalog = memoryCatalog();

const track = (position: number) =>
  makeOutput({
    position,
    kind: "audio",
    title: "Прибой",
    durationSeconds: 125,
    externalId: `track-${position}`,
    text: "Волна за волной",
  });

const song = (fields: Partial<GenerationFacts> = {}) =>
  makeGeneration({
    entryKey: "song",
    values: { prompt: "инди-поп" },
    outputs: [track(0), track(1)],
    finishedAt: NOW,
    ...fields,
  });

const film = (fields: Partial<GenerationFacts> = {}) =>
  makeGeneration({
    entryKey: "film",
    values: { duration: 10, shots: [{ prompt: "Утро", duration: 10 }] },
    finishedAt: NOW,
    ...fields,
  });

const picture = (fields: Partial<GenerationFacts> = {}) =>
  makeGeneration({
    entryKey: "z-image",
    values: { prompt: "кот" },
    outputs: [makeOutput({ kind: "image", url: "https://files.example/1.png" })],
    ...fields,
  });

const under = (generation: GenerationFacts, facts: Facts = makeFacts()) =>
  resultKeyboard(generation, facts, catalog).map((row) => row.map((each) => each.text));

/** A dialogue that looks at one generation. */
function about(generation: GenerationFacts, facts: Partial<Facts> = {}): Dialogue {
  return new Dialogue(makeFacts({ generation, ...facts }));
}

test("D2 a few follow-ups stand under the result themselves, with their price", () => {
  expect(under(film())).toEqual([
    ["🔁 Ещё · 15,72\u00a0₽", "✏️ Изменить"],
    ["4K · 15,72\u00a0₽"],
    ["📄 Оригинал", "🔗 Ссылки"],
    ["🧾 Чек", "☰ Меню"],
  ]);
});

test("D2 E3 the price of a follow-up depends on what the result was made with", () => {
  const short = film({ values: { duration: 4, shots: [{ prompt: "Утро", duration: 4 }] } });
  expect(under(short)).toContainEqual(["4K · 7,86\u00a0₽"]);
});

test("D2 a picture can be animated, enlarged and edited in one tap each", () => {
  const keyboard = resultKeyboard(picture(), makeFacts(), catalog);
  expect(labels({ text: [], keyboard })).toEqual([
    "🔁 Ещё · 0,63\u00a0₽",
    "✏️ Изменить",
    "🎬 Оживить",
    "⬆️ Улучшить",
    "📄 Оригинал",
    "🔗 Ссылки",
    "🧾 Чек",
    "☰ Меню",
  ]);
  expect(keyboard.length).toBeLessThanOrEqual(8);
});

test("D2 several outputs share one button; its screen switches between them and prices everything", () => {
  expect(under(song())[1]).toEqual(["🎛 Что ещё с треком"]);
  const dialogue = about(song());
  dialogue.tap({ kind: "more", generationId: "gen000000001", position: 0 }, { messageId: 5, revision: 0 });
  expect(dialogue.last?.show).toBe("send");
  expect(dialogue.text).toContain("Song · Песня\nТрек\u00a01 · Прибой · 2\u00a0мин 5\u00a0с");
  expect(dialogue.labels).toEqual([
    "• Трек\u00a01",
    "Трек\u00a02",
    "Скачать WAV · 0,31\u00a0₽",
    "Продолжить · 9,43\u00a0₽",
    "Обложка · бесплатно",
    "Персона · бесплатно",
    "‹ Назад",
    "☰ Меню",
  ]);
  dialogue.press("Трек\u00a02");
  expect(dialogue.last?.show).toBe("edit");
  expect(dialogue.labels).toContain("• Трек\u00a02");
  dialogue.press("‹ Назад");
  expect(dialogue.state.screen).toEqual({ kind: "generation", generationId: "gen000000001" });
});

test("D2 a follow-up that asks for nothing shows its card at once, and buys it for the chosen output", () => {
  const dialogue = about(song());
  dialogue.tap({ kind: "more", generationId: "gen000000001", position: 1 });
  dialogue.press("Скачать WAV");
  expect(dialogue.text).toContain("Song · Скачать WAV");
  expect(dialogue.text).not.toContain("track-1");
  const { effects } = dialogue.press("✅ Создать · 0,31\u00a0₽");
  expect(effects).toMatchObject([
    { kind: "confirm", draft: { entryKey: "song-wav", values: { taskId: "task-1", audioId: "track-1" } } },
  ]);
});

test("D2 what a result gives can be neither typed nor changed nor cleared", () => {
  const dialogue = about(song());
  dialogue.tap({ kind: "follow", generationId: "gen000000001", position: 0, entry: "song-wav" });
  dialogue.tap({ kind: "param_input", param: "audioId" });
  dialogue.say("другой трек");
  dialogue.tap({ kind: "set_param", param: "audioId", value: "x" });
  dialogue.tap({ kind: "clear_param", param: "taskId" });
  dialogue.tap({ kind: "append", param: "taskId" });
  expect(dialogue.values).toEqual({ taskId: "task-1", audioId: "track-0" });
});

test("D2 words of the result come along as words that can be changed", () => {
  const dialogue = about(song());
  dialogue.tap({ kind: "follow", generationId: "gen000000001", position: 0, entry: "song-extend" });
  expect(dialogue.state.draft?.asking).toBe("prompt");
  dialogue.say("медленнее");
  expect(dialogue.text).toContain("Слова: Волна за волной");
  dialogue.press("Слова");
  dialogue.say("Новые слова");
  expect(dialogue.values).toMatchObject({ lyrics: "Новые слова", audioId: "track-0" });
});

test("D2 the card of a follow-up leads back to the result it came from", () => {
  const dialogue = about(song());
  dialogue.tap({ kind: "follow", generationId: "gen000000001", position: 1, entry: "song-wav" });
  dialogue.press("‹ Назад");
  expect(dialogue.state.screen).toEqual({ kind: "more", generationId: "gen000000001", position: 1 });
  dialogue.press("Скачать WAV");
  dialogue.press("Отмена");
  expect(dialogue.state).toMatchObject({ draft: null, screen: { kind: "more", position: 1 } });
});

test.each<[string, Partial<GenerationFacts>, Partial<Facts>]>([
  ["its task is not known", { taskId: null }, {}],
  ["it was made in another mode", { mode: "dry-run" }, {}],
  ["today's mode is another one", {}, { mode: "test" }],
  ["the provider has forgotten it", { finishedAt: new Date(NOW.getTime() - 61 * DAY_MS) }, {}],
  ["the track has no id", { outputs: [makeOutput({ kind: "audio" })] }, {}],
])("D2 nothing is offered when %s, and an old button says so", (_why, fields, facts) => {
  const generation = song(fields);
  expect(under(generation, makeFacts(facts)).flat()).not.toContain("🎛 Что ещё с треком");
  const dialogue = about(generation, facts);
  dialogue.tap({ kind: "follow", generationId: "gen000000001", position: 0, entry: "song-wav" });
  expect(dialogue.state.draft).toBeNull();
  expect(dialogue.text).toContain("такое уже не сделать");
  expect(dialogue.text).toContain("больше ничего не сделать");
});

test("D2 a follow-up of another entry, of nothing, or of somebody else's result does not open", () => {
  const dialogue = about(film());
  dialogue.tap({ kind: "follow", generationId: "gen000000001", position: 0, entry: "song-wav" });
  expect(dialogue.state.draft).toBeNull();
  dialogue.tap({ kind: "follow", generationId: "gen000000001", position: 7, entry: "film-4k" });
  expect(dialogue.state.draft).toBeNull();
  dialogue.facts = makeFacts({ generation: null });
  for (const kind of ["follow", "more"] as const) {
    dialogue.tap({ kind, generationId: "gen000000001", position: 0, entry: "film-4k" });
    expect(dialogue.text).toContain("Такой генерации в вашей истории нет.");
  }
});

test("B1 what needs a result can not be opened from anywhere else", () => {
  const dialogue = new Dialogue();
  dialogue.tap({ kind: "mode", family: "song", mode: "song-wav" });
  expect(dialogue.state.draft).toBeNull();
  dialogue.tap({ kind: "mode", family: "song", mode: "song-art" });
  expect(dialogue.state.draft).toBeNull();
});

test("D2 a persona made of a song sings the next one", () => {
  const persona = song({
    entryKey: "song-persona",
    values: { taskId: "task-1", audioId: "track-0", name: "Морская" },
    priceKopecks: 0n,
    chargedKopecks: 0n,
    outputs: [makeOutput({ kind: "text", url: null, text: "Персона готова", externalId: "persona-9" })],
  });
  expect(under(persona)).toEqual([
    ["🔁 Ещё · бесплатно", "✏️ Изменить"],
    ["Песня этим голосом · 9,43\u00a0₽"],
    ["🧾 Чек", "☰ Меню"],
  ]);
  const dialogue = about(persona);
  dialogue.tap({ kind: "follow", generationId: "gen000000001", position: 0, entry: "song-by-persona" });
  dialogue.say("баллада");
  const { effects } = dialogue.press("✅");
  expect(effects).toMatchObject([{ draft: { values: { personaId: "persona-9", prompt: "баллада" } } }]);
});

test("B1 a free step stands in the menus, says so, and its result opens the next card", () => {
  const dialogue = new Dialogue();
  dialogue.tap({ kind: "category", category: "music", page: 0 });
  dialogue.press("Song");
  expect(dialogue.labels).toContain("Слова песни · бесплатно");
  dialogue.press("Слова песни");
  dialogue.say("о море");
  expect(dialogue.press("✅ Создать · бесплатно").effects).toMatchObject([
    { kind: "confirm", draft: { entryKey: "song-words", quote: { kopecks: "0" } } },
  ]);
  const words = makeGeneration({
    entryKey: "song-words",
    values: { prompt: "о море" },
    finishedAt: NOW,
    outputs: [makeOutput({ kind: "text", url: null, text: "[Куплет]\nВолна" })],
  });
  const next = about(words);
  next.tap({ kind: "follow", generationId: "gen000000001", position: 0, entry: "song-with-words" });
  next.say("рок");
  expect(next.values).toMatchObject({ lyrics: "[Куплет]\nВолна", prompt: "рок" });
});

test("D2 🔁 under a follow-up's result keeps what the first result gave it; ✏️ stands only where something can change", () => {
  const wav = song({ entryKey: "song-wav", values: { taskId: "task-0", audioId: "track-5" }, outputs: [track(0)] });
  expect(under(wav)[0]).toEqual(["🔁 Ещё · 0,31\u00a0₽"]);
  const dialogue = about(wav);
  dialogue.tap({ kind: "again", generationId: "gen000000001" });
  expect(dialogue.press("✅").effects).toMatchObject([{ draft: { values: { taskId: "task-0", audioId: "track-5" } } }]);
  const broken = song({ entryKey: "song-wav", values: {}, outputs: [track(0)] });
  expect(under(broken).flat().join()).not.toContain("Ещё");
});

test("D2 a card whose catalog has lost what it needs is not created", () => {
  const dialogue = about(song());
  dialogue.tap({ kind: "follow", generationId: "gen000000001", position: 0, entry: "song-wav" });
  const { draft } = dialogue.state;
  if (draft === null) throw new Error("the card is open");
  dialogue.state = { ...dialogue.state, draft: { ...draft, values: { taskId: "task-1" } } };
  const { effects, toast } = dialogue.press("✅");
  expect(effects).toEqual([]);
  expect(toast?.text).toContain("только из готового результата");
});

test("E3 what is free is called free everywhere, and asks no confirmation", () => {
  const free = song({ entryKey: "song-art", values: {}, priceKopecks: 0n, chargedKopecks: 0n, outputs: [] });
  const facts = makeFacts({ generation: free, ledgerLines: [], confirmFromKopecks: 0n });
  for (const state of ["submitted", "delivered", "failed"] as const) {
    const text = textOf(statusView({ ...free, state }, facts, catalog).text);
    expect(text).not.toContain("0,00");
    expect(text).not.toContain("вернулись");
  }
  expect(textOf(statusView(free, facts, catalog).text)).toContain("Бесплатно.");
  const receipt = renderScreen({ ...initialState(), screen: { kind: "receipt", generationId: "g" } }, facts, catalog);
  expect(textOf(receipt.text)).toContain("Цена: бесплатно");
  const dialogue = about(song(), { confirmFromKopecks: 0n });
  dialogue.tap({ kind: "follow", generationId: "gen000000001", position: 0, entry: "song-art" });
  expect(dialogue.press("✅ Создать · бесплатно").effects).toHaveLength(1);
});

test("D2 📄 is an effect; words have no original", () => {
  const dialogue = about(picture());
  expect(dialogue.tap({ kind: "original", generationId: "gen000000001" })).toMatchObject({
    show: "none",
    effects: [{ kind: "original", generationId: "gen000000001" }],
  });
  dialogue.facts = makeFacts({
    generation: picture({ outputs: [makeOutput({ kind: "text", url: null, text: "да" })] }),
  });
  expect(dialogue.tap({ kind: "original", generationId: "gen000000001" })).toMatchObject({
    effects: [],
    toast: { alert: true },
  });
});

test("D2 A4 a file made here opens the models for the job, in a new message, and words become the prompt", () => {
  const dialogue = new Dialogue();
  const { show } = dialogue.happen({ kind: "output", upload: makeUpload(), job: "animate", caption: "" });
  expect(show).toBe("send");
  expect(dialogue.text).toContain("оживит");
  expect(dialogue.labels.filter((label) => label.includes(" · "))).toEqual([expect.stringContaining("Оживить фото")]);
  dialogue.say("пусть поедет");
  expect(dialogue.labels.filter((label) => label.includes(" · "))).toHaveLength(1);
  dialogue.press("Movie 3.0");
  expect(dialogue.values).toMatchObject({ prompt: "пусть поедет", image_urls: [{ uploadId: "upload1" }] });
});

test("D2 what a picture was made from is its next prompt, except where it is to be changed", () => {
  const dialogue = new Dialogue();
  dialogue.happen({ kind: "output", upload: makeUpload(), job: "animate", caption: "кот" });
  expect(dialogue.state.pending?.caption).toBe("кот");
  dialogue.happen({ kind: "output", upload: makeUpload(), job: "edit", caption: "кот" });
  expect(dialogue.state.pending?.caption).toBe("");
});

test("D2 words can not be used as a file", () => {
  const words = picture({ outputs: [makeOutput({ kind: "text", url: null, text: "да" })] });
  const dialogue = about(words);
  const { toast, effects } = dialogue.tap({ kind: "use", generationId: "g", position: 0, job: "edit" });
  expect({ alert: toast?.alert, effects }).toEqual({ alert: true, effects: [] });
});

test("D2 every job leads to its own section", () => {
  const dialogue = new Dialogue();
  dialogue.happen({ kind: "output", upload: makeUpload(), job: "upscale", caption: "" });
  expect(dialogue.labels[0]).toContain("Upscale: Увеличить");
  expect(dialogue.state.screen).toMatchObject({ category: "tools" });
});

test("every screen of follow-ups can be drawn in both languages, also of twenty outputs", () => {
  for (const language of ["ru", "en"] as const) {
    const outputs = Array.from({ length: 20 }, (_, position) => track(position));
    const facts = makeFacts({
      user: { id: 1, language, firstName: "", isNew: false },
      generation: song({ outputs }),
    });
    const screen = { kind: "more", generationId: "g", position: 19 } as const;
    checkView(renderScreen({ ...initialState(), screen }, facts, catalog), 1);
    checkView(statusView(song({ outputs }), facts, catalog), 1);
  }
});

const REAL = createCatalog(new URL("../../../catalog/", import.meta.url));
const SOLD_UNDER = REAL.entryKeys().filter((key) => REAL.entry(key)?.entry.followUps !== undefined);

test.each(SOLD_UNDER)(
  "D2 B1 everything that is sold under a result of %s opens with the price of its button",
  (key) => {
    const found = REAL.entry(key);
    if (found === undefined) throw new Error(key);
    const { entry } = found;
    const count = typeof entry.outputs === "number" ? entry.outputs : 4;
    const outputs = Array.from({ length: count }, (_, position) => ({ ...track(position), kind: entry.output }));
    const generation = makeGeneration({ entryKey: key, values: defaultValues(entry), outputs, finishedAt: NOW });
    const offered = followUpsUnder(generation, count - 1, makeFacts(), REAL);
    expect(offered.length).toBeGreaterThan(0);
    for (const language of LANGUAGES) {
      const facts = makeFacts({ user: { id: 1, language, firstName: "", isNew: false }, generation });
      const screen = { kind: "more", generationId: "g", position: count - 1 } as const;
      for (const view of [
        renderScreen({ ...initialState(), screen }, facts, REAL),
        { text: ["…"], keyboard: resultKeyboard(generation, facts, REAL) },
        statusView(generation, facts, REAL),
      ]) {
        checkView(view, 1);
        expect(view.keyboard.length).toBeLessThanOrEqual(8);
      }
    }
    for (const { found: next, price } of offered) {
      const dialogue = new Dialogue(makeFacts({ generation }), REAL);
      dialogue.tap({ kind: "follow", generationId: "g", position: count - 1, entry: next.entry.key });
      const { draft } = dialogue.state;
      expect(draft?.entryKey).toBe(next.entry.key);
      expect(draft?.quote?.kopecks).toBe(price === null ? undefined : String(price.kopecks));
    }
  },
);
