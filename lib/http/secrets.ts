import { createHash, timingSafeEqual } from "node:crypto";

/**
 * Compares a secret without telling by its time how much of it was right, nor how long it is. Two absent secrets are
 * not equal: a missing configuration never opens a door.
 */
export function secretsEqual(given: string | null | undefined, expected: string | null | undefined): boolean {
  if (!given || !expected) return false;
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(value: string): Buffer {
  return createHash("sha256").update(value, "utf8").digest();
}
