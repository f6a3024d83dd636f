import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";

/** How long a person, or a program that plays one, waits for any answer. */
const ANSWER_MS = 4_000;
/** After so long without any change the button is pressed again, as people do. */
const PATIENCE_MS = 1_500;
/** An order that is not taken by then never will be. */
const ORDER_MS = 240_000;

const chatSchema = z.looseObject({
  messages: z.array(
    z.looseObject({
      messageId: z.number(),
      from: z.string(),
      text: z.string().optional(),
      caption: z.string().optional(),
      media: z.unknown().optional(),
      keyboard: z.array(z.array(z.looseObject({ text: z.string(), data: z.string().optional() }))).optional(),
    }),
  ),
});
export type StormMessage = z.output<typeof chatSchema>["messages"][number];

/** The server as people know it: under one address, and sometimes not there. */
export class Door {
  readonly #origin: string;
  /** Requests that were under way when nobody answered any more. */
  cut = 0;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** @returns the answer, or null when there was none. */
  async ask(path: string, body?: unknown): Promise<unknown> {
    try {
      const response = await fetch(`${this.#origin}${path}`, {
        signal: AbortSignal.timeout(ANSWER_MS),
        ...(body === undefined
          ? {}
          : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
      });
      const answer: unknown = await response.json();
      return response.ok ? answer : null;
    } catch {
      if (body !== undefined) this.cut += 1;
      return null;
    }
  }

  async messages(userId: number): Promise<StormMessage[] | null> {
    const answer = await this.ask(`/sandbox/chats/${userId}`);
    return answer === null ? null : chatSchema.parse(answer).messages;
  }
}

/**
 * Writes a prompt and presses ✅, each until it is seen to have been done: what was cut off is looked for in the chat,
 * and done again only where it is not there. Whoever presses twice orders once.
 *
 * @throws Error when the order is not taken in four minutes.
 */
export async function placeOrder(door: Door, userId: number, prompt: string): Promise<void> {
  const deadline = Date.now() + ORDER_MS;
  let cardId: number | null = null;
  let touchedAt = 0;
  while (Date.now() < deadline) {
    const messages = await door.messages(userId);
    if (messages !== null) {
      const card = messages.find(
        (message) => message.from === "bot" && message.text?.includes(prompt) && yesOf(message),
      );
      if (card === undefined && cardId !== null) return;
      cardId = card?.messageId ?? null;
      if (Date.now() - touchedAt > PATIENCE_MS) {
        const isSaid = messages.some((message) => message.from === "user" && message.text === prompt);
        if (!isSaid) await door.ask(`/sandbox/chats/${userId}/messages`, { text: prompt });
        else if (card !== undefined) {
          await door.ask(`/sandbox/chats/${userId}/taps`, { messageId: card.messageId, data: yesOf(card) });
          touchedAt = Date.now();
        }
      }
    }
    await sleep(120);
  }
  const messages = (await door.messages(userId)) ?? [];
  throw new Error(`«${prompt}» was not taken. The end of the chat:\n${JSON.stringify(messages.slice(-3), null, 1)}`);
}

function yesOf(message: StormMessage): string | undefined {
  return message.keyboard?.flat().find(({ text }) => text.startsWith("✅"))?.data;
}
