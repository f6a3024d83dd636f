import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type PostgresServer, startPostgres } from "../../../lib/sandbox/postgres.ts";

const SOURCE = join(import.meta.dirname, "../../../lib/sandbox/postgres.ts");
let folder: string;
let running: PostgresServer[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "postgres-"));
  // mkdtemp makes a private folder; as root the server runs as "nobody" and has to pass.
  chmodSync(folder, 0o755);
  running = [];
});
afterEach(async () => {
  for (const server of running) await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(port?: number): Promise<PostgresServer> {
  const server = await startPostgres({ dataDirectory: join(folder, "data"), ...(port === undefined ? {} : { port }) });
  running.push(server);
  return server;
}

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** A program in its own process group that starts the server, prints its pid and port, and then runs `more`. */
function launchProgram(more: string): { child: ChildProcess; lines: AsyncIterator<string> } {
  const script = join(folder, "program.ts");
  writeFileSync(
    script,
    `import { startPostgres } from ${JSON.stringify(SOURCE)};
     const server = await startPostgres({ dataDirectory: ${JSON.stringify(join(folder, "data"))} });
     process.stdout.write(server.pid + " " + server.port + "\\n");
     setInterval(() => {}, 1000);
     ${more}`,
  );
  const child = spawn(process.execPath, [script], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
    cwd: join(import.meta.dirname, "../../.."),
  });
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

test("settings of the caller's take the place of the usual ones", async () => {
  const settings = { synchronous_commit: "off", work_mem: "8MB" };
  const server = await startPostgres({ dataDirectory: join(folder, "data"), settings });
  running.push(server);
  const found = await ask(
    server.url("postgres"),
    "select name, setting from pg_settings where name in ('synchronous_commit', 'work_mem', 'fsync') order by name",
  );
  expect(found.map(({ setting }) => setting)).toEqual(["off", "off", "8192"]);
});

test("databases are made, copied from a template that is in use, found and dropped", async () => {
  const server = await start();
  expect(server.url("x")).toBe(`postgres://postgres@127.0.0.1:${server.port}/x`);
  await server.createDatabase('odd "name"');
  await ask(server.url('odd "name"'), "create table t as select 42 as n");
  const inTheWay = new pg.Client({ connectionString: server.url('odd "name"') });
  inTheWay.on("error", () => undefined);
  await inTheWay.connect();
  await server.createDatabase("copy", 'odd "name"');
  expect(await ask(server.url("copy"), "select n from t")).toEqual([{ n: 42 }]);
  expect(await server.databaseExists("copy")).toBe(true);
  await server.dropDatabase("copy");
  await server.dropDatabase("copy");
  expect(await server.databaseExists("copy")).toBe(false);
}, 20_000);

test("text is UTF-8, Cyrillic has upper and lower case, time is UTC, 100 connections fit", async () => {
  const server = await start();
  expect(
    await ask(
      server.url("postgres"),
      "select lower('ПРИВЕТ') as l, 'Ёж' ilike 'ёЖ' as i, current_setting('timezone') as z",
    ),
  ).toEqual([{ l: "привет", i: true, z: "UTC" }]);
  const clients = await Promise.all(
    Array.from({ length: 100 }, async () => {
      const client = new pg.Client({ connectionString: server.url("postgres") });
      await client.connect();
      return client;
    }),
  );
  await Promise.all(clients.map((client) => client.end()));
}, 20_000);

test("a server left over by a killed program is reused, on another port it is restarted, and data stays", async () => {
  const { child, lines } = launchProgram("");
  const [pid, port] = String((await lines.next()).value)
    .split(" ")
    .map(Number);
  child.kill("SIGKILL");
  await once(child, "exit");
  const server = await start();
  expect([server.pid, server.port]).toEqual([pid, port]);
  await server.createDatabase("kept");

  const other = await start(await freePort());
  expect(other.port).not.toBe(port);
  expect(other.pid).not.toBe(pid);
  expect(await other.databaseExists("kept")).toBe(true);
  await other.stop();
  await other.stop();
  expect(existsSync(join(folder, "data", "postmaster.pid"))).toBe(false);
}, 30_000);

test("every acknowledged commit survives kill -9 of the whole process group, round after round", async () => {
  let told = 0;
  for (let round = 0; round < 3; round += 1) {
    const { child, lines } = launchProgram(`
      const { default: pg } = await import(${JSON.stringify(import.meta.resolve("pg"))});
      const client = new pg.Client({ connectionString: server.url("postgres") });
      client.on("error", () => undefined);
      await client.connect();
      await client.query("create table if not exists t (n int primary key, filler text)");
      for (;;) {
        const { rows } = await client.query("insert into t select coalesce(max(n), 0) + 1, repeat('x', 3000) from t returning n");
        process.stdout.write(rows[0].n + "\\n");
      }`);
    await lines.next();
    for (let count = 0; count < 150; count += 1) told = Number((await lines.next()).value);
    process.kill(-(child.pid ?? 0), "SIGKILL");
    for (let line = await lines.next(); line.done !== true; line = await lines.next()) told = Number(line.value);
    const server = await start();
    const [row] = await ask(server.url("postgres"), "select count(*)::int as count, max(n) as last from t");
    expect(row?.count).toBe(row?.last);
    expect(row?.last).toBeGreaterThanOrEqual(told);
    await server.stop();
  }
}, 60_000);

test("a stale postmaster.pid that names a living stranger is removed", async () => {
  const first = await start();
  await first.stop();
  writeFileSync(
    join(folder, "data", "postmaster.pid"),
    `${process.pid}\n${join(folder, "data")}\n1\n1\n\n127.0.0.1\n0 0\nready\n`,
  );
  const second = await start();
  expect(await ask(second.url("postgres"), "select 1 as one")).toEqual([{ one: 1 }]);
}, 20_000);

test("a folder that a killed initdb left half-made is replaced", async () => {
  mkdirSync(join(folder, "data.draft"), { recursive: true });
  writeFileSync(join(folder, "data.draft", "junk"), "x");
  const server = await start();
  expect(await server.databaseExists("postgres")).toBe(true);
}, 20_000);

test("a taken port is told plainly", async () => {
  const server = await start();
  await expect(
    startPostgres({ dataDirectory: join(folder, "other"), port: server.port, note: () => undefined }),
  ).rejects.toThrow(`cannot listen on port ${server.port}`);
}, 20_000);

test.runIf(process.getuid?.() === 0)(
  "for root, a private folder sends the data below the temporary folder",
  async () => {
    chmodSync(folder, 0o700);
    const notes: string[] = [];
    const options = { dataDirectory: join(folder, "data"), note: (line: string) => void notes.push(line) };
    const server = await startPostgres(options);
    running.push(server);
    const [row] = await ask(server.url("postgres"), "select current_setting('data_directory') as directory");
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain(String(row?.directory));
    const again = await startPostgres(options);
    expect(again.pid).toBe(server.pid);
    await server.stop();
    rmSync(String(row?.directory), { recursive: true, force: true });
  },
  20_000,
);

async function freePort(): Promise<number> {
  const { createServer } = await import("node:net");
  const probe = createServer();
  probe.listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}
