import { expect, test } from "vitest";
import { makeJpeg } from "../../../lib/sandbox/media/make-jpeg.ts";
import { ANNA, meet, mp3, openSandbox, png, type Sandbox, serveOnce } from "./play.ts";

const jpeg = (width = 320, height = 320) => new Uint8Array(makeJpeg({ width, height, seed: 3 }));

async function sends(sandbox: Sandbox, thumbnail: Uint8Array<ArrayBuffer> | string, audio?: string) {
  const form = new FormData();
  form.set("chat_id", String(ANNA));
  form.set("audio", audio ?? new File([mp3()], "a.mp3"));
  if (typeof thumbnail === "string") form.set("thumbnail", thumbnail);
  else {
    form.set("thumbnail", "attach://cover");
    form.set("cover", new File([thumbnail], "cover.jpg"));
  }
  return await sandbox.call("sendAudio", form);
}

test("an uploaded song has its thumbnail in the answer, in the chat, and when it is sent again", async () => {
  const sandbox = await openSandbox();
  await meet(sandbox);
  const { result } = await sends(sandbox, jpeg(320, 200));
  expect(result.audio.thumbnail).toMatchObject({ width: 320, height: 200, file_id: expect.any(String) });
  await sandbox.call("sendAudio", { chat_id: ANNA, audio: result.audio.file_id });
  const media = sandbox.telegram.chat(ANNA)?.messages.flatMap((message) => message.media ?? []);
  const thumbnailUrl = `/sandbox/files/${result.audio.thumbnail.file_id}`;
  expect(media).toMatchObject([{ thumbnailUrl }, { thumbnailUrl }]);
  expect(sandbox.telegram.violations()).toEqual([]);
});

test("an album and an edit take thumbnails by reference", async () => {
  const sandbox = await openSandbox();
  await meet(sandbox);
  const form = (fields: Record<string, unknown>) => {
    const data = new FormData();
    for (const [name, value] of Object.entries(fields)) data.set(name, JSON.stringify(value));
    data.set("song", new File([mp3()], "a.mp3"));
    data.set("cover", new File([jpeg()], "cover.jpg"));
    return data;
  };
  const covered = { type: "audio", media: "attach://song", thumbnail: "attach://cover" };
  const bare = { type: "audio", media: await serveOnce(new Uint8Array([...mp3(), 0])) };
  const album = await sandbox.call("sendMediaGroup", form({ chat_id: ANNA, media: [covered, bare] }));
  const [first, second] = album.result;
  expect([first.audio.thumbnail?.width, second.audio.thumbnail]).toEqual([320, undefined]);
  const edited = form({ chat_id: ANNA, message_id: second.message_id, media: covered });
  expect((await sandbox.call("editMessageMedia", edited)).result.audio.thumbnail).toMatchObject({ width: 320 });
});

test.each<[string, () => Uint8Array<ArrayBuffer> | string, RegExp]>([
  ["a PNG", () => png(320, 320), /must be a JPEG/],
  ["more than 200 kB", () => new Uint8Array(Buffer.concat([jpeg(), Buffer.alloc(200_000)])), /allowed are 200 kB/],
  ["wider than 320 pixels", () => jpeg(328, 8), /328×8 pixels/],
  ["higher than 320 pixels", () => jpeg(8, 328), /8×328 pixels/],
  ["a link", () => "https://h.example/cover.jpg", /only be uploaded as a new file/],
  ["a part that is not there", () => "attach://other", /only be uploaded as a new file/],
])("a thumbnail that is %s is refused, and counts as the program's mistake", async (_, thumbnail, words) => {
  const sandbox = await openSandbox();
  await meet(sandbox);
  const answer = await sends(sandbox, thumbnail());
  expect([answer.error_code, answer.description]).toEqual([400, expect.stringMatching(words)]);
  expect(sandbox.telegram.violations()).toHaveLength(1);
});

test("a thumbnail beside a link or a stored file is refused", async () => {
  const sandbox = await openSandbox();
  await meet(sandbox);
  const { result } = await sends(sandbox, jpeg());
  for (const audio of [await serveOnce(mp3()), result.audio.file_id]) {
    expect((await sends(sandbox, jpeg(), audio)).description).toContain("only taken beside an uploaded file");
  }
});
