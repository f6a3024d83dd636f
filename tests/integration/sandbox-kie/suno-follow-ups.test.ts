import { afterEach, beforeEach, expect, test } from "vitest";
import * as z from "zod";
import { measureSeconds } from "../../../lib/sandbox/media/measure-seconds.ts";
import { type KieBench, SONG, songInput, startBench } from "./harness.ts";
import { song } from "./operation-cases.ts";

let bench: KieBench;
let source: { taskId: string; audioId: string };
beforeEach(async () => {
  bench = await startBench();
  source = await makeSong();
});
afterEach(() => bench.close());

const sunoSchema = z.object({ response: z.object({ sunoData: z.array(z.object({ id: z.string() })) }) });

async function post(path: string, body: Record<string, unknown>) {
  const { code, msg, data } = await bench.api("POST", `/api/v1/${path}`, { callBackUrl: bench.callbackUrl, ...body });
  const taskId = z.object({ taskId: z.string() }).nullish().catch(null).parse(data)?.taskId ?? "";
  return { code, msg, data, taskId };
}
const record = async (folder: string, taskId: string) =>
  (await bench.api("GET", `/api/v1/${folder}/record-info?taskId=${taskId}`)).data;

async function makeSong(more: object = {}): Promise<{ taskId: string; audioId: string }> {
  const { taskId } = await post("generate", song(more));
  await bench.clock.advance(60);
  return { taskId, audioId: sunoSchema.parse(await record("generate", taskId)).response.sunoData[0]?.id ?? "" };
}

const WITH_SONG = ["wav/generate", "mp4/generate", "vocal-removal/generate"];

test.each([...WITH_SONG, "generate/get-timestamped-lyrics"])(
  "%s refuses unknown tasks and tracks at once",
  async (path) => {
    const refused = { code: 422, msg: "Record does not exist", data: null };
    expect(await post(path, { ...source, taskId: "nobody" })).toMatchObject(refused);
    expect(await post(path, { ...source, audioId: "nobody" })).toMatchObject(refused);
    const other = await makeSong();
    expect(await post(path, { ...source, audioId: other.audioId })).toMatchObject(refused);
    expect((await post(path, source)).code).toBe(200);
  },
);

test("a song that is not ready, and what is no song, cannot be worked on", async () => {
  const { taskId } = await post("generate", song());
  expect(await post("suno/cover/generate", { taskId })).toMatchObject({ code: 422 });
  const lyrics = await post("lyrics", { prompt: "о море" });
  await bench.clock.advance(60);
  expect(await post("suno/cover/generate", { taskId: lyrics.taskId })).toMatchObject({ msg: "Record does not exist" });
  expect(await post("midi/generate", { taskId: source.taskId })).toMatchObject({ msg: "Record does not exist" });
});

test("an unknown track to extend is accepted and fails later, unpaid", async () => {
  const credits = bench.kie.credits();
  const extend = { defaultParamFlag: false, audioId: "nobody", model: "V6", prompt: "ещё" };
  const { code, taskId } = await post("generate/extend", extend);
  expect(code).toBe(200);
  await bench.clock.advance(60);
  expect(await record("generate", taskId)).toMatchObject({ errorCode: 400, errorMessage: "The audio does not exist" });
  expect(bench.kie.credits()).toBe(credits);
});

test("an extension must begin inside of the track", async () => {
  const extend = {
    defaultParamFlag: true,
    audioId: source.audioId,
    model: "V6",
    prompt: "ещё",
    style: "x",
    title: "x",
  };
  expect((await post("generate/extend", { ...extend, continueAt: 0 })).code).toBe(422);
  expect((await post("generate/extend", { ...extend, continueAt: 5 })).code).toBe(422);
  expect((await post("generate/extend", { ...extend, continueAt: 4.5 })).code).toBe(200);
});

test.each(["wav/generate", "mp4/generate"])(
  "%s is made once for each track, also when the market made it",
  async (path) => {
    expect((await post(path, source)).code).toBe(200);
    expect(await post(path, source)).toMatchObject({ code: 409, data: null });
    await bench.clock.advance(60);
    expect((await post(path, source)).code).toBe(409);
    const second = await bench.create(SONG, songInput("Песня"));
    await bench.clock.advance(60);
    const [track] = JSON.parse((await bench.record(second.taskId)).resultJson).data;
    const model = path === "wav/generate" ? "ai-music-api/convert-to-wav-format" : "ai-music-api/create-music-video";
    expect((await bench.create(model, { task_id: second.taskId, audio_id: track.id })).code).toBe(200);
    expect((await post(path, { taskId: second.taskId, audioId: track.id })).code).toBe(409);
  },
);

test("a persona is made once, a failed WAV may be tried again, stems are charged each time", async () => {
  const persona = { ...source, name: "Голос", description: "тёплый" };
  expect((await post("generate/generate-persona", { ...persona, vocalEnd: 5 })).code).toBe(422);
  expect(await post("generate/generate-persona", persona)).toMatchObject({ data: { personaId: expect.any(String) } });
  expect((await post("generate/generate-persona", persona)).code).toBe(409);
  const failing = await makeSong({ prompt: "then: fail: песня" });
  expect((await post("wav/generate", failing)).code).toBe(200);
  await bench.clock.advance(60);
  expect((await post("wav/generate", failing)).code).toBe(200);
  const credits = bench.kie.credits();
  expect((await post("vocal-removal/generate", source)).code).toBe(200);
  expect((await post("vocal-removal/generate", { ...source, type: "split_stem" })).code).toBe(200);
  expect(bench.kie.credits()).toBe(credits - 60);
});

