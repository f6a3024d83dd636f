import { afterAll, beforeAll, expect, test } from "vitest";
import { parseCallback } from "../../lib/kie/callback.ts";
import { createKieClient } from "../../lib/kie/client.ts";
import type { KieGateway, LookOutcome, StartOutcome, TaskOutput } from "../../lib/kie/gateway.ts";
import { makeMp3 } from "../../lib/sandbox/media/make-mp3.ts";
import { makeMp4 } from "../../lib/sandbox/media/make-mp4.ts";
import { makePng } from "../../lib/sandbox/media/make-png.ts";
import type { KieApi } from "../../lib/shared/kie-api.ts";
import type { OutputKind } from "../../lib/shared/media.ts";
import { API_KEY, type KieBench, startBench } from "../integration/sandbox-kie/harness.ts";
import { CASES, type CaseWorld, song } from "../integration/sandbox-kie/operation-cases.ts";

let bench: KieBench;
let gateway: KieGateway;
let world: CaseWorld;

const apiOf = (model: string): KieApi => {
  const [family] = model.split("/");
  if (family?.startsWith("veo")) return "veo";
  if (family === "omni") return "gemini-omni";
  if (family?.startsWith("flux-kontext")) return "flux-kontext";
  return family === "runway" || family === "aleph" || family === "gpt4o-image" ? family : "suno";
};

async function start(model: string, input: Record<string, unknown>): Promise<StartOutcome> {
  // The rate window is twenty creates in ten seconds.
  await bench.clock.advance(1);
  return gateway.start({ api: apiOf(model), model, input, callBackUrl: bench.callbackUrl });
}

const look = (
  model: string,
  taskId: string,
  output: OutputKind,
  earlier: Record<string, unknown>,
): Promise<LookOutcome> => gateway.look({ api: apiOf(model), model, taskId, output, earlier });

/** Starts an operation and waits until it is done, as the product does it. */
async function made(
  model: string,
  input: Record<string, unknown>,
  output: OutputKind,
): Promise<{ taskId: string; outputs: readonly TaskOutput[]; hint: unknown }> {
  const before = bench.received.length;
  const answer = await start(model, input);
  if (answer.kind === "finished") return { taskId: answer.taskId ?? "", outputs: answer.outputs, hint: null };
  if (answer.kind !== "created") throw new Error(`${model}: ${JSON.stringify(answer)}`);
  const { taskId } = answer;
  await bench.clock.advance(2);
  expect((await look(model, taskId, output, input)).kind).toBe("pending");
  await bench.clock.advance(90);
  const outcome = await look(model, taskId, output, input);
  if (outcome.kind !== "succeeded") throw new Error(`${model}: ${JSON.stringify(outcome)}`);
  const hints = bench.received.slice(before).map(({ raw }) => parseCallback(raw));
  return { taskId, outputs: outcome.outputs, hint: hints.filter((hint) => hint.taskId === taskId).at(-1) };
}

beforeAll(async () => {
  bench = await startBench({ startCredits: 100_000 });
  const { origin } = bench;
  const options = { baseUrl: `${origin}/kie`, uploadUrl: `${origin}/kie-upload`, apiKey: API_KEY };
  gateway = createKieClient({ ...options, clock: bench.clock });
  const sound = await bench.upload(await makeMp3({ seconds: 2, seed: 1 }), "a.mp3");
  const { taskId, outputs } = await made("suno/generate", song(), "audio");
  const first = { taskId, audioId: outputs[0]?.externalId ?? "" };
  const { taskId: phrase } = await made(
    "suno/voice-validate",
    { voiceUrl: sound, vocalStartS: 0, vocalEndS: 2 },
    "text",
  );
  const { taskId: stems } = await made("suno/vocal-removal", { ...first, type: "separate_vocal" }, "audio");
  const voice = await made("suno/voice-generate", { taskId: phrase, verifyUrl: sound }, "text");
  const { taskId: clip } = await made("veo3_fast", { prompt: "кот" }, "video");
  const runwayInput = { prompt: "кот", duration: 5, quality: "720p", aspectRatio: "1:1" };
  const { taskId: runway } = await made("runway/generate", runwayInput, "video");
  world = {
    image: await bench.upload(await makePng({ text: "a", width: 300, height: 300 }), "a.png"),
    video: await bench.upload(await makeMp4({ seconds: 1, width: 64, height: 64 }), "a.mp4"),
    ...{ sound, song: first, stems, phrase, voice: voice.taskId, clip, runway },
  };
});
afterAll(() => bench.close());

/** What each operation makes; songs everywhere else in Suno, and videos in the families of videos. */
const OUTPUTS: Readonly<Record<string, OutputKind>> = {
  "suno/lyrics": "text",
  "suno/midi": "midi",
  "suno/mp4": "video",
  "suno/cover-image": "image",
  "suno/voice-validate": "text",
  "suno/voice-regenerate": "text",
  "suno/voice-generate": "text",
  "suno/voice-check": "text",
  "suno/generate-persona": "text",
  "suno/get-timestamped-lyrics": "timed-lyrics",
  "suno/style": "text",
  "gpt4o-image/generate": "image",
  "flux-kontext-pro": "image",
  "omni/audio/create": "text",
  "omni/character/create": "image",
};
const outputOf = (model: string): OutputKind => OUTPUTS[model] ?? (apiOf(model) === "suno" ? "audio" : "video");

test.each(Object.keys(CASES))(
  "%s: the client starts it, understands its callback, and reads its result",
  async (model) => {
    const output = outputOf(model);
    const { taskId, outputs, hint } = await made(model, CASES[model]?.body(world) ?? {}, output);
    expect(outputs.length).toBeGreaterThan(0);
    expect(new Set(outputs.map(({ kind }) => kind))).toEqual(new Set([output]));
    if (hint !== null) expect(hint).toEqual({ taskId, stage: "success" });
  },
);

test("1080p of a clip is asked for until it is there, under the clip's own id", async () => {
  const input = { taskId: world.clip, index: 0 };
  const { taskId, outputs } = await made("veo/get-1080p-video", input, "video");
  expect(taskId).toBe(world.clip);
  expect(outputs).toMatchObject([{ kind: "video" }]);
  expect(await start("veo/get-1080p-video", input)).toMatchObject({ kind: "finished", taskId: world.clip, outputs });
});

test("the parts of a song have the names and ids that their notes are written by", async () => {
  const { outputs } = await made("suno/vocal-removal", { ...world.song, type: "separate_vocal" }, "audio");
  expect(outputs).toMatchObject([
    { title: "Vocals", externalId: expect.any(String) },
    { title: "Instrumental", externalId: expect.any(String) },
  ]);
});

test("an empty account is the same to lyrics as to everything else", async () => {
  const poor = await startBench({ startCredits: 0 });
  const { origin } = poor;
  const options = { baseUrl: `${origin}/kie`, uploadUrl: origin, apiKey: API_KEY, clock: poor.clock };
  const client = createKieClient(options);
  for (const [model, input] of [
    ["suno/lyrics", { prompt: "x" }],
    ["suno/generate", song()],
  ] as const) {
    const outcome = await client.start({ api: "suno", model, input, callBackUrl: poor.callbackUrl });
    expect(outcome).toMatchObject({ kind: "refused", code: 402 });
  }
  await poor.close();
});
