import * as z from "zod";
import type { DatabaseFaults } from "../database-faults.ts";
import { json, readJson } from "../http.ts";
import type { KieControl } from "../kie/control.ts";
import type { QstashSimulator } from "../qstash/simulator.ts";
import { PeopleError, type TelegramControl } from "../telegram/index.ts";
import { databaseEntries } from "./database-entries.ts";
import type { FaultView } from "./entry.ts";
import { kieEntries } from "./kie-entries.ts";
import { qstashEntries } from "./qstash-entries.ts";
import { telegramEntries } from "./telegram-entries.ts";

export interface FaultBoardOptions {
  telegram: TelegramControl;
  kie: KieControl;
  qstash: QstashSimulator;
  database: { faults: DatabaseFaults };
  /** Sets the webhook up again, as the product's set-up does. */
  install: () => Promise<void>;
}

/** Every fault of every simulator in one place. */
export interface FaultBoard {
  list(): FaultView[];
  /**
   * @param name as in `list`, for example `telegram.lost-answer`.
   * @param parameters what the fault takes: `{on}`, `{value}`, `{times, skip, …}` or `{userId}`.
   * @throws ZodError, RangeError or PeopleError naming what is wrong.
   */
  set(name: string, parameters?: unknown): Promise<FaultView>;
  /** Takes every fault back. What people did (a deleted account), balances and counts stay. */
  clear(): void;
  /** How often each fault was injected, `kie.callback-late` and the like; those of zero are left out. */
  counts(): Readonly<Record<string, number>>;
  /** `GET`, `POST /sandbox/faults` and `POST /sandbox/faults/clear`; `undefined` for any other path. */
  handle(request: Request): Promise<Response | undefined>;
}

const PATH = "/sandbox/faults";
const namedSchema = z.looseObject({ name: z.string().min(1) });

export function createFaultBoard({ telegram, kie, qstash, database, install }: FaultBoardOptions): FaultBoard {
  const entries = [
    ...kieEntries(kie),
    ...telegramEntries(telegram, install),
    ...qstashEntries(qstash),
    ...databaseEntries(database.faults),
  ];
  const list = () => entries.map((entry) => entry.view());

  const board: FaultBoard = {
    list,
    set: async (name, parameters = {}) => {
      const entry = entries.find((candidate) => candidate.name === name);
      if (!entry) throw new RangeError(`name: there is no fault ${JSON.stringify(name)}`);
      await entry.apply(parameters);
      return entry.view();
    },
    clear: () => {
      kie.clearFaults();
      telegram.faults.clear();
      qstash.faults.clear();
      qstash.pauseSchedules(false);
      database.faults.clear();
    },
    counts: () => {
      const sources = { kie, telegram: telegram.faults, qstash: qstash.faults, database: database.faults };
      return Object.fromEntries(
        Object.entries(sources).flatMap(([service, { injected }]) =>
          Object.entries(injected()).map(([name, count]) => [`${service}.${name}`, count] as const),
        ),
      );
    },
    handle: async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname !== PATH && pathname !== `${PATH}/clear`) return undefined;
      if (request.method === "GET" && pathname === PATH) return json({ faults: list(), counts: board.counts() });
      if (request.method !== "POST") return json({ error: `${request.method} is not possible here` }, 405);
      if (pathname !== PATH) {
        board.clear();
        return json({ faults: list(), counts: board.counts() });
      }
      try {
        const { name, ...parameters } = namedSchema.parse(await readJson(request));
        return json({ fault: await board.set(name, parameters) });
      } catch (error) {
        return json({ error: problemOf(error) }, error instanceof PeopleError ? error.status : 400);
      }
    },
  };
  return board;
}

/** @throws the error itself when it is none of a caller's. */
function problemOf(error: unknown): string {
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    return `${issue?.path.join(".") || "body"}: ${issue?.message ?? "is malformed"}`;
  }
  if (error instanceof RangeError || error instanceof PeopleError) return error.message;
  throw error;
}
