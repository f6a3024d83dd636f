import { describe, expect, test } from "vitest";
import { catalogFaults } from "../../../lib/catalog/consistency.ts";
import type { Entry, Family } from "../../../lib/catalog/entry.ts";
import { type EarlierResult, filledValues, followUpsOf } from "../../../lib/catalog/follow-ups.ts";
import type { Catalog, CatalogEntry } from "../../../lib/catalog/load.ts";
import { buildInput } from "../../../lib/catalog/request.ts";
import { routesOf } from "../../../lib/catalog/second-route.ts";
import { readButton, readTyped } from "../../../lib/catalog/values.ts";
import { makeEntry, makeParam, catalog as shipped } from "../../support/catalog-entry.ts";

const now = new Date("2026-11-20T12:00:00Z");
const noFiles = new Map<string, string>();
const earlierParam = (name: string, fields: Record<string, unknown> = {}) =>
  makeParam({ name, kind: "earlier", placement: "never", type: "text", required: true, ...fields });

const song = makeEntry(
  [
    makeParam({ name: "prompt", kind: "text", maxLength: 100 }),
    makeParam({ name: "model", kind: "choice", options: [{ value: "V5" }, { value: "V6" }], default: "V6" }),
    makeParam({ name: "resolution", kind: "choice", options: [{ value: "720p" }, { value: "1080p" }] }),
  ],
  {
    key: "song",
    mode: "song",
    output: "audio",
    followUps: ["longer"],
    second: { key: "song-old", names: { prompt: "text" } },
  },
);
const longer = makeEntry(
  [
    earlierParam("task_id"),
    earlierParam("audio_ids", { type: "texts" }),
    earlierParam("index", { type: "number", required: false }),
    earlierParam("source_resolution", { sent: false, values: ["720p", "1080p"], required: false }),
    makeParam({ name: "model", kind: "choice", options: [{ value: "V5" }, { value: "V6" }], default: "V6" }),
    makeParam({ name: "lyrics", kind: "text", maxLength: 20 }),
    makeParam({ name: "continue_at", kind: "number", min: 1, max: 200, step: 1, presets: [10] }),
  ],
  {
    key: "longer",
    mode: "longer",
    offer: "follow-up",
    output: "audio",
    fillsWithinDays: 14,
    fills: {
      task_id: "task-id",
      audio_ids: "output-id",
      index: "output-number",
      source_resolution: "param:resolution",
      model: "param:model",
      lyrics: "output-text",
      continue_at: "output-seconds",
    },
  },
);
const songOld = makeEntry([makeParam({ name: "text", kind: "text", maxLength: 100, required: true })], {
  key: "song-old",
  mode: "song-old",
  offer: "second-route",
  route: { api: "suno", id: "suno/generate" },
  output: "audio",
});

const family = (entries: readonly Entry[]): Family => ({
  key: "made-up",
  vendor: "made up",
  category: "music",
  title: "Made up",
  about: { ru: "Тест", en: "Test" },
  addedAt: "2026-01-01",
  order: 1,
  entries: [...entries],
});
const all = family([song, longer, songOld]);
const found = (entry: Entry): CatalogEntry => ({ family: all, entry });
const catalog: Catalog = {
  ...shipped,
  entry: (key) => {
    const entry = all.entries.find((candidate) => candidate.key === key);
    return entry && found(entry);
  },
};

const result = (fields: Partial<EarlierResult> = {}): EarlierResult => ({
  values: { prompt: "море", model: "V5", resolution: "1080p" },
  taskId: "task-1",
  finishedAt: new Date("2026-11-19T12:00:00Z"),
  output: { position: 1, externalId: "track-2", durationSeconds: 93.7, text: "Ла-ла" },
  ...fields,
});

