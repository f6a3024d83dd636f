// @ts-check
/** The frame of the page: people on the left, the chat in the middle, the panel on the right; drawers on a phone. */

import { el, iconButton, textButton } from "./dom.js";
import { icon } from "./icons.js";
import { avatar } from "./users.js";

/** @import { User } from "./types.js" */

const ACTIONS_IN_RUSSIAN = {
  typing: "печатает",
  upload_photo: "отправляет фото",
  record_video: "записывает видео",
  upload_video: "отправляет видео",
  record_voice: "записывает голосовое",
  upload_voice: "отправляет голосовое",
  upload_document: "отправляет файл",
  choose_sticker: "выбирает стикер",
  find_location: "ищет место",
};

/**
 * @param {{users: HTMLElement, chat: HTMLElement, composer: HTMLElement, panel: HTMLElement}} parts
 * @param {{onRetry: () => void, onPanelOpen: () => void, onUsersOpen: () => void}} actions
 */
export function createLayout(parts, actions) {
  const status = el("span", { class: "chat-status", testId: "status", attrs: { "aria-live": "polite" } });
  const userSwitch = el("button", {
    class: "user-switch",
    testId: "user-switch",
    attrs: { type: "button" },
    on: { click: openUsers },
  });
  const panelButton = iconButton("Песочница", icon("flask"), togglePanel, {
    testId: "panel-open",
    attrs: { "aria-expanded": "false" },
  });
  const header = el(
    "header",
    { class: "chat-header" },
    el("span", { class: "avatar bot", text: "🤖", attrs: { "aria-hidden": "true" } }),
    el("div", { class: "chat-title" }, el("h1", { text: "Бот генераций" }), status),
    userSwitch,
    panelButton,
  );
  const banner = el(
    "div",
    { class: "banner", testId: "connection-lost", attrs: { role: "alert", hidden: true } },
    el("span", { text: "Нет связи с песочницей. Пробуем снова…" }),
    textButton("Повторить", actions.onRetry, { class: "flat small" }),
  );
  const bottom = el("div", { class: "bottom" }, parts.composer);
  const chat = el("main", { class: "chat" }, el("div", { class: "wallpaper" }), header, banner, parts.chat, bottom);
  const veil = el("div", { class: "veil", on: { click: closeDrawers } });
  const element = el("div", { class: "app" }, parts.users, chat, parts.panel, veil);
  const phone = matchMedia("(max-width: 899px)");

  /** On a wide page the list is always there: the button takes the keyboard to it. */
  function openUsers() {
    element.classList.remove("panel-shown");
    element.classList.toggle("users-shown", phone.matches);
    actions.onUsersOpen();
    settle();
  }

  function togglePanel() {
    const isShown = element.classList.toggle("panel-shown");
    element.classList.remove("users-shown");
    settle();
    if (isShown) actions.onPanelOpen();
  }

  function closeDrawers() {
    element.classList.remove("panel-shown", "users-shown");
    settle();
  }

  /** What is out of sight is out of reach of the keyboard and of screen readers too. */
  function settle() {
    const isPanelShown = element.classList.contains("panel-shown");
    panelButton.setAttribute("aria-expanded", String(isPanelShown));
    parts.panel.inert = !isPanelShown;
    parts.users.inert = phone.matches && !element.classList.contains("users-shown");
  }

  phone.addEventListener("change", settle);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) closeDrawers();
  });
  settle();

  return {
    element,
    chat,
    bottom,
    closeDrawers,
    closeUsers() {
      element.classList.remove("users-shown");
      settle();
    },
    isPanelShown: () => element.classList.contains("panel-shown"),
    /** @param {boolean} isOnline */
    showConnection(isOnline) {
      banner.hidden = isOnline;
    },
    /** @param {User} user */
    showUser(user) {
      userSwitch.replaceChildren(avatar(user), el("span", { class: "ellipsis", text: user.firstName }));
      userSwitch.setAttribute("aria-label", `Вы играете за: ${user.firstName}. Сменить пользователя`);
      userSwitch.title = "Сменить пользователя";
    },
    /** @param {string | boolean | undefined} typing Telegram's chat action. */
    showTyping(typing) {
      const action = typing === true ? "typing" : typing;
      if (!action) {
        status.classList.remove("active");
        status.textContent = "бот";
        return;
      }
      status.classList.add("active");
      const words =
        Object.entries(ACTIONS_IN_RUSSIAN).find(([name]) => name === action)?.[1] ?? ACTIONS_IN_RUSSIAN.typing;
      if (status.textContent !== words)
        status.replaceChildren(words, el("span", { class: "dots", attrs: { "aria-hidden": "true" } }));
    },
  };
}
