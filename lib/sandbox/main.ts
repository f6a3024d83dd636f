import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { ConfigError } from "../config/config.ts";
import { environmentVariables } from "../config/environment.ts";
import { lockDataFolder } from "./lock.ts";
import { pollTelegram } from "./polling.ts";
import { startPostgres } from "./postgres.ts";
import { type Sandbox, startSandbox } from "./sandbox.ts";

const DEFAULT_PORT = 3000;
const DATABASE = "bot";

/**
 * `npm start`: everything on this machine. State lies in `.sandbox/` (or SANDBOX_DATA), so a killed process goes on
 * where it was.
 */
async function main(root: URL): Promise<void> {
  const environment = environmentVariables();
  const port = readPort(environment["PORT"]);
  const dataFolder = environment["SANDBOX_DATA"] ?? fileURLToPath(new URL(".sandbox/", root));
  await mkdir(dataFolder, { recursive: true });
  const note = (line: string) => console.log(line);

  const lock = lockOrExit(dataFolder);
  const postgres = await startPostgres({ dataDirectory: `${dataFolder}/postgres`, note });
  let sandbox: Sandbox | undefined;
  let polling: { stop(): Promise<void> } | undefined;
  const stop = async (code: number) => {
    await polling?.stop();
    await sandbox?.stop();
    await postgres.stop();
    lock.release();
    process.exit(code);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop(0));

  try {
    if (!(await postgres.databaseExists(DATABASE))) await postgres.createDatabase(DATABASE);
    sandbox = await startSandbox({
      port,
      storeFile: `${dataFolder}/simulators.sqlite`,
      databaseUrl: postgres.url(DATABASE),
      root,
      environment,
      note,
    });
    const { app, origin } = sandbox;
    console.log(`Chat page:  ${origin}/`);
    console.log(`Mode: ${app.config.mode}${app.config.mockKie ? " (built-in mock instead of KIE)" : ""}`);
    if (environment["TELEGRAM_BOT_TOKEN"]) {
      polling = await pollTelegram(sandbox, note);
      console.log("Talking to the real Telegram by long polling.");
    }
  } catch (error) {
    console.error(explain(error));
    await stop(1);
  }
}

function readPort(value: string | undefined): number {
  if (value === undefined || value === "") return DEFAULT_PORT;
  const port = Number(value);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  console.error(`PORT must be a number from 0 to 65535 (0 takes any free port).`);
  return process.exit(1);
}

function lockOrExit(dataFolder: string): { release(): void } {
  try {
    return lockDataFolder(dataFolder);
  } catch (error) {
    console.error(explain(error));
    return process.exit(1);
  }
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return ["Configuration:", ...error.problems.map((line) => `  ${line}`)].join("\n");
  return error instanceof Error ? error.message : String(error);
}

await main(new URL("../../", import.meta.url));
