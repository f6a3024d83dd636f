// @ts-check
/** The inline keyboard under a bubble. */

import { el } from "./dom.js";
import { safeUrl, startPayload } from "./entities.js";
import { icon } from "./icons.js";
import { copyText, showNotice } from "./notices.js";
import { keyboardRows } from "./pay.js";

/** @import { KeyboardButton, Message } from "./types.js" */

/**
 * @typedef {object} KeyboardActions
 * @property {(messageId: number, data: string) => Promise<void>} onTap Must not reject.
 * @property {(messageId: number) => void} onPay
 * @property {(payload: string) => void} onStartLink
 */

/** A tap shows its loading state at least so long, so that a person sees that it was taken. */
const SHORTEST_LOADING_MS = 250;

/** @param {KeyboardActions} actions */
export function createKeyboard(actions) {
  const element = el("div", { class: "keyboard" });
  /** Taps under way, as `<row>-<column>`; they outlive a redraw of the keyboard with the same button in the same place. */
  /** @type {Map<string, string>} */
  const loading = new Map();
  let signature = "";
  let messageId = 0;

  /**
   * @param {string} place
   * @param {string} data
   */
  async function tap(place, data) {
    if (loading.has(place)) return;
    loading.set(place, data);
    showLoading();
    await Promise.all([
      actions.onTap(messageId, data),
      new Promise((resolve) => setTimeout(resolve, SHORTEST_LOADING_MS)),
    ]);
    loading.delete(place);
    showLoading();
  }

  function showLoading() {
    for (const button of element.querySelectorAll("button")) {
      const place = button.dataset.place ?? "";
      const isLoading = loading.has(place) && loading.get(place) === button.dataset.data;
      button.classList.toggle("loading", isLoading);
      button.setAttribute("aria-busy", String(isLoading));
    }
  }

  /** @param {Message} message */
  function update(message) {
    messageId = message.messageId;
    const rows = keyboardRows(message);
    const next = JSON.stringify(rows);
    if (next === signature) return;
    signature = next;
    const focused = element.contains(document.activeElement)
      ? document.activeElement?.getAttribute("data-testid")
      : null;
    element.replaceChildren(
      ...rows.map((row, rowIndex) => keyboardRow(row, rowIndex, tap, () => actions.onPay(messageId), actions)),
    );
    showLoading();
    if (focused) /** @type {HTMLElement | null} */ (element.querySelector(`[data-testid="${focused}"]`))?.focus();
  }

  return { element, update };
}

/**
 * @param {KeyboardButton[]} row
 * @param {number} rowIndex
 * @param {(place: string, data: string) => Promise<void>} tap
 * @param {() => void} pay
 * @param {KeyboardActions} actions
 */
function keyboardRow(row, rowIndex, tap, pay, actions) {
  const node = el("div", { class: "keyboard-row" });
  row.forEach((button, columnIndex) => {
    const place = `${rowIndex}-${columnIndex}`;
    node.append(keyboardButton(button, place, tap, pay, actions));
  });
  return node;
}

/**
 * @param {KeyboardButton} button
 * @param {string} place
 * @param {(place: string, data: string) => Promise<void>} tap
 * @param {() => void} pay
 * @param {KeyboardActions} actions
 */
function keyboardButton(button, place, tap, pay, actions) {
  const { data, url, copyText: copied } = button;
  const corner = url !== undefined ? icon("external") : copied !== undefined ? icon("copy") : null;
  const node = el(
    "button",
    {
      class: "keyboard-button",
      testId: `button-${place}`,
      attrs: { type: "button", title: url ?? button.text },
      on: {
        click: () => {
          if (data !== undefined) return void tap(place, data);
          if (button.pay) return pay();
          if (url !== undefined) return openUrl(url, actions);
          if (copied !== undefined) return void copyText(copied);
          showNotice("В песочнице эта кнопка ничего не делает");
        },
      },
    },
    el("span", { class: "keyboard-label", text: button.text }),
    corner,
  );
  node.dataset.place = place;
  if (data !== undefined) node.dataset.data = data;
  return node;
}

/**
 * @param {string} url
 * @param {KeyboardActions} actions
 */
function openUrl(url, actions) {
  const safe = safeUrl(url);
  if (!safe) return showNotice("Ссылка этой кнопки не открывается");
  const payload = startPayload(safe);
  if (payload === undefined) window.open(safe, "_blank", "noopener");
  else actions.onStartLink(payload);
}
