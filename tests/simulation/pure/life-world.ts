import {
  GENERATION_EVENTS,
  type GenerationEffect,
  type GenerationEvent,
  isRunning,
  type Step,
  transition,
} from "../../../lib/generation/life-cycle.ts";
import type { GenerationState } from "../../../lib/generation/states.ts";
import { chargeFor, settleHold } from "../../../lib/ledger/settlement.ts";
import { must } from "./explore.ts";
import { type Charge, type LifeAction, type Made, SLOTS } from "./life-actions.ts";
import { Purse } from "./purse.ts";

/** What is explored; the tests put wrong ones in its place. */
export interface LifeRules {
  transition: typeof transition;
  isRunning: typeof isRunning;
  settleHold: typeof settleHold;
  chargeFor: typeof chargeFor;
}

export const REAL_LIFE: LifeRules = { transition, isRunning, settleHold, chargeFor };

interface Generation {
  id: string;
  state: GenerationState;
  heldMain: bigint;
  heldBonus: bigint;
  charge: Charge;
  expectedOutputs: number;
  /** Null until the hold was posted or voided. */
  postedKopecks: bigint | null;
  settledBy: GenerationEffect | null;
  owes: "deliver" | "tell-failure" | null;
  /** What the person was given. */
  results: number;
  failures: number;
  /** Every createTask that may have made a task, less those of which KIE said that they did not. */
  creates: number;
  isLoss: boolean;
}

/** A decision that waits to be written, guarded by the state that it was made for. */
interface Decision {
  slot: number;
  from: GenerationState;
  event: GenerationEvent;
  made: Made;
}

/** The end of a life: nothing leads out, or only what the rule names. Written down here, not read from the table. */
const LEAVES: Readonly<Record<GenerationState, readonly GenerationState[] | "open">> = {
  queued: "open",
  submitting: "open",
  submitted: "open",
  succeeded: ["delivered", "undeliverable"],
  delivered: [],
  undeliverable: ["delivered"],
  failed: [],
  cancelled: [],
  // The money is back; a result that comes after all is a present.
  returned: ["succeeded"],
  expired: ["succeeded"],
};
const AT_KIE: readonly GenerationState[] = ["submitting", "submitted"];
const isOpen = (state: GenerationState) => LEAVES[state] === "open";

/** What time alone brings, by what a sweeper finds. */
const ENDED_BY_TIME: Readonly<Partial<Record<GenerationState, readonly GenerationEvent[]>>> = {
  queued: ["queue-expired"],
  submitting: ["lost", "overdue"],
  submitted: ["lost", "overdue"],
};
const DESERVES_A_WORD: readonly GenerationState[] = ["failed", "returned", "expired"];

/** Plays one sequence, then lets time pass until nothing is owed any more. */
export function playLife(seed: number, actions: readonly LifeAction[], stepped: () => void, rules = REAL_LIFE): void {
  const world = new LifeWorld(rules);
  for (const action of actions) {
    world.act(action);
    stepped();
    world.check();
  }
  world.driveOn(seed);
  world.checkEnd();
}

class LifeWorld {
  readonly #rules: LifeRules;
  readonly #purse = new Purse();
  readonly #generations = new Map<number, Generation>();
  readonly #decisions: Decision[] = [];
  /** Columns of the wallet row, moved by each statement as the product's do. */
  #running = 0;
  #queued = 0;

  constructor(rules: LifeRules) {
    this.#rules = rules;
  }

