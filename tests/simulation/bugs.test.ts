import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findBugs } from "./bug-hunt.ts";
import { BUGS } from "./bugs.ts";
import { type Databases, startDatabases } from "./databases.ts";

const ROOT = new URL("../../", import.meta.url);

test("every deliberate bug has a line of the product that it replaces, and a name of its own", () => {
  for (const { id, file, find, replace } of BUGS) {
    const places = readFileSync(new URL(file, ROOT), "utf8").split(find).length - 1;
    expect({ id, places }).toEqual({ id, places: 1 });
    expect(replace).not.toBe(find);
  }
  expect(new Set(BUGS.map(({ id }) => id)).size).toBe(BUGS.length);
  expect(BUGS.length).toBeGreaterThanOrEqual(12);
});

describe("worlds with a deliberate bug", () => {
  let databases: Databases;
  beforeAll(async () => {
    databases = await startDatabases(2);
  });
  afterAll(() => databases.stop());

  /** The quickest one: it breaks its promise in the first worlds. `npm run simulate -- --bugs` hunts all of them. */
  test("«running-not-given-back» is caught", { timeout: 120_000 }, async () => {
    const [hunt] = await findBugs(databases.urls, 1, "running-not-given-back");
    expect(hunt?.caughtBy).toMatch(/^(counters of the wallet are right|everything comes to an end)$/);
    expect(hunt?.worlds).toBeLessThanOrEqual(4);
  });
});