describe("a follow-up", () => {
  test("stands under the result that names it", () => {
    expect(followUpsOf(catalog, found(song)).map(({ entry }) => entry.key)).toEqual(["longer"]);
    expect(followUpsOf(catalog, found(longer))).toEqual([]);
  });

  test("is given the ids, the words, the length and the settings of the result", () => {
    const values = filledValues(found(longer), result(), now);
    expect(values).toEqual({
      task_id: "task-1",
      audio_ids: "track-2",
      index: 1,
      source_resolution: "1080p",
      model: "V5",
      lyrics: "Ла-ла",
      continue_at: 93,
    });
    expect(buildInput(longer, values ?? {}, noFiles)).toEqual({
      task_id: "task-1",
      audio_ids: ["track-2"],
      index: 1,
      model: "V5",
      lyrics: "Ла-ла",
      continue_at: 93,
    });
  });

  test("keeps its defaults where the result has nothing that fits", () => {
    const poor = result({
      values: { model: "V4", resolution: "4K" },
      output: { position: 0, externalId: "track-1", durationSeconds: 500, text: "слишком длинный текст песни" },
    });
    expect(filledValues(found(longer), poor, now)).toEqual({
      task_id: "task-1",
      audio_ids: "track-1",
      index: 0,
      model: "V6",
    });
  });

  test("is not offered without an id that it needs, nor when the task is forgotten", () => {
    expect(filledValues(found(longer), result({ taskId: null }), now)).toBeNull();
    expect(filledValues(found(longer), result({ finishedAt: null }), now)).toBeNull();
    const nameless = { ...result().output, externalId: null };
    expect(filledValues(found(longer), result({ output: nameless }), now)).toBeNull();
    const dayBefore = result({ finishedAt: new Date("2026-11-06T12:00:01Z") });
    const dayAfter = result({ finishedAt: new Date("2026-11-06T11:59:59Z") });
    expect(filledValues(found(longer), dayBefore, now)).not.toBeNull();
    expect(filledValues(found(longer), dayAfter, now)).toBeNull();
  });

  test("takes an id from nobody's keyboard", () => {
    const param = earlierParam("task_id");
    expect(readTyped(param, "another-task").ok).toBe(false);
    expect(readButton(param, "another-task").ok).toBe(false);
  });
});

describe("two routes", () => {
  test("are tried in the order that the admin chose, each with its own names", () => {
    const ways = routesOf(catalog, found(song));
    expect(ways.map(({ entry }) => entry.key)).toEqual(["song", "song-old"]);
    const own = { prompt: "море", model: "V5" };
    expect(ways.map((way) => buildInput(way.entry, way.values(own), noFiles))).toEqual([
      { prompt: "море", model: "V5" },
      { text: "море" },
    ]);
    // Where the words are needed, a song without them can not go there; nor what the data rules out.
    expect(routesOf(catalog, found(song), {}).map(({ entry }) => entry.key)).toEqual(["song"]);
    const onlyNew = { ...song, second: { key: "song-old", names: { prompt: "text" }, onlyWhen: { model: "V6" } } };
    expect(routesOf(catalog, found(onlyNew), own)).toHaveLength(1);
    expect(routesOf(catalog, found(onlyNew), { ...own, model: "V6" })).toHaveLength(2);
    const turned = routesOf(catalog, { ...found(song), secondFirst: true });
    expect(turned.map(({ entry }) => entry.key)).toEqual(["song-old", "song"]);
    expect(routesOf(catalog, found(longer)).map(({ entry }) => entry.key)).toEqual(["longer"]);
  });
});

describe("the check of the data", () => {
  const faults = (...entries: Entry[]) => catalogFaults([family(entries)]);
  test("finds nothing in links that fit", () => {
    expect(faults(song, longer, songOld)).toEqual([]);
  });
  test("finds follow-ups that lead nowhere, stand nowhere or are given nothing", () => {
    expect(faults({ ...song, followUps: ["nothing"] }, songOld)).toContain("song: follow-up nothing is no entry");
    expect(faults({ ...song, followUps: ["song-old"] }, songOld)).toContain("song: follow-up song-old is not sold");
    expect(faults(longer)).toContain("longer: a follow-up of nothing");
    const { fills: _fills, ...unfilled } = longer;
    expect(faults(song, unfilled, songOld)).toEqual([
      "song: follow-up longer takes nothing from it",
      "longer: nothing fills task_id",
      "longer: nothing fills audio_ids",
    ]);
    const stray = { ...longer, fills: { ...longer.fills, nowhere: "task-id" } };
    expect(faults(song, stray, songOld)).toContain("song: follow-up longer fills nowhere, which it has not");
  });
  test("finds second routes whose fields do not fit", () => {
    expect(faults(songOld)).toEqual(["song-old: the second route of nothing"]);
    const unnamed = { ...song, second: { key: "song-old" } };
    expect(faults(unnamed, longer, songOld)).toEqual(["song: second route song-old: nothing gives text"]);
    const misnamed = { ...song, second: { key: "song-old", names: { prompt: "words", model: "text" } } };
    expect(faults(misnamed, longer, songOld)).toEqual([
      "song: second route song-old has no words",
      "song: second route song-old: text is a text, not a choice",
    ]);
  });
});
