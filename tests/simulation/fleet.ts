import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { WorldReport } from "./world.ts";

/** What a worker says of one seed. */
export type Outcome = { seed: number; report: WorldReport } | { seed: number; failure: string };

/** What a worker is told to do; `historyFile`: where the world's history is written. */
export interface Order {
  seed: number;
  historyFile?: string;
}

type Message = { ready: true } | { report: WorldReport } | { seed: number; failure: string };

/** A world takes a second or two; one that takes so long will never end. */
const PATIENCE_MS = 90_000;

/**
 * Deals out seeds to one process per database until there are none, or until `isEnough`.
 *
 * @param options.bugId the deliberate bug that these processes have; none for the product as it is.
 * @param options.historyFile where the whole history of the last seed is written.
 */
export async function runSeeds(
  databaseUrls: readonly string[],
  seeds: readonly number[],
  options: {
    bugId?: string;
    historyFile?: string;
    isEnough?: (outcome: Outcome) => boolean;
    onOutcome?: (outcome: Outcome) => void;
  } = {},
): Promise<Outcome[]> {
  const left = [...seeds];
  const outcomes: Outcome[] = [];
  let isOver = false;
  const take = (outcome: Outcome) => {
    outcomes.push(outcome);
    options.onOutcome?.(outcome);
    if (options.isEnough?.(outcome)) isOver = true;
  };
  await Promise.all(
    databaseUrls.map(async (databaseUrl) => {
      while (!isOver && left.length > 0) {
        const worker = startWorker(databaseUrl, options);
        try {
          await worker.ready;
          for (let seed = left.shift(); seed !== undefined && !isOver; seed = left.shift()) {
            const outcome = await worker.live(seed);
            take(outcome);
            // A process that failed may hold anything: the next world begins in a new one.
            if ("failure" in outcome) break;
          }
        } finally {
          await worker.stop();
        }
      }
    }),
  );
  return outcomes;
}

interface Worker {
  ready: Promise<void>;
  live(seed: number): Promise<Outcome>;
  stop(): Promise<void>;
}

function startWorker(databaseUrl: string, { bugId, historyFile }: { bugId?: string; historyFile?: string }): Worker {
  const file = fileURLToPath(new URL("worker.ts", import.meta.url));
  const child = fork(file, [databaseUrl, ...(bugId === undefined ? [] : [bugId])], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    execArgv: ["--disable-warning=ExperimentalWarning", "--max-semi-space-size=32"],
  });
  const ready = next(child).then((message) => {
    if (!("ready" in message)) throw new Error(`a worker did not start: ${JSON.stringify(message)}`);
  });
  return {
    ready,
    live: async (seed) => {
      child.send({ seed, ...(historyFile === undefined ? {} : { historyFile }) } satisfies Order);
      try {
        const message = await next(child);
        if ("report" in message) return { seed, report: message.report };
        return { seed, failure: "failure" in message ? message.failure : "an answer out of turn" };
      } catch (error) {
        return { seed, failure: error instanceof Error ? error.message : String(error) };
      }
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      const force = setTimeout(() => child.kill("SIGKILL"), 3_000);
      if (child.connected) child.disconnect();
      await gone;
      clearTimeout(force);
    },
  };
}

function next(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => done(() => reject(new Error("the world never ended"))), PATIENCE_MS);
    const onMessage = (message: unknown) => done(() => resolve(message as Message));
    const onExit = () => done(() => reject(new Error("the worker died")));
    function done(settle: () => void): void {
      clearTimeout(timer);
      child.off("message", onMessage);
      child.off("exit", onExit);
      settle();
    }
    child.once("message", onMessage);
    child.once("exit", onExit);
  });
}
