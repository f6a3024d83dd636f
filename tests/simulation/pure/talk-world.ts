import { isDeepStrictEqual } from "node:util";
import type { Catalog } from "../../../lib/catalog/load.ts";
import { advance, isCardAction } from "../../../lib/conversation/advance.ts";
import { decodeAction, encodeAction } from "../../../lib/conversation/callback-data.ts";
import { seenPrice } from "../../../lib/conversation/draft.ts";
import {
  failureView,
  receiptCaption,
  refusalView,
  resultKeyboard,
} from "../../../lib/conversation/generation-views.ts";
import { eventNeeds, needs, renderScreen } from "../../../lib/conversation/render.ts";
import { initialState, parseState } from "../../../lib/conversation/state.ts";
import type {
  ConversationState,
  DialogueEvent,
  Effect,
  Facts,
  RichText,
  Transition,
  View,
} from "../../../lib/conversation/types.ts";
import type { GenerationState } from "../../../lib/generation/states.ts";
import type { Kopecks } from "../../../lib/shared/kopecks.ts";
import { must } from "./explore.ts";
import type { Luck, TalkAction, Vocabulary } from "./talk-actions.ts";
import { type Codec, checkPrice, checkToast, checkView, type DrawnButton, draftPrice, isYes } from "./talk-checks.ts";
import { type HoldAnswer, Person } from "./talk-person.ts";

/** What is explored; the tests put wrong ones in its place. */
export interface TalkRules extends Codec {
  advance: typeof advance;
  render: typeof renderScreen;
  parse: typeof parseState;
}

export const REAL_TALK: TalkRules = {
  advance,
  render: renderScreen,
  parse: parseState,
  encode: encodeAction,
  decode: decodeAction,
};

/** A message of ours with its buttons as they were drawn there last. */
interface Drawn {
  messageId: number;
  buttons: readonly DrawnButton[];
}

interface Tap {
  data: string;
  messageId: number;
  /** The price that stands on the pressed button; null when it was not seen, or has none. */
  price: Kopecks | null;
  /** The last thing that was drawn: what a person normally presses. */
  isFresh: boolean;
  luck: Luck;
  isIdKept: boolean;
}

/** So far back buttons are remembered. */
const MOST_DRAWN = 24;

/** Plays one sequence over the real catalog. */
export function playTalk(
  setting: { seed: number; catalog: Catalog; vocabulary: Vocabulary },
  actions: readonly TalkAction[],
  stepped: () => void,
  rules = REAL_TALK,
): void {
  const world = new TalkWorld(setting, rules);
  for (const action of actions) {
    world.act(action);
    stepped();
  }
}

class TalkWorld {
  readonly #rules: TalkRules;
  readonly #catalog: Catalog;
  readonly #person: Person;
  #state: ConversationState = initialState();
  #text = JSON.stringify(this.#state);
  #revision = 1;
  #lastMessageId = 100;
  #steps = 0;
  /** Everything drawn so far, the latest last. */
  readonly #drawn: Drawn[] = [];
  /** The screen as it lies in the chat. */
  #screen: Drawn;

  constructor(setting: { seed: number; catalog: Catalog; vocabulary: Vocabulary }, rules: TalkRules) {
    this.#rules = rules;
    this.#catalog = setting.catalog;
    this.#person = new Person(setting.seed, setting.vocabulary, setting.catalog);
    this.#screen = { messageId: this.#lastMessageId, buttons: [] };
    this.#show(this.#render(this.#person.facts({})), this.#lastMessageId);
  }

