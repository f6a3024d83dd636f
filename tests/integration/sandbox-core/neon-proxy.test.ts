import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { NeonDbError, neon, neonConfig } from "@neondatabase/serverless";
import { sql as drizzleSql, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/neon-http";
import { bigint, integer, pgTable, serial, text, timestamp } from "drizzle-orm/pg-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createCallRecorder } from "../../../lib/sandbox/calls.ts";
import { serveFetch } from "../../../lib/sandbox/http.ts";
import { createNeonProxy, type NeonProxy } from "../../../lib/sandbox/neon-proxy.ts";
import { type PostgresServer, startPostgres } from "../../../lib/sandbox/postgres.ts";
import { systemClock } from "../../../lib/shared/clock.ts";

const users = pgTable("users", {
  id: serial("id").primaryKey(),
  name: text("name").notNull().unique(),
  balance: bigint("balance", { mode: "bigint" }).notNull(),
  createdAt: timestamp("created_at", { withTimezone: true, mode: "date" }),
  visits: integer("visits").notNull().default(0),
});

const notes: string[] = [];
const calls = createCallRecorder();
const context = {
  calls,
  // The proxy only reads the clock.
  clock: {
    ...systemClock,
    advance: async () => undefined,
    at: () => ({ cancel: () => undefined }),
    stop: () => undefined,
  },
  note: (line: string) => void notes.push(line),
};
const proxy = createNeonProxy({ context });
let folder: string;
let server: PostgresServer;
let listener: { port: number; close(): Promise<void> };
let database = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "neon-"));
  chmodSync(folder, 0o755);
  server = await startPostgres({ dataDirectory: join(folder, "data") });
  listener = await serveFetch(proxy.handle, 0);
  neonConfig.fetchEndpoint = () => `http://127.0.0.1:${listener.port}/neon/sql`;
  // The product's own, of another file in this process, would know nothing of a caller that goes away.
  neonConfig.fetchFunction = undefined;
}, 30_000);
afterAll(async () => {
  await listener.close();
  await proxy.stop();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

let url: string;
beforeEach(async () => {
  database += 1;
  await server.createDatabase(`t${database}`);
  url = server.url(`t${database}`);
  const sql = neon(url);
  await sql`create table users (id serial primary key, name text not null unique, balance bigint not null
    check (balance >= 0), created_at timestamptz, visits int not null default 0)`;
  calls.clear();
});
afterEach(() => proxy.faults.clear());

test("the driver reads values of every usual type", async () => {
  const sql = neon(url);
  const rows = await sql`select 1::int as i, 9007199254740993::bigint as b, true as t, null as n, ${"ё'\\"}::text as s,
    '{"a":[1]}'::jsonb as j, array['x','y'] as a, ${Buffer.from([0, 255])}::bytea as y, ${[1, 2]}::int[] as l`;
  expect(rows).toEqual([
    {
      i: 1,
      b: "9007199254740993",
      t: true,
      n: null,
      s: "ё'\\",
      j: { a: [1] },
      a: ["x", "y"],
      y: Buffer.from([0, 255]),
      l: [1, 2],
    },
  ]);
  const full = await sql.query("select 1 as one where $1 = 'x'", ["x"], { fullResults: true, arrayMode: true });
  expect([full.rowCount, full.command, full.rows, full.fields[0]?.name]).toEqual([1, "SELECT", [[1]], "one"]);
});

test("a connection keeps its statements where that is asked for, and only there", async () => {
  const kept = "select count(*)::int as kept from pg_prepared_statements";
  const ask = async (own: NeonProxy, query: string, params: unknown[] = []) => {
    const headers = { "neon-connection-string": url };
    const request = { method: "POST", headers, body: JSON.stringify({ query, params }) };
    return await (await own.handle(new Request("http://127.0.0.1:9/neon/sql", request))).json();
  };
  for (const [keepsStatements, expected] of [[true, 3] as const, [false, 0] as const]) {
    const own = createNeonProxy({ context, connectionLimit: 1, keepsStatements });
    for (const name of ["Анна", "Борис"])
      expect(await ask(own, "select $1::text as name", [name])).toMatchObject({ rows: [{ name }] });
    // Refused while it is parsed, and while it runs: the next one is none the worse.
    expect(await ask(own, "selec 1")).toMatchObject({ code: "42601" });
    expect(await ask(own, "select 1 / $1::int as share", [0])).toMatchObject({ code: "22012" });
    expect(await ask(own, "select 1 / $1::int as share", [1])).toMatchObject({ rows: [{ share: 1 }] });
    expect(await ask(own, kept)).toMatchObject({ rows: [{ kept: expected }] });
    await own.stop();
  }
});

test("drizzle inserts, selects, updates and batches", async () => {
  const db = drizzle(neon(url));
  const [made] = await db
    .insert(users)
    .values({ name: "Анна", balance: 10n, createdAt: new Date("2026-01-02T03:04:05Z") })
    .returning();
  expect(made).toEqual({ id: 1, name: "Анна", balance: 10n, createdAt: new Date("2026-01-02T03:04:05Z"), visits: 0 });
  const [updated, all] = await db.batch([
    db
      .update(users)
      .set({ visits: drizzleSql`${users.visits} + 1` })
      .where(eq(users.id, 1))
      .returning({ v: users.visits }),
    db.select({ name: users.name, visits: users.visits }).from(users),
  ]);
  expect(updated).toEqual([{ v: 1 }]);
  expect(all).toEqual([{ name: "Анна", visits: 1 }]);
});

test("a failing batch changes nothing and carries the SQL state", async () => {
  const db = drizzle(neon(url));
  const failed = db.batch([
    db.insert(users).values({ name: "a", balance: 1n }),
    db.insert(users).values({ name: "a", balance: 2n }),
  ]);
  await expect(failed).rejects.toMatchObject({ code: "23505", constraint: "users_name_key", table: "users" });
  expect(await db.select().from(users)).toEqual([]);
});

test("a broken rule of one statement arrives as a NeonDbError with code, detail and constraint", async () => {
  const sql = neon(url);
  const error = await sql`insert into users (name, balance) values ('x', -1)`.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(NeonDbError);
  expect(error).toMatchObject({ code: "23514", constraint: "users_balance_check", severity: "ERROR" });
  await expect(neon(server.url("nowhere"))`select 1`).rejects.toMatchObject({ code: "3D000" });
  await expect(sql.query("select 1; select 2")).rejects.toMatchObject({ code: "42601" });
});

test("transaction options reach PostgreSQL", async () => {
  const sql = neon(url);
  const [rows] = await sql.transaction([sql`select current_setting('transaction_isolation') as level`], {
    isolationLevel: "Serializable",
    readOnly: true,
    deferrable: true,
  });
  expect(rows).toEqual([{ level: "serializable" }]);
  const writing = sql.transaction([sql`insert into users (name, balance) values ('x', 1)`], { readOnly: true });
  await expect(writing).rejects.toMatchObject({ code: "25006" });
});

test("60 statements run on 60 connections at once and a guarded update lets exactly ten through", async () => {
  const sql = neon(url);
  await sql`insert into users (name, balance) values ('rich', 10)`;
  // Nobody goes before everybody is there; a sequence is read as it is, whoever has moved it.
  await sql`create sequence arrived`;
  await sql`create function meet() returns int language plpgsql as $$ begin
    perform nextval('arrived');
    while (select last_value from arrived) < 60 loop perform pg_sleep(0.02); end loop;
    return pg_backend_pid();
  end $$`;
  const pids = await Promise.all(Array.from({ length: 60 }, () => sql`select meet() as pid`));
  expect(new Set(pids.map(([row]) => row?.["pid"])).size).toBe(60);
  const wins = await Promise.all(
    Array.from({ length: 60 }, () => sql`update users set balance = balance - 1 where balance >= 1 returning balance`),
  );
  expect(wins.filter((rows) => rows.length === 1)).toHaveLength(10);
}, 20_000);

test("nothing that a statement left in its session is seen by the next", async () => {
  const sql = neon(url);
  await sql`set application_name = 'leaked'`;
  await sql`begin`;
  await sleep(100);
  for (let round = 0; round < 3; round += 1) {
    const [row] =
      await sql`select current_setting('application_name') as name, now() > clock_timestamp() - interval '50 ms' as fresh`;
    expect(row).toEqual({ name: expect.not.stringContaining("leaked"), fresh: true });
  }
});

test("each request is one recorded call with its statement and the number, not the values, of its parameters", async () => {
  const sql = neon(url);
  await sql`insert into users (name, balance)
    values (${"секрет"}, ${5n})   returning id, name, balance`;
  await sql.transaction([sql`select ${"секрет"}::text`, sql`select 2`]);
  await sql`select nothing`.catch(() => undefined);
  const kept = calls.list();
  expect(kept.map(({ service, method, answer }) => [service, method, answer])).toEqual([
    ["database", "insert into users (name, balance) values ($1, $2) returning ", { rowCount: 1 }],
    ["database", "select $1::text; select 2", { rowCount: 2 }],
    ["database", "select nothing", { error: "42703" }],
  ]);
  expect(kept[1]?.body).toEqual({
    queries: [
      { query: "select $1::text", params: 1 },
      { query: "select 2", params: 0 },
    ],
  });
  expect(JSON.stringify(kept)).not.toContain("секрет");
});

test("dropAfterCommit commits and cuts the connection; failBefore refuses before anything runs", async () => {
  const sql = neon(url);
  proxy.faults.dropAfterCommit(1);
  await expect(sql`insert into users (name, balance) values ('lost', 1)`).rejects.toMatchObject({
    name: "NeonDbError",
    code: undefined,
    sourceError: { message: "fetch failed" },
  });
  proxy.faults.failBefore(1);
  await expect(sql`insert into users (name, balance) values ('never', 1)`).rejects.toThrow("HTTP status 503");
  expect(await sql`select name from users`).toEqual([{ name: "lost" }]);
  proxy.faults.delayMs = 60;
  const startedMs = performance.now();
  await sql`select 1`;
  expect(performance.now() - startedMs).toBeGreaterThan(50);
});

test("a fault waits for the one statement that a test names, also inside of a batch", async () => {
  const sql = neon(url);
  const insert = (name: string) => sql.query("insert  into users (name, balance)\n values ($1, 1)", [name]);
  proxy.faults.next("drop-after-commit", { sql: "INSERT INTO users", skip: 1 });
  expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);
  await insert("first");
  await expect(insert("second")).rejects.toThrow("fetch failed");
  await insert("third");
  proxy.faults.next("lost-request", { sql: "visits = 9" });
  const batch = [sql`select 1`, sql`update users set visits = 9`];
  await expect(sql.transaction(batch)).rejects.toThrow("fetch failed");
  expect(await sql`select name, visits from users order by id`).toEqual([
    { name: "first", visits: 0 },
    { name: "second", visits: 0 },
    { name: "third", visits: 0 },
  ]);
  expect(proxy.faults.left("drop-after-commit")).toBe(0);
});

test("a statement that failed by itself does not use up a drop after commit", async () => {
  const sql = neon(url);
  proxy.faults.next("drop-after-commit", { sql: "users" });
  await expect(sql`insert into users (name, balance) values ('x', -1)`).rejects.toMatchObject({ code: "23514" });
  expect(proxy.faults.left("drop-after-commit")).toBe(1);
  await expect(sql`insert into users (name, balance) values ('x', 1)`).rejects.toThrow("fetch failed");
});

test("no free connection and a failed serialization are PostgreSQL's own refusals, and nothing ran", async () => {
  const sql = neon(url);
  proxy.faults.next("pool-exhausted");
  await expect(sql`insert into users (name, balance) values ('x', 1)`).rejects.toMatchObject({ code: "53300" });
  proxy.faults.next("sql-error");
  await expect(sql`insert into users (name, balance) values ('x', 1)`).rejects.toMatchObject({ code: "40001" });
  proxy.faults.next("sql-error", { code: "40P01" });
  await expect(sql`insert into users (name, balance) values ('x', 1)`).rejects.toMatchObject({ code: "40P01" });
  expect(await sql`select name from users`).toEqual([]);
  expect(() => proxy.faults.next("sql-error", { code: "no" })).toThrow("SQLSTATE");
});

test("one statement can be slow, every connection can be refused; counts outlive clear but not reset", async () => {
  const sql = neon(url);
  proxy.faults.reset();
  proxy.faults.next("slow", { sql: "select 2", delayMs: 80 });
  const timed = async (work: () => PromiseLike<unknown>) => {
    const startedMs = performance.now();
    await work();
    return performance.now() - startedMs;
  };
  await sql`select 1`;
  expect(await timed(() => sql`select 2`)).toBeGreaterThan(75);
  proxy.faults.refusesConnections = true;
  await expect(sql`select 1`).rejects.toThrow("fetch failed");
  await expect(sql`select 1`).rejects.toThrow("fetch failed");
  proxy.faults.clear();
  expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);
  expect(proxy.faults.injected()).toEqual({ slow: 1, "refused-connection": 2 });
  proxy.faults.reset();
  expect(proxy.faults.injected()).toEqual({});
});

