// @ts-check
/** The bottom of the chat: the line for text, the menu of commands, attachments and the reply being written. */

import { el, iconButton } from "./dom.js";
import { icon } from "./icons.js";
import { describeMedia } from "./media.js";
import { summarize } from "./message-row.js";
import { createPopup } from "./popup.js";

/** @import { Command, Message, SendKind } from "./types.js" */

const KINDS = /** @type {const} */ ([
  { kind: "photo", label: "Фото", image: "photo", accept: "image/*" },
  { kind: "video", label: "Видео", image: "video", accept: "video/*" },
  { kind: "audio", label: "Аудио", image: "music", accept: "audio/*" },
  { kind: "voice", label: "Голосовое", image: "microphone", accept: "audio/*" },
  { kind: "document", label: "Файл", image: "file", accept: "" },
]);

/**
 * @param {object} actions
 * @param {(text: string, replyTo: number | undefined) => void} actions.onText
 * @param {(files: File[], kind: SendKind | undefined, caption: string) => void} actions.onFiles
 *   Without a kind each file is sent as what it is.
 * @param {() => Promise<Command[]>} actions.loadCommands
 */
export function createComposer({ onText, onFiles, loadCommands }) {
  const input = el("textarea", {
    class: "composer-input",
    testId: "composer",
    attrs: { rows: 1, placeholder: "Сообщение", "aria-label": "Сообщение", autocomplete: "off" },
  });
  const send = iconButton("Отправить", icon("send"), submit, { class: "send", testId: "send" });
  const picker = el("input", {
    attrs: { type: "file", multiple: true, hidden: true, tabindex: -1 },
    testId: "file-input",
  });
  const attach = iconButton("Прикрепить", icon("attach"), () => kinds.toggle(), { testId: "attach" });
  const menu = el(
    "button",
    {
      class: "menu-button",
      testId: "commands",
      attrs: { type: "button", "aria-label": "Меню команд" },
      on: { click: () => void openCommands() },
    },
    icon("menu"),
    el("span", { text: "Меню" }),
  );
  const replyBar = el("div", { class: "reply-bar", attrs: { hidden: true } });
  const bar = el("div", { class: "composer-bar" }, menu, input, attach, picker, send);
  const element = el("div", { class: "composer" }, replyBar, bar);
  const kinds = createPopup(attach, element, "kinds", "Что прикрепить");
  const commands = createPopup(menu, element, "command-list", "Команды бота");

  /** @type {Message | undefined} */
  let replyTo;
  /** @type {SendKind} */
  let pickedKind = "photo";

  kinds.fill(
    KINDS.map(({ kind, label, image, accept }) => ({
      testId: `attach-${kind}`,
      children: [icon(image), el("span", { text: label })],
      onPick: () => {
        pickedKind = kind;
        picker.accept = accept;
        picker.value = "";
        picker.click();
      },
    })),
  );
  picker.addEventListener("change", () => {
    const files = [...(picker.files ?? [])];
    if (files.length > 0) attachFiles(files, pickedKind);
  });

  /**
   * @param {File[]} files
   * @param {SendKind | undefined} kind
   */
  function attachFiles(files, kind) {
    onFiles(files, kind, input.value.trim());
  }

  function submit() {
    const text = input.value.trim();
    if (text === "") return input.focus();
    const replyId = replyTo?.messageId;
    setText("");
    setReply(undefined);
    onText(text, replyId);
    input.focus();
  }

  /** @param {string} text */
  function setText(text) {
    input.value = text;
    grow();
  }

  function grow() {
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight}px`;
    send.classList.toggle("ready", input.value.trim() !== "");
  }

  async function openCommands() {
    if (commands.isOpen()) return commands.close();
    commands.fill([]);
    commands.open();
    try {
      const list = await loadCommands();
      commands.fill(
        list.map(({ command, description }) => ({
          testId: `command-${command}`,
          children: [
            el("span", { class: "command-name", text: `/${command}` }),
            el("span", { class: "secondary", text: description }),
          ],
          onPick: () => onText(`/${command}`, undefined),
        })),
        "Команд пока нет",
      );
    } catch {
      commands.fill([], "Не удалось загрузить команды");
    }
  }

  /** @param {Message | undefined} message */
  function setReply(message) {
    replyTo = message;
    replyBar.hidden = message === undefined;
    if (!message) return replyBar.replaceChildren();
    const media = message.media?.[0];
    replyBar.replaceChildren(
      icon("reply"),
      el(
        "div",
        { class: "quote-body" },
        el("span", { class: "quote-author", text: message.from === "bot" ? "Ответ боту" : "Ответ на своё сообщение" }),
        el("span", { class: "ellipsis", text: summarize(message) || (media ? describeMedia(media) : "Сообщение") }),
      ),
      iconButton("Отменить ответ", icon("close"), () => setReply(undefined)),
    );
    input.focus();
  }

  input.addEventListener("input", grow);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit();
    }
    if (event.key === "Escape") setReply(undefined);
  });
  input.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    attachFiles(files, undefined);
  });

  return {
    element,
    setReply,
    setText,
    getText: () => input.value,
    /** What is being replied to; taken by a sending that does not come from the line of text. */
    takeReply() {
      const message = replyTo;
      setReply(undefined);
      return message?.messageId;
    },
    focus: () => input.focus(),
  };
}

/**
 * Lets files be dropped anywhere on `target`.
 *
 * @param {HTMLElement} target
 * @param {(files: File[]) => void} onFiles
 */
export function acceptDrops(target, onFiles) {
  const veil = el("div", { class: "drop-veil" }, el("span", { text: "Отпустите файлы, чтобы прикрепить" }));
  target.append(veil);
  let depth = 0;
  const show = () => veil.classList.toggle("shown", depth > 0);
  target.addEventListener("dragenter", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    depth += 1;
    show();
  });
  target.addEventListener("dragleave", () => {
    depth = Math.max(0, depth - 1);
    show();
  });
  target.addEventListener("dragover", (event) => event.preventDefault());
  target.addEventListener("drop", (event) => {
    event.preventDefault();
    depth = 0;
    show();
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length > 0) onFiles(files);
  });
}
