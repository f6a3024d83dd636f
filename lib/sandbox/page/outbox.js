// @ts-check
/** Messages a person has sent and the server has not shown yet. They stand at the end of the chat with a clock, or with the reason they failed. */

/** @import { Attachment, Message } from "./types.js" */

/**
 * @typedef {object} Draft
 * @property {string} [text]
 * @property {Attachment} [attachment]
 * @property {string} [caption]
 * @property {number | undefined} replyTo
 * @property {string | undefined} [mediaGroupId]
 * @typedef {{userId: number, afterId: number, message: Message, send: () => Promise<unknown>}} Item
 */

/**
 * @param {{nowMs: () => number, onChange: (userId: number) => void, onSent: (userId: number) => Promise<void>}} options
 */
export function createOutbox({ nowMs, onChange, onSent }) {
  /** @type {Item[]} */
  let items = [];
  let lastId = 0;

  /**
   * @param {number} userId
   * @param {Draft} draft
   * @param {number} afterId The newest message of the chat now: the server's copy has a greater id.
   * @param {() => Promise<unknown>} send
   * @returns {Promise<boolean>} False when the sending failed.
   */
  function add(userId, draft, afterId, send) {
    lastId += 1;
    const item = { userId, afterId, message: toMessage(draft, -lastId, nowMs()), send };
    items.push(item);
    return attempt(item);
  }

  /** @param {Item} item */
  async function attempt(item) {
    item.message = { ...item.message, delivery: "sending" };
    onChange(item.userId);
    try {
      await item.send();
    } catch (error) {
      item.message = { ...item.message, delivery: "failed", failure: error instanceof Error ? error.message : "" };
      onChange(item.userId);
      return false;
    }
    await onSent(item.userId);
    remove(item);
    return true;
  }

  /** @param {Item} item */
  function remove(item) {
    if (!items.includes(item)) return;
    items = items.filter((other) => other !== item);
    for (const { url } of item.message.media ?? []) URL.revokeObjectURL(url);
    onChange(item.userId);
  }

  return {
    add,
    /** @param {Message} message */
    retry(message) {
      const item = items.find((other) => other.message.messageId === message.messageId);
      if (item) void attempt(item);
    },
    /** @param {Message} message */
    discard(message) {
      const item = items.find((other) => other.message.messageId === message.messageId);
      if (item) remove(item);
    },
    /**
     * What of the outbox is not among the server's messages yet. The server's copy may be seen before its answer to the
     * sending, and must not stand beside ours.
     *
     * @param {number} userId
     * @param {Message[]} confirmed
     */
    unconfirmed(userId, confirmed) {
      const taken = new Set();
      return items
        .filter((item) => item.userId === userId)
        .filter(({ message, afterId }) => {
          const copy = confirmed.find(
            (other) =>
              other.from === "user" &&
              other.messageId > afterId &&
              !taken.has(other.messageId) &&
              isSame(other, message),
          );
          if (copy) taken.add(copy.messageId);
          return copy === undefined;
        })
        .map(({ message }) => message);
    },
    clear() {
      for (const item of [...items]) remove(item);
    },
  };
}

/**
 * @param {Message} theirs
 * @param {Message} ours
 */
const isSame = (theirs, ours) =>
  (theirs.text ?? "") === (ours.text ?? "") &&
  (theirs.caption ?? "") === (ours.caption ?? "") &&
  (theirs.media?.length ?? 0) === (ours.media?.length ?? 0);

/**
 * @param {Draft} draft
 * @param {number} messageId
 * @param {number} nowMs
 * @returns {Message}
 */
function toMessage({ text, attachment, caption, replyTo, mediaGroupId }, messageId, nowMs) {
  const file = attachment?.file;
  return {
    messageId,
    from: "user",
    date: Math.floor(nowMs / 1000),
    ...(text !== undefined && { text }),
    ...(caption && { caption }),
    ...(replyTo !== undefined && { replyTo }),
    ...(mediaGroupId !== undefined && { mediaGroupId: `sending-${mediaGroupId}` }),
    ...(attachment &&
      file && {
        media: [
          {
            kind: attachment.kind,
            url: URL.createObjectURL(file),
            bytes: file.size,
            fileName: file.name,
            mime: file.type,
          },
        ],
      }),
  };
}
