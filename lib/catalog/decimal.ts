/** An exact decimal number that is not negative: `digits` ÷ 10^`scale`. Prices never pass through a float. */
export interface Decimal {
  digits: bigint;
  scale: number;
}

/**
 * Reads "0.39295", "14" or a JSON number such as 3.24 (its shortest decimal form, which is what the file says).
 *
 * @throws RangeError on a sign, an exponent, a comma or anything else that is not digits with one point.
 */
export function parseDecimal(value: string | number): Decimal {
  const text = String(value);
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) throw new RangeError(`not a plain decimal: ${text}`);
  const [, whole = "", fraction = ""] = match;
  return { digits: BigInt(whole + fraction), scale: fraction.length };
}

export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  return { digits: a.digits * b.digits, scale: a.scale + b.scale };
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  const digitsAt = (each: Decimal): bigint => each.digits * 10n ** BigInt(scale - each.scale);
  return { digits: digitsAt(a) + digitsAt(b), scale };
}

/** Shortest form: "1.344", "70", "0". */
export function formatDecimal({ digits, scale }: Decimal): string {
  const padded = digits.toString().padStart(scale + 1, "0");
  const whole = padded.slice(0, padded.length - scale);
  const fraction = padded.slice(padded.length - scale).replace(/0+$/, "");
  return fraction === "" ? whole : `${whole}.${fraction}`;
}

/** The nearest whole number; exactly one half goes up. */
export function roundHalfUp({ digits, scale }: Decimal): bigint {
  const unit = 10n ** BigInt(scale);
  return (2n * digits + unit) / (2n * unit);
}
