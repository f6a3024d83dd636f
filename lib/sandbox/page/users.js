// @ts-check
/** The list of people one can play, and the form of a person. */

import { el, iconButton, textButton } from "./dom.js";
import { initials } from "./format.js";
import { icon } from "./icons.js";
import { summarize } from "./message-row.js";
import { openDialog } from "./notices.js";

/** @import { Message, Profile, User } from "./types.js" */

const LANGUAGES = [
  ["ru", "Русский"],
  ["en", "English"],
  ["uk", "Українська"],
  ["de", "Deutsch"],
  ["es", "Español"],
];

/**
 * @param {User | {userId: number, firstName: string}} user
 */
export function avatar(user) {
  const node = el("span", { class: "avatar", text: initials(user.firstName), attrs: { "aria-hidden": "true" } });
  node.style.setProperty("--hue", String((user.userId * 67) % 360));
  return node;
}

/**
 * @param {{onSelect: (userId: number) => void, onNew: () => void, onClose: () => void}} actions
 */
export function createUserList({ onSelect, onNew, onClose }) {
  const list = el("div", { class: "user-list" });
  const header = el(
    "header",
    { class: "side-header" },
    el("h2", { text: "Пользователи" }),
    iconButton("Закрыть", icon("close"), onClose, { class: "only-phone" }),
  );
  const add = el(
    "button",
    { class: "user-add", testId: "user-new", attrs: { type: "button" }, on: { click: onNew } },
    icon("userPlus"),
    el("span", { text: "Новый пользователь" }),
  );
  const element = el(
    "nav",
    { class: "users", testId: "users", attrs: { "aria-label": "Пользователи" } },
    header,
    list,
    add,
  );

  return {
    element,
    /**
     * @param {User[]} users
     * @param {number} currentId
     * @param {Set<number>} unread
     */
    render(users, currentId, unread) {
      const focused = list.contains(document.activeElement)
        ? document.activeElement?.getAttribute("data-testid")
        : null;
      list.replaceChildren(
        ...users.map((user) =>
          el(
            "button",
            {
              class: user.userId === currentId ? "user current" : "user",
              testId: `user-${user.userId}`,
              attrs: { type: "button", "aria-current": user.userId === currentId ? "true" : undefined },
              on: { click: () => onSelect(user.userId) },
            },
            avatar(user),
            el(
              "span",
              { class: "user-body" },
              el(
                "span",
                { class: "user-line" },
                el("span", { class: "ellipsis strong", text: user.firstName }),
                el("span", { class: "secondary tiny", text: `${user.languageCode} · ${user.userId}` }),
              ),
              el("span", { class: "ellipsis secondary", text: lastWords(user) }),
            ),
            unread.has(user.userId) ? el("span", { class: "unread", attrs: { "aria-label": "Есть новое" } }) : null,
          ),
        ),
      );
      if (focused) /** @type {HTMLElement | null} */ (list.querySelector(`[data-testid="${focused}"]`))?.focus();
    },
    focusCurrent() {
      /** @type {HTMLElement | null} */ (list.querySelector(".current, .user"))?.focus();
    },
  };
}

/** @param {User} user */
function lastWords(user) {
  const last = user.lastMessage;
  if (typeof last === "string" && last !== "") return last;
  if (typeof last === "object" && last !== null) return summarize(/** @type {Message} */ (last)) || "Сообщение";
  return user.username ? `@${user.username}` : "Ещё не писал боту";
}

/**
 * @param {{title: string, confirm: string, profile: Profile}} options
 * @returns {Promise<Profile | undefined>}
 */
export function askProfile({ title, confirm, profile }) {
  return new Promise((resolve) => {
    /** @type {Profile | undefined} */
    let answer;
    const name = el("input", {
      class: "field",
      testId: "profile-name",
      attrs: {
        value: profile.firstName,
        required: true,
        maxlength: 64,
        autocomplete: "off",
        autofocus: true,
        placeholder: "Анна",
      },
    });
    const username = el("input", {
      class: "field",
      testId: "profile-username",
      attrs: {
        value: profile.username,
        maxlength: 32,
        autocomplete: "off",
        placeholder: "anna",
        pattern: "[A-Za-z][A-Za-z0-9_]{3,31}",
        title: "Латинские буквы, цифры и подчёркивание, от 4 знаков",
      },
    });
    const known = LANGUAGES.some(([code]) => code === profile.languageCode);
    const languages = known ? LANGUAGES : [...LANGUAGES, [profile.languageCode, profile.languageCode]];
    const language = el(
      "select",
      { class: "field", testId: "profile-language" },
      ...languages.map(([code, label]) =>
        el("option", { text: label ?? "", attrs: { value: code, selected: code === profile.languageCode } }),
      ),
    );
    const form = el(
      "form",
      {
        attrs: { method: "dialog" },
        on: {
          submit: () => {
            answer = { firstName: name.value.trim(), username: username.value.trim(), languageCode: language.value };
          },
        },
      },
      el("h2", { text: title }),
      el("label", {}, "Имя", name),
      el("label", {}, "Имя пользователя (необязательно)", username),
      el("label", {}, "Язык Telegram", language),
      el(
        "div",
        { class: "dialog-actions" },
        textButton("Отмена", () => dialog.close(), { class: "flat" }),
        el("button", { class: "button", text: confirm, testId: "profile-save", attrs: { type: "submit" } }),
      ),
    );
    const dialog = openDialog({ class: "sheet", testId: "profile", label: title }, [form]);
    dialog.addEventListener("close", () => resolve(answer?.firstName ? answer : undefined));
  });
}
