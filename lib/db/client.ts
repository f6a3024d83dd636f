import { neon, neonConfig } from "@neondatabase/serverless";
import type { SQL } from "drizzle-orm";
import { drizzle } from "drizzle-orm/neon-http";

/** A database call that failed. Carries no SQL, no parameters and no connection string. */
export class DatabaseFailure extends Error {
  override readonly name = "DatabaseFailure";
  /** SQLSTATE, or null when the database did not answer: the outcome is then unknown. */
  readonly sqlState: string | null;
  readonly constraint: string | null;
  constructor(sqlState: string | null, constraint: string | null) {
    super(
      sqlState === null
        ? "the database did not answer"
        : `SQLSTATE ${sqlState}${constraint === null ? "" : ` (${constraint})`}`,
    );
    this.sqlState = sqlState;
    this.constraint = constraint;
  }
}

export type Row = Record<string, unknown>;

/** One statement = one round trip. */
export interface Database {
  /**
   * Runs one statement exactly once and gives its rows: int8 as text, timestamps as text, jsonb parsed.
   * @throws DatabaseFailure
   */
  query(statement: SQL): Promise<Row[]>;
  /** Like `query` for a statement that changes nothing: asked a second time when the database did not answer. */
  read(statement: SQL): Promise<Row[]>;
}

export interface DatabaseOptions {
  /** `postgres://…`; the password travels in a header of each call, so fetch headers are never logged. */
  url: string;
  /** SQL-over-HTTP endpoint of a Neon-compatible proxy; absent = Neon's own. */
  endpoint?: string | undefined;
  timeoutMs: number;
}

/** Opens the production driver; nothing is connected until the first statement. */
export function openDatabase(options: DatabaseOptions): Database {
  // The driver has these settings only per process; its own `signal` option would be one signal for the client's life.
  if (options.endpoint !== undefined) neonConfig.fetchEndpoint = options.endpoint;
  neonConfig.fetchFunction = (input: string, init: RequestInit) =>
    fetch(input, { ...init, signal: AbortSignal.timeout(options.timeoutMs) });
  const client = drizzle({ client: neon(options.url) });

  async function query(statement: SQL): Promise<Row[]> {
    try {
      const result = await client.execute(statement);
      return result.rows;
    } catch (error) {
      throw toFailure(error);
    }
  }

  return {
    query,
    async read(statement) {
      try {
        return await query(statement);
      } catch (error) {
        if (error instanceof DatabaseFailure && error.sqlState === null) return await query(statement);
        throw error;
      }
    },
  };
}

function toFailure(error: unknown): DatabaseFailure {
  // drizzle wraps single statements, so the SQLSTATE may sit one or two causes down.
  for (
    let current: unknown = error, depth = 0;
    current instanceof Error && depth < 4;
    current = current.cause, depth += 1
  ) {
    const { code, constraint } = current as { code?: unknown; constraint?: unknown };
    if (typeof code === "string" && /^[0-9A-Z]{5}$/.test(code)) {
      return new DatabaseFailure(code, typeof constraint === "string" ? constraint : null);
    }
  }
  return new DatabaseFailure(null, null);
}
