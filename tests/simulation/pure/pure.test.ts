import { expect, test } from "vitest";
import { explore, shrink } from "./explore.ts";
import { lifeExplorer, talkExplorer } from "./explorers.ts";
import { LIFE_MUTATIONS, TALK_MUTATIONS } from "./mutations.ts";
import { runPure, toldReport } from "./run.ts";
import { REAL_TALK, type TalkRules } from "./talk-world.ts";

/** The same histories at every run; `node tests/simulation/pure/run.ts --seed …` looks elsewhere. */
const SEED = 20_261_120;

test("C1 C7 A7 A8: 10,000 random lives and dialogues break no rule", { timeout: 120_000 }, async () => {
  const report = await runPure({ sequences: 10_000, seed: SEED });
  console.log(toldReport(report));
  expect(report.violations.map(({ kind, rule, detail }) => ({ kind, rule, detail }))).toEqual([]);
  expect(report.sequences).toBe(10_000);
});

/** So many sequences are enough for each of the deliberate bugs, with room. */
const ENOUGH = 3_000;

test.each(LIFE_MUTATIONS)("a deliberate bug is caught: $bug", ({ rules, rule }) => {
  const { violations } = explore(lifeExplorer(rules), { seed: 1, from: 0, count: ENOUGH, untilBroken: true });
  expect(violations[0]).toMatchObject({ rule });
});

test.each(TALK_MUTATIONS)("a deliberate bug is caught: $bug", ({ rules, rule }) => {
  const { violations } = explore(talkExplorer(rules), { seed: 1, from: 0, count: ENOUGH, untilBroken: true });
  expect(violations[0]).toMatchObject({ rule });
});

test("a violation is told by the shortest history that still breaks the rule", () => {
  const [late] = LIFE_MUTATIONS;
  const { violations } = explore(lifeExplorer(late?.rules), { seed: 7, from: 0, count: ENOUGH, untilBroken: true });
  const { seed = 0, sequence = [] } = violations[0] ?? {};
  expect(lifeExplorer().plan(seed).length).toBeGreaterThan(sequence.length);
  // Money, a hold, a claim, the deadline and the success after it: nothing can be left out.
  expect(sequence.length).toBeLessThanOrEqual(6);
  expect(shrink([1, 2, 3, 4, 5, 6, 7], (fewer) => fewer.includes(2) && fewer.includes(6))).toEqual([2, 6]);
});

test("the same seed gives the same sequences", () => {
  const run = { seed: 3, from: 10, count: 20 };
  expect(explore(talkExplorer(), run)).toEqual(explore(talkExplorer(), run));
  expect(lifeExplorer().plan(5)).toEqual(lifeExplorer().plan(5));
  expect(lifeExplorer().plan(5)).not.toEqual(lifeExplorer().plan(6));
});

test("what is explored is worth it: people order one and many, take back what waits, and see every kind of screen", () => {
  const seen = new Set<string>();
  const watched: TalkRules = {
    ...REAL_TALK,
    advance(...step) {
      const transition = REAL_TALK.advance(...step);
      seen.add(`screen ${transition.state.screen.kind}`);
      for (const effect of transition.effects) seen.add(`effect ${effect.kind}`);
      return transition;
    },
  };
  explore(talkExplorer(watched), { seed: 1, from: 0, count: 1_600 });
  const effects = [
    "confirm",
    "confirm-batch",
    "cancel-generation",
    "cancel-rest",
    "leave-status",
    "resend",
    "settings",
  ];
  const screens = [
    "card",
    "choice",
    "advanced",
    "confirmation",
    "batch",
    "batch-status",
    "generation",
    "found",
    "more",
  ];
  expect([...seen]).toEqual(expect.arrayContaining(effects.map((kind) => `effect ${kind}`)));
  expect([...seen]).toEqual(expect.arrayContaining(screens.map((kind) => `screen ${kind}`)));
});
