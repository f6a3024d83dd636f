import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { importsOf, type SourceFile, violationsOf } from "./rules.ts";

const root = new URL("../../", import.meta.url);

/** The product's own sources; data and generated files are no modules. */
function sourcesOf(folder: string): SourceFile[] {
  return readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".generated.ts"))
    .map((name) => {
      const path = `${folder}${name.replaceAll("\\", "/")}`;
      return { path, text: readFileSync(new URL(path, root), "utf8") };
    });
}

const sources = [...sourcesOf("api/"), ...sourcesOf("lib/")];

test("imports point down, adapters are strangers, and pure folders know no network, clock or environment", () => {
  expect(sources.length).toBeGreaterThan(150);
  expect(violationsOf(sources)).toEqual([]);
});

test("nothing but tests and the sandbox itself knows the sandbox", () => {
  const outside = sources.filter(({ path }) => !path.startsWith("lib/sandbox/"));
  expect(outside.filter(({ text }) => importsOf(text).some((name) => /(^|\/)sandbox\//.test(name)))).toEqual([]);
});

/** What the rules say about one file. */
const judge = (path: string, text: string) => violationsOf([{ path, text }]).join("\n");

test.each([
  ["lib/new-folder/thing.ts", "export const a = 1;", "no rule knows its folder"],
  ["lib/stray.ts", "export const a = 1;", "no rule knows its folder"],
  ["lib/ledger/hold.ts", 'import { sql } from "../db/client.ts";', "may not import lib/db/client.ts"],
  ["lib/ledger/hold.ts", 'import type { Clock } from "../services/app.ts";', "may not import lib/services/app.ts"],
  ["lib/ledger/hold.ts", 'import x from "left-pad";', "may not import left-pad"],
  ["lib/services/a/b.ts", 'import { createBot } from "../../bot/bot.ts";', "may not import lib/bot/bot.ts"],
  ["lib/services/a/b.ts", 'import "../../sandbox/clock.ts";', "may not import lib/sandbox/clock.ts"],
  ["lib/services/a/b.ts", 'const x = await import("../../endpoints/kie.ts");', "may not import lib/endpoints/kie.ts"],
  ["lib/services/a/b.ts", 'export { a } from "../../http/receive.ts";', "may not import lib/http/receive.ts"],
  ["lib/services/a/b.ts", 'export * from "../../http/receive.ts";', "may not import lib/http/receive.ts"],
  [
    "lib/services/a/b.ts",
    'import {\n  a,\n  b,\n} from "../../http/receive.ts";',
    "may not import lib/http/receive.ts",
  ],
  ["lib/kie/client.ts", 'import { a } from "../telegram/client.ts";', "may not import lib/telegram/client.ts"],
  ["lib/db/holds.ts", 'import { a } from "../queue/queue.ts";', "may not import lib/queue/queue.ts"],
  ["lib/telegram/x.ts", 'import { a } from "../../tests/support/world.ts";', "outside of lib"],
  ["lib/services/a/b.ts", 'import { sql } from "drizzle-orm";', "has another home"],
  ["lib/deploy/set-up.ts", 'import { neon } from "@neondatabase/serverless";', "has another home"],
  ["lib/telegram/client.ts", 'import ky from "ky";', "has another home"],
  ["lib/services/a/b.ts", 'import { Telegram } from "telegraf";', "has another home"],
  ["lib/kie/client.ts", 'import { Client } from "@upstash/qstash";', "has another home"],
  ["lib/catalog/entry.ts", 'import { readFileSync } from "node:fs";', "may not import node:fs"],
  [
    "api/telegram.ts",
    'import { takeStep } from "../lib/services/dialogue/take-step.ts";',
    "may not import lib/services",
  ],
  ["lib/conversation/a.ts", "const at = Date.now();", "process's clock"],
  ["lib/services/a/b.ts", "const at = new Date();", "process's clock"],
  ["lib/services/a/b.ts", "const at = new Date( );", "process's clock"],
  ["lib/services/a/b.ts", "const n = Math.random();", "unseeded randomness"],
  ["lib/services/a/b.ts", "const n = randomUUID();", "randomness of its own"],
  ["lib/services/a/b.ts", "const x = process.env.TOKEN;", "the environment"],
  ["lib/services/a/b.ts", 'const x = process["env"].TOKEN;', "the environment"],
  ["lib/conversation/a.ts", "await fetch(url);", "the outside world"],
  ["lib/catalog/a.ts", "setTimeout(run, 5);", "the outside world"],
  ["lib/db/x.ts", "const q = sql`select now()`;", "asks the database for the time"],
  [
    "lib/db/x.ts",
    `const q = sql\`update a set b = \${1} where c < CURRENT_TIMESTAMP\`;`,
    "asks the database for the time",
  ],
  ["lib/db/schema/people.ts", "timestamp().default(sql`now()`)", "asks the database for the time"],
  ["lib/services/a/b.ts", "export default function run() {}", "default export"],
  ["lib/services/a/b.ts", "export { run as default };", "default export"],
  ["lib/services/a/b.ts", "const a = 1;\n".repeat(401), "has 401 lines"],
])("%s with %j is a violation", (path, text, violation) => {
  expect(judge(path, text)).toContain(violation);
});

test.each([
  ["lib/services/a/b.ts", 'import { a } from "../app.ts";\nimport { sweeps } from "../../db/sweeps.ts";'],
  ["lib/services/a/b.ts", "const now = app.clock.now(); const at = new Date(now.getTime() + 5);"],
  ["lib/services/a/b.ts", "// new Date() and process.env and Math.random() are words here.\nconst a = 1;"],
  ["lib/services/a/b.ts", '/* import { a } from "../../bot/bot.ts"; */\nconst a = "https://example.com // x";'],
  ["lib/catalog/load.ts", 'import { readFileSync } from "node:fs";'],
  ["lib/config/environment.ts", "export const x = process.env;"],
  ["lib/deploy/migrate.ts", 'import { neon } from "@neondatabase/serverless";'],
  ["lib/db/x.ts", `const q = sql\`select \${input.now()} as now, known()\`;`],
  ["lib/shared/clock.ts", "export const systemClock = { now: () => new Date() };"],
  [
    "api/health.ts",
    'import { productionApp } from "../lib/app.ts";\nimport { health } from "../lib/endpoints/health.ts";',
  ],
])("%s with %j is allowed", (path, text) => {
  expect(judge(path, text)).toBe("");
});
