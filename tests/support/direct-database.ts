import { createHash } from "node:crypto";
import { PgDialect } from "drizzle-orm/pg-core";
import pg from "pg";
import type { Database, Row } from "../../lib/db/client.ts";

const dialect = new PgDialect();

/**
 * The product's statements over plain connections, prepared once each: for tests that make many thousands of them. What
 * the driver and the proxy do is tested elsewhere.
 */
export function openDirect(url: string, connections: number): { database: Database; end(): Promise<void> } {
  const pool = new pg.Pool({ connectionString: url, max: connections });
  // An idle connection that the stopping server closes before us is no failure; one in use fails its query.
  pool.on("error", () => undefined);
  const names = new Map<string, string>();
  const query: Database["query"] = async (statement) => {
    const { sql, params } = dialect.sqlToQuery(statement);
    const name = names.get(sql) ?? createHash("sha256").update(sql).digest("base64url").slice(0, 24);
    names.set(sql, name);
    const result = await pool.query<Row>({ name, text: sql, values: params });
    return result.rows;
  };
  return { database: { query, read: query }, end: () => pool.end() };
}
