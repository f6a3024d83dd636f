import { expect, test } from "vitest";
import { envelope, kieBench, PROMPT, started } from "./kie-bench.ts";
import type { Answer } from "./local-server.ts";

const TASK = { api: "market", model: "z-image", input: { prompt: PROMPT } } as const;

test.each<[code: number, message: string, isUnknownModel: boolean]>([
  [422, "The model name you specified is not supported. Please verify it.", true],
  [422, "Page does not exist or is not published", true],
  [422, "Model not found", true],
  [422, "model z-image is not supported", true],
  [422, "This endpoint is no longer available", true],
  [422, "No such model", true],
  [404, "Not found", true],
  [404, "", true],
  [404, "The endpoint does not exist", true],
  [404, "video model not found", true],
  [404, "Task not found", false],
  [404, "Record does not exist", false],
  [404, "The audio file does not exist", false],
  [422, "Record does not exist", false],
  [422, "recordInfo is null", false],
  [422, "Task not found", false],
  [422, "audioId does not exist", false],
  [422, "prompt is required", false],
  [422, "model is required", false],
  [422, "This field is not supported by the model", false],
  [422, "resolution 4k is not supported by this model", false],
  [422, "the model's aspect_ratio is not supported", false],
  [400, "The model name you specified is not supported", false],
  [500, "Model not found", false],
])("a create refused with %i «%s»: unknown model %s", async (code, message, isUnknownModel) => {
  const { outcome } = await started(TASK, envelope(null, code, message));
  expect(outcome).toEqual({ kind: "refused", code, message, isUnknownModel });
});

test("what a user wrote can not make a model unknown", async () => {
  const input = { prompt: "this model is not supported" };
  const { outcome } = await started({ ...TASK, input }, envelope(null, 422, `Refused: ${input.prompt}`));
  expect(outcome).toEqual({ kind: "refused", code: 422, message: "Refused: […]", isUnknownModel: false });
});

test.each<[string, Answer, boolean]>([
  ["HTTP 404 with a page", { status: 404, body: "<html>Not Found</html>" }, true],
  ["HTTP 404 of another framework", { status: 404, body: { status: 404, error: "Not Found", path: "/x" } }, true],
  ["HTTP 405 with a page", { status: 405, body: "Method Not Allowed" }, true],
  ["HTTP 410 with nothing", { status: 410, body: "" }, true],
  ["HTTP 403 with a page", { status: 403, body: "error code: 1010" }, false],
  ["HTTP 400 with a page", { status: 400, body: "Bad Request" }, false],
])("%s", async (_, answer, isGone) => {
  const { outcome, arrived } = await started(TASK, answer);
  const gone = { kind: "refused", code: 404, isUnknownModel: true };
  expect(outcome).toMatchObject(isGone ? gone : { kind: "unknown" });
  expect(arrived).toBe(1);
});

test("a full queue of 4o is another try later; elsewhere the code is a refusal", async () => {
  const { gateway } = await kieBench(() => envelope(null, 550, "Connection denied"));
  const task = { model: "m", input: {}, callBackUrl: "https://bot.example/" };
  expect(await gateway.start({ ...task, api: "gpt4o-image" })).toMatchObject({ kind: "busy", code: 550 });
  expect(await gateway.start({ ...task, api: "market" })).toMatchObject({ kind: "refused", code: 550 });
});