  act(action: TalkAction): void {
    switch (action.do) {
      case "press": {
        const { buttons, messageId } = this.#screen;
        const forward = action.forward ? buttons.filter((button) => isForward(button.kind)) : [];
        const pressed = pickOf(forward.length > 0 ? forward : buttons, action.choice);
        const { luck, isIdKept } = action;
        if (pressed !== undefined) this.#tap({ ...pressed, messageId, isFresh: true, luck, isIdKept });
        return;
      }
      case "press-old": {
        const drawn = pickOf(this.#drawn, action.choice);
        const pressed = pickOf(drawn?.buttons ?? [], action.choice >>> 3);
        if (drawn === undefined || pressed === undefined) return;
        const { messageId } = drawn;
        this.#tap({ ...pressed, messageId, isFresh: drawn === this.#screen, luck: action.luck, isIdKept: true });
        return;
      }
      case "forge":
        this.#forge(action);
        return;
      case "happen":
        this.#happen(action.event, { tap: null, luck: "held", isIdKept: action.isIdKept });
        return;
      case "generation":
        this.#generationMoves(action.choice, action.state);
        return;
      case "restart":
        this.#store(this.#rules.parse(JSON.parse(this.#text)));
        return;
      default:
        this.#person.change(action);
    }
  }

  #forge({ choice, data, revisionBy, onScreen, luck }: Extract<TalkAction, { do: "forge" }>): void {
    const drawn = pickOf(this.#drawn, choice);
    const revision = Math.max(0, this.#revision + revisionBy);
    const forged = data === "" ? (pickOf(drawn?.buttons ?? [], choice)?.data.replace(/~.*/, "") ?? "") : data;
    const messageId = onScreen ? this.#screen.messageId : (drawn?.messageId ?? 7);
    const tap = { messageId, price: null, isFresh: false, luck, isIdKept: true };
    this.#tap({ ...tap, data: `${forged}~${revision.toString(36)}` });
  }

  #tap(tap: Tap): void {
    const { messageId } = tap;
    const read = this.#rules.decode(tap.data);
    const event: DialogueEvent =
      read === null
        ? { kind: "unknown-tap", messageId }
        : { kind: "tap", action: read.action, revision: read.revision, messageId };
    this.#happen(event, { tap, luck: tap.luck, isIdKept: tap.isIdKept });
  }

  /** One step as the services take it: facts, decision, guarded write, picture. */
  #happen(event: DialogueEvent, how: { tap: Tap | null; luck: Luck; isIdKept: boolean }): void {
    const facts = this.#person.facts(eventNeeds(event));
    const before = this.#state;
    const transition = this.#decide(event, facts);
    checkToast(transition);
    this.#checkEffects(event, how.tap, transition, facts);
    const order = transition.effects.find((effect) => effect.kind === "confirm" || effect.kind === "confirm-batch");
    if (order !== undefined) {
      const answer = this.#hold(order, how.luck);
      if (answer.kind === "lost") return;
      if (answer.kind === "refused") {
        const { notice, toast } = refusalView(answer.refusal, before, facts, this.#catalog);
        checkToast({ ...transition, toast });
        // Nothing is stored, and the card is drawn again as it was.
        this.#show(this.#rules.render(before, facts, this.#catalog, notice), this.#screen.messageId);
        return;
      }
    }
    this.#carryOut(transition.effects);
    const messageId = this.#messageOf(transition, how.tap?.messageId ?? null, how.isIdKept);
    const isMoved = transition.show !== "none" && transition.state !== before;
    this.#store(isMoved ? { ...transition.state, messageId: messageId.stored } : transition.state);
    if (transition.show === "none") return;
    const shown = this.#person.facts(needs(this.#state));
    const view = this.#render(shown, transition.notice);
    checkPrice(view, this.#state, shown);
    this.#show(view, messageId.shown);
  }

  /** Decided twice now and then, as after a lost race: the same comes of it, and nothing that was read is changed. */
  #decide(event: DialogueEvent, facts: Facts): Transition {
    const decide = (given: Facts) => this.#rules.advance(this.#state, event, given, this.#catalog, this.#revision);
    this.#steps += 1;
    const isRepeated = this.#steps % 8 === 0;
    const transition = decide(isRepeated ? { ...facts, newId: () => "samesamesame" } : facts);
    if (isRepeated) {
      const again = decide({ ...facts, newId: () => "samesamesame" });
      must(isDeepStrictEqual(again, transition), "a step decided again is the same step", () => event.kind);
      this.#checkUntouched(event);
      return decide(facts);
    }
    this.#checkUntouched(event);
    return transition;
  }

  #checkUntouched(event: DialogueEvent): void {
    must(JSON.stringify(this.#state) === this.#text, "a step leaves what it reads as it is", () => event.kind);
  }

  #checkEffects(event: DialogueEvent, tap: Tap | null, { effects, state, toast }: Transition, facts: Facts): void {
    const isCard = event.kind === "tap" && isCardAction(event.action);
    const before = this.#state;
    const isCurrent =
      event.kind === "tap" &&
      event.revision === this.#revision &&
      (before.messageId === null || before.messageId === event.messageId);
    if (isCard && !isCurrent) {
      const what = () => `${event.action.kind} of revision ${event.revision} at ${this.#revision}`;
      must(effects.length === 0, "a stale button orders nothing", what);
      must(isDeepStrictEqual(ordered(state), ordered(before)), "a stale button changes no draft", what);
      must(tap?.isFresh !== true, "a button of the screen is never stale", what);
    }
    for (const effect of effects) {
      const price = orderedPrice(effect);
      if (price === null) continue;
      const what = () => `${effect.kind} of ${price} by ${event.kind === "tap" ? event.action.kind : event.kind}`;
      must(isCard && isCurrent && isYes(event.action.kind), "only ✅ of the current revision orders", what);
      must(effects.length === 1, "an order comes alone", what);
      const known = draftPrice(before);
      must(
        known !== null && price <= known,
        "nothing is taken beyond what the draft said",
        () => `${what()}, known ${known}`,
      );
      const read = tap?.price ?? null;
      must(read === null || price <= read, "nothing is taken beyond what was read", () => `${what()}, read ${read}`);
      must(
        facts.mode !== "real" || price <= facts.wallet.mainKopecks + facts.wallet.bonusKopecks,
        "an order can be paid",
        what,
      );
      must(state.draft === null, "what is bought is no draft any more", what);
    }
    if (toast !== undefined) must(toast.text === toast.text.trim(), "toasts are tidy", () => toast.text);
  }

  #hold(effect: Effect, luck: Luck): HoldAnswer {
    if (effect.kind === "confirm") return this.#person.hold(effect.draft, luck);
    if (effect.kind !== "confirm-batch") return { kind: "held" };
    const { items } = effect.order;
    must(items.length >= 2, "many are at least two", () => `${items.length} items`);
    return this.#person.holdBatch(effect.order, luck);
  }

