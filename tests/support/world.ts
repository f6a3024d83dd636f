import { expect } from "vitest";
import { type Sandbox, startSandbox } from "../../lib/sandbox/sandbox.ts";
import type { MessageView, UserFile } from "../../lib/sandbox/telegram/index.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";
import { MONEY_INVARIANTS } from "./money-invariants.ts";

/** The whole bot with its simulators, on a database of its own, and people who use it. */
export interface World extends Sandbox {
  db: TestDatabase;
  /** Structured log lines of the product so far. */
  logLines: readonly string[];
  /** Lines for a person at the terminal: nothing in a healthy world. */
  notes: readonly string[];
  person(userId: number, languageCode?: string): Person;
  /** Somebody new who has pressed /start, and was given this much. */
  newcomer(wishes?: { languageCode?: string; kopecks?: number }): Promise<Person>;
  /** Moves the virtual clock and waits until everything that it woke has ended. */
  advance(seconds: number): Promise<void>;
  /** A long time in which nothing is due: the sweeper stays away, whose hundreds of visits would only take time. */
  sleeps(seconds: number): Promise<void>;
  /** A request to one of the endpoints, as the outside sends it. */
  request(path: string, init?: RequestInit): Promise<Response>;
  /** Fails when the money does not add up, a simulator saw a wrong call, or a secret is in the log. */
  expectInvariants(): Promise<void>;
  end(): Promise<void>;
}

/** Somebody in Telegram: presses buttons and reads messages, nothing else. */
export interface Person {
  readonly id: number;
  says(text: string, options?: { replyTo?: number }): Promise<void>;
  sendsFile(file: UserFile, options?: { caption?: string; mediaGroupId?: string }): Promise<void>;
  /** Taps the button whose text or data contains `label`, on the newest message that has it. */
  taps(label: string, options?: { messageId?: number }): Promise<void>;
  /** Taps whatever button was there once; also twice, or after it is gone. */
  forces(messageId: number, data: string): Promise<void>;
  messages(): MessageView[];
  /** The newest message of the bot. */
  screen(): MessageView;
  /** Text or caption of the newest message of the bot, with ordinary spaces. */
  reads(): string;
  /** All of the bot's texts and captions, with ordinary spaces. */
  readsAll(): string;
  /** Data of the button whose text or data contains `label`, on the newest message that has it. */
  button(label: string): { messageId: number; text: string; data: string };
  hasButton(label: string): boolean;
  /** Texts of the last answerCallbackQuery. */
  toast(): { text: string; alert: boolean } | undefined;
  wallet(): Promise<{ main: bigint; bonus: bigint; held: bigint; running: number; queued: number }>;
  credited(kopecks: number): Promise<void>;
}

export interface WorldOptions {
  environment?: Record<string, string>;
  kieSpeed?: number;
}

/** Far from the ids that tests choose by themselves. */
const FIRST_NEWCOMER_ID = 200_000;

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const db = await createTestDatabase();
  const logLines: string[] = [];
  const notes: string[] = [];
  let lastNewcomerId = FIRST_NEWCOMER_ID;
  const sandbox = await startSandbox({
    port: 0,
    storeFile: ":memory:",
    databaseUrl: db.url,
    root: new URL("../../", import.meta.url),
    environment: { LOG_LEVEL: "debug", CATALOG_SYNC_HOURS: "0", FREE_PER_DAY: "0", ...options.environment },
    note: (line) => notes.push(line),
    writeLog: (line) => logLines.push(line),
    migrate: false,
    standsStill: true,
    ...(options.kieSpeed === undefined ? {} : { kieSpeed: options.kieSpeed }),
  });
  const world: World = {
    ...sandbox,
    db,
    logLines,
    notes,
    person: (userId, languageCode) => createPerson(world, userId, languageCode),
    async newcomer({ languageCode, kopecks } = {}) {
      lastNewcomerId += 1;
      const person = world.person(lastNewcomerId, languageCode);
      await person.says("/start");
      if (kopecks !== undefined) await person.credited(kopecks);
      return person;
    },
    async advance(seconds) {
      await sandbox.idle();
      await sandbox.context.clock.advance(seconds);
      await sandbox.idle();
    },
    async sleeps(seconds) {
      sandbox.qstash.pauseSchedules(true);
      await world.advance(seconds);
      sandbox.qstash.pauseSchedules(false);
    },
    request: (path, init) => fetch(`${sandbox.origin}${path}`, init),
    expectInvariants: () => expectInvariants(world),
    async end() {
      await sandbox.stop();
      await db.drop();
    },
  };
  return world;
}

