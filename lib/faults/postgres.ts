import type { Fault } from "./fault.ts";
import { causes, readNoAnswer } from "./network.ts";

/** SQLSTATE of a database error however deep it is wrapped (drizzle wraps single statements, not batches), or null. */
export function sqlStateOf(error: unknown): string | null {
  for (const one of causes(error)) {
    if (typeof one !== "object" || one === null || !("code" in one)) continue;
    if (typeof one.code === "string" && /^[0-9A-Z]{5}$/.test(one.code)) {
      // EPERM and its like are five capitals as well; an SQLSTATE class is digits, or starts with F0, HV, P0 or XX.
      if (/\d/.test(one.code) || one.code.startsWith("XX")) return one.code;
    }
  }
  return null;
}

/**
 * The fault of an error thrown by neon, pg or drizzle. Its message never holds SQL parameters (drizzle's own message does:
 * prompts and names).
 */
export function postgresFault(error: unknown): Fault {
  const sqlState = sqlStateOf(error);
  const chain = causes(error);
  const driver = chain.find((one): one is Error => one instanceof Error && !one.message.startsWith("Failed query:"));
  if (sqlState !== null) {
    // Class 22 messages repeat the value that did not fit, which may be what a person wrote.
    const message = sqlState.startsWith("22") ? "data exception" : (driver?.message ?? "database error");
    return { system: "postgres", sqlState, message };
  }
  const noAnswer = readNoAnswer(error);
  if (noAnswer.reason !== "connection dropped") return { system: "postgres", sqlState: null, message: noAnswer.reason };
  return { system: "postgres", sqlState: null, message: driver?.message ?? "no answer" };
}
