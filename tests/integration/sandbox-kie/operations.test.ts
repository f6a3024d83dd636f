import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import { OPERATIONS, type Operation } from "../../../lib/sandbox/kie/operations.ts";
import { requestSchemas } from "../../../lib/sandbox/kie/request-schemas.ts";
import { makeMp3 } from "../../../lib/sandbox/media/make-mp3.ts";
import { makeMp4 } from "../../../lib/sandbox/media/make-mp4.ts";
import { makePng } from "../../../lib/sandbox/media/make-png.ts";
import { type KieBench, startBench } from "./harness.ts";
import { CASES, type CaseWorld, song } from "./operation-cases.ts";

let bench: KieBench;
let world: CaseWorld;

async function send({ method, path }: Operation, body: Record<string, unknown>) {
  // The rate window is twenty creates in ten seconds.
  await bench.clock.advance(1);
  const answer = await bench.api(method, path, body);
  return { ...answer, taskId: z.object({ taskId: z.string() }).nullish().catch(null).parse(answer.data)?.taskId ?? "" };
}

const operation = (model: string): Operation => {
  const found = OPERATIONS.find(({ models }) => models.includes(model));
  if (!found) throw new Error(`no operation for ${model}`);
  return found;
};

async function made(model: string, body: Record<string, unknown>): Promise<string> {
  const { taskId, code, msg } = await send(operation(model), { callBackUrl: bench.callbackUrl, ...body });
  expect({ code, msg }).toEqual({ code: 200, msg: "success" });
  await bench.clock.advance(60);
  return taskId;
}

const sunoDataSchema = z.object({ response: z.object({ sunoData: z.array(z.object({ id: z.string() })) }) });

async function songFor(later: string): Promise<{ taskId: string; audioId: string }> {
  const taskId = await made("suno/generate", song({ prompt: `${later} Песня` }));
  const { data } = await bench.api("GET", `/api/v1/generate/record-info?taskId=${taskId}`);
  return { taskId, audioId: sunoDataSchema.parse(data).response.sunoData[0]?.id ?? "" };
}

/** Everything that the operations work on; with `later`, the magic words in it hold for them. */
async function prepare(later: string): Promise<CaseWorld> {
  const { upload } = bench;
  const sound = await upload(await makeMp3({ seconds: 2, seed: 1 }), "a.mp3");
  const name = later ? "then-fail-voice.mp3" : "voice.mp3";
  const voiceFile = await upload(await makeMp3({ seconds: 2, seed: 1 }), name);
  const phrase = await made("suno/voice-validate", { voiceUrl: voiceFile, vocalStartS: 0, vocalEndS: 2 });
  return {
    image: await upload(await makePng({ text: "a", width: 300, height: 300 }), "a.png"),
    video: await upload(await makeMp4({ seconds: 1, width: 64, height: 64 }), later ? "fail-a.mp4" : "a.mp4"),
    sound: later ? await upload(await makeMp3({ seconds: 2, seed: 2 }), "fail-a.mp3") : sound,
    song: await songFor(later),
    stems: await made("suno/vocal-removal", await songFor(later && `then: ${later}`)),
    phrase,
    voice: later ? "" : await made("suno/voice-generate", { taskId: phrase, verifyUrl: sound }),
    clip: await made("veo3_fast", { prompt: `${later} кот` }),
    runway: await made("runway/generate", { prompt: `${later} кот`, duration: 5, quality: "720p", aspectRatio: "1:1" }),
  };
}

let failing: CaseWorld;
beforeAll(async () => {
  bench = await startBench({ startCredits: 100_000 });
  world = await prepare("");
  failing = await prepare("then: fail:");
});
afterAll(() => bench.close());

test("the table has every operation but the one that is asked again and again", () => {
  const ids = OPERATIONS.map(({ models: [first] }) => first).filter((model) => model !== "veo/get-1080p-video");
  expect(Object.keys(CASES).sort()).toEqual(ids.sort());
  const sold = Object.values(requestSchemas().dedicated).flatMap((models) => Object.keys(models));
  expect(OPERATIONS.flatMap(({ models }) => models).sort()).toEqual(sold.sort());
});

test.each(Object.entries(CASES))(
  "%s: create, record, callback, record",
  async (model, { body, pending, done, told }) => {
    const { record, callback } = operation(model);
    const before = bench.received.length;
    const creditsBefore = bench.kie.credits();
    const callBackUrl = callback === "none" ? {} : { callBackUrl: bench.callbackUrl };
    const answer = await send(operation(model), { ...body(world), ...callBackUrl });
    expect(answer).toMatchObject({ code: 200, msg: "success" });
    const task = bench.kie.tasks().at(-1);
    expect(task).toMatchObject({ model });
    expect(creditsBefore - bench.kie.credits()).toBeCloseTo(task?.creditsConsumed ?? -1, 5);
    if (!record) {
      expect(answer.data).toMatchObject(done);
      expect(task?.state).toBe("success");
      return;
    }
    const look = async () => (await bench.api("GET", `${record.path}?taskId=${answer.taskId}`)).data;
    await bench.clock.advance(2);
    expect(await look()).toMatchObject({
      ...(model.startsWith("suno/voice") ? {} : { taskId: answer.taskId }),
      ...pending,
    });
    await bench.clock.advance(60);
    expect(await look()).toMatchObject(done);
    const bodies = bodiesOf(answer.taskId, before);
    expect(bodies.at(-1)).toMatchObject(told ?? {});
    // Dedicated families do not tell what a task cost.
    expect(JSON.stringify(bodies)).not.toContain("creditsConsumed");
  },
);

function bodiesOf(taskId: string, since: number): unknown[] {
  const bodies = bench.received.slice(since).map(({ raw }) => raw);
  return bodies.filter((body) => JSON.stringify(body).includes(taskId));
}

const FAILING = Object.entries(CASES).filter(([, { failed }]) => failed);

test.each(FAILING)("%s: a failure is told and the credits come back", async (model, { body, failed, failureTold }) => {
  const { record } = operation(model);
  const fields = body(failing);
  // What has a text of its own fails by it; the others by what they are made of.
  const prompt = typeof fields.prompt === "string" ? { prompt: `fail: ${fields.prompt}` } : {};
  const before = bench.received.length;
  const credits = bench.kie.credits();
  const answer = await send(operation(model), { ...fields, ...prompt, callBackUrl: bench.callbackUrl });
  expect(answer).toMatchObject({ code: 200 });
  await bench.clock.advance(60);
  const { data } = await bench.api("GET", `${record?.path}?taskId=${answer.taskId}`);
  expect(data).toMatchObject(failed ?? {});
  expect(bodiesOf(answer.taskId, before).at(-1)).toMatchObject(failureTold ?? { code: 501 });
  expect(bench.kie.credits()).toBeCloseTo(credits, 5);
});