  act(action: LifeAction): void {
    switch (action.do) {
      case "credit": {
        const { kopecks, account } = action;
        if (kopecks > 0n)
          this.#purse.credit(`c:${action.cause}`, kopecks, account, { kind: "credit", source: "stars" });
        return;
      }
      case "charge-back":
        this.#purse.chargeBack(`b:${action.cause}`, action.kopecks);
        return;
      case "adjust":
        this.#purse.adjust(`a:${action.cause}`, action.kopecks, action.account);
        return;
      case "hold":
        this.#hold(action);
        return;
      case "event":
        this.#happen(action.slot, action.event, action.made);
        return;
      case "next": {
        const state = this.#generations.get(action.slot)?.state;
        if (state === undefined) return;
        const known = GENERATION_EVENTS.filter((each) => this.#rules.transition(state, each) !== null);
        const event = known[action.choice % known.length];
        if (event !== undefined) this.#happen(action.slot, event, action.made);
        return;
      }
      case "decide": {
        const state = this.#generations.get(action.slot)?.state;
        const { slot, event, made } = action;
        if (state !== undefined && !BY_PERSON.has(event)) this.#decisions.push({ slot, from: state, event, made });
        return;
      }
      case "write": {
        // It stays where it is: an answer that is lost is written again.
        const decision = this.#decisions[action.choice % this.#decisions.length];
        if (decision !== undefined) this.#write(decision);
        return;
      }
      case "tell":
        this.#tell(action.slot, action.isReachable);
        return;
      case "refund":
        this.#refund(action.slot);
        return;
    }
  }

  /** Everything that waits for time is ended by it. */
  driveOn(seed: number): void {
    const nothing: Made = { receivedOutputs: 0, measuredKopecks: null };
    for (let slot = 0; slot < SLOTS; slot += 1) {
      const generation = this.#generations.get(slot);
      if (generation === undefined) continue;
      const events = ENDED_BY_TIME[generation.state];
      const event = events?.[(seed + slot) % events.length];
      if (event !== undefined) this.#happen(slot, event, nothing);
      this.#tell(slot, (seed >>> slot) % 5 !== 0);
    }
    this.check();
  }

  check(): void {
    this.#purse.check();
    const count = (is: (state: GenerationState) => boolean) =>
      [...this.#generations.values()].filter((generation) => is(generation.state)).length;
    const counted = { running: count((state) => AT_KIE.includes(state)), queued: count((state) => state === "queued") };
    must(
      counted.running === this.#running && counted.queued === this.#queued,
      "running and queued count the states",
      () => `the wallet says ${this.#running} and ${this.#queued}, the states ${counted.running} and ${counted.queued}`,
    );
    let held = 0n;
    for (const generation of this.#generations.values()) {
      if (isOpen(generation.state)) held += generation.heldMain + generation.heldBonus;
      checkGeneration(generation);
    }
    must(
      held === this.#purse.row.held,
      "only open generations hold money",
      () => `${this.#purse.row.held} for ${held}`,
    );
  }

  checkEnd(): void {
    for (const { id, state, owes, results, failures, isLoss, postedKopecks } of this.#generations.values()) {
      const told = () => `${id} ${state}, ${results} results, ${failures} failures told`;
      must(!isOpen(state) && state !== "succeeded", "time ends every generation", told);
      must(owes === null, "what is owed is told", told);
      if (DESERVES_A_WORD.includes(state)) must(failures === 1 && results === 0, "a failure is told once", told);
      if (state === "delivered") must(results === 1, "a result is given once", told);
      // Told before it came after all, and then not charged.
      if (isLoss) must(postedKopecks === 0n, "a present costs nothing", told);
    }
  }

  #hold({ slot, kopecks, charge, expectedOutputs }: Extract<LifeAction, { do: "hold" }>): void {
    if (this.#generations.has(slot)) return;
    const id = `g${slot}`;
    const held = this.#purse.hold(id, kopecks);
    if (held === null) return;
    this.#queued += 1;
    this.#generations.set(slot, {
      id,
      state: "queued",
      ...held,
      charge,
      expectedOutputs,
      postedKopecks: null,
      settledBy: null,
      owes: null,
      results: 0,
      failures: 0,
      creates: 0,
      isLoss: false,
    });
  }

