import { DAY_MS } from "../../lib/shared/clock.ts";

/**
 * Some walks over all models through a real chat take minutes: a run walks one of `parts` parts of them, another one every
 * day. `WALK=all` walks them all, `WALK=0`, `1` … that part.
 */
export function partOfTheDay<T>(all: readonly T[], parts: number): T[] {
  const asked = process.env["WALK"];
  if (asked === "all") return [...all];
  const part = asked === undefined ? Math.floor(Date.now() / DAY_MS) % parts : Number(asked);
  return all.filter((_each, place) => place % parts === part);
}
