import { Readable } from "node:stream";
import { Telegram, TelegramError } from "telegraf";
import * as z from "zod";

const orderSchema = z.object({
  apiRoot: z.string(),
  call: z.enum(["text", "buffer", "stream"]),
  timeoutMs: z.number(),
});

/** A function to be bundled by tests: makes one Bot API call through telegraf and tells how it ended. */
export const POST = async (request: Request): Promise<Response> => {
  const { apiRoot, call, timeoutMs } = orderSchema.parse(await request.json());
  const telegram = new Telegram("1:made-up-token", { apiRoot });
  // telegraf's types know neither today's AbortSignal nor a stream among a photo's sources.
  const callApi: (method: string, payload: object, options: object) => Promise<unknown> = telegram.callApi.bind(
    telegram,
  ) as never;
  const send = (method: string, payload: object) =>
    callApi(method, payload, { signal: AbortSignal.timeout(timeoutMs) });
  const photo = (source: Buffer | Readable) => ({ chat_id: 1, caption: "Кот", photo: { source, filename: "cat.png" } });
  const perform = {
    text: () => send("sendMessage", { chat_id: 1, text: "Привет" }),
    buffer: () => send("sendPhoto", photo(Buffer.alloc(300_000, 7))),
    stream: () => send("sendPhoto", photo(Readable.from(Array.from({ length: 30 }, () => Buffer.alloc(10_000, 7))))),
  };
  try {
    return Response.json({ result: await perform[call]() });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const cause = error.cause instanceof Error && "code" in error.cause ? error.cause.code : null;
    const code = error instanceof TelegramError ? error.code : null;
    return Response.json({ error: { name: error.name, message: error.message, code, cause } });
  }
};
