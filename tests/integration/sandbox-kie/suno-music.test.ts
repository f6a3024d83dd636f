import { afterEach, beforeEach, expect, test } from "vitest";
import * as z from "zod";
import { makeMp3 } from "../../../lib/sandbox/media/make-mp3.ts";
import { type KieBench, SONG, songInput, startBench } from "./harness.ts";
import { song } from "./operation-cases.ts";

let bench: KieBench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.close());

const recordSchema = z.looseObject({
  status: z.string(),
  response: z
    .object({
      sunoData: z.array(z.looseObject({ id: z.string(), prompt: z.string().optional(), audioUrl: z.string() })),
    })
    .nullable(),
});

async function create(body: Record<string, unknown>, path = "/api/v1/generate"): Promise<string> {
  const { data } = await bench.api("POST", path, { callBackUrl: bench.callbackUrl, ...body });
  return z.object({ taskId: z.string() }).parse(data).taskId;
}
const record = async (taskId: string) =>
  recordSchema.parse((await bench.api("GET", `/api/v1/generate/record-info?taskId=${taskId}`)).data);
const stages = () => bench.received.map(({ body }) => body.data.callbackType);

test("the record walks through its stages with the callbacks", async () => {
  const taskId = await create(song());
  const seen: [string, number][] = [];
  for (const seconds of [2.1, 5, 9, 20]) {
    await bench.clock.advance(seconds);
    const { status, response } = await record(taskId);
    seen.push([status, response?.sunoData.length ?? 0]);
  }
  expect(seen).toEqual([
    ["PENDING", 0],
    ["TEXT_SUCCESS", 0],
    ["FIRST_SUCCESS", 1],
    ["SUCCESS", 2],
  ]);
  expect(stages()).toEqual(["text", "first", "complete"]);
});

test("dedicated songs keep the old callbacks whatever the market's do, and may skip stages", async () => {
  bench.kie.setSwitches({ sunoCallbacks: "playground", skipSunoStages: true });
  await create(song());
  await bench.clock.advance(60);
  expect(stages()).toEqual(["complete"]);
});

test("complete can come twice, and a text after it", async () => {
  bench.kie.setSwitches({ repeatSunoComplete: true, lateSunoText: true, skipSunoStages: true });
  await create(song());
  await bench.clock.advance(60);
  expect(stages()).toEqual(["complete", "complete", "text"]);
});

test("an error has no list or an empty one; a replaced section names its error", async () => {
  const taskId = await create(song());
  await bench.clock.advance(60);
  const [track] = (await record(taskId)).response?.sunoData ?? [];
  bench.received.length = 0;
  await create(song({ prompt: "fail: песня" }));
  await bench.clock.advance(60);
  bench.kie.setSwitches({ emptySunoErrors: true });
  await create(song({ prompt: "fail:531 песня" }));
  await bench.clock.advance(60);
  const section = { prompt: "fail: x", tags: "x", title: "x", infillStartS: 0, infillEndS: 10, fullLyrics: "Слова" };
  await create({ ...section, taskId, audioId: track?.id }, "/api/v1/generate/replace-section");
  await bench.clock.advance(60);
  expect(bench.received.map(({ raw }) => raw)).toEqual([
    {
      code: 501,
      msg: "Audio generation failed",
      data: { callbackType: "error", task_id: expect.any(String), data: null },
    },
    {
      code: 531,
      msg: expect.stringContaining("refunded"),
      data: { callbackType: "error", task_id: expect.any(String), data: [] },
    },
    {
      code: 501,
      msg: "Audio generation failed",
      data: { callbackType: "error", task_id: expect.any(String), error: "Audio generation failed" },
    },
  ]);
});

test("a replaced section calls back once", async () => {
  const taskId = await create(song());
  await bench.clock.advance(60);
  const [track] = (await record(taskId)).response?.sunoData ?? [];
  bench.received.length = 0;
  const section = { prompt: "x", tags: "x", title: "x", infillStartS: 0, infillEndS: 10, fullLyrics: "Слова" };
  await create({ ...section, taskId, audioId: track?.id }, "/api/v1/generate/replace-section");
  await bench.clock.advance(60);
  expect(stages()).toEqual(["complete"]);
});

test("a complete that nobody takes ends as CALLBACK_EXCEPTION, with the songs and without a refund", async () => {
  bench.kie.setSwitches({ skipSunoStages: true });
  const credits = bench.kie.credits();
  bench.callbackStatuses.push(500, 500, 500, 500, 500, 500, 500, 500);
  const songId = await create(song());
  const lyricsId = await create({ prompt: "о море" }, "/api/v1/lyrics");
  await bench.clock.advance(60);
  expect((await record(songId)).status).toBe("SUCCESS");
  await bench.clock.advance(120);
  const { status, response } = await record(songId);
  expect([status, response?.sunoData.length]).toEqual(["CALLBACK_EXCEPTION", 2]);
  expect(await bench.api("GET", `/api/v1/lyrics/record-info?taskId=${lyricsId}`)).toMatchObject({
    data: { status: "CALLBACK_EXCEPTION", response: { data: [{}, {}] } },
  });
  expect(bench.kie.credits()).toBeCloseTo(credits - 12.4, 5);
});

