import type pg from "pg";
import { createApp } from "../../lib/app.ts";
import { type Config, readConfig } from "../../lib/config/config.ts";
import { credit } from "../../lib/db/wallets.ts";
import { setUp } from "../../lib/deploy/set-up.ts";
import { health } from "../../lib/endpoints/health.ts";
import { jobDelivery } from "../../lib/endpoints/jobs.ts";
import { kieCallback } from "../../lib/endpoints/kie.ts";
import { receiptDelivery } from "../../lib/endpoints/receipts.ts";
import { telegramWebhook } from "../../lib/endpoints/telegram.ts";
import { createCallRecorder } from "../../lib/sandbox/calls.ts";
import type { SandboxContext, SandboxStore } from "../../lib/sandbox/context.ts";
import { PREFIXES, SANDBOX_ADMIN_ID, SANDBOX_BOT, sandboxEnvironment } from "../../lib/sandbox/environment.ts";
import { createKieSimulator } from "../../lib/sandbox/kie/simulator.ts";
import type { NeonProxy } from "../../lib/sandbox/neon-proxy.ts";
import { createQstashSimulator } from "../../lib/sandbox/qstash/simulator.ts";
import { createTelegramSimulator } from "../../lib/sandbox/telegram/index.ts";
import type { App } from "../../lib/services/app.ts";
import { type Climate, drawClimate, SPELLS, type Spell } from "./chaos.ts";
import { type Instance, scopes } from "./context.ts";
import { type Counts, countDeeds } from "./counts.ts";
import { createEngine, type Engine, type Service, textOf } from "./engine.ts";
import { forge } from "./forgeries.ts";
import { surroundWith } from "./globals.ts";
import { createHistory, type History } from "./history.ts";
import { beginPrompts, doSomething, newPerson, type Person, type Town } from "./people.ts";
import { createDice, type Dice, seedRandomness } from "./random.ts";
import { nothingOwed, type Verdict, verify } from "./verify.ts";
import { createVirtualTime, type VirtualTime } from "./virtual-time.ts";

/** What one world came to. */
export interface WorldReport extends Verdict {
  seed: number;
  /** What people did. */
  deeds: Counts;
  /** Lines of its history. */
  events: number;
  faults: Counts;
  historyHash: string;
  /** Virtual hours. */
  hours: number;
  milliseconds: number;
  /** Of them on the processor, the database apart. */
  busyMilliseconds: number;
}

export interface Violation {
  invariant: string;
  detail: string;
  /** The last events about what it concerns. */
  history: string[];
}

/** What a worker keeps between worlds. */
export interface Workshop {
  databaseUrl: string;
  /** Beside the product's own connections: for assertions and for emptying. */
  database: pg.Client;
  /** Connections survive a world. */
  useNeon(context: SandboxContext): NeonProxy;
  openStore(): SandboxStore;
}

/** A message that a simulator accepted. */
export interface Sent {
  userId: number;
  method: string;
  text: string;
}

/** Everything that the checks look at. */
export interface World {
  config: Config;
  database: pg.Client;
  telegram: ReturnType<typeof createTelegramSimulator>;
  kie: ReturnType<typeof createKieSimulator>;
  qstash: ReturnType<typeof createQstashSimulator>;
  engine: Engine;
  history: History;
  people: Person[];
  sent: Sent[];
  logLines: string[];
  problems: Violation[];
  time: VirtualTime;
  dice: Dice;
  /** What the world itself will still do. */
  plans: number;
}

const ORIGIN = "http://127.0.0.1:9";
const START_MS = Date.UTC(2026, 10, 20, 9, 0, 0);
const ROOT = new URL("../../", import.meta.url);
const WANTED_GENERATIONS = 20;
const MOST_DEEDS = 320;
const MOST_STEPS = 60_000;
/** Deadlines are two hours and an extension, twenty-five tries of a delivery three more. */
const LAST_HOUR = 14;

const ENDPOINTS: Readonly<Record<string, (request: Request, app: App) => Promise<Response>>> = {
  telegram: telegramWebhook,
  kie: kieCallback,
  jobs: jobDelivery,
  receipts: receiptDelivery,
  health,
};

/**
 * Lives through one world from its seed, and holds it against the invariants.
 *
 * @param onHistory is shown everything that happened, once it is over.
 */
