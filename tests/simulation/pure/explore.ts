/** A rule that does not hold. Thrown by a world as soon as it sees one. */
export class Broken extends Error {
  readonly rule: string;
  constructor(rule: string, detail: string) {
    super(detail);
    this.rule = rule;
  }
}

/** The world's rules in one word: what must hold, or the sequence ends here. */
export function must(holds: boolean, rule: string, detail: () => string): void {
  if (!holds) throw new Broken(rule, detail());
}

/** What a seed leads to. Both functions are the same for the same arguments, so that a seed is a history. */
export interface Explorer<Action> {
  kind: string;
  /** The actions of one sequence: plain data that means something in any state, so that any of them may be left out. */
  plan(seed: number): readonly Action[];
  /** Plays them in a fresh world. @throws Broken, or whatever the explored code throws. */
  play(seed: number, actions: readonly Action[], stepped: () => void): void;
}

export interface Violation {
  kind: string;
  rule: string;
  detail: string;
  /** Of the sequence itself: `plan(seed)` gives it again. */
  seed: number;
  /** The shortest history found that still breaks the rule. */
  sequence: readonly unknown[];
  /** How many sequences broke the same rule; only the first of them is told. */
  times: number;
}

export interface Explored {
  sequences: number;
  steps: number;
  violations: Violation[];
}

/**
 * Plays the sequences from number `from` on; each has a seed of its own, made of the run's and its number. `untilBroken` ends the run with
 * the first one that breaks a rule.
 */
export function explore<Action>(
  explorer: Explorer<Action>,
  run: { seed: number; from: number; count: number; untilBroken?: boolean },
): Explored {
  const explored: Explored = { sequences: 0, steps: 0, violations: [] };
  const stepped = () => {
    explored.steps += 1;
  };
  for (let number = run.from; number < run.from + run.count; number += 1) {
    if (run.untilBroken === true && explored.violations.length > 0) break;
    const seed = sequenceSeed(run.seed, number);
    const actions = explorer.plan(seed);
    const broken = playOnce(explorer, seed, actions, stepped);
    explored.sequences += 1;
    if (broken === null) continue;
    const known = explored.violations.find(({ rule }) => rule === broken.rule);
    if (known !== undefined) {
      known.times += 1;
      continue;
    }
    const sequence = shrink(actions, (fewer) => playOnce(explorer, seed, fewer, () => undefined)?.rule === broken.rule);
    const told = playOnce(explorer, seed, sequence, () => undefined) ?? broken;
    explored.violations.push({ kind: explorer.kind, ...told, seed, sequence, times: 1 });
  }
  return explored;
}

/** Mixed well: neighbouring numbers must not begin alike. */
function sequenceSeed(seed: number, number: number): number {
  let mixed = Math.imul(seed, 0x9e3779b9) + number;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function playOnce<Action>(
  explorer: Explorer<Action>,
  seed: number,
  actions: readonly Action[],
  stepped: () => void,
): { rule: string; detail: string } | null {
  try {
    explorer.play(seed, actions, stepped);
    return null;
  } catch (error) {
    if (error instanceof Broken) return { rule: error.rule, detail: error.message };
    const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { rule: "nothing throws", detail: told.split("\n").slice(0, 6).join("\n") };
  }
}

/** Drops steps, many at once and then one by one, for as long as what is left still fails. */
export function shrink<Action>(
  actions: readonly Action[],
  fails: (fewer: readonly Action[]) => boolean,
): readonly Action[] {
  let least = actions;
  for (let size = Math.ceil(actions.length / 2); size >= 1; ) {
    let dropped = false;
    for (let at = 0; at < least.length; ) {
      const fewer = [...least.slice(0, at), ...least.slice(at + size)];
      if (fails(fewer)) {
        least = fewer;
        dropped = true;
      } else at += size;
    }
    if (size > 1) size = Math.floor(size / 2);
    else if (!dropped) break;
  }
  return least;
}

/** What several explorations of one run came to, together. */
export function together(parts: readonly Explored[]): Explored {
  const all: Explored = { sequences: 0, steps: 0, violations: [] };
  for (const { sequences, steps, violations } of parts) {
    all.sequences += sequences;
    all.steps += steps;
    for (const violation of violations) {
      const known = all.violations.find(({ kind, rule }) => kind === violation.kind && rule === violation.rule);
      if (known === undefined) all.violations.push(violation);
      else known.times += violation.times;
    }
  }
  return all;
}
