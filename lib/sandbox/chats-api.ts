/** The JSON API through which the chat page and test programs play people: `/sandbox/chats…`, `/sandbox/files/…`, `/sandbox/events`. */
import * as z from "zod";
import type { SandboxContext } from "./context.ts";
import { json, readJson } from "./http.ts";
import { FILE_KINDS, PeopleError, type TelegramControl, type UserContent } from "./telegram/index.ts";

const HEARTBEAT_MS = 20_000;

const messageSchema = z.strictObject({ text: z.string(), replyTo: z.int().positive().optional() });
const tapSchema = z.strictObject({ messageId: z.int().positive(), data: z.string().min(1) });
const paySchema = z
  .strictObject({
    messageId: z.int().positive().optional(),
    /** Whose chat the invoice lies in, when it was forwarded from there. */
    chatId: z.int().optional(),
    link: z.string().min(1).optional(),
    force: z.boolean().optional(),
    update: z.union([z.literal("lost"), z.strictObject({ delaySeconds: z.number().positive() })]).optional(),
  })
  .transform(({ messageId, chatId, link, ...options }, context) => {
    if (messageId !== undefined && link === undefined) return { target: { messageId, chatId }, options };
    if (link !== undefined && messageId === undefined) return { target: { link }, options };
    context.addIssue({ code: "custom", message: "give either messageId or link" });
    return z.NEVER;
  });
const chargeBackSchema = z.strictObject({ chargeId: z.string().min(1), update: z.literal("lost").optional() });
const profileSchema = z.strictObject({
  firstName: z.string().trim().min(1).max(64).optional(),
  username: z
    .string()
    .regex(/^[A-Za-z0-9_]*$/)
    .max(32)
    .optional(),
  languageCode: z
    .string()
    .regex(/^[a-z]{2}(-[A-Za-z]+)?$/)
    .optional(),
});
const formSchema = z.strictObject({
  file: z.file("send one file").min(1),
  kind: z.enum(FILE_KINDS),
  caption: z.string().optional(),
  replyTo: z.coerce.number<string>().int().positive().optional(),
  mediaGroupId: z.string().max(64).optional(),
  durationSeconds: z.coerce.number<string>().int().nonnegative().optional(),
});

type Route = (request: Request, id: string) => Promise<Response> | Response;

/**
 * Answers `undefined` for a path that is not one of its own. A malformed request gets 400 and
 * `{error: sentence naming the field}`, an unknown person, message or file 404.
 */
