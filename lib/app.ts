import { waitUntil } from "@vercel/functions";
import { createArchive } from "./archive/store.ts";
import { createCatalog, readSurcharges } from "./catalog/load.ts";
import { type Config, ConfigError, secretsOf } from "./config/config.ts";
import { readEnvironment } from "./config/environment.ts";
import { openDatabase } from "./db/client.ts";
import { answer } from "./http/receive.ts";
import { createCatalogueClient } from "./kie/catalogue.ts";
import { createKieClient } from "./kie/client.ts";
import { createMockGateway } from "./kie/mock.ts";
import { probeMedia } from "./media/probe.ts";
import { createQueue } from "./queue/queue.ts";
import type { App } from "./services/app.ts";
import { createCatalogCache } from "./services/catalog/current.ts";
import { type Clock, systemClock } from "./shared/clock.ts";
import { createLogger } from "./shared/log.ts";
import { createTelegramClient } from "./telegram/client.ts";

export interface AppOptions {
  clock?: Clock;
  /** Goes on with a started promise after the answer: Vercel's waitUntil, or the local server's list. */
  keepAlive?: (work: Promise<void>) => void;
  writeLog?: (line: string) => void;
  /** Lets this many milliseconds of real time pass. */
  wait?: (milliseconds: number) => Promise<void>;
}

/** The composition root: the one place where configuration becomes working parts. */
export function createApp(config: Config, options: AppOptions = {}): App {
  const clock = options.clock ?? systemClock;
  const keepAlive = options.keepAlive ?? waitUntil;
  const log = createLogger({
    level: config.LOG_LEVEL,
    write: options.writeLog ?? ((line) => console.log(line)),
    secrets: secretsOf(config),
    now: () => clock.now(),
  });
  const directory = new URL("../catalog/", import.meta.url);
  const catalog = createCatalog(directory);
  return {
    config,
    clock,
    log,
    database: openDatabase({ url: config.DATABASE_URL, endpoint: config.DATABASE_HTTP_ENDPOINT, timeoutMs: 6_000 }),
    kie: config.mockKie
      ? createMockGateway({ clock, label: config.mode === "test" ? "TEST" : "DRY RUN" })
      : createKieClient({
          baseUrl: config.KIE_BASE_URL,
          uploadUrl: config.KIE_UPLOAD_URL,
          apiKey: config.KIE_API_KEY,
          clock,
        }),
    catalogue: createCatalogueClient({
      baseUrl: config.KIE_BASE_URL,
      apiKey: config.KIE_API_KEY,
      gapMs: config.KIE_CATALOGUE_GAP_MS,
      wait: options.wait ?? waitReally,
    }),
    telegram: createTelegramClient({
      token: config.TELEGRAM_BOT_TOKEN,
      apiRoot: config.TELEGRAM_API_ROOT,
      timeoutMs: 10_000,
      uploadTimeoutMs: 60_000,
      probeMedia,
    }),
    queue: createQueue({
      ...(config.QSTASH_URL === undefined ? {} : { url: config.QSTASH_URL }),
      token: config.QSTASH_TOKEN,
      currentSigningKey: config.QSTASH_CURRENT_SIGNING_KEY,
      nextSigningKey: config.QSTASH_NEXT_SIGNING_KEY,
      jobsUrl: `${config.PUBLIC_URL}/api/jobs`,
      receiptsUrl: `${config.PUBLIC_URL}/api/receipts`,
      timeoutMs: 5_000,
    }),
    archive: config.archive === null ? null : createArchive(config.archive),
    catalog,
    catalogCache: createCatalogCache(catalog),
    surcharges: readSurcharges(directory),
    defer: (name, work, fields) => {
      keepAlive(work().catch((error: unknown) => log.warn("deferred.failed", { ...fields, name, error })));
    },
  };
}

const waitReally = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

let production: App | undefined;

/**
 * Serves a request of a deployed function with the app that the first request made; it is kept while the instance lives.
 * A wrong configuration is logged, variable by variable, and answered with 500: the platform itself would say nothing.
 */
export async function serve(handle: (app: App) => Promise<Response>): Promise<Response> {
  try {
    production ??= createApp(readEnvironment());
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(JSON.stringify({ level: "error", event: "configuration", problems: error.problems }));
    return answer(500, { error: "configuration" });
  }
  return await handle(production);
}
