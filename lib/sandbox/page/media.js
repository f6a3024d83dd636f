// @ts-check
/** Pictures, films, sounds and files inside a bubble. */

import { el, iconButton } from "./dom.js";
import { formatBytes, formatDuration } from "./format.js";
import { icon } from "./icons.js";
import { openDialog } from "./notices.js";
import { audioPlayer } from "./player.js";

/** @import { Media } from "./types.js" */

const VISUAL_KINDS = new Set(["photo", "video", "animation", "video_note"]);
const MAX_WIDTH = 420;
const MAX_HEIGHT = 460;
const MIN_WIDTH = 240;
const MIN_HEIGHT = 120;

/** @param {Media} media */
export const isVisual = (media) => VISUAL_KINDS.has(media.kind);

/**
 * One word for a list of chats or a quote.
 *
 * @param {Media} media
 */
export function describeMedia(media) {
  const names = {
    photo: "Фото",
    video: "Видео",
    video_note: "Видеосообщение",
    audio: "Аудио",
    voice: "Голосовое сообщение",
    document: "Файл",
    sticker: "Стикер",
    animation: "GIF",
  };
  if (media.kind === "document") return media.fileName || names.document;
  if (media.kind === "audio") return media.title || media.fileName || names.audio;
  return names[media.kind];
}

/**
 * The media part of a bubble: a grid for several pictures, a column for the rest.
 *
 * @param {{media: Media, testId?: string}[]} items Items after the first carry the test id of their own message.
 */
export function mediaBlock(items) {
  const areVisual = items.every(({ media }) => isVisual(media));
  if (areVisual && items.length > 1) return albumGrid(items);
  const block = el("div", { class: "media-list" });
  for (const { media, testId } of items) {
    const node = mediaNode(media);
    if (testId) node.dataset.testid = testId;
    block.append(node);
  }
  return block;
}

/**
 * @param {Media} media
 * @returns {HTMLElement}
 */
function mediaNode(media) {
  switch (media.kind) {
    case "photo":
      return photo(media);
    case "video":
    case "video_note":
    case "animation":
      return video(media);
    case "sticker":
      return el("img", { class: "sticker", attrs: { src: media.url, alt: "Стикер" } });
    case "audio":
    case "voice":
      return audioPlayer(media);
    default:
      return fileLink(media);
  }
}

/**
 * @param {Media} media
 * @param {boolean} [isTile] A tile of an album takes its size from the grid.
 */
function photo(media, isTile = false) {
  const image = el("img", { attrs: { src: media.url, alt: "Фото", draggable: "false" } });
  const frame = el(
    "button",
    {
      class: isTile ? "visual tile loading" : "visual loading",
      attrs: { type: "button", "aria-label": "Открыть фото" },
      on: { click: () => openPhoto(media) },
    },
    image,
  );
  image.addEventListener("load", () => {
    frame.classList.remove("loading");
    if (!isTile) takeSize(frame, image.naturalWidth, image.naturalHeight);
  });
  image.addEventListener("error", () => showBroken(frame, media));
  return frame;
}

/**
 * @param {Media} media
 * @param {boolean} [isTile]
 */
function video(media, isTile = false) {
  const isAnimation = media.kind === "animation";
  const player = el("video", {
    attrs: {
      src: media.url,
      controls: !isAnimation,
      autoplay: isAnimation,
      loop: isAnimation,
      playsinline: true,
      preload: "metadata",
      "aria-label": describeMedia(media),
    },
  });
  player.muted = isAnimation;
  const badge = el("span", { class: "badge", text: isAnimation ? "GIF" : videoBadge(media) });
  const frame = el("div", { class: isTile ? "visual tile" : "visual" }, player, badge);
  player.addEventListener("loadedmetadata", () => {
    if (!isTile) takeSize(frame, player.videoWidth, player.videoHeight);
  });
  player.addEventListener("play", () => {
    if (!isAnimation) badge.hidden = true;
  });
  player.addEventListener("error", () => showBroken(frame, media));
  return frame;
}

/** @param {Media} media */
const videoBadge = (media) =>
  [media.durationSeconds === undefined ? "" : formatDuration(media.durationSeconds), formatBytes(media.bytes)]
    .filter(Boolean)
    .join(" · ");

/**
 * @param {HTMLElement} frame
 * @param {number} width Of the picture itself.
 * @param {number} height
 */
function takeSize(frame, width, height) {
  if (width <= 0 || height <= 0) return;
  const scale = Math.min(MAX_WIDTH / width, MAX_HEIGHT / height, 2);
  frame.style.width = `${Math.round(Math.max(MIN_WIDTH, width * scale))}px`;
  frame.style.aspectRatio = `${Math.max(MIN_WIDTH, width * scale)} / ${Math.max(MIN_HEIGHT, height * scale)}`;
}

/**
 * A picture that can not be shown is still a file that can be fetched.
 *
 * @param {HTMLElement} frame
 * @param {Media} media
 */
function showBroken(frame, media) {
  frame.classList.remove("loading");
  frame.classList.add("broken");
  frame.replaceChildren(el("span", { text: `Не удалось показать: ${describeMedia(media).toLowerCase()}` }));
}

/** @param {Media} media */
function fileLink(media) {
  return el(
    "a",
    { class: "file", attrs: { href: media.url, download: media.fileName, title: `Скачать ${media.fileName}` } },
    el("span", { class: "round-button" }, icon("download")),
    el(
      "span",
      { class: "player-body" },
      el("span", { class: "ellipsis strong", text: media.fileName }),
      el("span", { class: "secondary", text: formatBytes(media.bytes) }),
    ),
  );
}

/** How many tiles stand in each row, by the number of tiles. */
const ALBUM_ROWS = [[], [1], [2], [1, 2], [2, 2], [2, 3], [3, 3], [2, 2, 3], [2, 3, 3], [3, 3, 3], [2, 2, 3, 3]];

/** @param {{media: Media, testId?: string}[]} items */
function albumGrid(items) {
  const grid = el("div", { class: "album" });
  const rows = ALBUM_ROWS[items.length] ?? Array.from({ length: Math.ceil(items.length / 3) }, () => 3);
  const spans = rows.flatMap((count) => Array.from({ length: count }, () => 6 / count));
  items.forEach(({ media, testId }, index) => {
    const tile = media.kind === "photo" ? photo(media, true) : video(media, true);
    const span = spans[index] ?? 2;
    tile.style.gridColumn = `span ${span}`;
    tile.style.aspectRatio = span === 6 ? "16 / 10" : "1";
    if (testId) tile.dataset.testid = testId;
    grid.append(tile);
  });
  return grid;
}

/** @param {Media} media */
function openPhoto(media) {
  const dialog = openDialog({ class: "lightbox", testId: "lightbox", label: "Фото" }, [
    el("img", { attrs: { src: media.url, alt: "Фото" }, on: { click: () => dialog.close() } }),
    el(
      "div",
      { class: "lightbox-actions" },
      el("span", { text: `${media.fileName} · ${formatBytes(media.bytes)}` }),
      el(
        "a",
        {
          class: "icon-button",
          attrs: { href: media.url, download: media.fileName, "aria-label": "Скачать", title: "Скачать" },
        },
        icon("download"),
      ),
      iconButton("Закрыть", icon("close"), () => dialog.close()),
    ),
  ]);
}
