import type { ConversationState } from "../../../lib/conversation/types.ts";
import { type GenerationEvent, type Step, transition } from "../../../lib/generation/life-cycle.ts";
import type { GenerationState } from "../../../lib/generation/states.ts";
import { type LifeRules, REAL_LIFE } from "./life-world.ts";
import { REAL_TALK, type TalkRules } from "./talk-world.ts";

/** A deliberate bug: one thing is wrong, the rest is the product's own. */
interface Mutation<Rules> {
  bug: string;
  /** The rule that has to catch it. */
  rule: string;
  rules: Rules;
}

/** The table with one row changed; null: the row is gone. */
function row(from: GenerationState, event: GenerationEvent, step: Step | null): LifeRules {
  const changed: typeof transition = (state, happened) =>
    state === from && happened === event ? step : transition(state, happened);
  return { ...REAL_LIFE, transition: changed };
}

export const LIFE_MUTATIONS: readonly Mutation<LifeRules>[] = [
  {
    bug: "a late success is charged although the money went back",
    rule: "a hold is posted xor voided, once",
    rules: row("expired", "finished", { to: "succeeded", effects: ["post-hold", "deliver", "count-loss"] }),
  },
  {
    bug: "a failure keeps the money",
    rule: "a hold is settled exactly when a generation ends",
    rules: row("submitted", "errored", { to: "failed", effects: ["tell-failure"] }),
  },
  {
    bug: "nobody is told of a lost create",
    rule: "a failure is told, nothing else is",
    rules: row("submitting", "lost", { to: "returned", effects: ["void-hold", "alert-admins"] }),
  },
  {
    bug: "a second success opens a delivered generation again",
    rule: "what is final stays final",
    rules: row("delivered", "finished", { to: "succeeded", effects: ["deliver"] }),
  },
  {
    bug: "a task at KIE is claimed once more",
    rule: "one task at most",
    rules: row("submitted", "claimed", { to: "submitting", effects: [] }),
  },
  {
    bug: "what waits in the queue waits for ever",
    rule: "time ends every generation",
    rules: row("queued", "queue-expired", null),
  },
  {
    bug: "what runs at KIE can be cancelled, and its credits are gone",
    rule: "what may cost credits is not cancelled",
    rules: row("submitted", "cancelled", { to: "cancelled", effects: ["void-hold"] }),
  },
  {
    bug: "a postponed create stays at KIE",
    rule: "running and queued count the states",
    rules: row("submitting", "postponed", { to: "submitted", effects: ["schedule-recheck"] }),
  },
  {
    bug: "a generation without a task id does not count as running",
    rule: "running and queued count the states",
    rules: { ...REAL_LIFE, isRunning: (state) => state === "submitted" },
  },
  {
    bug: "a part of the outputs is charged rounded up",
    rule: "what came is what is paid",
    rules: {
      ...REAL_LIFE,
      chargeFor(job) {
        const charge = REAL_LIFE.chargeFor(job);
        const isPart = job.charge === "output" && charge > 0n && charge < job.heldKopecks;
        return isPart ? charge + 1n : charge;
      },
    },
  },
  {
    bug: "a measured job may cost more than was held",
    rule: "0 ≤ charge ≤ hold",
    rules: {
      ...REAL_LIFE,
      chargeFor: (job) =>
        job.charge === "measured" && job.measuredKopecks !== null ? job.measuredKopecks : REAL_LIFE.chargeFor(job),
    },
  },
  {
    bug: "the rest of a bonus hold comes back as real money",
    rule: "Σ transfers = balances",
    rules: {
      ...REAL_LIFE,
      settleHold(hold) {
        const settled = REAL_LIFE.settleHold(hold);
        return { ...settled, mainBack: settled.mainBack + settled.bonusBack, bonusBack: 0n };
      },
    },
  },
  {
    bug: "real money is spent before the bonus",
    rule: "bonus money first, the rest back to its account",
    rules: {
      ...REAL_LIFE,
      settleHold(hold) {
        const swapped = REAL_LIFE.settleHold({ ...hold, heldMain: hold.heldBonus, heldBonus: hold.heldMain });
        const other = (id: string) =>
          id.endsWith("main") ? id.replace(/main$/, "bonus") : id.replace(/bonus$/, "main");
        return {
          ...swapped,
          mainBack: swapped.bonusBack,
          bonusBack: swapped.mainBack,
          transfers: swapped.transfers.map((transfer) => ({
            ...transfer,
            id: other(transfer.id),
            ...(transfer.kind === "void" ? { destination: transfer.destination === "main" ? "bonus" : "main" } : {}),
          })),
        };
      },
    },
  },
  {
    bug: "what settles a hold is written twice",
    rule: "a transfer is made once",
    rules: {
      ...REAL_LIFE,
      settleHold(hold) {
        const settled = REAL_LIFE.settleHold(hold);
        return { ...settled, transfers: [...settled.transfers, ...settled.transfers] };
      },
    },
  },
];

