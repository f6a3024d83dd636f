import pg from "pg";
import { inject } from "vitest";
import { randomId } from "../../lib/shared/ids.ts";
import { TEMPLATE } from "./postgres.ts";

export interface TestDatabase {
  url: string;
  /** Direct rows for assertions: int8 as text. */
  rows(sql: string, parameters?: unknown[]): Promise<Record<string, unknown>[]>;
  drop(): Promise<void>;
}

const urlOf = (name: string) => `postgres://postgres@127.0.0.1:${inject("postgresPort")}/${name}`;

/** A fresh copy of the migrated template. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `t_${randomId(12)}`;
  await administer(`create database ${name} template ${TEMPLATE}`);
  const client = new pg.Client({ connectionString: urlOf(name) });
  await client.connect();
  return {
    url: urlOf(name),
    rows: async (sql, parameters) => (await client.query(sql, parameters)).rows,
    async drop() {
      await client.end();
      await administer(`drop database ${name} with (force)`);
    },
  };
}

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf("postgres") });
  await client.connect();
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await client.query(statement);
        return;
      } catch (error) {
        // 55006: another file copies the template at this very moment.
        if (!(error instanceof pg.DatabaseError && error.code === "55006") || attempt === 50) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  } finally {
    await client.end();
  }
}
