import { afterEach, beforeEach, expect, test } from "vitest";
import { probeMedia } from "../../../lib/media/probe.ts";
import { type KieBench, SONG, songInput, startBench } from "./harness.ts";

let bench: KieBench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.close());

test.each([
  ["песня", 320],
  ["size:3 песня", 320],
  ["bigcover: песня", 1_000],
])("both tracks of «%s» have a JPEG of their own, %i pixels wide and high", async (words, side) => {
  const { taskId } = await bench.create(SONG, songInput(words));
  await bench.clock.advance(60);
  const { data } = JSON.parse((await bench.record(taskId)).resultJson);
  const dedicated = await bench.api("GET", `/api/v1/generate/record-info?taskId=${taskId}`);
  const links: string[] = data.map(({ image_url }: { image_url: string }) => image_url);
  expect(dedicated).toMatchObject({ data: { response: { sunoData: links.map((imageUrl) => ({ imageUrl })) } } });
  const covers = await Promise.all(links.map(async (link) => await fetch(link)));
  expect(covers.map(({ headers }) => headers.get("content-type"))).toEqual(["image/jpeg", "image/jpeg"]);
  const [first, second] = await Promise.all(covers.map((cover) => cover.bytes()));
  expect(await probeMedia(first ?? new Uint8Array())).toMatchObject({ format: "jpeg", width: side, height: side });
  expect(first?.length).toBeLessThan(200_000);
  expect(first).not.toEqual(second);
});
