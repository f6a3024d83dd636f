/**
 * The pacing limits of the real server, as far as its FAQ tells them: one message a second in a chat, 20 a minute in a
 * group, 30 a second over all; and 20 edits a minute in a chat, which is what bots report. Short bursts, which the real
 * server lets pass, are refused here: a bot that lives with this lives with that.
 *
 * @see https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
 */
import { SECOND_MS } from "../../shared/clock.ts";

interface Limit {
  name: string;
  /** So many units pass at once when nothing was sent for long. */
  most: number;
  perSecond: number;
}

const CHAT: Limit = { name: "chat", most: 1, perSecond: 1 };
const GROUP: Limit = { name: "group", most: 20, perSecond: 20 / 60 };
const EVERYBODY: Limit = { name: "all", most: 30, perSecond: 30 };
const EDITS: Limit = { name: "edits", most: 20, perSecond: 20 / 60 };

interface Bucket {
  units: number;
  atMs: number;
}

/** Leaky buckets in virtual time. An album is one call, and takes a unit for each of its messages afterwards. */
export class Pacing {
  readonly #buckets = new Map<string, Bucket>();

  /** Whole seconds to wait, at least one; `undefined` when the call may go on, which then counts. */
  refuse(method: string, values: Readonly<Record<string, unknown>>, nowMs: number): number | undefined {
    const limits = limitsOf(method, Number(values["chat_id"]));
    const buckets = limits.map(([key, limit]) => ({ key, limit, bucket: this.#now(key, limit, nowMs) }));
    const waits = buckets.map(({ limit, bucket }) => (1 - bucket.units) / limit.perSecond);
    const longest = Math.max(0, ...waits);
    if (longest > 0) return Math.max(1, Math.ceil(longest));
    const units = unitsOf(method, values);
    for (const { key, bucket } of buckets) this.#buckets.set(key, { ...bucket, units: bucket.units - units });
    return undefined;
  }

  clear(): void {
    this.#buckets.clear();
  }

  #now(key: string, { most, perSecond }: Limit, nowMs: number): Bucket {
    const bucket = this.#buckets.get(key) ?? { units: most, atMs: nowMs };
    const grown = bucket.units + ((nowMs - bucket.atMs) / SECOND_MS) * perSecond;
    return { units: Math.min(most, grown), atMs: nowMs };
  }
}

function limitsOf(method: string, chatId: number): [key: string, limit: Limit][] {
  const isSending = method.startsWith("send") && method !== "sendChatAction";
  const isEditing = method.startsWith("editMessage");
  if (!isSending && !isEditing) return [];
  const own = isEditing ? EDITS : chatId < 0 ? GROUP : CHAT;
  return [
    [`${own.name}:${chatId}`, own],
    [EVERYBODY.name, EVERYBODY],
  ];
}

function unitsOf(method: string, values: Readonly<Record<string, unknown>>): number {
  if (method !== "sendMediaGroup") return 1;
  const { media } = values;
  const items: unknown = typeof media === "string" ? JSON.parse(media) : media;
  return Array.isArray(items) ? Math.max(1, items.length) : 1;
}
