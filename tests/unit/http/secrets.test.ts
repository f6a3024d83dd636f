import fc from "fast-check";
import { expect, test } from "vitest";
import { secretsEqual } from "../../../lib/http/secrets.ts";

test("equal secrets are equal, different ones are not, whatever their lengths", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (one, other) => {
      expect(secretsEqual(one, one)).toBe(true);
      expect(secretsEqual(one, other)).toBe(one === other);
    }),
  );
});

test("a secret that is missing on either side opens nothing", () => {
  for (const nothing of ["", null, undefined]) {
    expect(secretsEqual(nothing, "secret")).toBe(false);
    expect(secretsEqual("secret", nothing)).toBe(false);
    expect(secretsEqual(nothing, nothing)).toBe(false);
  }
});
