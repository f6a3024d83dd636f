import { createHash, createHmac } from "node:crypto";
import { randomId } from "../../shared/ids.ts";

const LIFETIME_SECONDS = 300;

/**
 * The JWT of `Upstash-Signature`: HS256 over the destination and the body's hash. In real time, whatever the sandbox's
 * clock says: the SDK's `Receiver` compares it with the system's clock and refuses a token from the future.
 *
 * @param url the destination exactly as published: the receiver compares it letter by letter.
 * @param ageSeconds how long ago it was signed; above 300 it has expired.
 */
export function signDelivery(url: string, body: Uint8Array, signingKey: string, ageSeconds = 0): string {
  const nowSeconds = Math.floor(Date.now() / 1_000) - ageSeconds;
  const claims = {
    iss: "Upstash",
    sub: url,
    exp: nowSeconds + LIFETIME_SECONDS,
    nbf: nowSeconds,
    iat: nowSeconds,
    jti: `jwt_${randomId(24)}`,
    body: createHash("sha256").update(body).digest("base64url"),
  };
  const signed = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${signed}.${createHmac("sha256", signingKey).update(signed).digest("base64url")}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
