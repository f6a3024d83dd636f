import { createApp } from "../app.ts";
import { type Environment, readConfig } from "../config/config.ts";
import { migrateDatabase } from "../deploy/migrate.ts";
import { type SetUpStep, setUp } from "../deploy/set-up.ts";
import { health } from "../endpoints/health.ts";
import { jobDelivery } from "../endpoints/jobs.ts";
import { kieCallback } from "../endpoints/kie.ts";
import { receiptDelivery } from "../endpoints/receipts.ts";
import { telegramWebhook } from "../endpoints/telegram.ts";
import type { App } from "../services/app.ts";
import { createCallRecorder } from "./calls.ts";
import { createChatsApi } from "./chats-api.ts";
import { createSandboxClock } from "./clock.ts";
import type { SandboxContext, Simulator } from "./context.ts";
import { createControlApi } from "./control-api.ts";
import { PREFIXES, SANDBOX_BOT, sandboxEnvironment } from "./environment.ts";
import { createFaultBoard, type FaultBoard } from "./faults/board.ts";
import { json, serveFetch } from "./http.ts";
import type { KieControl } from "./kie/control.ts";
import { handleKieControl } from "./kie/control-api.ts";
import { createKieSimulator } from "./kie/simulator.ts";
import { createNeonProxy, type NeonProxy } from "./neon-proxy.ts";
import { createPage } from "./page.ts";
import { createQstashSimulator, type QstashSimulator } from "./qstash/simulator.ts";
import { openStore } from "./store.ts";
import { createTelegramSimulator, type TelegramControl } from "./telegram/index.ts";

export interface SandboxOptions {
  /** 0 takes any free port. */
  port: number;
  host?: string;
  /** Where the simulators keep their state; `:memory:` forgets. */
  storeFile: string;
  /** Of a real PostgreSQL; the database exists. */
  databaseUrl: string;
  /** The project's root, with `drizzle/`. */
  root: URL;
  /** What the operator set: wins over the sandbox's own values. */
  environment: Environment;
  /** One line for a person. */
  note: (line: string) => void;
  /** Structured log lines of the product. */
  writeLog?: (line: string) => void;
  /** False when the database was migrated already (a copy of a template). */
  migrate?: boolean;
  /** 2 = simulated generations take half of the time. */
  kieSpeed?: number;
  /** True: virtual time passes by moving the clock only. */
  standsStill?: boolean;
}

export interface Sandbox {
  /** `http://127.0.0.1:<port>` */
  origin: string;
  app: App;
  context: SandboxContext;
  telegram: Simulator & TelegramControl;
  kie: Simulator & KieControl;
  qstash: QstashSimulator;
  database: NeonProxy;
  /** Every fault of the simulators above in one place, with its counts. */
  faults: FaultBoard;
  /** What the set-up did, step by step. */
  setUpSteps: readonly SetUpStep[];
  /** Resolves when no deferred work and no delivery of an update is under way. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Runs the whole bot on this machine: one server with the simulators, the chat page, the JSON API and the product's own
 * endpoints, which know the simulators only by their base URLs. With a token of the operator's the simulated Telegram is
 * left out of the set-up, and the caller polls the real one.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const store = openStore(options.storeFile, options.note);
  const deferred = new Set<Promise<void>>();
  /** Deferred work can bring more of it. */
  async function deferredEnded(): Promise<void> {
    while (deferred.size > 0) await Promise.allSettled([...deferred]);
  }
  const clock = createSandboxClock(store, {
    note: options.note,
    standsStill: options.standsStill === true,
    underWay: deferredEnded,
  });
  const calls = createCallRecorder();

  let route: (request: Request) => Promise<Response> = async () => json({ error: "The sandbox is starting" }, 503);
  const server = await serveFetch((request) => route(request), options.port, {
    note: options.note,
    ...(options.host === undefined ? {} : { host: options.host }),
  });
  const origin = `http://127.0.0.1:${server.port}`;
  const context: SandboxContext = { clock, store, calls, origin, note: options.note };
  const config = readConfig(sandboxEnvironment(origin, options.databaseUrl, options.environment));

