import { GENERATION_EVENTS, type GenerationEvent } from "../../../lib/generation/life-cycle.ts";
import { createRandom, type Random } from "../../support/random.ts";

export type Charge = "generation" | "output" | "measured";

/** What KIE's record says beside success. */
export interface Made {
  receivedOutputs: number;
  measuredKopecks: bigint | null;
}

/** Generations are named by slots, few of them, so that the same one is met again and again. */
export type LifeAction =
  | { do: "credit"; cause: number; kopecks: bigint; account: "main" | "bonus" }
  | { do: "charge-back"; cause: number; kopecks: bigint }
  | { do: "adjust"; cause: number; kopecks: bigint; account: "main" | "bonus" }
  /** ✅: again for a slot that is taken is the same tap once more. */
  | { do: "hold"; slot: number; kopecks: bigint; charge: Charge; expectedOutputs: number }
  /** Something happens, and is decided and written at once. */
  | { do: "event"; slot: number; event: GenerationEvent; made: Made }
  /** As above, one of those that the table knows in the present state. */
  | { do: "next"; slot: number; choice: number; made: Made }
  /** It is decided now for the state as it is, and written later: others may be faster. */
  | { do: "decide"; slot: number; event: GenerationEvent; made: Made }
  | { do: "write"; choice: number }
  /** What is owed to the person is told, or Telegram says that nobody is there. */
  | { do: "tell"; slot: number; isReachable: boolean }
  | { do: "refund"; slot: number };

export const SLOTS = 3;
const MOST_ACTIONS = 36;

/** The actions of one sequence. */
export function planLife(seed: number): LifeAction[] {
  const random = createRandom(seed);
  const count = 4 + random.below(MOST_ACTIONS - 3);
  // Somebody without a kopeck is explored too, but seldom.
  const first: LifeAction[] =
    random.below(20) === 0 ? [] : [{ do: "credit", cause: 0, kopecks: BigInt(random.below(3_000)), account: "main" }];
  return [...first, ...Array.from({ length: count }, () => nextAction(random))];
}

function nextAction(random: Random): LifeAction {
  const cause = random.below(4);
  const slot = random.below(SLOTS);
  const kopecks = BigInt(1 + random.below(900));
  const account = random.pick<"main" | "bonus">(["main", "bonus"]);
  switch (random.below(20)) {
    case 0:
      return { do: "credit", cause, kopecks, account };
    case 1:
      return { do: "charge-back", cause, kopecks };
    case 2:
      return { do: "adjust", cause, kopecks, account };
    case 3:
    case 4:
    case 5: {
      const charge = random.pick<Charge>(["generation", "output", "measured"]);
      // A free one is a generation like any other that moves no money.
      const price = random.below(12) === 0 ? 0n : kopecks;
      return { do: "hold", slot, kopecks: price, charge, expectedOutputs: 1 + random.below(6) };
    }
    case 6:
    case 7:
    case 8:
      return { do: "event", slot, event: random.pick(EVENTS), made: made(random) };
    case 9:
    case 10:
      return { do: "decide", slot, event: random.pick(EVENTS), made: made(random) };
    case 11:
    case 12:
      return { do: "write", choice: random.below(4) };
    case 13:
    case 14:
      return { do: "tell", slot, isReachable: random.below(4) !== 0 };
    case 15:
      return { do: "refund", slot };
    default:
      return { do: "next", slot, choice: random.below(12), made: made(random) };
  }
}

function made(random: Random): Made {
  return {
    receivedOutputs: random.below(7),
    measuredKopecks: random.below(4) === 0 ? null : BigInt(random.below(1_200)),
  };
}

const [firstEvent, ...otherEvents] = GENERATION_EVENTS;
const EVENTS: readonly [GenerationEvent, ...GenerationEvent[]] = [firstEvent, ...otherEvents];
