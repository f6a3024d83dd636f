import { expect } from "vitest";
import * as z from "zod";
import { openCard } from "./buying.ts";
import { MONEY_INVARIANTS } from "./money-invariants.ts";
import type { Person, World } from "./world.ts";

const batchSchema = z.looseObject({
  id: z.string(),
  kind: z.string(),
  size: z.number(),
  remaining: z.number(),
  status_message_id: z.number().nullable(),
  done_message_id: z.number().nullable(),
  delivery_attempts: z.number(),
  is_due: z.boolean(),
  is_told: z.boolean(),
});
/** The columns that tests look at. */
export type BatchColumns = z.output<typeof batchSchema>;

/** Opens the card of a model, sends several prompts at once, and presses ✅. */
export async function ordersBatch(
  world: World,
  person: Person,
  prompts: readonly string[],
  entryKey = "z-image",
): Promise<BatchColumns> {
  await preparesBatch(person, prompts, entryKey);
  await person.taps("✅ Создать");
  return await newestBatch(world, person.id);
}

/** The same up to the last button. */
export async function preparesBatch(person: Person, prompts: readonly string[], entryKey = "z-image"): Promise<void> {
  await openCard(person, entryKey);
  await person.says("что-нибудь");
  await person.taps("🗂 Несколько");
  await person.says(prompts.join("\n"));
}

export async function newestBatch(world: World, userId: number): Promise<BatchColumns> {
  const [row] = await world.db.rows(
    `select *, due_at is not null as is_due, told_at is not null as is_told from batches
      where user_id = $1 order by created_at desc, id desc limit 1`,
    [userId],
  );
  return batchSchema.parse(row);
}

/** States of the items, in their order. */
export async function itemStates(world: World, batchId: string): Promise<string[]> {
  const rows = await world.db.rows("select state from generations where batch_id = $1 order by batch_position", [
    batchId,
  ]);
  return rows.map((row) => z.string().parse(row["state"]));
}

/** Messages of the bot with media, oldest first. */
export const albumsTo = (person: Person) =>
  person.messages().filter((message) => message.from === "bot" && message.media !== undefined);

/** Captions of the files that arrived, in their order, with ordinary spaces. */
export const captionsTo = (person: Person): string[] =>
  albumsTo(person).map((message) => (message.caption ?? "").replace(/[\u00a0\u202f]/g, " "));

/** Messages that told of a batch's end. */
export const tellings = (person: Person): string[] =>
  person
    .messages()
    .filter((message) => message.from === "bot" && /^(Готово|Не получилось)/.test(message.text ?? ""))
    .map((message) => (message.text ?? "").replace(/[\u00a0\u202f]/g, " "));

/** Watches KIE from now on. @returns how many tasks were under way at once at most, when asked. */
export function watchParallelism(world: World): () => number {
  const { calls } = world.context;
  const record = calls.record;
  let most = 0;
  calls.record = (call) => {
    record(call);
    if (call.service !== "kie") return;
    const open = world.kie.tasks().filter(({ state }) => state !== "success" && state !== "fail");
    most = Math.max(most, open.length);
  };
  return () => {
    calls.record = record;
    return most;
  };
}

/** Fails unless each batch knows how much of it is under way, and what is owed for it is owed once. */
export async function expectBatchesAddUp(db: Pick<World["db"], "rows">): Promise<void> {
  expect(await db.rows(MONEY_INVARIANTS["a batch knows what of it is under way, and is owed once"])).toEqual([]);
}