/** Every step goes wrong in what becomes of the state. */
function spoilt(spoil: (state: ConversationState) => ConversationState): TalkRules {
  return {
    ...REAL_TALK,
    advance(...step) {
      const transition = REAL_TALK.advance(...step);
      return { ...transition, state: spoil(transition.state) };
    },
  };
}

export const TALK_MUTATIONS: readonly Mutation<TalkRules>[] = [
  {
    bug: "old buttons act",
    rule: "a stale button changes no draft",
    rules: {
      ...REAL_TALK,
      advance: (state, event, facts, catalog, revision) =>
        REAL_TALK.advance(state, event.kind === "tap" ? { ...event, revision } : event, facts, catalog, revision),
    },
  },
  {
    bug: "the card shows today's price instead of the locked one",
    rule: "the price on ✅ is the draft's",
    rules: {
      ...REAL_TALK,
      render(state, ...rest) {
        const draft = state.draft === null ? null : { ...state.draft, quote: null };
        return REAL_TALK.render({ ...state, draft }, ...rest);
      },
    },
  },
  {
    bug: "✅ takes a kopeck more than it says",
    rule: "nothing is taken beyond what the draft said",
    rules: {
      ...REAL_TALK,
      advance(...step) {
        const transition = REAL_TALK.advance(...step);
        const effects = transition.effects.map((effect) => {
          if (effect.kind !== "confirm" || effect.draft.quote === null || effect.draft.offer) return effect;
          const quote = { ...effect.draft.quote, kopecks: String(BigInt(effect.draft.quote.kopecks) + 1n) };
          return { ...effect, draft: { ...effect.draft, quote } };
        });
        return { ...transition, effects };
      },
    },
  },
  {
    bug: "a bought draft stays open",
    rule: "what is bought is no draft any more",
    rules: {
      ...REAL_TALK,
      advance(state, ...rest) {
        const transition = REAL_TALK.advance(state, ...rest);
        const isBought = transition.effects.some(({ kind }) => kind === "confirm");
        return isBought ? { ...transition, state: { ...transition.state, draft: state.draft } } : transition;
      },
    },
  },
  {
    bug: "the stored state forgets what is asked",
    rule: "a stored state is read back as it was",
    rules: {
      ...REAL_TALK,
      parse(json) {
        const state = REAL_TALK.parse(json);
        return state.draft === null ? state : { ...state, draft: { ...state.draft, asking: null } };
      },
    },
  },
  {
    bug: "the state holds what JSON can not",
    rule: "a stored state is read back as it was",
    rules: spoilt((state) =>
      state.draft === null ? state : { ...state, draft: { ...state.draft, openedAt: Number.NaN } },
    ),
  },
  {
    bug: "a step works on the stored state itself",
    rule: "a step leaves what it reads as it is",
    rules: {
      ...REAL_TALK,
      advance(state, ...rest) {
        if (state.draft !== null) state.draft.openedAt += 1;
        return REAL_TALK.advance(state, ...rest);
      },
    },
  },
  {
    bug: "texts are not cut",
    rule: "texts fit Telegram's limits",
    rules: {
      ...REAL_TALK,
      render(state, ...rest) {
        const view = REAL_TALK.render(state, ...rest);
        const prompt = state.draft?.values["prompt"];
        return typeof prompt === "string" ? { ...view, text: [...view.text, prompt] } : view;
      },
    },
  },
  {
    bug: "buttons carry names in full",
    rule: "callback data fit 64 bytes",
    rules: {
      ...REAL_TALK,
      encode: (action, revision) =>
        action.kind === "set_param"
          ? `set_param_of_the_card:${"0".repeat(48)}~${revision}`
          : REAL_TALK.encode(action, revision),
      decode: (data) => REAL_TALK.decode(data),
    },
  },
  {
    bug: "the help has no way back",
    rule: "there is always a way on",
    rules: {
      ...REAL_TALK,
      render(state, ...rest) {
        const view = REAL_TALK.render(state, ...rest);
        return state.screen.kind === "help" ? { ...view, keyboard: [] } : view;
      },
    },
  },
];
