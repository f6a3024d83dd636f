// @ts-check
/** Short messages over the page: answers to a tapped button, the page's own notices, and questions. */

import { el, textButton } from "./dom.js";

const SNACK_MS = 3000;

/** @type {HTMLElement | undefined} */
let snack;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let snackTimer;

/**
 * @param {string} text
 * @param {string} testId
 */
function showSnack(text, testId) {
  snack?.remove();
  clearTimeout(snackTimer);
  snack = el("div", { class: "snack", text, testId, attrs: { role: "status", popover: "manual" } });
  document.body.append(snack);
  // A popover lies in the top layer, so the snack is seen over an open dialog too.
  snack.showPopover();
  snackTimer = setTimeout(() => snack?.remove(), SNACK_MS);
}

/**
 * The text of answerCallbackQuery.
 *
 * @param {string} text
 */
export const showToast = (text) => showSnack(text, "toast");

/**
 * Something the page itself says: "Скопировано", a refusal of the server.
 *
 * @param {string} text
 */
export const showNotice = (text) => showSnack(text, "notice");

/** @param {unknown} error */
export const showError = (error) => showNotice(error instanceof Error ? error.message : "Что-то пошло не так");

/** @type {Promise<unknown>} */
let lastAlert = Promise.resolve();

/**
 * answerCallbackQuery with `show_alert`. Several alerts are shown one after another.
 *
 * @param {string} text
 */
export function showAlert(text) {
  lastAlert = lastAlert.then(() => {
    const ok = textButton("OK", () => dialog.close(), { class: "flat", attrs: { autofocus: true } });
    const dialog = openDialog({ class: "alert", testId: "alert", label: "Сообщение бота" }, [
      el("p", { class: "dialog-text", text }),
      el("div", { class: "dialog-actions" }, ok),
    ]);
    return closed(dialog);
  });
}

/**
 * @param {{title: string, text: string, confirm: string, isDangerous?: boolean}} question
 * @returns {Promise<boolean>}
 */
export async function askConfirmation({ title, text, confirm, isDangerous = false }) {
  let isConfirmed = false;
  const dialog = openDialog({ class: "alert", testId: "confirm", label: title }, [
    el("h2", { text: title }),
    el("p", { class: "dialog-text", text }),
    el(
      "div",
      { class: "dialog-actions" },
      textButton("Отмена", () => dialog.close(), { class: "flat" }),
      textButton(
        confirm,
        () => {
          isConfirmed = true;
          dialog.close();
        },
        { class: isDangerous ? "flat danger" : "flat", testId: "confirm-yes" },
      ),
    ),
  ]);
  await closed(dialog);
  return isConfirmed;
}

/**
 * A modal dialog that removes itself when closed, by a button, Escape or a tap outside.
 *
 * @param {{class: string, testId?: string, label: string}} options
 * @param {Node[]} children
 */
export function openDialog(options, children) {
  const dialog = el(
    "dialog",
    { class: options.class, attrs: { "aria-label": options.label }, ...(options.testId && { testId: options.testId }) },
    ...children,
  );
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("mousedown", (event) => {
    if (event.target !== dialog) return;
    const box = dialog.getBoundingClientRect();
    const isInside =
      event.clientX >= box.left &&
      event.clientX <= box.right &&
      event.clientY >= box.top &&
      event.clientY <= box.bottom;
    if (!isInside) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/**
 * @param {HTMLDialogElement} dialog
 * @returns {Promise<void>}
 */
const closed = (dialog) => new Promise((resolve) => dialog.addEventListener("close", () => resolve(), { once: true }));

/**
 * @param {string} text
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    showNotice("Скопировано");
  } catch {
    // Without the clipboard permission the text is at least shown, so that a person can copy it by hand.
    const dialog = openDialog({ class: "alert", label: "Скопируйте текст" }, [
      el("h2", { text: "Скопируйте текст" }),
      el("textarea", {
        class: "field",
        text,
        attrs: { readonly: true, rows: 3, "aria-label": "Текст для копирования" },
      }),
      el(
        "div",
        { class: "dialog-actions" },
        textButton("Закрыть", () => dialog.close(), { class: "flat" }),
      ),
    ]);
    dialog.querySelector("textarea")?.select();
  }
}
