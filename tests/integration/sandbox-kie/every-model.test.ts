import { afterAll, beforeAll, expect, test } from "vitest";
import { type FieldSchema, type ModelSchema, requestSchemas } from "../../../lib/sandbox/kie/request-schemas.ts";
import { makeMp3 } from "../../../lib/sandbox/media/make-mp3.ts";
import { makeMp4 } from "../../../lib/sandbox/media/make-mp4.ts";
import { makePng } from "../../../lib/sandbox/media/make-png.ts";
import { type KieBench, SONG, songInput, startBench } from "./harness.ts";

let bench: KieBench;
let urls: Readonly<Record<string, string>>;
let source: { taskId: string; songId: string };

beforeAll(async () => {
  bench = await startBench({ startCredits: 1_000_000 });
  urls = {
    image: await bench.upload(await makePng({ text: "a", width: 300, height: 300 }), "a.png"),
    video: await bench.upload(await makeMp4({ seconds: 2, width: 64, height: 64 }), "a.mp4"),
    audio: await bench.upload(await makeMp3({ seconds: 2, seed: 1 }), "a.mp3"),
    page: "https://example.org/",
    document: await bench.upload(new TextEncoder().encode("%PDF-1.4 …"), "a.pdf"),
  };
  const { taskId } = await bench.create(SONG, songInput("Песня"));
  await bench.clock.advance(60);
  source = { taskId, songId: JSON.parse((await bench.record(taskId)).resultJson).data[0].id };
});
afterAll(() => bench.close());

/** The shortest value the field's description allows. */
function valueFor(name: string, field: FieldSchema): unknown {
  if (field.accepts) return urls[field.accepts];
  if (name === "task_id" || name === "taskId") return source.taskId;
  if (name === "audio_id") return source.songId;
  if (field.default !== undefined) return field.default;
  if (field.enum) return field.enum[0];
  if (field.type === "string") return "x".repeat(Math.max(1, field.minLength ?? 0));
  if (field.type === "boolean") return false;
  if (field.type === "array") {
    return Array.from({ length: Math.max(1, field.minItems ?? 0) }, () =>
      valueFor(name, field.items ?? { type: "string" }),
    );
  }
  if (field.type === "object") return inputFor(field.properties ?? {}, []);
  return field.min ?? 1;
}

function inputFor(fields: Readonly<Record<string, FieldSchema>>, wanted: string[]): Record<string, unknown> {
  const chosen = Object.entries(fields).filter(([name, field]) => field.required || wanted.includes(name));
  return Object.fromEntries(chosen.map(([name, field]) => [name, valueFor(name, field)]));
}

/** What no required mark demands, but a rule does. */
function wantedByRules(schema: ModelSchema): string[] {
  const fromRules = schema.rules.flatMap((rule) =>
    rule.kind === "require" && !("last_frame_url" in rule.when)
      ? [...(rule.all ?? []), ...(rule.any ?? []).slice(0, 1)]
      : [],
  );
  return [...fromRules, ...(schema.requiredSets[0] ?? []), "prompt"];
}

test.each(Object.entries(requestSchemas().models))("%s takes a minimal request and succeeds", async (model, schema) => {
  const input = inputFor(schema.input, wantedByRules(schema));
  expect(await bench.create(model, input)).toMatchObject({ code: 200, msg: "success" });
  await bench.clock.advance(60);
  const task = bench.kie.tasks().at(-1);
  const record = await bench.record(task?.taskId ?? "");
  expect(record).toMatchObject({ model, state: "success" });
  const result = JSON.parse(record.resultJson);
  expect(result.resultUrls ?? result.data ?? [result.resultObject]).not.toHaveLength(0);
  expect(bench.kie.violations()).toEqual([]);
});
