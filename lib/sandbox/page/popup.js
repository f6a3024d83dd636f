// @ts-check
/** A menu that opens over a button. */

import { el } from "./dom.js";

/**
 * @param {HTMLElement} opener
 * @param {HTMLElement} container Gets the menu as its child.
 * @param {string} className
 * @param {string} label
 */
export function createPopup(opener, container, className, label) {
  const element = el("div", {
    class: `popup ${className}`,
    testId: className,
    attrs: { role: "menu", "aria-label": label, hidden: true },
  });
  container.append(element);
  opener.setAttribute("aria-haspopup", "menu");
  opener.setAttribute("aria-expanded", "false");

  /** @param {boolean} isOpen */
  function setOpen(isOpen) {
    element.hidden = !isOpen;
    opener.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) element.querySelector("button")?.focus();
  }

  document.addEventListener("pointerdown", (event) => {
    const target = /** @type {Node} */ (event.target);
    if (!element.hidden && !element.contains(target) && !opener.contains(target)) setOpen(false);
  });
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      setOpen(false);
      opener.focus();
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const items = [...element.querySelectorAll("button")];
    const index = items.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    items.at((index + (event.key === "ArrowDown" ? 1 : -1)) % items.length)?.focus();
  });

  return {
    open: () => setOpen(true),
    close: () => setOpen(false),
    toggle: () => setOpen(element.hidden === true),
    isOpen: () => !element.hidden,
    /**
     * @param {{children: Node[], testId: string, onPick: () => void}[]} items
     * @param {string} [empty] Shown when there are no items.
     */
    fill(items, empty = "Загружаем…") {
      const buttons = items.map(({ children, testId, onPick }) =>
        el(
          "button",
          {
            class: "popup-item",
            testId,
            attrs: { type: "button", role: "menuitem" },
            on: {
              click: () => {
                setOpen(false);
                onPick();
              },
            },
          },
          ...children,
        ),
      );
      element.replaceChildren(...(buttons.length > 0 ? buttons : [el("p", { class: "popup-empty", text: empty })]));
      if (!element.hidden) buttons[0]?.focus();
    },
  };
}
