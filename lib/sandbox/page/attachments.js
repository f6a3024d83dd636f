// @ts-check
/** The dialog in which files get a caption before they are sent, and how files become albums. */

import { el, textButton } from "./dom.js";
import { formatBytes } from "./format.js";
import { icon } from "./icons.js";
import { openDialog } from "./notices.js";

/** @import { Attachment, SendKind } from "./types.js" */

/** Telegram's limit of an album. */
const ALBUM_SIZE = 10;

/**
 * What a file is sent as when the person did not say.
 *
 * @param {File} file
 * @returns {SendKind}
 */
export function chooseKind(file) {
  if (/^image\/(png|jpeg|webp|bmp)$/.test(file.type)) return "photo";
  if (file.type.startsWith("video/")) return "video";
  if (file.type.startsWith("audio/")) return "audio";
  return "document";
}

/**
 * Telegram puts pictures and films together; sounds and files only among themselves; voice messages never.
 *
 * @param {Attachment[]} attachments
 * @returns {Attachment[][]} In the order of sending.
 */
export function splitIntoAlbums(attachments) {
  /** @param {Attachment} attachment */
  const family = ({ kind }) => (kind === "video" ? "photo" : kind);
  /** @type {Attachment[][]} */
  const albums = [];
  for (const attachment of attachments) {
    const last = albums.at(-1);
    const fits =
      last?.[0] && attachment.kind !== "voice" && family(last[0]) === family(attachment) && last.length < ALBUM_SIZE;
    if (fits) last.push(attachment);
    else albums.push([attachment]);
  }
  return albums;
}

/**
 * @param {File[]} files
 * @param {SendKind | undefined} kind
 * @param {string} caption What stands in the line of text already.
 * @returns {Promise<{attachments: Attachment[], caption: string} | undefined>} Undefined when the person changed their mind.
 */
export function askAboutFiles(files, kind, caption) {
  return new Promise((resolve) => {
    /** @type {{attachments: Attachment[], caption: string} | undefined} */
    let answer;
    const urls = files.map((file) => URL.createObjectURL(file));
    const asFiles = el("input", { attrs: { type: "checkbox" } });
    const input = el("textarea", {
      class: "field",
      testId: "caption",
      text: caption,
      attrs: { rows: 2, maxlength: 1024, placeholder: "Добавить подпись…", "aria-label": "Подпись", autofocus: true },
    });
    const submit = () => {
      const attachments = files.map((file) => ({
        file,
        kind: asFiles.checked ? "document" : (kind ?? chooseKind(file)),
      }));
      answer = { attachments: /** @type {Attachment[]} */ (attachments), caption: input.value.trim() };
      dialog.close();
    };
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      submit();
    });
    const previews = files.map((file, index) => preview(file, kind ?? chooseKind(file), urls[index] ?? ""));
    const canBeFiles = kind === undefined || kind === "photo" || kind === "video";
    const title = files.length === 1 ? "Отправить файл" : `Отправить файлы: ${files.length}`;
    const dialog = openDialog({ class: "sheet", testId: "send-files", label: title }, [
      el("h2", { text: title }),
      el("div", { class: files.length === 1 ? "previews single" : "previews" }, ...previews),
      ...(canBeFiles ? [el("label", { class: "checkbox" }, asFiles, "Без сжатия, как файл")] : []),
      input,
      el(
        "div",
        { class: "dialog-actions" },
        textButton("Отмена", () => dialog.close(), { class: "flat" }),
        textButton("Отправить", submit, { testId: "send-files-confirm" }),
      ),
    ]);
    dialog.addEventListener("close", () => {
      for (const url of urls) URL.revokeObjectURL(url);
      resolve(answer);
    });
  });
}

/**
 * @param {File} file
 * @param {SendKind} kind
 * @param {string} url
 */
function preview(file, kind, url) {
  const note = `${file.name} · ${formatBytes(file.size)}`;
  if (kind === "photo") return el("img", { class: "preview", attrs: { src: url, alt: file.name, title: note } });
  if (kind === "video")
    return el("video", { class: "preview", attrs: { src: url, title: note, "aria-label": file.name } });
  const image = { audio: icon("music"), voice: icon("microphone"), document: icon("file") }[kind];
  return el(
    "div",
    { class: "preview named" },
    image,
    el(
      "span",
      { class: "player-body" },
      el("span", { class: "ellipsis strong", text: file.name }),
      el("span", { class: "secondary", text: formatBytes(file.size) }),
    ),
  );
}