export async function runWorld(
  seed: number,
  workshop: Workshop,
  onHistory?: (history: History) => void,
): Promise<WorldReport> {
  const startedMs = performance.now();
  const startedCpu = process.cpuUsage();
  seedRandomness(seed);
  const dice = createDice(seed);
  const climate = drawClimate(dice);
  const problems: Violation[] = [];
  const logLines: string[] = [];
  const sent: Sent[] = [];
  const time = createVirtualTime(START_MS, (error) => history.add(`a timer of a simulator failed: ${String(error)}`));
  const history = createHistory(() => (time.nowMs() - START_MS) / 1_000);
  const store = workshop.openStore();
  const context: SandboxContext = {
    clock: time.clock,
    store,
    calls: createCallRecorder(),
    origin: ORIGIN,
    note: (line) => history.add(`note: ${line}`),
  };
  const config = readConfig(
    sandboxEnvironment(ORIGIN, workshop.databaseUrl, {
      LOG_LEVEL: "debug",
      CATALOG_SYNC_HOURS: "0",
      FREE_PER_DAY: "0",
      MAX_RUNNING_PER_USER: String(1 + dice.below(4)),
      KIE_CREATES_PER_10_SECONDS: String(dice.pick([2, 4, 18, 18]) ?? 18),
    }),
  );
  const telegram = createTelegramSimulator(context, {
    prefix: PREFIXES.telegram,
    token: config.TELEGRAM_BOT_TOKEN,
    bot: { ...SANDBOX_BOT, id: config.botId },
  });
  const kie = createKieSimulator(context, {
    prefix: PREFIXES.kie,
    uploadPrefix: PREFIXES.kieUpload,
    filesPrefix: PREFIXES.kieFiles,
    apiKey: config.KIE_API_KEY,
    hmacKey: config.KIE_WEBHOOK_HMAC_KEY ?? "",
  });
  const qstash = createQstashSimulator(context, {
    prefix: PREFIXES.qstash,
    token: config.QSTASH_TOKEN,
    currentSigningKey: config.QSTASH_CURRENT_SIGNING_KEY,
    nextSigningKey: config.QSTASH_NEXT_SIGNING_KEY,
  });
  const neon = workshop.useNeon(context);
  const named = (name: Service["name"], { handle }: { handle(request: Request): Promise<Response> }) => ({
    name,
    handle,
  });
  const services = new Map<string, Service>([
    ["telegram", named("telegram", telegram)],
    ["kie", named("kie", kie)],
    ["kie-upload", named("kie", kie)],
    ["kie-files", named("kie", kie)],
    ["qstash", named("qstash", qstash)],
    ["neon", named("database", neon)],
  ]);

  const instances: (Instance & { app: App })[] = [];
  let lastInstance = 0;
  function startInstance(): Instance & { app: App } {
    lastInstance += 1;
    const app = createApp(config, {
      clock: time.clock,
      keepAlive: (work) => engine.keepAlive(work),
      writeLog: (line) => logLines.push(line),
    });
    return { name: `process${lastInstance}`, invocations: new Set(), app };
  }
  const replace = (instance: Instance) => {
    const place = (instances as readonly Instance[]).indexOf(instance);
    if (place >= 0) instances[place] = startInstance();
  };
  const apps = new WeakMap<Instance, App>();
  const engine: Engine = createEngine({
    time,
    dice,
    history,
    climate,
    origin: ORIGIN,
    services,
    serve: async (instance, request) => {
      const endpoint = ENDPOINTS[new URL(request.url).pathname.slice("/api/".length)];
      const app = apps.get(instance);
      if (endpoint === undefined || app === undefined) return new Response(null, { status: 404 });
      return await endpoint(request, app);
    },
    chooseInstance: () => {
      const instance = dice.pick(instances) ?? startInstance();
      apps.set(instance, instance.app);
      return instance;
    },
    instanceDied: replace,
    observe: ({ recipient, what, body }, fault, isRefused = false) => {
      const isDone =
        fault === undefined || fault === "lost-answer" || fault === "silent-after" || fault === "crash-after";
      if (recipient === undefined || !isDone || isRefused) return;
      sent.push({ userId: recipient, method: what, text: textOf(body) });
    },
  });

  const people = Array.from({ length: 3 + dice.below(3) }, (_, place) => newPerson(101 + place));
  const world: World = {
    config,
    database: workshop.database,
    telegram,
    kie,
    qstash,
    engine,
    history,
    people,
    sent,
    logLines,
    problems,
    time,
    dice,
    plans: 0,
  };
  surroundWith({ time, fetch: engine.fetch, print: (line) => logLines.push(line) });
  try {
    await empty(workshop.database);
    instances.push(startInstance(), startInstance());
    const [first] = instances;
    if (first === undefined) throw new Error("a world has instances");
    await scopes.run({ kind: "outside" }, () =>
      setUp(first.app, { migrations: new URL("drizzle/", ROOT), webhook: true }),
    );
    for (const simulator of [telegram, kie, qstash]) simulator.start();
    await live(world, climate, first.app, replace, instances);
    await comeToRest(world);
    const verdict = await verify(world);
    onHistory?.(history);
    return {
      seed,
      ...verdict,
      violations: [...problems, ...verdict.violations],
      deeds: await countDeeds(world),
      faults: Object.fromEntries(engine.faults),
      historyHash: history.hash(),
      events: history.size(),
      hours: (time.nowMs() - START_MS) / 3_600_000,
      milliseconds: performance.now() - startedMs,
      busyMilliseconds: sumOf(process.cpuUsage(startedCpu)) / 1_000,
    };
  } finally {
    surroundWith(undefined);
    for (const simulator of [telegram, kie, qstash]) void simulator.stop();
    time.clock.stop();
    store.close();
  }
}

