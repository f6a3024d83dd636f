import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStore } from "../../../lib/sandbox/store.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "store-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("documents keep the order of their first insertion, through changes and a new start", () => {
  const file = join(folder, "deep", "store.sqlite");
  const store = openStore(file);
  store.put("a", "2", { n: 1 });
  store.put("a", "1", { n: 2 });
  store.put("b", "2", { n: 3 });
  store.put("a", "2", { n: 4 });
  store.close();
  const again = openStore(file);
  expect(again.list("a")).toEqual([
    { id: "2", document: { n: 4 } },
    { id: "1", document: { n: 2 } },
  ]);
  again.delete("a", "2");
  again.put("a", "2", "back");
  expect(again.list("a").map(({ id }) => id)).toEqual(["1", "2"]);
  expect(again.get("b", "2")).toEqual({ n: 3 });
  expect(again.get("b", "none")).toBeUndefined();
  again.close();
});

test("counters start at 1, rise by one and never repeat across starts; clear resets everything", () => {
  const file = join(folder, "store.sqlite");
  const store = openStore(file);
  expect([store.next("x"), store.next("x"), store.next("y")]).toEqual([1, 2, 1]);
  store.close();
  const again = openStore(file);
  expect(again.next("x")).toBe(3);
  again.putBlob("f", new Uint8Array([0, 255, 7]));
  expect(again.getBlob("f")).toEqual(new Uint8Array([0, 255, 7]));
  again.clear();
  expect(again.getBlob("f")).toBeUndefined();
  expect(again.next("x")).toBe(1);
  again.close();
});

test("a failing transaction writes nothing, a failing inner one only takes its own writes along", () => {
  const store = openStore(":memory:");
  expect(() =>
    store.transaction(() => {
      store.put("a", "1", 1);
      store.next("n");
      throw new Error("no");
    }),
  ).toThrow("no");
  expect(store.list("a")).toEqual([]);
  expect(store.next("n")).toBe(1);
  store.transaction(() => {
    store.put("a", "outer", 1);
    try {
      store.transaction(() => {
        store.put("a", "inner", 1);
        throw new Error("inner");
      });
    } catch {
      // The outer work goes on.
    }
  });
  expect(store.list("a").map(({ id }) => id)).toEqual(["outer"]);
  expect(() => store.transaction(async () => store.put("a", "late", 1))).toThrow("synchronous");
  expect(store.get("a", "late")).toBeUndefined();
});

test("a value that is no JSON is refused", () => {
  const store = openStore(":memory:");
  expect(() => store.put("a", "1", undefined)).toThrow("JSON");
});

test("a file of another layout and a file that is no database are put aside", () => {
  const old = join(folder, "old.sqlite");
  const database = new DatabaseSync(old);
  database.exec("create table documents (x); pragma user_version = 99");
  database.close();
  const junk = join(folder, "junk.sqlite");
  writeFileSync(junk, "not a database at all, but long enough to look like a file with a header ".repeat(20));
  for (const file of [old, junk]) {
    const notes: string[] = [];
    const store = openStore(file, (line) => notes.push(line));
    store.put("a", "1", 1);
    store.close();
    expect(notes).toHaveLength(1);
    expect(existsSync(`${file}.old`)).toBe(true);
    const again = openStore(file, (line) => notes.push(line));
    expect(again.get("a", "1")).toBe(1);
    again.close();
    expect(notes).toHaveLength(1);
  }
});

test("what was written before kill -9 is there afterwards, and transactions are whole", async () => {
  const file = join(folder, "store.sqlite");
  const script = join(folder, "writer.ts");
  writeFileSync(
    script,
    `import { openStore } from ${JSON.stringify(join(import.meta.dirname, "../../../lib/sandbox/store.ts"))};
     const store = openStore(${JSON.stringify(file)});
     for (;;) {
       const n = store.transaction(() => {
         const n = store.next("n");
         store.put("left", String(n), { n, filler: "x".repeat(2000) });
         store.put("right", String(n), { n });
         return n;
       });
       process.stdout.write(n + "\\n");
     }`,
  );
  let told = 0;
  for (let round = 0; round < 5; round += 1) {
    const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
    const lines = createInterface({ input: child.stdout });
    const target = told + 20 + round * 37;
    for await (const line of lines) {
      told = Number(line);
      if (told === target) child.kill("SIGKILL");
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    const store = openStore(file);
    const left = store.list("left").map(({ id }) => Number(id));
    expect(left.length).toBeGreaterThanOrEqual(told);
    expect(left).toEqual(Array.from({ length: left.length }, (_, index) => index + 1));
    expect(store.list("right").map(({ id }) => Number(id))).toEqual(left);
    told = store.next("n");
    expect(told).toBe(left.length + 1);
    store.transaction(() => {
      store.put("left", String(told), {});
      store.put("right", String(told), {});
    });
    store.close();
  }
}, 30_000);
