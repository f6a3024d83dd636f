// @ts-check
/** The list of bubbles: keeps what is drawn in step with the messages, and the reader's place in it. */

import { el } from "./dom.js";
import { dayKey, formatDay } from "./format.js";
import { icon } from "./icons.js";
import { createRow } from "./message-row.js";

/** @import { Row, RowActions } from "./message-row.js" */
/** @import { Message } from "./types.js" */

const NEAR_BOTTOM_PX = 60;

/** @param {Omit<RowActions, "onJump">} actions */
export function createChatView(actions) {
  const list = el("div", { class: "messages", attrs: { role: "log", "aria-label": "Сообщения" } });
  const state = el("div", { class: "chat-state" });
  const scroller = el("div", { class: "scroller", attrs: { tabindex: -1 } }, list, state);
  const counter = el("span", { class: "down-count" });
  const down = el(
    "button",
    {
      class: "down-button",
      testId: "scroll-down",
      attrs: { type: "button", "aria-label": "Вниз, к новым сообщениям" },
      on: { click: () => scrollToBottom("smooth") },
    },
    icon("down"),
    counter,
  );
  const element = el("div", { class: "chat-area" }, scroller, down);

  /** @type {Map<string, {element: HTMLElement, update: (row: Row) => void}>} */
  const rows = new Map();
  /** @type {Map<string, HTMLElement>} */
  const days = new Map();
  let isAtBottom = true;
  let newCount = 0;
  let lastSeenId = 0;

  let lastTop = 0;
  scroller.addEventListener("scroll", () => {
    const isNearBottom = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_BOTTOM_PX;
    // A picture that grows moves the bottom away; only going up means that the reader left it.
    if (isNearBottom) isAtBottom = true;
    else if (scroller.scrollTop < lastTop) isAtBottom = false;
    lastTop = scroller.scrollTop;
    if (isAtBottom) newCount = 0;
    showDownButton();
  });
  // Pictures get their size late and the composer grows: the reader at the bottom stays there.
  const sizes = new ResizeObserver(() => {
    if (isAtBottom) scrollToBottom("instant");
  });
  sizes.observe(list);
  sizes.observe(scroller);

  /** @param {"smooth" | "instant"} behavior */
  function scrollToBottom(behavior) {
    scroller.scrollTo({ top: scroller.scrollHeight, behavior });
  }

  function showDownButton() {
    down.classList.toggle("shown", !isAtBottom);
    counter.textContent = newCount > 0 ? String(newCount) : "";
  }

  /** @param {number} messageId */
  function jumpTo(messageId) {
    const target = list.querySelector(`[data-message-id="${messageId}"], [data-testid="message-${messageId}"]`);
    if (!(target instanceof HTMLElement)) return;
    target.scrollIntoView({ block: "center", behavior: "smooth" });
    target.classList.add("highlight");
    setTimeout(() => target.classList.remove("highlight"), 1600);
  }

  /**
   * @param {Message[]} messages Confirmed ones first, then those under way.
   * @param {number} nowMs Virtual time.
   */
  function render(messages, nowMs) {
    const wanted = arrange(messages);
    const isFirst = rows.size === 0;
    const newest = messages.reduce((highest, message) => Math.max(highest, message.messageId), 0);
    const arrived = messages.filter((message) => message.messageId > lastSeenId && message.from === "bot").length;
    const hasOwnNew = wanted.some(({ key, row }) => row?.messages[0]?.from === "user" && !rows.has(key));
    const nodes = wanted.map(({ key, row, date }) => (row ? drawRow(key, row) : drawDay(key, date, nowMs)));
    forgetOthers(new Set(wanted.map(({ key }) => key)));
    nodes.forEach((node, index) => {
      if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null);
    });
    lastSeenId = newest;
    if (isFirst || hasOwnNew) isAtBottom = true;
    if (isAtBottom) scrollToBottom("instant");
    else newCount += arrived;
    showDownButton();
  }

  const rowActions = { ...actions, onJump: jumpTo };

  /**
   * @param {string} key
   * @param {Row} row
   */
  function drawRow(key, row) {
    let view = rows.get(key);
    const [first] = row.messages;
    if (!view && first) {
      view = createRow(first, rowActions);
      rows.set(key, view);
    }
    view?.update(row);
    return /** @type {HTMLElement} */ (view?.element);
  }

  /**
   * @param {string} key
   * @param {number} date
   * @param {number} nowMs
   */
  function drawDay(key, date, nowMs) {
    const node = days.get(key) ?? el("div", { class: "day" }, el("span"));
    days.set(key, node);
    const label = formatDay(date, nowMs);
    if (node.firstElementChild && node.textContent !== label) node.firstElementChild.textContent = label;
    return node;
  }

  /** @param {Set<string>} kept */
  function forgetOthers(kept) {
    for (const [key, view] of rows) {
      if (kept.has(key)) continue;
      view.element.remove();
      rows.delete(key);
    }
    for (const [key, node] of days) {
      if (kept.has(key)) continue;
      node.remove();
      days.delete(key);
    }
  }

  return {
    element,
    scroller,
    render,
    /** Forgets the chat of the previous user. */
    clear() {
      forgetOthers(new Set());
      isAtBottom = true;
      newCount = 0;
      lastSeenId = 0;
      showDownButton();
    },
    /** Shows something in place of messages: loading, an error, an empty chat. @param {Node | null} node */
    showState(node) {
      state.replaceChildren(...(node ? [node] : []));
    },
  };
}

/**
 * Puts albums together, finds quotes and last bubbles of a sender, and sets a mark before each day.
 *
 * @param {Message[]} messages
 * @returns {{key: string, date: number, row?: Row}[]}
 */
function arrange(messages) {
  const byId = new Map(messages.map((message) => [message.messageId, message]));
  /** @type {Message[][]} */
  const groups = [];
  for (const message of messages) {
    const previous = groups.at(-1)?.[0];
    const isSameAlbum =
      message.mediaGroupId !== undefined &&
      previous?.mediaGroupId === message.mediaGroupId &&
      previous.from === message.from;
    if (isSameAlbum) groups.at(-1)?.push(message);
    else groups.push([message]);
  }
  /** @type {{key: string, date: number, row?: Row}[]} */
  const wanted = [];
  groups.forEach((group, index) => {
    const [first] = group;
    if (!first) return;
    const before = groups[index - 1]?.[0];
    const after = groups[index + 1]?.[0];
    if (!before || dayKey(before.date) !== dayKey(first.date)) {
      wanted.push({ key: `day-${dayKey(first.date)}-${first.messageId}`, date: first.date });
    }
    const isLast = !after || after.from !== first.from || dayKey(after.date) !== dayKey(first.date);
    const quoted = first.replyTo === undefined ? undefined : byId.get(first.replyTo);
    wanted.push({
      key: `message-${first.messageId}`,
      date: first.date,
      row: { key: `message-${first.messageId}`, messages: group, isLast, quoted },
    });
  });
  return wanted;
}
