// @ts-check
/** Text with Telegram's entities as DOM nodes. */

import { el } from "./dom.js";

/** @import { Entity } from "./types.js" */

/**
 * @typedef {object} TextActions
 * @property {(command: string) => void} onCommand A tapped `/command`.
 * @property {(payload: string) => void} onStartLink A tapped deep link to the bot.
 * @property {(text: string) => void} onCopy A tapped piece of code.
 */

/** Telegram's server marks these in plain text; the page marks them too when the server did not. */
const PLAIN = [
  { type: "url", pattern: /https?:\/\/[^\s<>"«»]*[^\s<>"«».,;:!?)\]}]/gu },
  { type: "bot_command", pattern: /(?<![\p{L}\p{N}/_.])\/[a-z][a-z0-9_]{0,31}(?![\w/.])/gu },
];

/**
 * @param {string} text
 * @param {Entity[]} entities
 * @param {TextActions} actions
 * @returns {DocumentFragment}
 */
export function renderText(text, entities, actions) {
  const all = [...entities, ...findPlainEntities(text, entities)]
    .filter((entity) => entity.length > 0 && entity.offset >= 0 && entity.offset < text.length)
    .sort((a, b) => a.offset - b.offset || b.length - a.length);
  const fragment = document.createDocumentFragment();
  renderRange(fragment, text, 0, text.length, all, actions);
  return fragment;
}

/**
 * @param {string} text
 * @param {Entity[]} entities
 * @returns {Entity[]}
 */
function findPlainEntities(text, entities) {
  const opaque = new Set(["url", "text_link", "bot_command", "code", "pre", "mention", "email", "text_mention"]);
  const taken = entities.filter((entity) => opaque.has(entity.type));
  /** @type {Entity[]} */
  const found = [];
  for (const { type, pattern } of PLAIN) {
    for (const match of text.matchAll(pattern)) {
      const end = match.index + match[0].length;
      const isFree = [...taken, ...found].every(
        (entity) => end <= entity.offset || match.index >= entity.offset + entity.length,
      );
      if (isFree) found.push({ type, offset: match.index, length: match[0].length });
    }
  }
  return found;
}

/**
 * Entities are sorted, outer before inner. One that sticks out of its parent is cut at its end.
 *
 * @param {Node} parent
 * @param {string} text
 * @param {number} start
 * @param {number} end
 * @param {Entity[]} entities
 * @param {TextActions} actions
 */
function renderRange(parent, text, start, end, entities, actions) {
  let position = start;
  let index = 0;
  while (index < entities.length) {
    const entity = entities[index];
    index += 1;
    if (!entity) continue;
    const entityStart = Math.max(position, entity.offset);
    const entityEnd = Math.min(end, entity.offset + entity.length);
    if (entityStart >= entityEnd) continue;
    const inner = [];
    for (let next = entities[index]; next && next.offset < entityEnd; next = entities[index]) {
      inner.push(next);
      index += 1;
    }
    if (entityStart > position) parent.appendChild(document.createTextNode(text.slice(position, entityStart)));
    const node = entityNode(entity, text.slice(entityStart, entityEnd), actions);
    renderRange(node, text, entityStart, entityEnd, inner, actions);
    parent.appendChild(node);
    // A block ends its line by itself: the line break after it would be seen as an empty line.
    position = BLOCKS.has(entity.type) && text[entityEnd] === "\n" ? Math.min(end, entityEnd + 1) : entityEnd;
  }
  if (position < end) parent.appendChild(document.createTextNode(text.slice(position, end)));
}

const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);

const PLAIN_TAGS = /** @type {const} */ ({
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
});

/**
 * @param {Entity} entity
 * @param {string} content
 * @param {TextActions} actions
 * @returns {HTMLElement}
 */
function entityNode(entity, content, actions) {
  switch (entity.type) {
    case "bold":
    case "italic":
    case "underline":
    case "strikethrough":
    case "blockquote":
    case "expandable_blockquote":
      return el(PLAIN_TAGS[entity.type]);
    case "code":
    case "pre":
      return tappable(el(entity.type), "Скопировать", () => actions.onCopy(content));
    case "spoiler":
      return spoiler();
    case "bot_command":
      return tappable(el("span", { class: "link" }), "Отправить команду", () => actions.onCommand(content));
    case "text_link":
      return link(entity.url ?? "", actions);
    case "url":
      return link(/^[a-z][a-z0-9+.-]*:/i.test(content) ? content : `https://${content}`, actions);
    case "email":
      return link(`mailto:${content}`, actions);
    case "mention":
    case "hashtag":
    case "cashtag":
    case "phone_number":
    case "text_mention":
      return el("span", { class: "link passive" });
    default:
      return el("span");
  }
}

/**
 * @param {HTMLElement} node
 * @param {string} title
 * @param {() => void} onTap
 */
function tappable(node, title, onTap) {
  node.tabIndex = 0;
  node.title = title;
  node.setAttribute("role", "button");
  node.addEventListener("click", onTap);
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      onTap();
    }
  });
  return node;
}

function spoiler() {
  const node = el("span", { class: "spoiler", attrs: { "aria-label": "Скрытый текст" } });
  return tappable(node, "Показать", () => {
    node.classList.add("revealed");
    node.removeAttribute("aria-label");
    node.removeAttribute("title");
  });
}

/**
 * @param {string} url
 * @param {TextActions} actions
 */
function link(url, actions) {
  const safe = safeUrl(url);
  if (!safe) return el("span");
  const payload = startPayload(safe);
  return el("a", {
    class: "link",
    attrs: { href: safe, target: "_blank", rel: "noopener noreferrer", title: safe },
    on: {
      click: (event) => {
        if (payload === undefined) return;
        event.preventDefault();
        actions.onStartLink(payload);
      },
    },
  });
}

/**
 * Only schemes that a messenger opens; a `javascript:` link of a faulty message must not run here.
 *
 * @param {string} url
 * @returns {string | undefined}
 */
export function safeUrl(url) {
  try {
    const parsed = new URL(url);
    return ["http:", "https:", "mailto:", "tg:", "tel:"].includes(parsed.protocol) ? parsed.href : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The payload of `https://t.me/<bot>?start=<payload>` and `tg://resolve?…&start=<payload>`. There is one bot in the sandbox,
 * so its name is not compared.
 *
 * @param {string} url
 * @returns {string | undefined}
 */
export function startPayload(url) {
  const parsed = new URL(url);
  const isBotLink = parsed.hostname === "t.me" || parsed.hostname === "telegram.me" || parsed.protocol === "tg:";
  return isBotLink ? (parsed.searchParams.get("start") ?? undefined) : undefined;
}