export function createChatsApi(
  context: SandboxContext,
  telegram: TelegramControl,
): { handle(request: Request): Promise<Response | undefined> } {
  const routes: [method: string, path: RegExp, route: Route][] = [
    ["GET", /^\/sandbox\/chats$/, () => json({ users: telegram.chats() })],
    // A person who has not written yet has an empty chat, not none.
    ["GET", /^\/sandbox\/chats\/([^/]+)$/, (_, id) => json(telegram.chat(toId(id)) ?? { messages: [], toasts: [] })],
    [
      "GET",
      /^\/sandbox\/chats\/([^/]+)\/commands$/,
      (_, id) => json({ commands: found(telegram.commands(toId(id)), `chat ${id}`) }),
    ],
    [
      "POST",
      /^\/sandbox\/chats\/([^/]+)\/messages$/,
      async (request, id) => json(await telegram.userSends(toId(id), await readMessage(request))),
    ],
    [
      "POST",
      /^\/sandbox\/chats\/([^/]+)\/taps$/,
      async (request, id) => {
        const { messageId, data } = parse(tapSchema, await readJson(request));
        await telegram.userTaps(toId(id), messageId, data);
        return json({ ok: true });
      },
    ],
    [
      "POST",
      /^\/sandbox\/chats\/([^/]+)\/pay$/,
      async (request, id) => {
        const { target, options } = parse(paySchema, await readJson(request));
        return json(await telegram.userPays(toId(id), target, options));
      },
    ],
    [
      "POST",
      /^\/sandbox\/chats\/([^/]+)\/charge-back$/,
      async (request, id) => {
        const { chargeId, update } = parse(chargeBackSchema, await readJson(request));
        await telegram.userChargesBack(toId(id), chargeId, { update });
        return json({ ok: true });
      },
    ],
    [
      "POST",
      /^\/sandbox\/chats\/([^/]+)\/profile$/,
      async (request, id) => {
        telegram.setProfile(toId(id), parse(profileSchema, await readJson(request)));
        return json({ ok: true });
      },
    ],
    [
      "POST",
      /^\/sandbox\/chats\/([^/]+)\/block$/,
      async (_, id) => {
        await telegram.userBlocks(toId(id));
        return json({ ok: true });
      },
    ],
    [
      "POST",
      /^\/sandbox\/chats\/([^/]+)\/unblock$/,
      async (_, id) => {
        await telegram.userUnblocks(toId(id));
        return json({ ok: true });
      },
    ],
    ["GET", /^\/sandbox\/files\/([^/]+)$/, (request, id) => found(telegram.serveFile(id, request), `file ${id}`)],
    ["GET", /^\/sandbox\/events$/, (request) => streamChanges(telegram, request.signal)],
  ];

  return {
    handle: async (request) => {
      const { pathname } = new URL(request.url);
      const matching = routes.filter(([, path]) => path.test(pathname));
      if (matching.length === 0) return undefined;
      const method = request.method === "HEAD" ? "GET" : request.method;
      const [, path, route] = matching.find(([allowed]) => allowed === method) ?? [];
      if (!path || !route) return json({ error: `${request.method} is not possible here` }, 405);
      try {
        return await route(request, decodeURIComponent(path.exec(pathname)?.[1] ?? ""));
      } catch (error) {
        if (error instanceof PeopleError) return json({ error: error.message }, error.status);
        context.note(`${request.method} ${pathname} failed: ${String(error)}`);
        return json({ error: "The sandbox failed; its terminal says why" }, 500);
      }
    },
  };
}

function toId(text: string): number {
  const id = Number(text);
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(id)) throw new PeopleError(400, "userId must be an integer");
  return id;
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new PeopleError(404, `There is no ${what}`);
  return value;
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new PeopleError(400, `${issue?.path.join(".") || "body"}: ${issue?.message ?? "is malformed"}`);
}

async function readMessage(request: Request): Promise<UserContent> {
  if (!/^multipart\/form-data/i.test(request.headers.get("content-type") ?? "")) {
    return parse(messageSchema, await readJson(request));
  }
  const form = await request.formData().catch(() => undefined);
  if (!form) throw new PeopleError(400, "body: the form can not be read");
  const { file, kind, durationSeconds, ...content } = parse(formSchema, Object.fromEntries(form));
  return {
    ...content,
    file: {
      bytes: await file.bytes(),
      fileName: file.name,
      mime: file.type || "application/octet-stream",
      kind,
      declaredDurationSeconds: durationSeconds,
    },
  };
}

/** Server-sent events: `data: {"chat": id}` at each change, a comment every 20 s so that proxies keep the line open. */
function streamChanges(telegram: TelegramControl, client: AbortSignal): Response {
  let end = (): void => undefined;
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      const encoder = new TextEncoder();
      const send = (text: string): void => controller.enqueue(encoder.encode(text));
      const heartbeat = setInterval(() => send(": here\n\n"), HEARTBEAT_MS);
      heartbeat.unref();
      let isOver = false;
      end = () => {
        if (isOver) return;
        isOver = true;
        clearInterval(heartbeat);
        unwatch();
        client.removeEventListener("abort", end);
        controller.close();
      };
      const unwatch = telegram.watch({
        changed: (chatId) => send(`data: ${JSON.stringify({ chat: chatId })}\n\n`),
        stopped: () => end(),
      });
      client.addEventListener("abort", end);
      send(": here\n\n");
    },
    cancel: () => end(),
  });
  return new Response(stream, { headers: { "content-type": "text/event-stream", "cache-control": "no-store" } });
}
