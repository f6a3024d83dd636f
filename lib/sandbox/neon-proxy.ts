import pg from "pg";
import * as z from "zod";
import type { SandboxContext } from "./context.ts";
import { createDatabaseFaults, type DatabaseFaults } from "./database-faults.ts";
import { cutConnection, json } from "./http.ts";

/** Neon's own proxy refuses more in either direction. */
const MAX_BYTES = 10 * 1024 * 1024;

const ISOLATION_LEVELS = new Map([
  ["ReadUncommitted", "read uncommitted"],
  ["ReadCommitted", "read committed"],
  ["RepeatableRead", "repeatable read"],
  ["Serializable", "serializable"],
]);

/** What the driver's NeonDbError carries over from a 400 answer. */
const ERROR_FIELDS = [
  "severity",
  "code",
  "detail",
  "hint",
  "position",
  "internalPosition",
  "internalQuery",
  "where",
  "schema",
  "table",
  "column",
  "dataType",
  "constraint",
  "file",
  "line",
  "routine",
] as const;

const statementSchema = z.object({ query: z.string(), params: z.array(z.unknown()).default([]) });
const bodySchema = z.union([statementSchema, z.object({ queries: z.array(statementSchema) })]);
type Statement = z.output<typeof statementSchema>;

export interface NeonProxyOptions {
  context: Pick<SandboxContext, "calls" | "clock" | "note">;
  /** Real connections for each connection string; 60 by default, for races of 40 and more. */
  connectionLimit?: number;
  /**
   * Each connection keeps every statement that it has run once, which saves parsing it again. For tests of many calls
   * on one schema: Neon keeps none, and a statement that was kept fails when its result's columns change.
   */
  keepsStatements?: boolean;
}

export interface NeonProxy {
  /** Answers `POST …/sql`; every other path is 404. Only connection strings of this machine are accepted. */
  handle(request: Request): Promise<Response>;
  faults: DatabaseFaults;
  /** Closes every connection that is not in use; the next statement opens a new one. */
  disconnect(): Promise<void>;
  stop(): Promise<void>;
}

interface Reply {
  response: Response;
  /** What the call recorder keeps of it: never a value from the database. */
  answer: unknown;
}

/**
 * Neon's SQL-over-HTTP protocol in front of an ordinary PostgreSQL, for the production driver. One request is one
 * recorded call of service `database`, whose parameters are counted, never kept. A caller that goes away cancels its
 * running statement, as Neon does. Differs from Neon: no WebSocket, no authentication, no scale to zero.
 *
 * @see https://github.com/neondatabase/serverless (driver 1.2.0, read 2026-11-20)
 */
export function createNeonProxy(options: NeonProxyOptions): NeonProxy {
  const { calls, clock, note } = options.context;
  let pools = new Map<string, pg.Pool>();
  const gate = createDatabaseFaults();
  const names = new Map<string, string>();

  function poolOf(connectionString: string): pg.Pool {
    const known = pools.get(connectionString);
    if (known !== undefined) return known;
    const pool = new pg.Pool({
      connectionString,
      max: options.connectionLimit ?? 60,
      idleTimeoutMillis: 5_000,
      connectionTimeoutMillis: 15_000,
      allowExitOnIdle: true,
    });
    // A dropped database or a stopped server kills idle connections; without a listener that would end the process.
    pool.on("error", () => undefined);
    pools.set(connectionString, pool);
    return pool;
  }

  async function closePools(): Promise<void> {
    const closing = [...pools.values()];
    pools = new Map();
    await Promise.all(closing.map((pool) => pool.end()));
  }

  async function answer(request: Request, statements: Statement[], isBatch: boolean): Promise<Reply> {
    const texts = statements.map(({ query }) => query);
    const hindrance = await gate.before(texts);
    if (hindrance !== undefined) return hindrance;
    const connectionString = request.headers.get("neon-connection-string") ?? "";
    if (!isLocal(connectionString)) return refusal(400, "the sandbox only connects to PostgreSQL on this machine");
    const begin = isBatch ? beginOf(request.headers) : undefined;
    if (isBatch && begin === undefined) return refusal(400, "invalid isolation level");

    const mode = {
      nameOf: (query: string) => (options.keepsStatements === true ? nameIn(names, query) : undefined),
      raw: request.headers.get("neon-raw-text-output") === "true",
      array: request.headers.get("neon-array-mode") === "true",
    };
    const pool = poolOf(connectionString);
    let client: pg.PoolClient;
    try {
      client = await pool.connect();
    } catch (error) {
      // PostgreSQL's own refusals (no such database, too many connections) carry a code; a dead server does not.
      return error instanceof pg.DatabaseError ? sqlError(error) : refusal(500, `cannot connect: ${messageOf(error)}`);
    }
    const cancel = () => void cancelBackend(connectionString, client);
    request.signal.addEventListener("abort", cancel, { once: true });
    let isReusable = false;
    try {
      const results = await run(client, statements, begin, mode);
      // A lone BEGIN, SET or LISTEN must not leak into somebody else's statement.
      isReusable = client.getTransactionStatus() === "I" && !results.some((result) => isSessionCommand(result.command));
      const rowCount = results.reduce((sum, result) => sum + (result.rowCount ?? 0), 0);
      if (gate.isDroppedAfterCommit(texts)) {
        return { response: cutConnection(), answer: { rowCount, cut: "after commit" } };
      }
      const text = JSON.stringify(isBatch ? { results } : results[0]);
      if (text.length > MAX_BYTES) return refusal(507, `response is too large (max is ${MAX_BYTES} bytes)`);
      return {
        response: new Response(text, { headers: { "content-type": "application/json" } }),
        answer: { rowCount },
      };
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) return refusal(500, messageOf(error));
      // Answered only once the locks are free: the caller may try again at once.
      isReusable = begin === undefined || (await rollBack(client));
      return sqlError(error);
    } finally {
      request.signal.removeEventListener("abort", cancel);
      client.release(!isReusable);
    }
  }

  return {
    faults: gate.faults,
    handle: async (request) => {
      if (request.method !== "POST" || !new URL(request.url).pathname.endsWith("/sql")) {
        return json({ message: "not found" }, 404);
      }
      const at = clock.now().getTime();
      const startedMs = performance.now();
      const text = await request.text();
      if (text.length > MAX_BYTES) return json({ message: `request is too large (max is ${MAX_BYTES} bytes)` }, 413);
      const body = parseBody(text);
      if (body === undefined) return json({ message: "could not parse the HTTP request body" }, 400);
      const isBatch = "queries" in body;
      const statements = isBatch ? body.queries : [body];
      const reply = await answer(request, statements, isBatch);
      const counted = statements.map(({ query, params }) => ({ query, params: params.length }));
      calls.record({
        service: "database",
        method: squeeze(statements.map(({ query }) => query).join("; ")).slice(0, 60),
        body: isBatch ? { queries: counted } : counted[0],
        answer: reply.answer,
        at,
        durationMs: performance.now() - startedMs,
      });
      return reply.response;
    },
    disconnect: closePools,
    stop: closePools,
  };

  async function cancelBackend(connectionString: string, client: pg.PoolClient): Promise<void> {
    try {
      await poolOf(connectionString).query("select pg_cancel_backend($1)", [backendPid(client)]);
    } catch (error) {
      note(`A statement whose caller went away could not be cancelled: ${messageOf(error)}`);
    }
  }
}