test("a failed song whose callback nobody took stays failed", async () => {
  bench.kie.setSwitches({ callbacksDown: true });
  const taskId = await create(song({ prompt: "fail:policy" }));
  await bench.clock.advance(300);
  expect((await record(taskId)).status).toBe("SENSITIVE_WORD_ERROR");
});

test("a song carries its lyrics: those of the request, or new ones in the prompt's language", async () => {
  const lyricsOf = async (body: Record<string, unknown>) => {
    const taskId = await create(body);
    await bench.clock.advance(60);
    return (await record(taskId)).response?.sunoData[0]?.prompt;
  };
  const custom = song({ customMode: true, prompt: "[Verse]\nМои слова", style: "рок", title: "Море" });
  expect(await lyricsOf(custom)).toBe("[Verse]\nМои слова");
  expect(await lyricsOf(song({ prompt: "о море" }))).toMatch(/^\[Verse\]\nо море\n[\s\S]*\[Chorus\]\n[А-Я]/);
  expect(await lyricsOf(song({ prompt: "the sea" }))).toMatch(/^\[Verse\]\nthe sea\n[\s\S]*\[Chorus\]\n[A-Z]/);
  expect(await lyricsOf(song({ instrumental: true }))).toBe("");
});

test("a track keeps its id in record, callback and on the market; its file plays", async () => {
  const { taskId } = await bench.create(SONG, songInput("Песня"));
  await bench.clock.advance(60);
  const market = JSON.parse((await bench.record(taskId)).resultJson).data;
  const dedicated = (await record(taskId)).response?.sunoData;
  expect(dedicated?.map((track) => track.id)).toEqual(market.map((track: { id: string }) => track.id));
  expect(market[0].prompt).toMatch(/^\[Verse\]/);
  expect((await fetch(dedicated?.[0]?.audioUrl ?? "")).headers.get("content-type")).toBe("audio/mpeg");
});

test("uploads come back as sources, and added vocals have no tags", async () => {
  const uploadUrl = await bench.upload(await makeMp3({ seconds: 2, seed: 1 }), "a.mp3");
  const vocals = { uploadUrl, prompt: "о море", title: "Море", negativeTags: "металл", style: "поп" };
  await create(vocals, "/api/v1/generate/add-vocals");
  await bench.clock.advance(60);
  const [track] = bench.received.at(-1)?.body.data.data ?? [];
  expect(track).toMatchObject({ source_audio_url: uploadUrl, prompt: expect.any(String) });
  expect(track).not.toHaveProperty("tags");
});

test("a callback URL must be there where it is documented as required", async () => {
  const refused = { code: 422, msg: "Please enter callBackUrl.", data: null };
  expect(await bench.api("POST", "/api/v1/generate", song())).toEqual(refused);
  expect(await bench.api("POST", "/api/v1/lyrics", { prompt: "о море" })).toEqual(refused);
  expect(await bench.api("POST", "/api/v1/generate/sounds", { prompt: "гром", model: "V5" })).toMatchObject({
    code: 200,
  });
});

test("an unknown task is nothing, without an error", async () => {
  for (const folder of ["generate", "lyrics", "wav", "midi", "suno/cover", "voice"]) {
    expect(await bench.api("GET", `/api/v1/${folder}/record-info?taskId=nobody`)).toEqual({
      code: 200,
      msg: "success",
      data: null,
    });
  }
});

test("lyrics have codes of their own: 413 for a long prompt, 429 without credits", async () => {
  const body = { callBackUrl: bench.callbackUrl };
  expect(await bench.api("POST", "/api/v1/lyrics", { ...body, prompt: "я".repeat(201) })).toMatchObject({ code: 413 });
  bench.kie.setCredits(0.3);
  expect(await bench.api("POST", "/api/v1/lyrics", { ...body, prompt: "о море" })).toMatchObject({ code: 429 });
  expect(await bench.api("POST", "/api/v1/generate", { ...body, ...song() })).toMatchObject({ code: 402 });
});

test("the rules of the custom mode hold", async () => {
  const code = async (more: object) =>
    (await bench.api("POST", "/api/v1/generate", { callBackUrl: bench.callbackUrl, ...song(more) })).code;
  expect(await code({ customMode: true })).toBe(422);
  expect(await code({ model: "V7" })).toBe(500);
  expect(await code({ custom_mode: true })).toBe(422);
  expect(bench.kie.violations()).toMatchObject([{ kind: "unknown-field", where: "suno/generate" }]);
});
