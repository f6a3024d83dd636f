import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BuiltFunction, buildOutput } from "../../../lib/deploy/build.ts";
import { FUNCTIONS } from "../../../lib/deploy/functions.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
let folder: string;
let built: BuiltFunction[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "deploy-"));
  built = await buildOutput({ root: ROOT, outdir: join(folder, "output") });
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const readJson = async (...path: string[]): Promise<unknown> => JSON.parse(await readFile(join(...path), "utf8"));

test("every entry point in api/ becomes one function with the limits of its row", async () => {
  const sources = (await readdir(join(ROOT, "api"))).map((file) => `api/${file}`).toSorted();
  expect(FUNCTIONS.map(({ source }) => source).toSorted()).toEqual(sources);
  expect((await readdir(join(folder, "output", "functions", "api"))).toSorted()).toEqual(
    FUNCTIONS.map(({ name }) => `${name}.func`).toSorted(),
  );
  for (const { name, maxDurationSeconds, memoryMb, regions } of FUNCTIONS) {
    expect(await readJson(folder, "output", "functions", "api", `${name}.func`, ".vc-config.json")).toEqual({
      runtime: "nodejs24.x",
      handler: "api/index.mjs",
      launcherType: "Nodejs",
      shouldAddHelpers: false,
      supportsResponseStreaming: true,
      maxDuration: maxDurationSeconds,
      memory: memoryMb,
      regions: [...regions],
    });
  }
});

test("a function holds its bundle, the catalog beside it, and nothing else", async () => {
  const catalog = await readdir(join(ROOT, "catalog"), { recursive: true });
  for (const { spec, directory } of built) {
    const folders = new Set([".vc-config.json", "api", "catalog", "package.json", ...Object.keys(spec.files ?? {})]);
    expect((await readdir(directory)).toSorted()).toEqual([...folders].toSorted());
    expect((await readdir(join(directory, "catalog"), { recursive: true })).toSorted()).toEqual(catalog.toSorted());
    // A chunk in another folder would look for the catalog in the wrong place.
    const files = await readdir(join(directory, "api"), { withFileTypes: true });
    const own = (spec.files?.["api"] ?? []).map((source) => basename(source));
    expect(files.filter((file) => !file.isFile() || !file.name.endsWith(".mjs")).map(({ name }) => name)).toEqual(
      own.toSorted(),
    );
  }
});

test("a cold start reads neither the media reader nor anything of tools, types or the sandbox", () => {
  for (const { bundled } of built) {
    const names = bundled.weights.map(({ name }) => name);
    expect(names).toContain("telegraf");
    for (const unwanted of ["mediabunny", "@gramio/types", "node-fetch", "whatwg-url", "tr46", "pg", "lib/sandbox"]) {
      expect(names).not.toContain(unwanted);
    }
    expect(bundled.totalBytes).toBeGreaterThan(bundled.firstLoadBytes);
  }
});

/** What only admins need, and what is sent to people without their having asked. */
const ON_DEMAND =
  /^lib\/(conversation\/(admin\/|notices|alerts)|i18n\/(admin|reconcile|notices)|services\/(admin|outbox|reconcile)\/|db\/(admin-|catalog-changes|findings|reconciliation|bank-cards))/;

test("a message or a tap of anybody but an admin waits for no part of the program that admins need", () => {
  const telegram = built.find(({ spec }) => spec.name === "telegram");
  expect(telegram?.bundled.sources.filter((source) => ON_DEMAND.test(source))).toEqual([
    // The stored screen of anybody who is, or was, an admin has to be read; and who is one has to be known.
    "lib/conversation/admin/receipt-state.ts",
    "lib/conversation/admin/user-state.ts",
    "lib/services/admin/is-admin.ts",
  ]);
});

test("addresses lead to the functions, the index page tells no secret", async () => {
  expect(await readJson(folder, "output", "config.json")).toMatchObject({
    version: 3,
    routes: expect.arrayContaining([
      { handle: "filesystem" },
      { src: "^/api/telegram/?$", dest: "/api/telegram" },
      { src: "^/api/jobs/?$", dest: "/api/jobs" },
    ]),
  });
  expect(await readdir(join(folder, "output", "static"))).toEqual(["index.html"]);
});

test("a function that outgrew its budget stops the build and names what is heavy", async () => {
  const outdir = join(folder, "too-large");
  await expect(buildOutput({ root: ROOT, outdir, maxFirstLoadBytes: 300_000 })).rejects.toThrow(
    /^The function telegram reads \d+ KB at a cold start, over its budget of 300 KB\. Heaviest: @neondatabase\/serverless \d+ KB/,
  );
  expect(existsSync(join(outdir, "config.json"))).toBe(false);
}, 60_000);

test("an entry point without a row, and a row without an entry point, stop the build", async () => {
  const root = join(folder, "project");
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  const row = { name: "one", source: "api/one.ts", maxDurationSeconds: 10, memoryMb: 128, regions: ["fra1"] };
  const options = { root, outdir: join(root, "output"), functions: [row] };
  await expect(buildOutput(options)).rejects.toThrow("The function one needs api/one.ts: it is missing.");
  await write("api/one.ts", "export const GET = () => new Response('1');");
  await write("api/two.ts", "export const GET = () => new Response('2');");
  await expect(buildOutput(options)).rejects.toThrow("api/two.ts has no row in lib/deploy/functions.ts");
});

test("a cron of a row lands in the deployment's configuration", async () => {
  const root = join(folder, "with-cron");
  await mkdir(join(root, "api"), { recursive: true });
  await mkdir(join(root, "catalog"));
  await writeFile(join(root, "api", "one.ts"), "export const GET = () => new Response('1');");
  const row = { name: "one", source: "api/one.ts", maxDurationSeconds: 10, memoryMb: 128, regions: ["fra1"] };
  await buildOutput({ root, outdir: join(root, "output"), functions: [{ ...row, crons: ["0 3 * * *"] }] });
  expect(await readJson(root, "output", "config.json")).toMatchObject({
    crons: [{ path: "/api/one", schedule: "0 3 * * *" }],
  });
});
