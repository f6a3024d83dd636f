// @ts-check
/**
 * One bubble of the chat: a message, or an album of messages. A bubble is drawn once and afterwards changed part by part, so
 * that an edit neither restarts a playing film nor takes the focus from a button.
 */

import { el, iconButton, textButton } from "./dom.js";
import { renderText } from "./entities.js";
import { formatFullDate, formatTime, formatTimeWithSeconds } from "./format.js";
import { icon } from "./icons.js";
import { createKeyboard } from "./keyboard.js";
import { describeMedia, isVisual, mediaBlock } from "./media.js";
import { paymentWords } from "./pay.js";

/** @import { TextActions } from "./entities.js" */
/** @import { KeyboardActions } from "./keyboard.js" */
/** @import { Media, Message } from "./types.js" */

/**
 * @typedef {TextActions & KeyboardActions & {
 *   onReply: (message: Message) => void,
 *   onJump: (messageId: number) => void,
 *   onRetry: (message: Message) => void,
 *   onDiscard: (message: Message) => void,
 * }} RowActions
 * @typedef {object} Row
 * @property {string} key
 * @property {Message[]} messages More than one for an album; never empty.
 * @property {boolean} isLast The last bubble of its sender before the other one speaks: it has the tail.
 * @property {Message | undefined} quoted
 */

/**
 * @param {Message} message
 */
export const testIdOf = (message) =>
  message.messageId < 0 ? `pending-${-message.messageId}` : `message-${message.messageId}`;

/**
 * @param {Message} message
 */
export function summarize(message) {
  const words = message.text || message.caption || paymentWords(message)?.text;
  const media = message.media?.[0];
  return [media && !words ? describeMedia(media) : "", words ?? ""].join("").replaceAll(/\s+/g, " ").slice(0, 200);
}

/**
 * @param {Message} first Decides the side and the identity, which never change.
 * @param {RowActions} actions
 */
export function createRow(first, actions) {
  let message = first;
  const parts = {
    quote: el("div", { class: "part quote-part" }),
    media: el("div", { class: "part media-part" }),
    text: el("div", { class: "part" }),
    failure: el("div", { class: "part" }),
  };
  const bubble = el("div", { class: "bubble" }, parts.quote, parts.media, parts.text);
  const keyboard = createKeyboard(actions);
  const stack = el("div", { class: "stack" }, bubble, keyboard.element, parts.failure);
  const reply = iconButton("Ответить", icon("reply"), () => actions.onReply(message), {
    class: "reply-action",
    testId: "reply",
  });
  const side = first.from === "user" ? "out" : "in";
  const element = el("article", { class: `row ${side}` }, stack, first.messageId > 0 ? reply : null);
  bubble.addEventListener("dblclick", () => {
    if (message.messageId > 0 && getSelection()?.isCollapsed) actions.onReply(message);
  });
  // A touch screen has no hover: a tap on the bubble shows the reply button.
  bubble.addEventListener("click", () => element.classList.toggle("active"));

  /** @type {Map<HTMLElement, string>} */
  const drawn = new Map();
  /**
   * @param {HTMLElement} part
   * @param {unknown} subject Everything the part is drawn from.
   * @param {() => (Node | null)[]} draw
   */
  function redraw(part, subject, draw) {
    const signature = JSON.stringify(subject) ?? "";
    if (drawn.get(part) === signature) return;
    drawn.set(part, signature);
    part.replaceChildren(...draw().filter((node) => node !== null));
  }

  /** @param {Row} row */
  function update(row) {
    message = row.messages[0] ?? message;
    const text = captionOf(row.messages);
    const items = row.messages.flatMap((item, index) =>
      (item.media ?? []).map((media) => ({ media, ...(index > 0 && { testId: testIdOf(item) }) })),
    );
    const meta = metaOf(row.messages);
    element.dataset.testid = testIdOf(message);
    element.dataset.messageId = String(message.messageId);
    element.classList.toggle("last", row.isLast);
    const looks = {
      "has-visual": items.length > 0 && items.every(({ media }) => isVisual(media)),
      bare: text.text === "" && items.length > 0 && items.every(({ media }) => media.kind === "sticker"),
      "media-only": text.text === "" && items.length > 0 && items.every(({ media }) => isVisual(media)),
      "has-keyboard": (message.keyboard?.length ?? 0) > 0,
    };
    for (const [name, isOn] of Object.entries(looks)) bubble.classList.toggle(name, isOn);
    stack.classList.toggle("narrow", looks["has-visual"]);
    redraw(parts.quote, [message.replyTo, row.quoted && [summarize(row.quoted), row.quoted.from]], () => [
      message.replyTo === undefined ? null : quoteBlock(message.replyTo, row.quoted, actions),
    ]);
    redraw(parts.media, items, () => [items.length === 0 ? null : mediaBlock(items)]);
    redraw(parts.text, [text, meta], () => [textBlock(text, meta, actions)]);
    redraw(parts.failure, [message.delivery === "failed", message.failure], () => [
      message.delivery === "failed" ? failureBlock(message, actions) : null,
    ]);
    keyboard.update(message);
  }

  return { element, update };
}

