/**
 * The local server is killed again and again while many people order, started again each time, and the books, the chats
 * and KIE's tasks are compared at the end:
 * `node tests/integration/local-server/kill-storm.ts --kills 50 --generations 200 --seed 1`. Exit code 1 on a violation.
 */
import { readFile, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { bundle } from "../../../lib/deploy/bundle.ts";
import { createRandom, type Random } from "../../support/random.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { freePort, type Program, start } from "./program.ts";
import { moneyViolations, readGenerations, type StormGeneration, tasksByGeneration, toldOf } from "./storm-checks.ts";
import { Door, placeOrder, type StormMessage } from "./storm-people.ts";

export interface StormOptions {
  kills: number;
  generations: number;
  seed: number;
  people: number;
  note: (line: string) => void;
}

export interface StormReport {
  kills: number;
  /** Of them with PostgreSQL. */
  killsOfAll: number;
  /** Requests of people that a kill cut off. */
  cutRequests: number;
  generations: number;
  byState: Readonly<Record<string, number>>;
  tasks: number;
  /** Generations of which KIE never had a task: refused, or killed before the create call. */
  withoutTask: number;
  results: number;
  /** Results that came once more, because a kill came between sending and remembering it. */
  duplicates: number;
  violations: readonly string[];
  seconds: number;
}

/** What KIE does with a prompt, and how often it is asked to. */
const FATES = repeated({
  "": 8,
  "slow: ": 3,
  "fail: ": 1,
  "fail:policy ": 1,
  "lost: ": 1,
  "lostall: ": 1,
  "lostcb: ": 1,
  "early: ": 1,
  "twice: ": 1,
  "hang: ": 1,
  "http502: ": 1,
  "garbage: ": 1,
});
const FIRST_PERSON = 7_001;
const ENDS: ReadonlySet<string> = new Set(["delivered", "failed", "returned", "expired", "undeliverable", "cancelled"]);
const NIGHT_STEPS = 60;
const NIGHT_STEP_SECONDS = 600;

/** Runs one storm in a folder of its own, which is gone afterwards. */
export async function runStorm(options: StormOptions): Promise<StormReport> {
  const startedAt = performance.now();
  const { path: folder, remove } = await temporaryFolder("local-server");
  const main = await bundled();
  const storm = new Storm(options, folder, await freePort(), main.file);
  try {
    await storm.blow();
    const { generations, chats, money } = await storm.calm();
    const tasks = tasksByGeneration(folder);
    return {
      ...storm.figures(),
      ...judged(generations, chats, tasks, money, options),
      seconds: secondsSince(startedAt),
    };
  } finally {
    await storm.clear();
    await remove();
    await main.remove();
  }
}

class Storm {
  readonly #options: StormOptions;
  readonly #folder: string;
  readonly #port: number;
  readonly #main: string;
  readonly #random: Random;
  readonly #door: Door;
  #program: Program | null = null;
  #kills = 0;
  #killsOfAll = 0;
  #placed = 0;
  #isOver = false;

  constructor(options: StormOptions, folder: string, port: number, main: string) {
    this.#options = options;
    this.#folder = folder;
    this.#port = port;
    this.#main = main;
    this.#random = createRandom(options.seed);
    this.#door = new Door(`http://127.0.0.1:${port}`);
  }

  figures() {
    return { kills: this.#kills, killsOfAll: this.#killsOfAll, cutRequests: this.#door.cut };
  }

  /** Everybody orders, time runs, and the server dies; until all orders are taken and all kills done. */
  async blow(): Promise<void> {
    await this.#open();
    const { people, generations } = this.#options;
    await Promise.all(
      Array.from({ length: people }, async (_each, person) => {
        await this.#mustAsk(`/sandbox/chats/${FIRST_PERSON + person}/messages`, { text: "/start" });
        await this.#until(async () => (await this.#wallet(FIRST_PERSON + person)) !== undefined);
        await this.#mustAsk("/sandbox/credit", { userId: FIRST_PERSON + person, kopecks: 1_000_000 });
      }),
    );
    const prompts = Array.from({ length: generations }, (_each, number) => promptOf(this.#random, number));
    const orders = Promise.all(
      Array.from({ length: people }, async (_each, person) => {
        for (let number = person; number < generations; number += people) {
          // Orders are spread over the whole storm, so that every kill finds some under way.
          await this.#until(async () => number <= ((this.#kills + 1) / (this.#options.kills + 1)) * generations);
          await placeOrder(this.#door, FIRST_PERSON + person, prompts[number] ?? "");
          this.#placed += 1;
        }
      }),
    );
    const time = this.#runTime();
    const kills = this.#killAll();
    // Whoever fails first is told; the others end with the storm.
    await Promise.all([orders, kills]).finally(() => {
      this.#isOver = true;
    });
    await time;
  }

  /** Time goes on until nothing is open or owed any more. */
  async calm(): Promise<{
    generations: readonly StormGeneration[];
    chats: ReadonlyMap<number, readonly StormMessage[]>;
    money: readonly string[];
  }> {
    const program = await this.#open();
    const url = await this.#databaseUrl();
    let generations = await readGenerations(url);
    for (let step = 0; step < NIGHT_STEPS; step += 1) {
      await program.advance(NIGHT_STEP_SECONDS);
      generations = await readGenerations(url);
      if (generations.every(({ state, is_told }) => ENDS.has(state) && is_told)) break;
    }
    const chats = new Map<number, readonly StormMessage[]>();
    for (let person = 0; person < this.#options.people; person += 1) {
      chats.set(FIRST_PERSON + person, (await this.#door.messages(FIRST_PERSON + person)) ?? []);
    }
    const money = await moneyViolations(url);
    await program.stop();
    return { generations, chats, money };
  }

  /** Nothing of it keeps running, whatever happened. */
  async clear(): Promise<void> {
    this.#isOver = true;
    await this.#program?.kill();
    const pid = await this.#postgresPid();
    if (pid !== null) killProcess(pid);
  }

  async #killAll(): Promise<void> {
    while (this.#kills < this.#options.kills) {
      const { isOfAll, delayMs } = { isOfAll: this.#random.below(3) === 0, delayMs: 150 + this.#random.below(1_300) };
      await sleep(delayMs);
      await this.#untilUnderWay();
      const pid = await this.#postgresPid();
      await this.#program?.kill({ wholeGroup: isOfAll });
      // Left over by an earlier kill, it is in none of our groups.
      if (isOfAll && pid !== null) killProcess(pid);
      this.#kills += 1;
      this.#killsOfAll += Number(isOfAll);
      if (this.#kills % 10 === 0) this.#options.note(`${this.#kills} kills, ${this.#placed} orders taken`);
      await this.#open();
    }
  }

  /** A kill counts when it interrupts something; for a while, since the last orders may be done. */
  async #untilUnderWay(): Promise<void> {
    for (let look = 0; look < 30; look += 1) {
      const wallets = await this.#wallets();
      if (wallets.some((wallet) => wallet.heldKopecks !== "0")) return;
      await sleep(50);
    }
  }

  /** Virtual time runs faster than the clock on the wall, in small steps that a kill may fall into. */
  async #runTime(): Promise<void> {
    while (!this.#isOver) {
      await this.#door.ask("/sandbox/clock", { advanceSeconds: 15 });
      await sleep(250);
    }
  }

  async #open(): Promise<Program> {
    if (this.#program === null || this.#program.isOver()) {
      const environment = { PORT: String(this.#port), SANDBOX_DATA: this.#folder, FREE_PER_DAY: "0" };
      this.#program = await start(environment, this.#main);
    }
    return this.#program;
  }

  async #wallets(): Promise<readonly { userId: number; heldKopecks: string }[]> {
    const answer = await this.#door.ask("/sandbox/wallets");
    return isWallets(answer) ? answer.wallets : [];
  }

  async #wallet(userId: number) {
    return (await this.#wallets()).find((wallet) => wallet.userId === userId);
  }

  async #mustAsk(path: string, body: unknown): Promise<void> {
    if ((await this.#door.ask(path, body)) === null) throw new Error(`${path} gave no answer before the storm`);
  }

  async #until(check: () => Promise<boolean>): Promise<void> {
    while (!(await check())) {
      if (this.#isOver) throw new Error("the storm is over");
      await sleep(100);
    }
  }

  async #postmaster(): Promise<string[]> {
    const file = await readFile(`${this.#folder}/postgres/postmaster.pid`, "utf8").catch(() => "");
    return file.split("\n");
  }

  async #postgresPid(): Promise<number | null> {
    const [pid = ""] = await this.#postmaster();
    return Number(pid) > 0 ? Number(pid) : null;
  }

  async #databaseUrl(): Promise<string> {
    return `postgres://postgres@127.0.0.1:${(await this.#postmaster())[3]}/bot`;
  }
}

function isWallets(answer: unknown): answer is { wallets: { userId: number; heldKopecks: string }[] } {
  return typeof answer === "object" && answer !== null && "wallets" in answer && Array.isArray(answer.wallets);
}

function promptOf(random: Random, number: number): string {
  return `${FATES[random.below(FATES.length)] ?? ""}заказ-${String(number + 1).padStart(4, "0")}`;
}

function repeated(weights: Readonly<Record<string, number>>): string[] {
  return Object.entries(weights).flatMap(([words, weight]) => Array.from({ length: weight }, () => words));
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It died with its group.
  }
}

/** The rules, each with what breaks it. */
function judged(
  generations: readonly StormGeneration[],
  chats: ReadonlyMap<number, readonly StormMessage[]>,
  tasks: ReadonlyMap<string, readonly string[]>,
  money: readonly string[],
  options: StormOptions,
) {
  const violations = [...money];
  const byState: Record<string, number> = {};
  const ordered = new Map<string, number>();
  let [results, duplicates, withoutTask] = [0, 0, 0];
  for (const { id, user_id, state, prompt, is_told, task_id, loss, posted } of generations) {
    const what = `${id} «${prompt}» (${state})`;
    byState[state] = (byState[state] ?? 0) + 1;
    ordered.set(prompt, (ordered.get(prompt) ?? 0) + 1);
    if (!ENDS.has(state)) violations.push(`not final: ${what}`);
    if (!is_told) violations.push(`nobody was told: ${what}`);
    const made = tasks.get(id) ?? [];
    if (made.length > 1) violations.push(`${made.length} tasks at KIE: ${what}`);
    if (made.length === 0 && (state === "delivered" || task_id !== null)) violations.push(`no task at KIE: ${what}`);
    withoutTask += Number(made.length === 0);
    const told = toldOf(chats.get(user_id) ?? [], id);
    const isPaid = posted !== null && posted !== "0";
    if (state === "delivered") {
      if (told.results === 0) violations.push(`no result in the chat: ${what}`);
      if (isPaid === loss)
        violations.push(`${posted} kopecks for a result${loss ? " that came too late" : ""}: ${what}`);
      results += told.results;
      duplicates += Math.max(0, told.results - 1);
    } else {
      if (told.failures === 0) violations.push(`no word of the failure in the chat: ${what}`);
      if (isPaid) violations.push(`${posted} kopecks for nothing: ${what}`);
    }
  }
  for (const [prompt, times] of ordered) if (times > 1) violations.push(`ordered ${times} times: «${prompt}»`);
  if (ordered.size !== options.generations) violations.push(`${ordered.size} of ${options.generations} orders exist`);
  const all = [...tasks.values()].reduce((sum, made) => sum + made.length, 0);
  return { generations: generations.length, byState, tasks: all, withoutTask, results, duplicates, violations };
}

/** What `npm start` runs, made once, so that 50 starts are quick and nobody's edits get between two of them. */
async function bundled(): Promise<{ file: string; remove(): Promise<void> }> {
  const root = new URL("../../../", import.meta.url);
  const folder = fileURLToPath(new URL(`node_modules/.cache/kill-storm-${process.pid}/`, root));
  await bundle({
    root: fileURLToPath(root),
    entryPoints: { main: "lib/sandbox/main.ts" },
    outdir: folder,
    minify: false,
    keepSourceUrls: true,
    external: ["pg-native"],
  });
  return { file: `${folder}main.mjs`, remove: () => rm(folder, { recursive: true, force: true }) };
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1000;
}

export function toldStorm(report: StormReport): string {
  const { kills, killsOfAll, cutRequests, generations, byState, tasks, withoutTask, results, duplicates } = report;
  const states = Object.entries(byState).map(([state, count]) => `${count} ${state}`);
  return [
    `${kills} kills (${killsOfAll} of them with PostgreSQL), ${cutRequests} requests of people cut off`,
    `${generations} generations: ${states.join(", ")}`,
    `${tasks} tasks at KIE, ${withoutTask} generations without one; ${results} results, ${duplicates} of them sent twice`,
    `${report.violations.length} violations, ${report.seconds.toFixed(0)} s`,
    ...report.violations.map((violation) => `  ${violation}`),
  ].join("\n");
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      kills: { type: "string", default: "50" },
      generations: { type: "string", default: "200" },
      seed: { type: "string", default: "1" },
      people: { type: "string", default: "10" },
    },
  });
  const numbers = {
    kills: Number(values.kills),
    generations: Number(values.generations),
    people: Number(values.people),
  };
  const report = await runStorm({ ...numbers, seed: Number(values.seed), note: (line) => console.log(line) });
  console.log(`seed ${values.seed}: ${toldStorm(report)}`);
  process.exit(report.violations.length > 0 ? 1 : 0);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
