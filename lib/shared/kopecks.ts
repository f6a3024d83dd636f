/** Money inside the program: whole kopecks, never roubles, never a float. */
export type Kopecks = bigint;

/** Kopecks of a JSON number or numeric string; throws RangeError on a fraction. */
export function toKopecks(value: number | string | bigint): Kopecks {
  return BigInt(value);
}

export function minKopecks(a: Kopecks, b: Kopecks): Kopecks {
  return a < b ? a : b;
}
