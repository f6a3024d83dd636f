import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";

/** Numbers that are the same for the same seed. */
export interface Dice {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
  /** True in this share of all cases, from 0 to 1. */
  chance(share: number): boolean;
  /** Undefined of an empty list. */
  pick<T>(values: readonly T[]): T | undefined;
  /** One of the names, each as likely as its weight says; undefined when all weights are 0. */
  weighted<Name extends string>(weights: Readonly<Partial<Record<Name, number>>>): Name | undefined;
}

export function createDice(seed: number): Dice {
  const next = mulberry32(seed);
  const below = (limit: number) => Math.floor((next() / 2 ** 32) * limit);
  return {
    below,
    chance: (share) => next() / 2 ** 32 < share,
    pick: (values) => values[below(values.length)],
    weighted<Name extends string>(weights: Readonly<Partial<Record<Name, number>>>): Name | undefined {
      let total = 0;
      for (const name in weights) total += weights[name] ?? 0;
      let left = (next() / 2 ** 32) * total;
      for (const name in weights) {
        left -= weights[name] ?? 0;
        if (left < 0) return name;
      }
      return undefined;
    },
  };
}

/** mulberry32, after its seed was stirred: neighbours would begin alike. */
function mulberry32(seed: number): () => number {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/**
 * From now on this process draws its ids (the product's and the simulators') from a seed. Named imports of `node:crypto`
 * follow, because the module's own members are replaced.
 */
export function seedRandomness(seed: number): void {
  const next = mulberry32(seed ^ 0x51ed270b);
  const randomBytes = (size: number): Buffer => {
    const bytes = Buffer.alloc(size);
    for (let place = 0; place < size; place += 1) bytes[place] = next() >>> 24;
    return bytes;
  };
  const randomInt = (low: number, high?: number): number => {
    const [from, to] = high === undefined ? [0, low] : [low, high];
    const share = (next() * 2 ** 21 + (next() >>> 11)) / 2 ** 53;
    return from + Math.floor(share * (to - from));
  };
  Object.assign(crypto, { randomBytes, randomInt });
  syncBuiltinESMExports();
}
