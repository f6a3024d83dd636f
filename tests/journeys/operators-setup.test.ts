import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sandboxEnvironment } from "../../lib/sandbox/environment.ts";
import { startWorld, type World } from "../support/world.ts";

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL("../../lib/deploy/setup.ts", import.meta.url));

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.end());

/** `npm run setup` as an operator runs it: a process with nothing but the variables. */
async function setUp(changes: Record<string, string | undefined> = {}): Promise<{ code: number; text: string }> {
  const environment = { ...sandboxEnvironment(world.origin, world.db.url, {}), ...changes };
  const options = { env: { ...environment, NODE_NO_WARNINGS: "1" } as NodeJS.ProcessEnv };
  const result = await run(process.execPath, [PROGRAM], options).catch(
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
  return { code: "code" in result ? result.code : 0, text: result.stdout + result.stderr };
}

test("H3 A2: setup migrates, sets webhook, commands and schedule, and may be repeated", async () => {
  world.telegram.reset();
  world.qstash.reset();
  for (const attempt of ["first", "second"]) {
    const { code, text } = await setUp();
    expect(code, attempt).toBe(0);
    for (const step of ["database", "bot", "record", "webhook", "commands", "schedule", "kie", "catalog"]) {
      expect(text).toMatch(new RegExp(`^ok +${step} `, "m"));
    }
  }
  expect(world.qstash.schedules()).toHaveLength(1);
  expect(await world.db.rows("select count(*)::int as begun from catalog_syncs")).toEqual([{ begun: 1 }]);
  const ivan = world.person(9001, "en");
  await ivan.says("/start");
  expect(ivan.reads()).toContain("Anna");
  expect(world.telegram.commands(ivan.id)?.map(({ command }) => command)).toContain("history");
  expect(await world.db.rows("select value ->> 'username' as name from settings where key = 'bot'")).toEqual([
    { name: "sandbox_bot" },
  ]);
});

test("A2: an admin who has written to the bot gets /admin into the menu; the others are named", async () => {
  world.telegram.reset();
  expect((await setUp()).text).toContain("without /admin in the menu of 1");
  const admin = world.person(1);
  await admin.says("/start");
  expect((await setUp()).text).not.toContain("without /admin");
  expect(world.telegram.commands(admin.id)?.map(({ command }) => command)).toContain("admin");
  expect(world.telegram.commands(9001)?.map(({ command }) => command) ?? []).not.toContain("admin");
});

test.each([
  { name: "TELEGRAM_BOT_TOKEN", value: "1000000001:some-other-bots-token", step: "bot" },
  { name: "KIE_API_KEY", value: "not-the-key-of-this-account", step: "kie" },
  { name: "QSTASH_TOKEN", value: "not-the-token-of-this-account", step: "schedule" },
])(
  "H3 H6: a wrong $name is said in plain words, without its value, and the other steps go on",
  async ({ name, value, step }) => {
    const { code, text } = await setUp({ [name]: value });
    expect(code).toBe(1);
    expect(text).toMatch(new RegExp(`^FAIL +${step} .*Check ${name}`, "m"));
    expect(text).toMatch(/^ok +database/m);
    expect(text).not.toContain(value);
  },
);

test("H3 H4: a missing variable is named with an example before anything is touched", async () => {
  const { code, text } = await setUp({ CREDIT_TO_RUB_RATE: undefined });
  expect(code).toBe(1);
  expect(text).toContain("CREDIT_TO_RUB_RATE is missing (for example 0.39295)");
});