test("a caller that goes away cancels its statement", async () => {
  const watcher = neon(url);
  await watcher`insert into users (name, balance) values ('one', 1)`;
  const leave = new AbortController();
  const leaving = neon(url, { fetchOptions: { signal: leave.signal } });
  const running = () =>
    watcher`select query from pg_stat_activity where query like 'update%pg_sleep(5)%' and state = 'active'`;
  const refused = expect(leaving`update users set visits = (select 7 from pg_sleep(5))`).rejects.toThrow();
  await expect.poll(running, { interval: 10 }).toHaveLength(1);
  leave.abort();
  await refused;
  await expect.poll(running, { timeout: 2_000 }).toEqual([]);
  expect(await watcher`select visits from users`).toEqual([{ visits: 0 }]);
});

test("a dropped database and a template copy do not break later statements", async () => {
  const sql = neon(url);
  await sql`insert into users (name, balance) values ('one', 1)`;
  await server.createDatabase(`copy${database}`, `t${database}`);
  expect(await neon(server.url(`copy${database}`))`select name from users`).toEqual([{ name: "one" }]);
  expect(await sql`select name from users`).toEqual([{ name: "one" }]);
  await server.dropDatabase(`copy${database}`);
  await proxy.disconnect();
  expect(await sql`select name from users`).toEqual([{ name: "one" }]);
});

test("strange requests and strange servers are refused", async () => {
  const endpoint = `http://127.0.0.1:${listener.port}/neon/sql`;
  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(endpoint, { method: "POST", body, headers });
  expect((await post("no json")).status).toBe(400);
  expect((await post(JSON.stringify({ query: "select 1" }))).status).toBe(400);
  const far = await post(JSON.stringify({ query: "select 1" }), {
    "neon-connection-string": "postgres://u:p@db.example.com/x",
  });
  expect(await far.json()).toEqual({ message: "the sandbox only connects to PostgreSQL on this machine" });
  expect((await fetch(endpoint)).status).toBe(404);
  expect(notes).toEqual([]);
});
