import type { ChatView, MessageView, TelegramControl } from "../../lib/sandbox/telegram/index.ts";
import type { Dice } from "./random.ts";

/** Somebody who uses the bot: reads the chat, and does what a person would do with it, or not. */
export interface Person {
  readonly id: number;
  /** What the bot has not answered yet. */
  waitsFor: number;
  isBlocking: boolean;
  hasBlocked: boolean;
  /** Old buttons that are pressed again later. */
  remembered: { messageId: number; data: string }[];
  /** Generations whose results were asked for once more: those are sent more than once by right. */
  askedAgain: Set<string>;
}

export interface Town {
  dice: Dice;
  telegram: TelegramControl;
  /** Runs what a person does, outside of the product; failing is human. */
  act(person: Person, what: string, work: () => Promise<unknown>): void;
  /** Gives money, once per id. */
  credit(person: Person, id: string, kopecks: number): void;
}

export const newPerson = (id: number): Person => ({
  id,
  waitsFor: 0,
  isBlocking: false,
  hasBlocked: false,
  remembered: [],
  askedAgain: new Set(),
});

/** Every prompt carries this: it must never be seen in a log, and tells whose message is whose. */
export const PROMPT_MARK = "тайна";

/** Words that the simulated KIE understands, by how often people write them. */
const SENTINELS: Readonly<Record<string, number>> = {
  "": 60,
  "fail: ": 5,
  "fail:policy ": 3,
  "fail:531 ": 2,
  "hang: ": 2.5,
  "slow: ": 4,
  "twice: ": 4,
  "lost: ": 4,
  "lostcb: ": 4,
  "lostall: ": 2,
  "early: ": 4,
  "badcb: ": 2,
  "http502: ": 2,
  "garbage: ": 2,
  "extra: ": 2,
  "nofields: ": 2,
  "oldnames: ": 2,
  "many:4 ": 4,
  "422: ": 1,
  "429: ": 4,
  "455: ": 1,
  "500: ": 1,
  "lost: slow: ": 1,
  "lostcb: slow: ": 1,
  "early: lost: ": 1,
  "twice: fail: ": 1,
};

/** Models that need nothing but words: pictures, two pictures, speech, two songs, clips, an API of its own. */
const MODELS = [
  "nano-banana",
  "seedream-4",
  "grok-image",
  "elevenlabs-turbo",
  "suno-simple",
  "kontext-tiers-pro",
  "wan-2-2",
] as const;

/** How gladly a button is pressed, by the beginning of its data; what is not here is never pressed by chance. */
const BUTTONS: readonly (readonly [start: string, weight: number])[] = [
  ["show_price_confirmation", 150],
  ["confirm~", 200],
  ["example", 6],
  ["done", 4],
  ["refresh:", 4],
  ["again:", 6],
  ["more:", 1],
  ["edit:", 2],
  ["resend:", 2],
  ["open:", 2],
  ["set_param:", 2],
  ["param_input:", 1],
  ["advanced", 1],
  ["card", 2],
  ["switch:", 1],
  ["receipt:", 1],
  ["menu", 1],
  ["history", 2],
  ["cancel_", 12],
  ["cancel", 1],
  ["follow:", 1],
  ["batch", 30],
  ["compare", 50],
  ["stop_waiting", 8],
  ["refresh_batch", 3],
];

interface Deed {
  weight: number;
  /** Whether it makes sense now. */
  can(person: Person, town: Town): boolean;
  run(person: Person, town: Town): void;
}

/** Everything that people do. A new thing is one more entry. */
export const DEEDS: Readonly<Record<string, Deed>> = {
  order: {
    weight: 40,
    // Mostly once what was begun is bought, or left.
    can: (person, town) => !person.isBlocking && (!hasOpenCard(person, town) || town.dice.chance(0.1)),
    run: (person, town) => {
      // Several at once, as a batch wants them; elsewhere it is one prompt of several lines.
      const lines = isAskedForLines(person, town) ? 2 + town.dice.below(4) : 1;
      const text = Array.from({ length: lines }, () => promptOf(town.dice)).join("\n");
      town.act(person, "writes a prompt", () => town.telegram.userSends(person.id, { text }));
    },
  },
  buttons: {
    weight: 60,
    can: (person, town) => !person.isBlocking && buttonsOf(person, town).length > 0,
    run: (person, town) => {
      const found = chosenButton(person, town);
      if (found !== undefined) tap(person, town, found);
    },
  },
  model: {
    weight: 5,
    can: (person) => !person.isBlocking,
    run: (person, town) => {
      const model = town.dice.pick(MODELS) ?? "";
      town.act(person, `opens ${model}`, () => town.telegram.userSends(person.id, { text: `/start m_${model}` }));
    },
  },
  stale: {
    weight: 4,
    can: (person) => !person.isBlocking && person.remembered.length > 0,
    run: (person, town) => {
      const found = town.dice.pick(person.remembered);
      if (found === undefined) return;
      noteRepeat(person, found.data);
      town.act(person, `presses an old ${found.data}`, () =>
        town.telegram.userTaps(person.id, found.messageId, found.data, { force: true }),
      );
    },
  },
  history: {
    weight: 2,
    can: (person) => !person.isBlocking,
    run: (person, town) => town.act(person, "/history", () => town.telegram.userSends(person.id, { text: "/history" })),
  },
  credit: {
    weight: 3,
    can: () => true,
    run: (person, town) => {
      const id = `sim:${person.id}:${town.dice.below(12)}`;
      town.credit(person, id, 10_000);
      // The same payment may be told twice.
      if (town.dice.chance(0.3)) town.credit(person, id, 10_000);
    },
  },
  topup: {
    weight: 2,
    can: (person) => !person.isBlocking,
    run: (person, town) => town.act(person, "/topup", () => town.telegram.userSends(person.id, { text: "/topup" })),
  },
  stars: {
    weight: 60,
    can: (person, town) => !person.isBlocking && openInvoice(person, town) !== undefined,
    run: (person, town) => {
      const messageId = openInvoice(person, town)?.messageId;
      if (messageId === undefined) return;
      const pay = () => town.act(person, "pays in Stars", () => town.telegram.userPays(person.id, { messageId }));
      pay();
      // A second tap before the first one is through.
      if (town.dice.chance(0.1)) pay();
    },
  },
  sum: {
    weight: 150,
    can: (person, town) => !person.isBlocking && sumsOf(person, town).length > 0,
    run: (person, town) => {
      const found = town.dice.pick(sumsOf(person, town));
      if (found !== undefined) tap(person, town, found);
    },
  },
  block: {
    weight: 0.5,
    can: (person) => !person.isBlocking,
    run: (person, town) => {
      person.isBlocking = true;
      person.hasBlocked = true;
      town.act(person, "blocks the bot", () => town.telegram.userBlocks(person.id));
    },
  },
  unblock: {
    weight: 8,
    can: (person) => person.isBlocking,
    run: (person, town) => {
      person.isBlocking = false;
      town.act(person, "unblocks the bot", () => town.telegram.userUnblocks(person.id));
    },
  },
};

