import { afterEach, beforeEach, expect, test } from "vitest";
import { handleKieControl } from "../../../lib/sandbox/kie/control-api.ts";
import { type KieBench, SONG, songInput, startBench } from "./harness.ts";
import { song } from "./operation-cases.ts";

let bench: KieBench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.close());

const market = (prompt: string) => bench.create(SONG, songInput(prompt));
const dedicated = (prompt: string) =>
  bench.api("POST", "/api/v1/generate", { ...song({ prompt }), callBackUrl: bench.callbackUrl });
const gone = { code: 422, msg: expect.stringMatching(/^The model name you specified is not supported/) };

test("gone-route: is refused on the route that sees the text first, again and again, and on no other", async () => {
  expect(await market("gone-route: песня")).toMatchObject(gone);
  expect(await market("gone-route: песня")).toMatchObject(gone);
  expect(await dedicated("gone-route: песня")).toMatchObject({ code: 200 });
  expect(await dedicated("gone-route: другая")).toMatchObject(gone);
  expect(await market("gone-route: другая")).toMatchObject({ code: 200 });
  expect(bench.kie.credits()).toBe(100_000 - 24);
});

test("gone-route: adds up with other magic words", async () => {
  expect(await market("gone-route: fail: песня")).toMatchObject(gone);
  await dedicated("gone-route: fail: песня");
  await bench.clock.advance(60);
  expect(bench.kie.tasks()).toMatchObject([{ api: "suno", state: "fail", creditsConsumed: 0 }]);
});

test("models declared unknown are 404 until they are cleared, and cost nothing", async () => {
  bench.kie.setSwitches({
    unknownModels: [
      { api: "market", id: SONG },
      { api: "suno", id: "suno/generate" },
    ],
  });
  expect([(await market("песня")).code, (await dedicated("песня")).code]).toEqual([404, 404]);
  expect((await bench.api("POST", "/api/v1/generate/sounds", { prompt: "гром", model: "V5" })).code).toBe(200);
  bench.kie.setSwitches({ unknownModels: [{ api: "market", id: SONG }] });
  expect([(await market("песня")).code, (await dedicated("песня")).code]).toEqual([404, 200]);
  bench.kie.setSwitches({ unknownModels: [] });
  expect((await market("песня")).code).toBe(200);
  expect(bench.kie.createdCount()).toBe(3);
});

test("a person changes the switches over HTTP, and a slip is named", async () => {
  const post = async (body: unknown) => {
    const init = { method: "POST", body: JSON.stringify(body) };
    const response = await handleKieControl(bench.kie, new Request("http://sandbox/sandbox/kie/switches", init));
    const answer: unknown = await response?.json();
    return [response?.status, answer];
  };
  const unknownModels = [{ api: "suno", id: "suno/generate" }];
  expect(await post({ unknownModels })).toMatchObject([200, { unknownModels, maintenance: false }]);
  expect((await dedicated("песня")).code).toBe(404);
  expect(await post({ unknownModels: [{ api: "nobody", id: "x" }] })).toMatchObject([
    400,
    { error: expect.stringContaining("unknownModels.0.api") },
  ]);
  expect(await post({ mantenance: true })).toMatchObject([400, { error: expect.any(String) }]);
  expect(await post({ unknownModels: [] })).toMatchObject([200, { unknownModels: [] }]);
  expect(await handleKieControl(bench.kie, new Request("http://sandbox/sandbox/clock"))).toBeUndefined();
});

test("magic words after then: hold for what is made of the task, and not for the task itself", async () => {
  const { taskId } = await market("then: 505: песня");
  await bench.clock.advance(60);
  const [track] = JSON.parse((await bench.record(taskId)).resultJson).data;
  const wav = { taskId, audioId: track.id, callBackUrl: bench.callbackUrl };
  expect(await bench.api("POST", "/api/v1/wav/generate", wav)).toMatchObject({ code: 505 });
  const persona = { taskId, audioId: track.id, name: "Голос", description: "тёплый" };
  expect(await bench.api("POST", "/api/v1/generate/generate-persona", persona)).toMatchObject({ code: 505 });
});

test("an endpoint that answers at once refuses instead of failing later, and its answer can be lost though it is paid", async () => {
  const post = (content: string) => bench.api("POST", "/api/v1/style/generate", { content });
  expect(await post("fail:policy поп")).toMatchObject({ code: 400, data: null });
  expect(bench.kie.createdCount()).toBe(0);
  await expect(post("lost: поп")).rejects.toThrow();
  expect(bench.kie.credits()).toBe(100_000 - 0.4);
  expect(await post("oldnames: поп")).toMatchObject({ data: { successFlag: "成功", errorMsg: "" } });
});
