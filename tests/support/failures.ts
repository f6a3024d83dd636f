import { createHash, createHmac } from "node:crypto";
import * as z from "zod";
import type { RecordedCall } from "../../lib/sandbox/context.ts";
import { makePng } from "../../lib/sandbox/media/make-png.ts";
import type { UserFile } from "../../lib/sandbox/telegram/index.ts";
import type { Person, World } from "./world.ts";

const generationSchema = z.looseObject({
  id: z.string(),
  state: z.string(),
  mode: z.string(),
  loss: z.boolean(),
  extended: z.boolean(),
  task_id: z.string().nullable(),
  callback_token: z.string(),
  failure: z.string().nullable(),
  failure_code: z.string().nullable(),
  held_main: z.string(),
  held_bonus: z.string(),
  posted_kopecks: z.string().nullable(),
});
/** The columns that tests look at; int8 as text. */
export type GenerationColumns = z.output<typeof generationSchema>;

/** Opens a card of the default model with this prompt and presses ✅; the task was handed to KIE afterwards. */
export async function creates(world: World, person: Person, prompt: string): Promise<GenerationColumns> {
  await person.says(prompt);
  await person.taps("confirmation");
  return await newestGeneration(world, person.id);
}

export async function newestGeneration(world: World, userId: number): Promise<GenerationColumns> {
  const [row] = await world.db.rows(
    "select * from generations where user_id = $1 order by created_at desc, id desc limit 1",
    [userId],
  );
  return generationSchema.parse(row);
}

export async function generationNow(world: World, id: string): Promise<GenerationColumns> {
  const [row] = await world.db.rows("select * from generations where id = $1", [id]);
  return generationSchema.parse(row);
}

/** `kind source→destination kopecks` of every movement of a generation, oldest first. */
export async function movements(world: World, generationId: string): Promise<string[]> {
  const rows = await world.db.rows(
    "select kind, source, destination, kopecks from transfers where generation_id = $1 order by created_at, id",
    [generationId],
  );
  return rows.map((row) => `${row.kind} ${row.source}→${row.destination} ${row.kopecks}`);
}

/** Tasks at KIE whose prompt is this one. */
export function tasksFor(world: World, prompt: string) {
  return world.kie.tasks().filter((task) => task.input.prompt === prompt);
}

/** The callback URL that KIE was given for a generation. */
export function callbackPath(generation: { id: string; callback_token: string }): string {
  return `/api/kie?generation=${generation.id}&token=${generation.callback_token}`;
}

/** A callback as KIE would sign it; `timestamp` in unix seconds, virtual now by default. */
export function signedCallback(
  world: World,
  taskId: string,
  options: { state?: "success" | "fail"; timestamp?: number; key?: string } = {},
): RequestInit {
  const timestamp = String(options.timestamp ?? Math.floor(world.context.clock.now().getTime() / 1000));
  const key = options.key ?? world.app.config.KIE_WEBHOOK_HMAC_KEY ?? "";
  return {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-webhook-timestamp": timestamp,
      "x-webhook-signature": createHmac("sha256", key).update(`${taskId}.${timestamp}`).digest("base64"),
    },
    body: JSON.stringify({ code: 200, msg: "ok", data: { taskId, state: options.state ?? "success" } }),
  };
}

/** A delivery to /api/jobs with a token made by hand, as QStash signs them (real time). */
export function signedJob(
  world: World,
  body: string,
  claims: { key?: string; url?: string; expiresIn?: number; hashOf?: string } = {},
): RequestInit {
  const now = Math.floor(Date.now() / 1000);
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const unsigned = `${encode({ alg: "HS256", typ: "JWT" })}.${encode({
    iss: "Upstash",
    sub: claims.url ?? `${world.app.config.PUBLIC_URL}/api/jobs`,
    iat: now,
    nbf: now - 60,
    exp: now + (claims.expiresIn ?? 60),
    jti: "jwt_by_hand",
    body: createHash("sha256")
      .update(claims.hashOf ?? body)
      .digest("base64url"),
  })}`;
  const key = claims.key ?? world.app.config.QSTASH_CURRENT_SIGNING_KEY;
  const signature = createHmac("sha256", key).update(unsigned).digest("base64url");
  return {
    method: "POST",
    headers: { "content-type": "application/json", "upstash-signature": `${unsigned}.${signature}` },
    body,
  };
}

/** An update as Telegram posts it, with the right secret. */
export function postedUpdate(world: World, update: unknown): RequestInit {
  return {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-telegram-bot-api-secret-token": world.app.config.TELEGRAM_WEBHOOK_SECRET,
    },
    body: JSON.stringify(update),
  };
}

/** Runs `act` once, right after the first recorded call that matches: the moment between two statements of one step. */
export function afterCall(world: World, matches: (call: RecordedCall) => boolean, act: () => void): void {
  const { calls } = world.context;
  const record = calls.record;
  calls.record = (call) => {
    record(call);
    if (!matches(call)) return;
    calls.record = record;
    act();
  };
}

export const isDialogueRead = (call: RecordedCall): boolean =>
  call.service === "database" && call.method.startsWith("select to_jsonb(u)");

const logLineSchema = z.looseObject({
  level: z.string(),
  event: z.string(),
  updateId: z.number().optional(),
  generationId: z.string().optional(),
});
export type LogLine = z.output<typeof logLineSchema>;

export function logOf(world: World): LogLine[] {
  return world.logLines.map((line) => logLineSchema.parse(JSON.parse(line)));
}

export async function photo(text: string, fileName = "photo.png"): Promise<UserFile> {
  const bytes = await makePng({ text, width: 320, height: 320 });
  return { bytes, fileName, mime: "image/png", kind: "photo" };
}
