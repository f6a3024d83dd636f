import { BUGS } from "./bugs.ts";
import { type Outcome, runSeeds } from "./fleet.ts";

export interface Hunt {
  id: string;
  breaks: string;
  /** The first invariant that the bug broke; null: it got away. */
  caughtBy: string | null;
  seed: number | null;
  /** Worlds that were lived through until then. */
  worlds: number;
}

const MOST_WORLDS = 150;

/** Lives through worlds with each deliberate bug until an invariant breaks. */
export async function findBugs(databaseUrls: readonly string[], seed: number, only?: string): Promise<Hunt[]> {
  const hunts: Hunt[] = [];
  for (const { id, breaks } of BUGS.filter((bug) => only === undefined || bug.id === only)) {
    const seeds = Array.from({ length: MOST_WORLDS }, (_, place) => seed + place);
    const outcomes = await runSeeds(databaseUrls, seeds, {
      bugId: id,
      isEnough: (outcome) => caught(outcome) !== null,
    });
    const first = outcomes.find((outcome) => caught(outcome) !== null);
    hunts.push({
      id,
      breaks,
      caughtBy: first === undefined ? null : caught(first),
      seed: first?.seed ?? null,
      worlds: outcomes.length,
    });
  }
  return hunts;
}

function caught(outcome: Outcome): string | null {
  return "failure" in outcome ? null : (outcome.report.violations[0]?.invariant ?? null);
}

/** For a terminal. */
export function toldBugs(hunts: readonly Hunt[]): string {
  const lines = hunts.map(({ id, caughtBy, seed, worlds }) =>
    [
      id.padEnd(34),
      (caughtBy ?? "NOT CAUGHT").padEnd(48),
      String(seed ?? "").padStart(11),
      String(worlds).padStart(7),
    ].join(" "),
  );
  const missed = hunts.filter(({ caughtBy }) => caughtBy === null).length;
  return [
    ["bug".padEnd(34), "caught by".padEnd(48), "seed".padStart(11), "worlds".padStart(7)].join(" "),
    ...lines,
    `${hunts.length - missed} of ${hunts.length} caught`,
  ].join("\n");
}