const sumOf = ({ user, system }: NodeJS.CpuUsage): number => user + system;

/** The tables that the product has, found once. */
let tables: string | undefined;

async function empty(database: pg.Client): Promise<void> {
  if (tables === undefined) {
    const { rows } = await database.query(
      "select quote_ident(tablename) as name from pg_tables where schemaname = 'public'",
    );
    tables = rows.map(({ name }) => String(name)).join(", ");
  }
  await database.query(`truncate ${tables}`);
}

/** People act, time passes, and what can go wrong goes wrong. */
async function live(
  world: World,
  climate: Climate,
  app: App,
  replace: (instance: Instance) => void,
  instances: readonly Instance[],
): Promise<void> {
  const { engine, time, dice, telegram, history, people } = world;
  beginPrompts();
  const town: Town = {
    dice,
    telegram,
    act: (person, what, work) => {
      history.add(`person ${person.id} ${what}`);
      person.waitsFor += 1;
      void scopes
        .run({ kind: "outside" }, work)
        // A person who does the impossible (a message that is gone) is told so by Telegram.
        .catch((error: unknown) => history.add(`… in vain: ${String(error)}`))
        .finally(() => {
          person.waitsFor -= 1;
        });
    },
    credit: (person, id, kopecks) => {
      history.add(`person ${person.id} is given ${kopecks} for ${id}`);
      const input = {
        id,
        userId: person.id,
        kopecks: BigInt(kopecks),
        account: "main",
        source: "sandbox",
        reason: null,
      } as const;
      void scopes
        .run({ kind: "outside" }, () => credit(app.database, { ...input, now: time.clock.now() }))
        .catch(() => undefined);
    },
  };
  for (const id of [SANDBOX_ADMIN_ID, ...people.map((person) => person.id)]) {
    telegram.setProfile(id, { firstName: "Анна", languageCode: "ru" });
    void scopes.run({ kind: "outside" }, () => telegram.userSends(id, { text: "/start" }));
  }
  let deeds = 0;
  let isBegun = false;
  for (let step = 0; step < MOST_STEPS && deeds < MOST_DEEDS; step += 1) {
    await engine.settle();
    if (deeds === 0 && !isBegun && engine.running() === 0) {
      isBegun = true;
      for (const person of people) town.credit(person, `sim:${person.id}:start`, dice.chance(0.2) ? 2_000 : 3_000_000);
    }
    if (dice.chance(climate.deployments)) deploy(world, replace, instances);
    if (dice.chance(climate.spells)) cast(world, dice.pick(SPELLS) ?? "kie-maintenance");
    if (dice.chance(climate.forgeries)) await forge(world);
    const waiting = engine.waiting();
    if (waiting.length > 0 && !dice.chance(0.05)) {
      const call = dice.pick(waiting);
      // Now and then a call takes its time, and what is due soon comes first.
      if (call !== undefined && !(dice.chance(0.03) && isDueWithin(time, 3_000))) await engine.perform(call);
      else time.step();
      continue;
    }
    const thinkingMs = waiting.length > 0 ? 0 : dice.below(5_000);
    if (isDueWithin(time, thinkingMs)) {
      time.step();
      continue;
    }
    time.moveTo(time.nowMs() + thinkingMs);
    deeds += 1;
    const person = dice.pick(people);
    if (person !== undefined) doSomething(person, town);
    if (deeds % 10 === 0 && (await generationsOf(world)) >= WANTED_GENERATIONS) break;
  }
}

