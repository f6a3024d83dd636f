import { DAY_MS } from "../../lib/shared/clock.ts";

/**
 * The walks over all models through a real chat take minutes: a run walks one third of them, another one every day.
 * `WALK=all` walks them all, `WALK=0`, `1` or `2` that third.
 */
export function thirdOfTheDay<T>(all: readonly T[]): T[] {
  const asked = process.env["WALK"];
  if (asked === "all") return [...all];
  const third = asked === undefined ? Math.floor(Date.now() / DAY_MS) % 3 : Number(asked);
  return all.filter((_each, place) => place % 3 === third);
}
