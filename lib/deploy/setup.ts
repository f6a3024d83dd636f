import { createApp } from "../app.ts";
import { ConfigError } from "../config/config.ts";
import { readEnvironment } from "../config/environment.ts";
import { setUp } from "./set-up.ts";

/** `npm run setup`: run once after each deploy, with the variables of the production environment. */
async function main(): Promise<number> {
  try {
    const app = createApp(readEnvironment(), { keepAlive: () => undefined });
    const migrations = new URL("../../drizzle/", import.meta.url);
    const steps = await setUp(app, { migrations, webhook: true, sync: true });
    for (const step of steps) console.log(`${step.ok ? "ok  " : "FAIL"}  ${step.name.padEnd(9)} ${step.detail}`);
    return steps.every((step) => step.ok) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error("Configuration:");
    for (const problem of error.problems) console.error(`  ${problem}`);
    return 1;
  }
}

process.exitCode = await main();
