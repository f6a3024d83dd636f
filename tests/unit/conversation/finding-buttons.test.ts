import * as fc from "fast-check";
import { expect, test } from "vitest";
import { adminAction } from "../../../lib/conversation/admin/buttons.ts";
import { readFindingParts } from "../../../lib/conversation/admin/finding-codec.ts";
import type { FindingAction } from "../../../lib/conversation/admin/finding-types.ts";
import { encodeAction } from "../../../lib/conversation/callback-data.ts";
import { readAdminData } from "./admin-facts.ts";

const findingId = fc.stringMatching(/^[0-9a-z]{1,16}$/);
const action: fc.Arbitrary<FindingAction> = fc.oneof(
  fc.constantFrom<FindingAction>({ kind: "list" }, { kind: "now" }),
  fc.record({ kind: fc.constant("open" as const), findingId, isConfirming: fc.boolean() }),
  fc.record({ kind: fc.constantFrom("repair" as const, "dismiss" as const), findingId }),
);

test("E6: every button about the books is read back as it was written", () => {
  void fc.assert(
    fc.property(action, fc.nat({ max: 2 ** 31 - 1 }), (each, revision) => {
      const button = { kind: "finding", action: each } as const;
      expect(readAdminData(encodeAction(adminAction(button), revision))).toEqual({ action: button, revision });
    }),
  );
});

test("E6: a button that nobody drew is read as nothing", () => {
  for (const parts of [["x"], ["o"], ["r"], ["r", "A"], ["r", "a", "b"], ["r", "a".repeat(17)], ["now", "a"]]) {
    expect(readFindingParts(parts)).toBeNull();
  }
});
