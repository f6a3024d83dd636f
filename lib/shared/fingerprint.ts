const OFFSET = 0x6c62272e07bb014262b821756295c58dn;
const PRIME = 0x0000000001000000000000000000013bn;
const BITS = 128;

/**
 * Sixteen characters of `[0-9a-z]` (82 bits) that are always the same for the same text: FNV-1a over its UTF-8 bytes
 * (draft-eastlake-fnv). For names of things, not for secrets.
 */
export function fingerprint(text: string): string {
  let hash = OFFSET;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(BITS, (hash ^ BigInt(byte)) * PRIME);
  // The low digits of this hash are its weaker ones, so what stands above is folded into them.
  return BigInt.asUintN(96, hash ^ (hash >> 37n))
    .toString(36)
    .padStart(16, "0")
    .slice(-16);
}
