import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    globalSetup: ["tests/support/postgres.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Each file runs its own sandbox; two cores carry no more.
    maxWorkers: 3,
    // Files share processes, which saves importing everything anew. The database driver has settings per process: whoever
    // uses it without the product sets them itself.
    isolate: false,
    coverage: {
      provider: "v8",
      include: ["lib/**/*.ts"],
      // Programs for people at a terminal: run by tests as child processes, which v8 does not see.
      exclude: [
        "lib/sandbox/main.ts",
        "lib/sandbox/start.ts",
        "lib/deploy/build.ts",
        "lib/deploy/setup.ts",
        "lib/catalog/build-index.ts",
        "lib/catalog/command.ts",
        "lib/sandbox/**/generate-*.ts",
      ],
      reporter: ["text-summary", "json-summary"],
      thresholds: { lines: 80, branches: 80 },
    },
  },
});