  const app = createApp(config, {
    clock,
    keepAlive: (work) => {
      deferred.add(work);
      void work.finally(() => deferred.delete(work));
    },
    ...(options.writeLog === undefined ? {} : { writeLog: options.writeLog }),
  });

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
    ...(config.KIE_WEBHOOK_HMAC_KEY === undefined ? {} : { hmacKey: config.KIE_WEBHOOK_HMAC_KEY }),
    ...(options.kieSpeed === undefined ? {} : { speed: options.kieSpeed }),
  });
  const qstash = createQstashSimulator(context, {
    prefix: PREFIXES.qstash,
    token: config.QSTASH_TOKEN,
    currentSigningKey: config.QSTASH_CURRENT_SIGNING_KEY,
    nextSigningKey: config.QSTASH_NEXT_SIGNING_KEY,
  });
  const database = createNeonProxy({ context });
  const migrations = new URL("drizzle/", options.root);
  const simulators: Simulator[] = [telegram, kie, qstash];

  async function idle(): Promise<void> {
    do {
      await deferredEnded();
      await telegram.idle();
    } while (deferred.size > 0);
  }

  async function installProduct(): Promise<SetUpStep[]> {
    const steps = await setUp(app, { migrations, webhook: !options.environment["TELEGRAM_BOT_TOKEN"] });
    const failed = steps.filter((step) => !step.ok);
    for (const step of failed) options.note(`Set-up: ${step.name}: ${step.detail}`);
    return steps;
  }

  const faults = createFaultBoard({
    telegram,
    kie,
    qstash,
    database,
    install: async () => {
      await installProduct();
    },
  });
  const page = createPage({ directory: new URL("lib/sandbox/page/", options.root) });
  const chats = createChatsApi(context, telegram);
  const control = createControlApi(context, {
    app,
    kie,
    idle,
    clearFaults: faults.clear,
    reset: async () => {
      await Promise.allSettled([...deferred]);
      for (const simulator of simulators) simulator.reset();
      faults.clear();
      database.faults.reset();
      store.clear();
      calls.clear();
      await installProduct();
    },
  });

  const mounted: readonly [string, (request: Request) => Promise<Response>][] = [
    [`${PREFIXES.telegram}/`, (request) => telegram.handle(request)],
    [`${PREFIXES.kieUpload}/`, (request) => kie.handle(request)],
    [`${PREFIXES.kieFiles}/`, (request) => kie.handle(request)],
    [`${PREFIXES.kie}/`, (request) => kie.handle(request)],
    [`${PREFIXES.qstash}/`, (request) => qstash.handle(request)],
    [`${PREFIXES.neon}/`, (request) => database.handle(request)],
    ["/api/telegram", (request) => telegramWebhook(request, app)],
    ["/api/kie", (request) => kieCallback(request, app)],
    ["/api/jobs", (request) => jobDelivery(request, app)],
    ["/api/receipts", (request) => receiptDelivery(request, app)],
    ["/api/health", (request) => health(request, app)],
  ];
  route = async (request) => {
    const { pathname } = new URL(request.url);
    const found = mounted.find(([prefix]) =>
      prefix.endsWith("/") ? pathname.startsWith(prefix) : pathname === prefix,
    );
    if (found !== undefined) return await found[1](request);
    return (
      (await control.handle(request)) ??
      (await handleKieControl(kie, request)) ??
      (await faults.handle(request)) ??
      (await chats.handle(request)) ??
      (await page.handle(request)) ??
      json({ error: "There is nothing here" }, 404)
    );
  };

  if (options.migrate !== false) await migrateDatabase(config.DATABASE_URL, migrations);
  const setUpSteps = await installProduct();
  calls.clear();
  for (const simulator of simulators) simulator.start();

  return {
    origin,
    app,

    context,
    telegram,
    kie,
    qstash,
    database,
    faults,
    setUpSteps,
    idle,
    async stop() {
      await Promise.allSettled([...deferred]);
      for (const simulator of simulators) await simulator.stop();
      clock.stop();
      await server.close();
      await database.stop();
      store.close();
    },
  };
}
