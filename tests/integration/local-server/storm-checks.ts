import pg from "pg";
import * as z from "zod";
import { openStore } from "../../../lib/sandbox/store.ts";
import { MONEY_INVARIANTS } from "../../support/money-invariants.ts";
import type { StormMessage } from "./storm-people.ts";

const rowSchema = z.object({
  id: z.string(),
  user_id: z.coerce.number(),
  state: z.string(),
  prompt: z.string(),
  task_id: z.string().nullable(),
  is_told: z.boolean(),
  loss: z.boolean(),
  posted: z.string().nullable(),
});
export type StormGeneration = z.output<typeof rowSchema>;

/** Reads with connections of its own, past the product. */
export async function readRows(databaseUrl: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  // A server that is killed under a connection is no news here.
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

export async function readGenerations(databaseUrl: string): Promise<StormGeneration[]> {
  const rows = await readRows(
    databaseUrl,
    `select id, user_id, state, "values"->>'prompt' as prompt, task_id, told_at is not null as is_told, loss,
       posted_kopecks::text as posted from generations order by created_at, id`,
  );
  return z.array(rowSchema).parse(rows);
}

/** What contradicts itself in the books; nothing is as it should be. */
export async function moneyViolations(databaseUrl: string): Promise<string[]> {
  const found: string[] = [];
  for (const [rule, statement] of Object.entries(MONEY_INVARIANTS)) {
    for (const row of await readRows(databaseUrl, statement)) found.push(`${rule}: ${JSON.stringify(row)}`);
  }
  const idle = "select user_id, held, running, queued from wallets where held <> 0 or running <> 0 or queued <> 0";
  for (const row of await readRows(databaseUrl, idle)) found.push(`something is on hold: ${JSON.stringify(row)}`);
  return found;
}

const taskSchema = z.looseObject({ taskId: z.string(), callBackUrl: z.string().optional() });

/** Tasks at the simulated KIE by generation, read from what it keeps; only while the server is down. */
export function tasksByGeneration(folder: string): Map<string, string[]> {
  const store = openStore(`${folder}/simulators.sqlite`, () => undefined);
  const tasks = new Map<string, string[]>();
  try {
    for (const { document } of store.list("kie-tasks")) {
      const { taskId, callBackUrl = "" } = taskSchema.parse(document);
      const generationId = new URL(callBackUrl).searchParams.get("generation") ?? "";
      tasks.set(generationId, [...(tasks.get(generationId) ?? []), taskId]);
    }
    return tasks;
  } finally {
    store.close();
  }
}

/** What a person was told of a generation: its buttons carry the generation's id. */
export function toldOf(messages: readonly StormMessage[], generationId: string): { results: number; failures: number } {
  const has = (message: StormMessage, kinds: readonly string[]) =>
    message.keyboard?.flat().some(({ data }) => kinds.some((kind) => data?.startsWith(`${kind}:${generationId}`)));
  const ofBot = messages.filter((message) => message.from === "bot");
  return {
    results: ofBot.filter((message) => message.media !== undefined && has(message, ["receipt"])).length,
    failures: ofBot.filter((message) => message.media === undefined && has(message, ["again", "edit"])).length,
  };
}
