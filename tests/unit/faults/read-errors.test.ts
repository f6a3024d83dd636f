import { createServer } from "node:net";
import { NeonDbError, neon } from "@neondatabase/serverless";
import { DrizzleQueryError, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/neon-http";
import { expect, test } from "vitest";
import { classify } from "../../../lib/faults/classify.ts";
import { causes, readNoAnswer } from "../../../lib/faults/network.ts";
import { postgresFault, sqlStateOf } from "../../../lib/faults/postgres.ts";

const thrownBy = async (work: () => Promise<unknown>): Promise<unknown> => {
  try {
    return await work();
  } catch (error) {
    return error;
  }
};

/** A port where nobody listens any more. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

test("a refused connection and an unknown host were never sent", async () => {
  const refused = await thrownBy(async () => fetch(`http://127.0.0.1:${await freePort()}/`));
  expect(readNoAnswer(refused)).toEqual({ sent: "no", reason: "not sent: ECONNREFUSED" });
  const unknown = await thrownBy(() => fetch("http://nobody.invalid/"));
  expect(readNoAnswer(unknown).sent).toBe("no");
});

test("a timeout and anything else may have been sent", () => {
  expect(readNoAnswer(new DOMException("x", "TimeoutError"))).toEqual({ sent: "maybe", reason: "timed out" });
  expect(readNoAnswer(Object.assign(new Error("x"), { code: "ECONNRESET" }))).toEqual({
    sent: "maybe",
    reason: "connection dropped: ECONNRESET",
  });
  expect(readNoAnswer("what?")).toEqual({ sent: "maybe", reason: "connection dropped" });
});

test("a circular chain of causes ends", () => {
  const one: Error & { cause?: unknown } = new Error("one");
  one.cause = new Error("two", { cause: one });
  expect(causes(one)).toHaveLength(2);
});

const databaseError = (code: string, message: string): NeonDbError => Object.assign(new NeonDbError(message), { code });

test("the SQLSTATE is found inside drizzle's wrapping and outside of it", () => {
  const bare = databaseError("23505", 'duplicate key value violates unique constraint "transfer_pkey"');
  const wrapped = new DrizzleQueryError("insert …", ["a private prompt"], bare);
  expect(sqlStateOf(bare)).toBe("23505");
  expect(sqlStateOf(wrapped)).toBe("23505");
  expect(sqlStateOf(Object.assign(new Error("x"), { code: "EPERM" }))).toBe(null);
  const fault = postgresFault(wrapped);
  expect(classify(fault).name).toBe("postgres-duplicate");
  expect(JSON.stringify(fault)).not.toContain("private");
});

test("a value that did not fit is not repeated", () => {
  const fault = postgresFault(databaseError("22P02", 'invalid input syntax for type bigint: "a private prompt"'));
  expect(JSON.stringify(fault)).not.toContain("private");
});

test("a database that nobody answers for was never asked, through neon and through drizzle", async () => {
  const client = neon("postgres://app:pw@db.invalid/app");
  const direct = await thrownBy(async () => await client.query("select 1"));
  expect(direct).toBeInstanceOf(Error);
  expect(classify(postgresFault(direct)).retry).toBe("later");
  const wrapped = await thrownBy(async () => await drizzle({ client }).execute(sql`select ${"a private prompt"}`));
  expect(wrapped).toBeInstanceOf(DrizzleQueryError);
  expect(classify(postgresFault(wrapped)).name).toBe("postgres-not-sent");
  expect(JSON.stringify(postgresFault(wrapped))).not.toContain("private");
});