const isDueWithin = (time: VirtualTime, milliseconds: number): boolean =>
  (time.nextMs() ?? Number.POSITIVE_INFINITY) <= time.nowMs() + milliseconds;

async function generationsOf({ database }: World): Promise<number> {
  const { rows } = await database.query("select count(*)::int as count from generations");
  return Number(rows[0]?.count);
}

/** A new version takes the place of an old one, whose runs go on or are cut off. */
function deploy(
  { engine, dice, history }: World,
  replace: (instance: Instance) => void,
  instances: readonly Instance[],
): void {
  const instance = dice.pick(instances);
  if (instance === undefined) return;
  if (dice.chance(0.5)) engine.crash(instance, "deployment");
  else {
    history.add(`${instance.name} is replaced and finishes its work`);
    engine.faults.set("process: replaced", (engine.faults.get("process: replaced") ?? 0) + 1);
    replace(instance);
  }
}

/** Something is wrong for some minutes. */
function cast({ engine, dice, history, time, kie, qstash }: World, spell: Spell): void {
  engine.faults.set(`spell: ${spell}`, (engine.faults.get(`spell: ${spell}`) ?? 0) + 1);
  history.add(`spell: ${spell}`);
  const set = (isOn: boolean) => {
    switch (spell) {
      case "qstash-down":
        qstash.faults.down = isOn;
        return;
      case "qstash-exhausted":
        qstash.faults.dailyQuotaExceeded = isOn;
        return;
      case "kie-callbacks-down":
        kie.setSwitches({ callbacksDown: isOn });
        return;
      case "kie-maintenance":
        kie.setSwitches({ maintenance: isOn });
        return;
      case "kie-stale-signatures":
        kie.setSwitches({ staleSignatures: isOn });
        return;
      case "kie-cut-off":
      case "telegram-cut-off":
      case "database-cut-off": {
        const service = spell === "kie-cut-off" ? "kie" : spell === "telegram-cut-off" ? "telegram" : "database";
        if (isOn) engine.cutOff.add(service);
        else engine.cutOff.delete(service);
      }
    }
  };
  set(true);
  time.at(time.nowMs() + 1_000 * (5 + dice.below(spell.endsWith("cut-off") ? 40 : 600)), () => set(false));
}

/** Tasks that seemed to hang for ever end after all: before their deadline, in the extension, or when the money is back. */
function finishLate(world: World): void {
  const { kie, time, dice, history } = world;
  for (const { taskId, createdAt, state, sentinels } of kie.tasks()) {
    const isOver = state === "success" || state === "fail";
    if (isOver || sentinels.hang !== true || !dice.chance(0.6)) continue;
    world.plans += 1;
    time.at(Math.max(time.nowMs(), createdAt + 60_000 * (2 + dice.below(120))), () => {
      history.add(`the task ${taskId} ends at last`);
      void scopes
        .run({ kind: "outside" }, () => kie.finish(taskId))
        .finally(() => {
          world.plans -= 1;
        });
    });
  }
}

/** Nothing goes wrong any more, and time moves on until nothing is owed. */
async function comeToRest(world: World): Promise<void> {
  const { engine, time, dice, kie, qstash, history, problems } = world;
  history.add("— from here on nothing goes wrong —");
  engine.calmDown();
  kie.setSwitches({ callbacksDown: false, maintenance: false, staleSignatures: false });
  qstash.faults.clear();
  finishLate(world);
  const endMs = START_MS + LAST_HOUR * 3_600_000;
  let checkedMs = 0;
  for (;;) {
    await engine.settle();
    const call = dice.pick(engine.waiting());
    if (call !== undefined) {
      await engine.perform(call);
      continue;
    }
    if (engine.running() === 0 && world.plans === 0 && time.nowMs() - checkedMs >= 60_000) {
      checkedMs = time.nowMs();
      const owed = await nothingOwed(world);
      if (owed === null) return;
      if (time.nowMs() > endMs) {
        const { detail, ids } = owed;
        problems.push({ invariant: "everything comes to an end", detail, history: history.lastOf(ids, 40) });
        return;
      }
    }
    time.step();
  }
}
