import { expect } from "vitest";
import type { OutputKind } from "../../lib/shared/media.ts";
import { create } from "./buying.ts";
import { signedJob } from "./failures.ts";
import type { Person, World } from "./world.ts";

/** An output as a test puts it into the database. */
export interface MadeOutput {
  kind: OutputKind;
  url?: string;
  text?: string;
  title?: string;
  previewUrl?: string;
}

/** Buys a picture for this prompt and waits until it came. @returns the id of the generation. */
export async function buysPicture(world: World, person: Person, prompt: string): Promise<string> {
  await person.says(prompt);
  const generationId = await create(person);
  await world.advance(20);
  return generationId;
}

/**
 * Puts other outputs, of another entry, into the place of those of a generation, as if KIE had answered so and nobody had
 * told yet: what is owed follows from the state.
 */
export async function becomes(
  world: World,
  generationId: string,
  entryKey: string,
  outputs: readonly MadeOutput[],
): Promise<void> {
  await world.db.rows("delete from outputs where generation_id = $1", [generationId]);
  const expiresAt = new Date(world.context.clock.now().getTime() + 86_400_000).toISOString();
  for (const [position, { kind, url, text, title, previewUrl }] of outputs.entries()) {
    await world.db.rows(
      "insert into outputs (generation_id, position, kind, url, text, title, preview_url, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
      [generationId, position, kind, url ?? null, text ?? null, title ?? null, previewUrl ?? null, expiresAt],
    );
  }
  await world.db.rows(
    `update generations set entry_key = $2, "values" = '{}', state = 'succeeded', told_at = null, done_message_id = null,
      lease_until = null, delivery_attempts = 0, finished_at = submitted_at + interval '10 seconds', due_at = finished_at
    where id = $1`,
    [generationId, entryKey],
  );
}

/** The job that delivers what is owed. */
export async function isAdvanced(world: World, generationId: string): Promise<void> {
  const job = signedJob(world, JSON.stringify({ name: "advance-generation", generationId }));
  expect((await world.request("/api/jobs", job)).status).toBe(200);
  await world.idle();
}

/** Files that the bot sent, oldest first. */
export const filesTo = (person: Person) =>
  person.messages().flatMap((message) => (message.from === "bot" ? (message.media ?? []) : []));

export async function bytesOf(world: World, file: { url: string } | undefined): Promise<Buffer> {
  const response = await fetch(new URL(file?.url ?? "/nothing", world.origin));
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}
