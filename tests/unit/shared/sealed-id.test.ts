import { expect, test } from "vitest";
import { sealId, unsealId } from "../../../lib/shared/sealed-id.ts";

const SECRET = "123456:a-token";

test("A9: a sealed id is read back, whatever its size, and always looks the same", () => {
  for (const id of [0, 1, 255, 701, 7_340_116, 5_000_000_000, 2 ** 52, Number.MAX_SAFE_INTEGER]) {
    const code = sealId(id, SECRET, "referral");
    expect(code).toMatch(/^[\w-]{20}$/);
    expect(code).toBe(sealId(id, SECRET, "referral"));
    expect(unsealId(code, SECRET, "referral")).toBe(id);
  }
});

test("A9: another secret, another purpose and every changed character are refused", () => {
  const code = sealId(701, SECRET, "referral");
  expect(unsealId(code, "123456:another", "referral")).toBeNull();
  expect(unsealId(code, SECRET, "campaign")).toBeNull();
  for (let index = 0; index < code.length; index += 1) {
    const changed = `${code.slice(0, index)}${code[index] === "A" ? "B" : "A"}${code.slice(index + 1)}`;
    expect(unsealId(changed, SECRET, "referral")).toBeNull();
  }
});

test("A9: what nobody sealed is refused without a throw", () => {
  for (const code of [
    "",
    "701",
    "A".repeat(20),
    "A".repeat(21),
    "я".repeat(20),
    `${"A".repeat(19)}=`,
    "<script>".repeat(3),
  ]) {
    expect(unsealId(code, SECRET, "referral")).toBeNull();
  }
  expect(() => sealId(-1, SECRET, "referral")).toThrow(RangeError);
  expect(() => sealId(0.5, SECRET, "referral")).toThrow(RangeError);
});

test("A9: neighbours have nothing in common", () => {
  const codes = new Set(Array.from({ length: 500 }, (_, id) => sealId(id, SECRET, "referral").slice(0, 4)));
  expect(codes.size).toBeGreaterThan(490);
});
