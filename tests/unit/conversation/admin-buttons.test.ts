import * as fc from "fast-check";
import { expect, test } from "vitest";
import { CATEGORIES } from "../../../lib/catalog/categories.ts";
import { completionSchema } from "../../../lib/catalog/live/changes.ts";
import { createCatalog } from "../../../lib/catalog/load.ts";
import { adminAction } from "../../../lib/conversation/admin/buttons.ts";
import type { AdminAction } from "../../../lib/conversation/admin/types.ts";
import { PERS } from "../../../lib/conversation/admin/words.ts";
import { encodeAction } from "../../../lib/conversation/callback-data.ts";
import { CHANGES, FULL, makeAdmin, makeProposal, readAdminData } from "./admin-facts.ts";
import { Dialogue, makeFacts } from "./dialogue.ts";

const PROPOSAL_ID = "a1b2c3d4e5f6g7h8";
const id = fc.oneof(fc.constant(PROPOSAL_ID), fc.stringMatching(/^[0-9a-z]{1,16}$/));
const key = fc.oneof(
  fc.constantFrom("movie", "movie-text", "z-image"),
  fc.stringMatching(/^[a-z0-9]{1,12}(-[a-z0-9]{1,11})?$/),
);
const page = fc.nat({ max: 99_999 });
const category = fc.constantFrom(...CATEGORIES);
const status = fc.constantFrom("proposed", "approved", "ignored", "rolled-back");

const action: fc.Arbitrary<AdminAction> = fc.oneof(
  fc.constantFrom({ kind: "home" } as const, { kind: "sync" } as const).map((each) => ({
    kind: "page" as const,
    page: each,
  })),
  fc.record({
    kind: fc.constant("page" as const),
    page: fc.oneof(
      fc.record({ kind: fc.constant("proposals" as const), status, page }),
      fc.record({ kind: fc.constant("families" as const), category, page }),
      fc.record({ kind: fc.constant("family" as const), family: key }),
    ),
  }),
  fc.record({
    kind: fc.constant("proposal" as const),
    id,
    asking: fc.constantFrom("price", "titleRu", "titleEn", null),
  }),
  fc.record({ kind: fc.constant("category" as const), id, category }),
  fc.record({ kind: fc.constant("per" as const), id, per: fc.constantFrom(...PERS) }),
  fc.record({ kind: fc.constantFrom("approve", "ignore", "roll-back"), id }),
  fc.constant({ kind: "sync-now" as const }),
  fc.record({ kind: fc.constant("route" as const), family: key, second: fc.boolean() }),
  fc.record({ kind: fc.constant("visible" as const), entry: key, visible: fc.boolean() }),
);

test("A8 G3: every admin button fits into 64 bytes and is read back as it was", () => {
  void fc.assert(
    fc.property(action, fc.nat({ max: 2_000_000_000 }), (each, revision) => {
      const data = encodeAction(adminAction(each), revision);
      expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
      expect(readAdminData(data)).toEqual({ action: each, revision });
    }),
  );
});

test("A8 G3: the keys of the whole catalog fit beside a late revision", () => {
  const catalog = createCatalog(new URL("../../../catalog/", import.meta.url));
  for (const entry of catalog.entryKeys()) {
    const family = catalog.entry(entry)?.family.key ?? "";
    for (const each of [
      { kind: "visible" as const, entry, visible: true },
      { kind: "route" as const, family, second: true },
      { kind: "page" as const, page: { kind: "family" as const, family } },
    ]) {
      const data = encodeAction(adminAction(each), 2_000_000_000);
      expect(readAdminData(data)?.action).toEqual(each);
    }
  }
});

test("made-up admin data is nobody's action, and what is read is written the same way again", () => {
  for (const parts of [
    "",
    ":",
    ":p",
    ":p:",
    ":p:A",
    ":p:a:z",
    ":u:a:9",
    ":u:a:12",
    ":r:kling:3",
    ":v:kling:x",
    ":l:w:-1",
  ]) {
    expect(readAdminData(`admin${parts}~1`)).toBeNull();
  }
  void fc.assert(
    fc.property(
      fc.array(fc.constantFrom("p", "c", "u", "a", "image", "0", "1", "x", "f", "l", "w"), { maxLength: 5 }),
      (parts) => {
        const read = readAdminData(`admin:${parts.join(":")}~1`);
        if (read !== null) expect(encodeAction(adminAction(read.action), 1)).toBe(`admin:${parts.join(":")}~1`);
      },
    ),
  );
});

test("I2 G3: whatever an admin presses or writes, there is a screen, and only whole orders leave it", () => {
  const step = fc.oneof(
    action.map((each) => ({ kind: "tap" as const, each })),
    fc
      .constantFrom("8", "0,5 за секунду", "много", "Мечта", " ", "н".repeat(4_000))
      .map((text) => ({ kind: "say" as const, text })),
  );
  const proposal = fc.record({
    change: fc.constantFrom(...CHANGES),
    status,
    completion: fc.constantFrom({}, FULL),
    fault: fc.constantFrom(null, "It does not fit."),
  });
  void fc.assert(
    fc.property(proposal, fc.array(step, { maxLength: 8 }), ({ change, ...fields }, steps) => {
      const admin = makeAdmin({ proposal: makeProposal(change, { id: PROPOSAL_ID, ...fields }) });
      const dialogue = new Dialogue(makeFacts({ admin }));
      dialogue.command("admin");
      for (const each of steps) {
        const { effects } = each.kind === "tap" ? dialogue.tap(adminAction(each.each)) : dialogue.say(each.text);
        for (const effect of effects) {
          if (effect.kind !== "admin" || effect.order.kind !== "complete") continue;
          expect(completionSchema.parse(effect.order.completion)).toEqual(effect.order.completion);
        }
      }
    }),
    { numRuns: 60 },
  );
});
