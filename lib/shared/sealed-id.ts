import { createHmac, timingSafeEqual } from "node:crypto";

const TAG_BYTES = 8;
/** Telegram's ids have at most 52 bits. */
const ID_BYTES = 7;
const LENGTH = ((TAG_BYTES + ID_BYTES) * 8) / 6;

/**
 * Twenty characters of `[A-Za-z0-9_-]` that stand for a whole number: nobody without the secret reads the number in them,
 * nor makes such a text for another one (64 bits of HMAC-SHA256, which also hide the number). Always the same for the
 * same number and secret, so that nothing has to be stored.
 *
 * @param purpose keeps codes of one kind from being read as codes of another.
 */
export function sealId(id: number, secret: string, purpose: string): string {
  if (!Number.isSafeInteger(id) || id < 0) throw new RangeError("only whole numbers from 0 are sealed");
  const plain = Buffer.alloc(8);
  plain.writeBigUInt64BE(BigInt(id));
  const bytes = plain.subarray(8 - ID_BYTES);
  const tag = mac(secret, `${purpose}:tag`, bytes).subarray(0, TAG_BYTES);
  return Buffer.concat([tag, masked(bytes, tag, secret, purpose)]).toString("base64url");
}

/** What `sealId` sealed; null for anything else. Never throws. */
export function unsealId(code: string, secret: string, purpose: string): number | null {
  if (code.length !== LENGTH || !/^[\w-]+$/.test(code)) return null;
  const sealed = Buffer.from(code, "base64url");
  const tag = sealed.subarray(0, TAG_BYTES);
  const bytes = masked(sealed.subarray(TAG_BYTES), tag, secret, purpose);
  const expected = mac(secret, `${purpose}:tag`, bytes).subarray(0, TAG_BYTES);
  return timingSafeEqual(tag, expected) ? bytes.readUIntBE(0, 1) * 2 ** 48 + bytes.readUIntBE(1, 6) : null;
}

function masked(bytes: Buffer, tag: Buffer, secret: string, purpose: string): Buffer {
  const mask = mac(secret, `${purpose}:mask`, tag);
  return Buffer.from(bytes.map((byte, index) => byte ^ (mask[index] ?? 0)));
}

function mac(secret: string, label: string, bytes: Buffer): Buffer {
  return createHmac("sha256", secret).update(`${label}\0`).update(bytes).digest();
}