const plain = (text: string | undefined) => (text ?? "").replace(/[\u00a0\u202f]/g, " ");

function createPerson(world: World, userId: number, languageCode = "ru"): Person {
  world.telegram.setProfile(userId, { firstName: languageCode === "ru" ? "Анна" : "Anna", languageCode });
  const messages = () => world.telegram.chat(userId)?.messages ?? [];
  const ofBot = () => messages().filter((message) => message.from === "bot");
  function find(label: string, messageId?: number): { messageId: number; text: string; data: string } | undefined {
    for (const message of ofBot().reverse()) {
      if (messageId !== undefined && message.messageId !== messageId) continue;
      for (const button of message.keyboard?.flat() ?? []) {
        if (button.data === undefined) continue;
        if (plain(button.text).includes(label) || button.data.includes(label)) {
          return { messageId: message.messageId, text: plain(button.text), data: button.data };
        }
      }
    }
    return undefined;
  }
  /** Nothing that a person does happens at the same moment as what was done before. */
  const aMomentLater = () => world.context.clock.advance(0.001);
  const person: Person = {
    id: userId,
    async says(text, { replyTo } = {}) {
      await aMomentLater();
      await world.telegram.userSends(userId, { text, ...(replyTo === undefined ? {} : { replyTo }) });
      await world.idle();
    },
    async sendsFile(file, { caption, mediaGroupId } = {}) {
      await aMomentLater();
      await world.telegram.userSends(userId, {
        file,
        ...(caption === undefined ? {} : { caption }),
        ...(mediaGroupId === undefined ? {} : { mediaGroupId }),
      });
      await world.idle();
    },
    async taps(label, { messageId } = {}) {
      const found = find(label, messageId);
      if (found === undefined) throw new Error(`no button «${label}» in ${JSON.stringify(ofBot().at(-1))}`);
      await aMomentLater();
      await world.telegram.userTaps(userId, found.messageId, found.data);
      await world.idle();
    },
    async forces(messageId, data) {
      await aMomentLater();
      await world.telegram.userTaps(userId, messageId, data, { force: true });
      await world.idle();
    },
    messages,
    screen() {
      const newest = ofBot().at(-1);
      if (newest === undefined) throw new Error("the bot has not written");
      return newest;
    },
    reads: () => plain(person.screen().text ?? person.screen().caption),
    readsAll: () =>
      plain(
        ofBot()
          .map((message) => message.text ?? message.caption ?? "")
          .join("\n"),
      ),
    button(label) {
      const found = find(label);
      if (found === undefined) throw new Error(`no button «${label}» in ${JSON.stringify(ofBot().at(-1))}`);
      return found;
    },
    hasButton: (label) => find(label) !== undefined,
    toast() {
      const toast = world.telegram.chat(userId)?.toasts.at(-1);
      return toast === undefined ? undefined : { text: plain(toast.text), alert: toast.alert };
    },
    async wallet() {
      const [row] = await world.db.rows("select main, bonus, held, running, queued from wallets where user_id = $1", [
        userId,
      ]);
      if (row === undefined) return { main: 0n, bonus: 0n, held: 0n, running: 0, queued: 0 };
      return {
        main: BigInt(String(row["main"])),
        bonus: BigInt(String(row["bonus"])),
        held: BigInt(String(row["held"])),
        running: Number(row["running"]),
        queued: Number(row["queued"]),
      };
    },
    async credited(kopecks) {
      await aMomentLater();
      const response = await world.request("/sandbox/credit", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ userId, kopecks }),
      });
      expect(response.status).toBe(200);
    },
  };
  return person;
}

async function expectInvariants(world: World): Promise<void> {
  for (const [invariant, contradictions] of Object.entries(MONEY_INVARIANTS)) {
    expect(await world.db.rows(contradictions), invariant).toEqual([]);
  }
  expect(world.telegram.violations()).toEqual([]);
  expect(world.kie.violations()).toEqual([]);
  const { config } = world.app;
  const log = world.logLines.join("\n");
  for (const secret of [
    config.TELEGRAM_BOT_TOKEN,
    config.TELEGRAM_WEBHOOK_SECRET,
    config.KIE_API_KEY,
    config.QSTASH_TOKEN,
  ]) {
    expect(log).not.toContain(secret);
  }
  expect(world.notes).toEqual([]);
}
