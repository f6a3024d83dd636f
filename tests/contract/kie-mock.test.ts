import { expect, test } from "vitest";
import { createMockGateway } from "../../lib/kie/mock.ts";
import { probeMedia } from "../../lib/media/probe.ts";

const TASK = { api: "veo", model: "veo3_fast", input: {}, callBackUrl: "https://bot.example/" } as const;

const LOOK = { api: "veo", model: "veo3_fast", earlier: {} } as const;

function mockAt(start: string, label: "TEST" | "DRY RUN" = "TEST") {
  let now = new Date(start);
  const clock = { now: () => now };
  const wait = (seconds: number): void => {
    now = new Date(now.getTime() + seconds * 1000);
  };
  return { gateway: createMockGateway({ clock, label }), clock, wait };
}

async function startedTask(gateway: ReturnType<typeof mockAt>["gateway"]): Promise<string> {
  const outcome = await gateway.start(TASK);
  if (outcome.kind !== "created") throw new Error(outcome.kind);
  return outcome.taskId;
}

test("a mock task is pending for three seconds, then done, in any process", async () => {
  const { gateway, clock, wait } = mockAt("2026-11-20T12:00:00Z");
  const taskId = await startedTask(gateway);
  wait(2.9);
  expect(await gateway.look({ ...LOOK, taskId, output: "image" })).toEqual({ kind: "pending", state: "generating" });
  wait(0.2);
  const another = createMockGateway({ clock, label: "TEST" });
  expect(await another.look({ ...LOOK, taskId, output: "image" })).toMatchObject({
    kind: "succeeded",
    creditsConsumed: 0,
  });
});

test.each(["image", "video", "audio"] as const)("the mock's %s is a small real file", async (output) => {
  const { gateway, wait } = mockAt("2026-11-20T12:00:00Z", "DRY RUN");
  const taskId = await startedTask(gateway);
  wait(4);
  const outcome = await gateway.look({ ...LOOK, taskId, output });
  if (outcome.kind !== "succeeded") throw new Error(outcome.kind);
  const [file] = outcome.outputs;
  expect(file).toMatchObject({ kind: output, title: "DRY RUN" });
  const bytes = Buffer.from((file && "url" in file ? file.url : "").split(",")[1] ?? "", "base64");
  expect(bytes.length).toBeLessThan(4_000);
  expect(await probeMedia(bytes)).toMatchObject({
    kind: output,
    format: { image: "png", video: "mp4", audio: "mp3" }[output],
  });
});

test.each(["text", "timed-lyrics", "midi"] as const)("the mock answers %s in words", async (output) => {
  const { gateway, wait } = mockAt("2026-11-20T12:00:00Z");
  const taskId = await startedTask(gateway);
  wait(4);
  const outcome = await gateway.look({ ...LOOK, taskId, output });
  if (outcome.kind !== "succeeded") throw new Error(outcome.kind);
  const [words] = outcome.outputs;
  const text = words && "text" in words ? String(words.text) : "";
  expect(words?.kind).toBe(output);
  if (output === "midi") expect(JSON.parse(text).instruments[0].notes).toHaveLength(8);
  else expect(text).toMatch(output === "text" ? /^TEST: / : /^\[00:00\.00\] TEST: .+\n\[00:00\.50\] /);
});

test("two mock tasks of one moment differ, and a foreign id is unknown", async () => {
  const { gateway } = mockAt("2026-11-20T12:00:00Z");
  expect(await startedTask(gateway)).not.toBe(await startedTask(gateway));
  expect(await gateway.look({ ...LOOK, taskId: "2aeff425a5f21580d2f225c4129e63ab", output: "image" })).toEqual({
    kind: "not-found",
  });
});

test("a mock upload gives a link that nobody can be made to fetch", async () => {
  const { gateway } = mockAt("2026-11-20T12:00:00Z");
  const stored = await gateway.upload({ bytes: new Uint8Array(1), format: "png", mime: "image/png" });
  expect(stored.url).toMatch(/^https:\/\/mock\.invalid\/[0-9a-z]{26}\.png$/);
  expect(stored.expiresAt).toEqual(new Date("2026-11-21T12:00:00Z"));
  expect(await gateway.credits()).toBe(1_000);
});
