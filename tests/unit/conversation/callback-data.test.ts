import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createCatalog } from "../../../lib/catalog/load.ts";
import { decodeAction, encodeAction } from "../../../lib/conversation/callback-data.ts";
import type { ButtonAction } from "../../../lib/conversation/types.ts";

const catalog = createCatalog(new URL("../../../catalog/", import.meta.url));
/** Three times a second for twenty years. */
const LATE_REVISION = 2_000_000_000;

function survives(action: ButtonAction): void {
  const data = encodeAction(action, LATE_REVISION);
  expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
  expect(decodeAction(data)).toEqual({ action, revision: LATE_REVISION });
}

test("A8 the vocabulary of the seeds is kept", () => {
  expect(encodeAction({ kind: "category", category: "video", page: 0 }, 35)).toBe("category:video~z");
  expect(encodeAction({ kind: "category", category: "video", page: 2 }, 36)).toBe("category:video:2~10");
  expect(encodeAction({ kind: "model", family: "kling-3-0" }, 1)).toBe("model:kling-3-0~1");
  expect(encodeAction({ kind: "mode", family: "kling-3-0", mode: "video" }, 1)).toBe("mode:kling-3-0:video~1");
  expect(encodeAction({ kind: "param_input", param: "prompt" }, 1)).toBe("param_input:prompt~1");
  expect(encodeAction({ kind: "set_param", param: "sound", value: "true" }, 1)).toBe("set_param:sound:true~1");
  expect(encodeAction({ kind: "show_price_confirmation" }, 1)).toBe("show_price_confirmation~1");
});

test("A8 every button of every entry fits into 64 bytes and is read back", () => {
  for (const key of catalog.entryKeys()) {
    const found = catalog.entry(key);
    if (found === undefined) throw new Error(key);
    survives({ kind: "model", family: found.family.key });
    survives({ kind: "mode", family: found.family.key, mode: found.entry.mode });
    survives({ kind: "follow", generationId: "abc123def456", position: 19, entry: key });
    survives({ kind: "notify", entry: key });
    survives({ kind: "compare", entry: key });
    for (const { name: param, ...rest } of found.entry.params) {
      survives({ kind: "param_input", param });
      survives({ kind: "param_page", param, page: 99 });
      survives({ kind: "clear_param", param });
      survives({ kind: "append", param });
      survives({ kind: "share_out", param });
      survives({ kind: "set_param", param, value: "false" });
      if (rest.kind === "choice")
        for (const index of rest.options.keys()) survives({ kind: "set_param", param, value: `#${index}` });
      if (rest.kind === "number")
        for (const value of rest.presets) survives({ kind: "set_param", param, value: String(value) });
      if (rest.kind !== "list") continue;
      survives({ kind: "remove_item", param, index: rest.maxItems });
      survives({ kind: "move_item", param, index: rest.maxItems, to: rest.maxItems - 1 });
      for (const { name: field } of rest.fields) {
        survives({ kind: "item_field", param, index: rest.maxItems, field, page: 99 });
        survives({ kind: "set_item_field", param, index: rest.maxItems, field, value: "#999" });
      }
    }
  }
});

test.each<ButtonAction>([
  { kind: "menu" },
  { kind: "categories" },
  { kind: "accepting", media: "audio", page: 3 },
  { kind: "accepting", media: "image", page: 0, category: "video" },
  { kind: "more", generationId: "abc123def456", position: 1 },
  { kind: "use", generationId: "abc123def456", position: 0, job: "animate" },
  { kind: "original", generationId: "abc123def456" },
  { kind: "try" },
  { kind: "history", before: null },
  { kind: "history", before: "1763636580000:gen000000001" },
  { kind: "open", generationId: "abc123def456" },
  { kind: "other_media", generationId: "abc123def456" },
  { kind: "found_page", page: 0 },
  { kind: "set_param", param: "seed", value: "-1" },
  { kind: "set_param", param: "ratio", value: "16:9~odd" },
  { kind: "cancel" },
  { kind: "batch" },
  { kind: "batch", wish: "lines" },
  { kind: "batch", wish: 10 },
  { kind: "compare" },
  { kind: "refresh_batch", batchId: "abc123def456" },
  { kind: "cancel_rest", batchId: "abc123def456" },
  { kind: "batch_again", batchId: "abc123def456" },
  { kind: "batch_again", batchId: "abc123def456", failed: true },
])("%o is read back", survives);

test("what nobody wrote is nobody's action, and never an exception", () => {
  for (const data of [
    "",
    "~",
    "menu",
    "menu~",
    "menu~Ж",
    "menu:1~1",
    "toString~1",
    "category:toys~1",
    "model:~1",
    "open:../x~1",
    "remove_item:a:-1~1",
    "set_param:a~1",
    "accepting:image:0:toys~1",
    "more:abc~1",
    "follow:abc:0~1",
    "follow:abc:0:../x~1",
    "use:abc:0:sell~1",
    "notify:../x~1",
    "admin~1",
  ]) {
    expect(decodeAction(data)).toBeNull();
  }
  void fc.assert(
    fc.property(fc.string(), (data) => {
      const decoded = decodeAction(data);
      return decoded === null || encodeAction(decoded.action, decoded.revision).length > 0;
    }),
  );
});

test("data over the limit is a bug and says so", () => {
  expect(() => encodeAction({ kind: "history", before: "x".repeat(60) }, 1)).toThrow(RangeError);
});
