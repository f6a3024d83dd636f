/** Money inside the program: whole kopecks, never roubles, never a float. */
export type Kopecks = bigint;

export function minKopecks(a: Kopecks, b: Kopecks): Kopecks {
  return a < b ? a : b;
}
