import fc from "fast-check";
import { expect, test } from "vitest";
import {
  GENERATION_EVENTS,
  type GenerationEffect,
  type GenerationEvent,
  isRunning,
  LIFE_CYCLE,
  type Step,
  transition,
} from "../../../lib/generation/life-cycle.ts";
import { GENERATION_STATES, type GenerationState } from "../../../lib/generation/states.ts";

/** Nothing more is going to happen by itself. */
const ENDS: ReadonlySet<GenerationState> = new Set(["delivered", "failed", "cancelled", "undeliverable"]);
/** Ends too, but a success that comes after all is delivered as a present. */
const ENDS_BUT_FOR_A_PRESENT: ReadonlySet<GenerationState> = new Set(["expired", "returned"]);
const isOpen = (state: GenerationState) => state === "queued" || isRunning(state);
const isMoney = (effect: GenerationEffect) => effect === "post-hold" || effect === "void-hold";

const rows: { from: GenerationState; event: GenerationEvent; step: Step }[] = GENERATION_STATES.flatMap((from) =>
  GENERATION_EVENTS.flatMap((event) => {
    const step = transition(from, event);
    return step === null ? [] : [{ from, event, step }];
  }),
);
/** The states that can be reached from one, itself among them. */
function reachable(from: GenerationState): ReadonlySet<GenerationState> {
  const seen = new Set([from]);
  for (const state of seen) for (const row of rows) if (row.from === state) seen.add(row.step.to);
  return seen;
}

test("the table has rows for known states and events only", () => {
  expect(Object.keys(LIFE_CYCLE).toSorted()).toEqual([...GENERATION_STATES].toSorted());
  for (const steps of Object.values(LIFE_CYCLE)) {
    expect(GENERATION_EVENTS).toEqual(expect.arrayContaining(Object.keys(steps)));
  }
  // Each event happens somewhere: a word that nothing uses is not part of the table.
  expect(new Set(rows.map((row) => row.event))).toEqual(new Set(GENERATION_EVENTS));
});

test("a delivered, failed or cancelled generation stays so, whatever comes", () => {
  for (const state of ["delivered", "failed", "cancelled"] as const) {
    for (const event of GENERATION_EVENTS) expect(transition(state, event)).toBeNull();
  }
});

test("C7: after the money went back only a late success counts, and it moves no money", () => {
  for (const state of ["expired", "returned"] as const) {
    for (const event of GENERATION_EVENTS) {
      expect(transition(state, event)).toEqual(
        event === "finished" ? { to: "succeeded", effects: ["deliver", "count-loss"] } : null,
      );
    }
  }
});

test("an undeliverable result changes only by being delivered after all", () => {
  for (const event of GENERATION_EVENTS) {
    expect(transition("undeliverable", event)?.to ?? null).toBe(event === "delivered" ? "delivered" : null);
  }
});

test("money is settled exactly where a generation leaves the open states: posted for a success, voided for the rest", () => {
  for (const { from, event, step } of rows) {
    const money = step.effects.filter(isMoney);
    if (isOpen(from) && !isOpen(step.to)) {
      expect(money, `${from} ${event}`).toEqual([step.to === "succeeded" ? "post-hold" : "void-hold"]);
    } else {
      expect(money, `${from} ${event}`).toEqual([]);
    }
  }
});

test("effects fit the state they lead to", () => {
  for (const { from, event, step } of rows) {
    const has = (effect: GenerationEffect) => step.effects.includes(effect);
    const where = `${from} ${event}`;
    expect(new Set(step.effects).size, where).toBe(step.effects.length);
    expect(has("deliver"), where).toBe(step.to === "succeeded");
    expect(has("tell-failure"), where).toBe(["failed", "returned", "expired"].includes(step.to));
    expect(has("schedule-recheck"), where).toBe(step.to === "submitted");
    expect(has("schedule-submit"), where).toBe(step.to === "queued");
    expect(has("count-loss"), where).toBe(ENDS_BUT_FOR_A_PRESENT.has(from));
    // Nobody knows what became of a task that may have cost credits: the operators are told.
    expect(has("alert-admins"), where).toBe(event === "lost" || event === "overdue");
  }
});

test("only a claim makes a generation run, and only the queue leads to it", () => {
  for (const { from, event, step } of rows) {
    if (!isRunning(from) && isRunning(step.to)) expect({ from, event }).toEqual({ from: "queued", event: "claimed" });
    if (isRunning(from) && step.to === "queued") expect(event).toBe("postponed");
  }
});

test("every state that is no end has a way to one, and can always be ended by time alone", () => {
  for (const state of GENERATION_STATES) {
    if (ENDS.has(state)) continue;
    expect([...reachable(state)].some((end) => ENDS.has(end) || ENDS_BUT_FOR_A_PRESENT.has(end))).toBe(true);
  }
  expect(transition("queued", "queue-expired")?.to).toBe("returned");
  for (const state of ["submitting", "submitted"] as const) {
    expect(transition(state, "lost")?.to).toBe("returned");
    expect(transition(state, "overdue")?.to).toBe("expired");
  }
});

test("every state can be reached from the queue", () => {
  expect([...reachable("queued")].toSorted()).toEqual([...GENERATION_STATES].toSorted());
});

test("C5: what waits can be cancelled, and nothing else: KIE can not be stopped", () => {
  for (const state of GENERATION_STATES) {
    expect(transition(state, "cancelled")).toEqual(
      state === "queued" ? { to: "cancelled", effects: ["void-hold"] } : null,
    );
  }
});

test("a callback may come before the create call's answer", () => {
  expect(transition("submitting", "finished")).toEqual(transition("submitted", "finished"));
  expect(transition("submitting", "errored")).toEqual(transition("submitted", "errored"));
  // The answer that comes after it is ignored.
  expect(transition("succeeded", "accepted")).toBeNull();
});

test("100,000 random histories: money moves once, ends stay ends, and a place at KIE is given back", () => {
  const history = fc.array(fc.constantFrom(...GENERATION_EVENTS), { minLength: 1, maxLength: 24 });
  fc.assert(
    fc.property(history, (events) => {
      let state: GenerationState = "queued";
      let posted = 0;
      let voided = 0;
      let presents = 0;
      let running = 0;
      for (const event of events) {
        const step = transition(state, event);
        if (step === null) continue;
        const wasEnd = ENDS.has(state) || ENDS_BUT_FOR_A_PRESENT.has(state);
        if (wasEnd && !(event === "finished" || event === "delivered")) return false;
        running += Number(isRunning(step.to)) - Number(isRunning(state));
        posted += Number(step.effects.includes("post-hold"));
        voided += Number(step.effects.includes("void-hold"));
        presents += Number(step.effects.includes("count-loss"));
        state = step.to;
        if (running !== Number(isRunning(state))) return false;
        // Posted xor voided, as soon as and only when it is no longer open.
        if (posted + voided !== (isOpen(state) ? 0 : 1)) return false;
        // A present is a success whose money went back.
        if (presents > voided) return false;
      }
      return true;
    }),
    { numRuns: 100_000 },
  );
});