test("a second cover is 400 with the first one's task", async () => {
  const first = await post("suno/cover/generate", { taskId: source.taskId });
  expect(await post("suno/cover/generate", { taskId: source.taskId })).toMatchObject({
    code: 400,
    data: { taskId: first.taskId },
  });
  await bench.clock.advance(60);
  expect((await post("suno/cover/generate", { taskId: source.taskId })).taskId).toBe(first.taskId);
});

test("market songs are known to the dedicated endpoints and dedicated songs to the market", async () => {
  const { taskId } = await bench.create(SONG, songInput("Песня"));
  await bench.clock.advance(60);
  const [, track] = JSON.parse((await bench.record(taskId)).resultJson).data;
  const wav = await post("wav/generate", { taskId, audioId: track.id });
  await bench.clock.advance(60);
  expect(await record("wav", wav.taskId)).toMatchObject({ successFlag: "SUCCESS", musicId: track.id, musicIndex: 1 });
  const stems = await bench.create("ai-music-api/separate-vocals", {
    stem_name: "Bass",
    task_id: source.taskId,
    audio_id: source.audioId,
  });
  expect(stems.code).toBe(200);
  await bench.clock.advance(60);
  expect((await post("midi/generate", { taskId: stems.taskId })).code).toBe(200);
  const midi = { task_id: stems.taskId, audio_id: source.audioId };
  expect((await bench.create("ai-music-api/generate-midi-from-audio", midi)).code).toBe(200);
  expect(await bench.api("GET", `/api/v1/jobs/recordInfo?taskId=${wav.taskId}`)).toMatchObject({ code: 422 });
});

test("the WAV is the song, the stems are as long, the video is a video", async () => {
  const files: string[] = [];
  for (const path of WITH_SONG) {
    const { taskId } = await post(path, source);
    await bench.clock.advance(60);
    files.push(JSON.stringify(await record(path.split("/")[0] ?? "", taskId)));
  }
  const [wav = "", video = "", stem = ""] = files.map((text) => /http[^"]*\/0\.\w+/.exec(text)?.[0]);
  const loaded = async (url: string) => {
    const response = await fetch(url);
    return [response.headers.get("content-type"), Math.round((await measureSeconds(await response.bytes())) ?? 0)];
  };
  expect(await loaded(wav)).toEqual(["audio/wav", 5]);
  expect(await loaded(stem)).toEqual(["audio/mpeg", 5]);
  expect(await loaded(video)).toEqual(["video/mp4", 3]);
});

test("timed words are those of the lyrics, one after another, without the tags' own", async () => {
  const { data } = await post("generate/get-timestamped-lyrics", source);
  const wordSchema = z.object({ word: z.string(), startS: z.number(), endS: z.number() });
  const { alignedWords } = z.object({ alignedWords: z.array(wordSchema) }).parse(data);
  expect(alignedWords.map(({ word }) => word).join("")).toMatch(
    /^\[Verse\]\nПесня о море\nИ снова город просыпается\n/,
  );
  expect(alignedWords.every((word, index) => word.startS >= (alignedWords[index - 1]?.endS ?? 0))).toBe(true);
  expect(alignedWords.at(-1)?.endS).toBeLessThanOrEqual(5);
});

test("all stems, a named stem, and the other spellings", async () => {
  const all = await post("vocal-removal/generate", { ...source, type: "split_stem" });
  const named = await post("vocal-removal/generate", { ...source, type: "split_stem_advanced", stemName: "Bass" });
  const old = await post("vocal-removal/generate", await makeSong({ prompt: "then: oldnames: песня" }));
  await bench.clock.advance(60);
  expect(await record("vocal-removal", all.taskId)).toMatchObject({
    response: { drumsUrl: expect.any(String), backingVocalsUrl: expect.any(String), originData: { length: 12 } },
  });
  expect(await record("vocal-removal", named.taskId)).toMatchObject({
    response: { originData: [{ stem_type_group_name: "Bass" }, { stem_type_group_name: "No Bass" }] },
  });
  const told = (taskId: string) =>
    bench.received.map(({ raw }) => raw).find((raw) => JSON.stringify(raw).includes(taskId));
  expect(told(all.taskId)).toMatchObject({
    data: { task_id: all.taskId, vocal_separation_info: { backing_vocals_url: expect.any(String) } },
  });
  expect(told(named.taskId)).toMatchObject({ data: { vocal_removal_info: { origin_data: [{}, {}] } } });
  expect(told(old.taskId)).toMatchObject({
    data: { taskId: old.taskId, vocal_separation_info: { vocalUrl: expect.any(String) } },
  });
});

test("a voice: the phrase, the check, and who may ask for it", async () => {
  const voiceUrl = (await fetchFirstTrack()) ?? "";
  expect(await post("voice/validate", { voiceUrl, vocalStartS: 3, vocalEndS: 3 })).toMatchObject({ code: 422 });
  const phrase = await post("voice/validate", { voiceUrl, vocalStartS: 0, vocalEndS: 3, language: "ru" });
  await bench.clock.advance(60);
  const { code } = await bench.api("POST", "/api/v1/voice/regenerate", {
    taskId: phrase.taskId,
    calBackUrl: bench.callbackUrl,
  });
  expect(code).toBe(200);
  const voice = await post("voice/generate", { taskId: phrase.taskId, verifyUrl: voiceUrl });
  await bench.clock.advance(60);
  expect(await post("voice/check-voice", { task_id: voice.taskId })).toMatchObject({ data: { isAvailable: true } });
  expect(await post("voice/check-voice", { task_id: phrase.taskId })).toMatchObject({ code: 422 });
  expect(bench.received.map(({ body }) => body.data.status).filter(Boolean)).toContain("wait_validating");
});

async function fetchFirstTrack(): Promise<string | undefined> {
  return /http[^"]*0\.mp3/.exec(JSON.stringify(await record("generate", source.taskId)))?.[0];
}
