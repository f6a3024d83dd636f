import type { Archive } from "../archive/store.ts";
import type { Catalog } from "../catalog/load.ts";
import type { Surcharges } from "../catalog/surcharges.ts";
import type { Config } from "../config/config.ts";
import type { Database } from "../db/client.ts";
import type { KieCatalogue } from "../kie/catalogue.ts";
import type { KieGateway } from "../kie/gateway.ts";
import type { Queue } from "../queue/queue.ts";
import type { Clock } from "../shared/clock.ts";
import type { LogFields, Logger } from "../shared/log.ts";
import type { TelegramClient } from "../telegram/client.ts";
import type { CatalogCache } from "./catalog/current.ts";

/** Everything a service works with. Made once per process by the composition root; holds no state of any user. */
export interface App {
  config: Config;
  clock: Clock;
  log: Logger;
  database: Database;
  kie: KieGateway;
  /** What KIE says of its models. Not asked where the built-in mock answers for KIE. */
  catalogue: KieCatalogue;
  telegram: TelegramClient;
  queue: Queue;
  /** Where copies of results are kept; null where the operator has set up none. */
  archive: Archive | null;
  /** As this process knew it last; `withCatalog` gives the one of the revision that a read brought. */
  catalog: Catalog;
  catalogCache: CatalogCache;
  /** The operator's own, on top of every price. */
  surcharges: Surcharges;
  /**
   * Goes on with work after the answer was given. Only a shortcut: whatever it does is also owed in the database, so a
   * process that dies here loses time and nothing else. Errors are logged with `fields`, never thrown.
   */
  defer(name: string, work: () => Promise<void>, fields?: LogFields): void;
}

/**
 * The same app for one update or generation: these fields stand on each of its log lines, those of deferred work
 * included, so that one id leads from an update to its delivery.
 */
export function withLogFields(app: App, fields: LogFields): App {
  return {
    ...app,
    log: app.log.child(fields),
    defer: (name, work, more) => app.defer(name, work, { ...fields, ...more }),
  };
}
