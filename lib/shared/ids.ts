import { randomBytes } from "node:crypto";

const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";

/**
 * A random id of `length` characters of `[0-9a-z]` (5.17 bits each): 12 are enough for a thing of one user,
 * 26 (134 bits) for a secret.
 */
export function randomId(length: number): string {
  let id = "";
  while (id.length < length) {
    for (const byte of randomBytes(length)) {
      // 252 = 7 × 36: bytes above it would make some characters likelier than others.
      if (byte < 252 && id.length < length) id += ALPHABET[byte % 36];
    }
  }
  return id;
}