  #happen(slot: number, event: GenerationEvent, made: Made): void {
    const generation = this.#generations.get(slot);
    // What only a delivery can bring comes with one.
    if (generation === undefined || BY_PERSON.has(event)) return;
    this.#write({ slot, from: generation.state, event, made });
  }

  /** One guarded statement; nothing where somebody else was first. */
  #write({ slot, from, event, made }: Decision): void {
    const generation = this.#generations.get(slot);
    const step = this.#rules.transition(from, event);
    if (generation === undefined || step === null || generation.state !== from) return;
    this.#checkStep(generation, event, step);
    switch (event) {
      case "claimed":
        this.#queued -= 1;
        this.#running += 1;
        generation.creates += 1;
        break;
      case "postponed":
        this.#queued += 1;
        this.#running -= 1;
        generation.creates -= 1;
        break;
      case "accepted":
        break;
      default:
        this.#recordOutcome(generation, step, made, event);
    }
    generation.state = step.to;
  }

  #recordOutcome(generation: Generation, step: Step, made: Made, event: GenerationEvent): void {
    if (this.#rules.isRunning(generation.state)) this.#running -= 1;
    if (generation.state === "queued") this.#queued -= 1;
    for (const effect of step.effects) {
      if (effect === "post-hold" || effect === "void-hold") this.#settle(generation, effect, made);
      if (effect === "count-loss") generation.isLoss = true;
      if (effect === "deliver" || effect === "tell-failure") {
        must(
          effect !== "deliver" || event === "finished",
          "only a success is delivered",
          () => `${generation.id} ${event}`,
        );
        generation.owes = effect;
      }
    }
  }

  #settle(generation: Generation, effect: "post-hold" | "void-hold", made: Made): void {
    const { id, heldMain, heldBonus, charge, expectedOutputs, settledBy } = generation;
    must(settledBy === null, "a hold is posted xor voided, once", () => `${id}: ${settledBy}, then ${effect}`);
    const heldKopecks = heldMain + heldBonus;
    const due = effect === "void-hold" ? 0n : this.#rules.chargeFor({ heldKopecks, charge, expectedOutputs, ...made });
    const what = () => `${id}: ${due} of ${heldKopecks} by ${charge} for ${made.receivedOutputs}/${expectedOutputs}`;
    must(due >= 0n && due <= heldKopecks, "0 ≤ charge ≤ hold", what);
    if (effect === "post-hold") must(due === fairCharge(generation, made), "what came is what is paid", what);
    this.#purse.settle(id, this.#rules.settleHold({ generationId: id, heldMain, heldBonus, charge: due }));
    generation.settledBy = effect;
    generation.postedKopecks = due;
    this.#checkSettlement(generation, due);
  }

  /** Bonus money is spent first, and what is left goes back to where it came from. */
  #checkSettlement({ id, heldMain, heldBonus }: Generation, due: bigint): void {
    const moved = (name: string) => this.#purse.ledger.get(`gen:${id}:${name}`)?.kopecks ?? 0n;
    const bonus = due < heldBonus ? due : heldBonus;
    const wanted = { bonus, main: due - bonus, bonusBack: heldBonus - bonus, mainBack: heldMain - (due - bonus) };
    const found = {
      bonus: moved("post:bonus"),
      main: moved("post:main"),
      bonusBack: moved("void:bonus"),
      mainBack: moved("void:main"),
    };
    const isSame =
      wanted.bonus === found.bonus &&
      wanted.main === found.main &&
      wanted.bonusBack === found.bonusBack &&
      wanted.mainBack === found.mainBack;
    must(isSame, "bonus money first, the rest back to its account", () => `${id}: ${due} of ${heldMain}+${heldBonus}`);
  }

  #checkStep(generation: Generation, event: GenerationEvent, step: Step): void {
    const { state, id } = generation;
    const what = () => `${id}: ${state} → ${step.to} by ${event} with ${step.effects.join(", ") || "no effects"}`;
    const has = (effect: GenerationEffect) => step.effects.includes(effect);
    const leads = LEAVES[state];
    must(leads === "open" || leads.includes(step.to), "what is final stays final", what);
    must(!(has("post-hold") && has("void-hold")), "a hold is posted xor voided, once", what);
    must(step.to !== "succeeded" || event === "finished", "only the record makes a success", what);
    must(has("deliver") === (step.to === "succeeded"), "a success is delivered, nothing else is", what);
    const isFailure = DESERVES_A_WORD.includes(step.to);
    must(has("tell-failure") === isFailure, "a failure is told, nothing else is", what);
    must(has("count-loss") === (!isOpen(state) && event === "finished"), "a present is counted as one", what);
    if (event === "claimed") must(generation.creates === 0, "one task at most", what);
    const isAtKie = AT_KIE.includes(state);
    must(step.to !== "cancelled" || !isAtKie, "what may cost credits is not cancelled", what);
  }

  /** The lease lets one tell it; a failure is marked as told, a result goes on through the table. */
  #tell(slot: number, isReachable: boolean): void {
    const generation = this.#generations.get(slot);
    if (generation === undefined) return;
    if (generation.owes === "tell-failure") generation.failures += 1;
    else if (generation.owes === "deliver") this.#deliver(generation, isReachable);
    else if (generation.state === "undeliverable" && isReachable) this.#deliver(generation, true);
    generation.owes = null;
  }

  #deliver(generation: Generation, isReachable: boolean): void {
    const event = isReachable ? "delivered" : "unreachable";
    const step = this.#rules.transition(generation.state, event);
    const what = () => `${generation.id}: ${generation.state} by ${event}`;
    must(step !== null, "a result can be given", what);
    if (step === null) return;
    this.#checkStep(generation, event, step);
    generation.state = step.to;
    if (isReachable) generation.results += 1;
    // A word about the failure that it first seemed to be is no second word about the result.
    generation.failures = 0;
  }

  #refund(slot: number): void {
    const generation = this.#generations.get(slot);
    if (generation === undefined) return;
    for (const account of ["main", "bonus"] as const) {
      const posted = this.#purse.ledger.get(`gen:${generation.id}:post:${account}`)?.kopecks ?? 0n;
      const id = `gen:${generation.id}:refund:${account}`;
      if (posted > 0n) this.#purse.credit(id, posted, account, { kind: "refund", source: "revenue" });
    }
  }
}