/**
 * @param {Message[]} messages
 */
function captionOf(messages) {
  const [only] = messages;
  if (only && messages.length === 1) {
    const words = paymentWords(only);
    if (words) return words;
    return only.text === undefined
      ? { text: only.caption ?? "", entities: only.captionEntities ?? [] }
      : { text: only.text, entities: only.entities ?? [] };
  }
  const captioned = messages.filter((message) => message.caption);
  const [single] = captioned;
  if (single && captioned.length === 1) return { text: single.caption ?? "", entities: single.captionEntities ?? [] };
  return { text: captioned.map((message) => message.caption).join("\n"), entities: [] };
}

/** @param {Message[]} messages */
function metaOf(messages) {
  const [first] = messages;
  return {
    date: first?.date ?? 0,
    isEdited: messages.some((message) => message.edited),
    isOwn: first?.from === "user",
    delivery: first?.delivery ?? /** @type {const} */ ("sent"),
  };
}

const DELIVERY_ICONS = /** @type {const} */ ({ sending: "clock", failed: "warning", sent: "checks" });

/**
 * @param {ReturnType<typeof captionOf>} text
 * @param {ReturnType<typeof metaOf>} meta
 * @param {TextActions} actions
 */
function textBlock(text, meta, actions) {
  const { date, isEdited, isOwn, delivery } = meta;
  const moment = new Date(date * 1000);
  const metaNode = el(
    "span",
    { class: "meta", attrs: { title: `${formatFullDate(moment)}, ${formatTimeWithSeconds(date * 1000)} (МСК)` } },
    isEdited ? el("span", { text: "изм." }) : null,
    el("time", { text: formatTime(date), attrs: { datetime: moment.toISOString() } }),
  );
  if (isOwn) metaNode.append(icon(DELIVERY_ICONS[delivery]));
  const block = el("div", { class: "text" });
  if (text.text !== "") block.append(el("span", { class: "words" }, renderText(text.text, text.entities, actions)));
  block.append(metaNode);
  return block;
}

/**
 * @param {number} messageId
 * @param {Message | undefined} quoted
 * @param {RowActions} actions
 */
function quoteBlock(messageId, quoted, actions) {
  const author = quoted ? (quoted.from === "bot" ? "Бот" : "Вы") : "Ответ";
  const photo = /** @type {Media | undefined} */ (quoted?.media?.find((media) => media.kind === "photo"));
  return el(
    "button",
    { class: "quote", attrs: { type: "button" }, on: { click: () => actions.onJump(messageId) } },
    photo ? el("img", { attrs: { src: photo.url, alt: "" } }) : null,
    el(
      "span",
      { class: "quote-body" },
      el("span", { class: "quote-author", text: author }),
      el("span", { class: "ellipsis", text: quoted ? summarize(quoted) : "Сообщение удалено" }),
    ),
  );
}

/**
 * @param {Message} message
 * @param {RowActions} actions
 */
function failureBlock(message, actions) {
  return el(
    "div",
    { class: "failure", attrs: { role: "alert" } },
    el("span", { text: `Не отправлено. ${message.failure ?? ""}` }),
    textButton("Повторить", () => actions.onRetry(message), { class: "flat small" }),
    textButton("Удалить", () => actions.onDiscard(message), { class: "flat small" }),
  );
}