async function run(
  client: pg.PoolClient,
  statements: Statement[],
  begin: string | undefined,
  mode: { raw: boolean; array: boolean; nameOf(query: string): string | undefined },
) {
  if (begin !== undefined) await client.query(begin);
  const results = [];
  for (const { query, params } of statements) {
    const name = mode.nameOf(query);
    const config = {
      ...(name === undefined ? {} : { name }),
      text: query,
      values: params,
      // The simple protocol would take several statements in one string; Neon does not.
      queryMode: "extended",
      ...(mode.array ? { rowMode: "array" } : {}),
      ...(mode.raw ? { types: { getTypeParser: () => (value: unknown) => value } } : {}),
    };
    const { command, rowCount, rows, fields } = await client.query(config);
    results.push({ command, rowCount, rows, fields, rowAsArray: mode.array });
  }
  if (begin !== undefined) await client.query("commit");
  return results;
}

/** The name under which connections keep a statement. */
function nameIn(names: Map<string, string>, query: string): string {
  const name = names.get(query) ?? `s${names.size + 1}`;
  names.set(query, name);
  return name;
}

/** False when the connection itself is gone, which rolls back as well. */
async function rollBack(client: pg.PoolClient): Promise<boolean> {
  try {
    await client.query("rollback");
    return true;
  } catch {
    return false;
  }
}

function beginOf(headers: Headers): string | undefined {
  const level = headers.get("neon-batch-isolation-level");
  const isolation = level === null ? "" : ISOLATION_LEVELS.get(level);
  if (isolation === undefined) return undefined;
  return [
    "begin",
    isolation === "" ? "" : `isolation level ${isolation}`,
    headers.get("neon-batch-read-only") === "true" ? "read only" : "",
    headers.get("neon-batch-deferrable") === "true" ? "deferrable" : "",
  ].join(" ");
}

function parseBody(text: string): z.output<typeof bodySchema> | undefined {
  try {
    return bodySchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function sqlError(error: pg.DatabaseError): Reply {
  const fields = Object.fromEntries(ERROR_FIELDS.map((field) => [field, error[field] ?? null]));
  return { response: json({ message: error.message, ...fields }, 400), answer: { error: error.code } };
}

function refusal(status: number, message: string): Reply {
  return { response: json({ message }, status), answer: { error: `HTTP ${status}` } };
}

function isLocal(connectionString: string): boolean {
  if (!URL.canParse(connectionString)) return false;
  return ["127.0.0.1", "localhost"].includes(new URL(connectionString).hostname);
}

function isSessionCommand(command: string): boolean {
  return ["SET", "RESET", "LISTEN", "PREPARE", "DECLARE", "DISCARD"].includes(command);
}

function backendPid(client: pg.PoolClient): number {
  return "processID" in client && typeof client.processID === "number" ? client.processID : 0;
}

function squeeze(sql: string): string {
  return sql.replace(/\s+/g, " ").trim();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