/** One thing that this person does now. */
export function doSomething(person: Person, { telegram, ...rest }: Town): void {
  // Nothing moves while somebody makes up their mind: the chat is read once, and only if anything depends on it.
  let chat: ChatView | undefined;
  const town: Town = { ...rest, telegram: { ...telegram, chat: (id) => (chat ??= telegram.chat(id)) } };
  // Who waits for an answer mostly waits.
  if (person.waitsFor > 0 && !town.dice.chance(0.15)) return;
  const possible: Record<string, number> = {};
  for (const [name, deed] of Object.entries(DEEDS)) if (deed.can(person, town)) possible[name] = deed.weight;
  const name = town.dice.weighted(possible);
  if (name !== undefined) DEEDS[name]?.run(person, town);
}

let lastPrompt = 0;

function promptOf(dice: Dice): string {
  lastPrompt += 1;
  return `${dice.weighted(SENTINELS) ?? ""}${PROMPT_MARK}-${lastPrompt} у моря`;
}

/** Prompts are numbered within a world. */
export function beginPrompts(): void {
  lastPrompt = 0;
}

const hasOpenCard = (person: Person, town: Town): boolean =>
  buttonsOf(person, town).some(({ data, weight }) => weight >= 100 && /^(show_price|confirm)/.test(data));

const isAskedForLines = (person: Person, town: Town): boolean =>
  messagesOf(person, town)
    .slice(-2)
    .some(({ keyboard }) => keyboard?.flat().some(({ data }) => data?.startsWith("batch:")));

const messagesOf = (person: Person, town: Town): MessageView[] => town.telegram.chat(person.id)?.messages ?? [];

interface Button {
  messageId: number;
  data: string;
  weight: number;
}

/** Buttons of the last messages; the newer, the likelier. */
function buttonsOf(person: Person, town: Town): Button[] {
  const recent = messagesOf(person, town).slice(-4).reverse();
  return recent.flatMap(({ messageId, keyboard }, age) =>
    (keyboard ?? []).flat().flatMap(({ data }) => {
      const weight = BUTTONS.find(([start]) => data?.startsWith(start))?.[1];
      return data === undefined || weight === undefined ? [] : [{ messageId, data, weight: weight / (age + 1) }];
    }),
  );
}

function chosenButton(person: Person, town: Town): Button | undefined {
  const buttons = buttonsOf(person, town);
  const weights = Object.fromEntries(buttons.map(({ weight }, place) => [String(place), weight]));
  return buttons[Number(town.dice.weighted(weights))];
}

const openInvoice = (person: Person, town: Town): MessageView | undefined =>
  messagesOf(person, town)
    .slice(-8)
    .findLast(({ invoice }) => invoice?.isPaid === false);

/** What leads to an invoice: a sum, then the way to pay it. */
function sumsOf(person: Person, town: Town): Button[] {
  const last = messagesOf(person, town).slice(-2);
  return last.flatMap(({ messageId, keyboard }) =>
    (keyboard ?? []).flat().flatMap(({ data }) => {
      return data !== undefined && /^money:(pay|stars):/.test(data) ? [{ messageId, data, weight: 1 }] : [];
    }),
  );
}

function tap(person: Person, town: Town, { messageId, data }: Button): void {
  const isOrder = /^(confirm|show_price_confirmation)/.test(data);
  if (person.remembered.length < 40) person.remembered.push({ messageId, data });
  noteRepeat(person, data);
  const press = () =>
    town.act(person, `presses ${data}`, () => town.telegram.userTaps(person.id, messageId, data, { force: true }));
  press();
  if (isOrder ? town.dice.chance(0.25) : town.dice.chance(0.05)) press();
}

function noteRepeat(person: Person, data: string): void {
  const [, generationId] = /^(?:resend|original):([0-9a-z]+)/.exec(data) ?? [];
  if (generationId !== undefined) person.askedAgain.add(generationId);
}