/** Brought by a delivery, never by KIE or by time. */
const BY_PERSON: ReadonlySet<GenerationEvent> = new Set(["delivered", "unreachable"]);

function checkGeneration({ id, state, settledBy, postedKopecks, creates, isLoss }: Generation): void {
  const what = () => `${id} ${state}: ${settledBy ?? "not settled"}, ${postedKopecks ?? "nothing"} posted`;
  must((settledBy === null) === isOpen(state), "a hold is settled exactly when a generation ends", what);
  must(creates <= 1, "one task at most", () => `${id}: ${creates} creates`);
  const isPaid = settledBy === "post-hold";
  const hasResult = state === "succeeded" || state === "delivered" || state === "undeliverable";
  must(isPaid === (hasResult && !isLoss), "only a result is paid, and only in time", what);
}

/** What PRODUCT says of money, written once more without looking at the code. */
function fairCharge(generation: Generation, { receivedOutputs, measuredKopecks }: Made): bigint {
  const held = generation.heldMain + generation.heldBonus;
  if (receivedOutputs === 0) return 0n;
  switch (generation.charge) {
    case "generation":
      return held;
    case "measured":
      return measuredKopecks === null || measuredKopecks > held ? held : measuredKopecks;
    case "output": {
      const share = (held * BigInt(receivedOutputs)) / BigInt(generation.expectedOutputs);
      return share > held ? held : share;
    }
  }
}
