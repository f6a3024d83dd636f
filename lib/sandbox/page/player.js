// @ts-check
/** The player of audio and voice messages. Only one plays at a time. */

import { el } from "./dom.js";
import { formatBytes, formatDuration } from "./format.js";
import { icon } from "./icons.js";

/** @import { Media } from "./types.js" */

/** @type {HTMLAudioElement | undefined} */
let playing;

/** @param {Media} media */
export function audioPlayer(media) {
  const isVoice = media.kind === "voice";
  const audio = el("audio", { attrs: { src: media.url, preload: "none" } });
  const seek = el("input", {
    class: isVoice ? "seek wave" : "seek",
    attrs: { type: "range", min: 0, max: 1000, value: 0, "aria-label": "Позиция воспроизведения" },
  });
  const time = el("span", { class: "player-time" });
  const toggle = el("button", { class: "round-button", attrs: { type: "button" } });
  const totalSeconds = () => media.durationSeconds ?? (Number.isFinite(audio.duration) ? audio.duration : 0);

  function showState() {
    const isPlaying = !audio.paused;
    toggle.replaceChildren(icon(isPlaying ? "pause" : "play"));
    toggle.setAttribute("aria-label", isPlaying ? "Пауза" : "Слушать");
  }

  function showPosition() {
    const total = totalSeconds();
    const share = total > 0 ? Math.min(1, audio.currentTime / total) : 0;
    seek.value = String(Math.round(share * 1000));
    seek.style.setProperty("--share", `${share * 100}%`);
    const length = total > 0 ? formatDuration(total) : "";
    time.textContent = audio.currentTime > 0 ? `${formatDuration(audio.currentTime)} / ${length}` : length;
    if (isVoice || audio.currentTime > 0) return;
    time.textContent = [length, media.bytes > 0 ? formatBytes(media.bytes) : ""].filter(Boolean).join(" · ");
  }

  toggle.addEventListener("click", () => {
    if (!audio.paused) return audio.pause();
    if (playing !== audio) playing?.pause();
    playing = audio;
    audio.play().catch(() => {
      time.textContent = "Не удалось воспроизвести";
    });
  });
  seek.addEventListener("input", () => {
    audio.currentTime = (Number(seek.value) / 1000) * totalSeconds();
    showPosition();
  });
  for (const event of ["play", "pause", "ended"]) audio.addEventListener(event, showState);
  for (const event of ["timeupdate", "loadedmetadata"]) audio.addEventListener(event, showPosition);
  showState();
  showPosition();

  const title = media.title || media.fileName;
  const heading = isVoice
    ? null
    : el(
        "div",
        { class: "player-title" },
        el("span", { class: "ellipsis strong", text: title, attrs: { title } }),
        media.performer ? el("span", { class: "ellipsis secondary", text: media.performer }) : null,
      );
  const download = el(
    "a",
    {
      class: "icon-button small",
      attrs: { href: media.url, download: media.fileName, "aria-label": "Скачать", title: "Скачать" },
    },
    icon("download"),
  );
  const body = el("div", { class: "player-body" }, heading, seek, time);
  return el("div", { class: `player ${media.kind}` }, audio, toggle, body, isVoice ? null : download);
}