  #carryOut(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind === "cancel-generation" || effect.kind === "cancel-rest") this.#person.cancel(effect);
      if (effect.kind === "settings") this.#person.settle(effect.change);
    }
  }

  #messageOf({ show }: Transition, tapped: number | null, isIdKept: boolean): { shown: number; stored: number | null } {
    const target = show === "send" ? null : (tapped ?? this.#state.messageId);
    if (show === "none" || target !== null) return { shown: target ?? 0, stored: target };
    this.#lastMessageId += 1;
    return { shown: this.#lastMessageId, stored: isIdKept ? this.#lastMessageId : null };
  }

  /** As one guarded write: a step that leaves the state as it is leaves the revision, too. */
  #store(state: ConversationState): void {
    if (state === this.#state) return;
    const text = JSON.stringify(state);
    const parsed = this.#rules.parse(JSON.parse(text));
    must(isDeepStrictEqual(parsed, state), "a stored state is read back as it was", () => text);
    if (isDeepStrictEqual(parsed, this.#state)) return;
    this.#revision += 1;
    this.#state = parsed;
    // The order of keys is the schema's now.
    this.#text = JSON.stringify(parsed);
  }

  #render(facts: Facts, notice?: RichText): View {
    return this.#rules.render(this.#state, facts, this.#catalog, notice);
  }

  #show(view: View, messageId: number): void {
    const price = draftPrice(this.#state);
    const what = `screen ${this.#state.screen.kind}`;
    const buttons = checkView(view, { revision: this.#revision, codec: this.#rules, what });
    for (const button of buttons) if (isYes(button.kind)) button.price = price;
    this.#screen = { messageId, buttons };
    this.#remember(this.#screen);
  }

  /** A message about a generation: its buttons carry revision 0, since they must work at any age. */
  #generationMoves(choice: number, state: GenerationState): void {
    const generation = this.#person.move(choice, state);
    if (generation === null) return;
    const { screen, messageId } = this.#state;
    if (screen.kind === "generation" && screen.generationId === generation.generationId && messageId !== null) {
      // Its status message is redrawn.
      this.#show(this.#render(this.#person.facts(needs(this.#state))), messageId);
    }
    const facts = this.#person.facts({});
    const isFailure = state === "failed" || state === "returned" || state === "expired";
    if (!isFailure && state !== "delivered") return;
    const view = isFailure
      ? failureView(generation, facts, this.#catalog)
      : {
          text: receiptCaption(generation, facts, this.#catalog),
          keyboard: resultKeyboard(generation, facts, this.#catalog),
        };
    const limit = isFailure ? "text" : "caption";
    this.#lastMessageId += 1;
    const buttons = checkView(view, { revision: 0, codec: this.#rules, what: `a message of ${state}`, limit });
    this.#remember({ messageId: this.#lastMessageId, buttons });
  }

  #remember(drawn: Drawn): void {
    this.#drawn.push(drawn);
    if (this.#drawn.length > MOST_DRAWN) this.#drawn.shift();
  }
}

/** The draft without the offer that its screen shows: that is drawn anew, and remembered, with every look. */
function ordered({ draft }: ConversationState): unknown {
  if (draft === null) return null;
  const { offer: _offer, batch, ...rest } = draft;
  return { ...rest, batch: batch === undefined ? null : { ...batch, discount: null } };
}

function orderedPrice(effect: Effect): Kopecks | null {
  if (effect.kind === "confirm") return seenPrice(effect.draft) ?? -1n;
  if (effect.kind !== "confirm-batch") return null;
  return effect.order.items.reduce((sum, item) => sum + item.kopecks, 0n);
}

/** Buttons that lead to an order: ✅, and what makes a card ready for it. */
function isForward(kind: string): boolean {
  return isYes(kind) || kind === "example" || kind === "batch" || kind === "compare";
}

function pickOf<T>(values: readonly T[], choice: number): T | undefined {
  return values[choice % values.length];
}
