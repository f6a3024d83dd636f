// @ts-check
/** Small helpers that build DOM nodes. Data reaches the page as text nodes and attributes only, never as markup. */

/**
 * @typedef {object} ElementOptions
 * @property {string} [class]
 * @property {string} [text]
 * @property {string} [testId]
 * @property {Record<string, string | number | boolean | undefined>} [attrs] `true` sets an empty attribute; `false` and `undefined` set none.
 * @property {Record<string, (event: any) => void>} [on]
 */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {ElementOptions} [options]
 * @param {...(Node | string | null | undefined)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, options = {}, ...children) {
  const node = document.createElement(tag);
  if (options.class) node.className = options.class;
  if (options.text !== undefined) node.textContent = options.text;
  if (options.testId) node.dataset.testid = options.testId;
  for (const [name, value] of Object.entries(options.attrs ?? {})) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== undefined) node.setAttribute(name, String(value));
  }
  for (const [name, listener] of Object.entries(options.on ?? {})) node.addEventListener(name, listener);
  for (const child of children) if (child !== null && child !== undefined) node.append(child);
  return node;
}

/**
 * A button with an icon and an accessible name.
 *
 * @param {string} label Spoken name and tooltip.
 * @param {Node} image
 * @param {() => void} onClick
 * @param {ElementOptions} [options]
 */
export function iconButton(label, image, onClick, options = {}) {
  return el(
    "button",
    {
      ...options,
      class: `icon-button ${options.class ?? ""}`.trim(),
      attrs: { type: "button", "aria-label": label, title: label, ...options.attrs },
      on: { click: onClick, ...options.on },
    },
    image,
  );
}

/**
 * @param {string} label
 * @param {() => void} onClick
 * @param {ElementOptions} [options]
 */
export function textButton(label, onClick, options = {}) {
  return el("button", {
    ...options,
    class: `button ${options.class ?? ""}`.trim(),
    text: label,
    attrs: { type: "button", ...options.attrs },
    on: { click: onClick, ...options.on },
  });
}

/**
 * Disables a button while its work is under way and shows a spinner in it.
 *
 * @param {HTMLButtonElement} button
 * @param {() => Promise<unknown>} work
 */
export async function whileBusy(button, work) {
  if (button.disabled) return;
  button.disabled = true;
  button.classList.add("busy");
  try {
    await work();
  } finally {
    button.disabled = false;
    button.classList.remove("busy");
  }
}
