// @ts-check
/** Line icons of the page, 24 × 24, drawn with the current text colour. */

const PATHS = {
  attach: ["M20 11.2l-8.3 8.3a5.2 5.2 0 0 1-7.4-7.4l8.6-8.6a3.5 3.5 0 0 1 5 5l-8.6 8.5a1.7 1.7 0 0 1-2.4-2.4l7.9-7.9"],
  check: ["M5 12.5l4.5 4.5L19 7.5"],
  checks: ["M2 13l4 4 8.5-9", "M11 16l1 1 9.5-9.5"],
  clock: ["M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z", "M12 7.5V12l3 2"],
  close: ["M6 6l12 12", "M18 6L6 18"],
  copy: ["M9 9h10.5v11.5H9z", "M15 9V3.5H4.5V15H9"],
  down: ["M12 4.5v15", "M5.5 13l6.5 6.5 6.5-6.5"],
  download: ["M12 4v11.5", "M6.5 10.5L12 16l5.5-5.5", "M5 20h14"],
  edit: ["M4 20l1-4.5L16.5 4 20 7.5 8.5 19z"],
  external: ["M8 16L18 6", "M10 6h8v8"],
  file: ["M6 3.5h8l4.5 4.5v12.5H6z", "M13.5 3.5V8.5h5"],
  flask: ["M9 3.5h6", "M10 3.5v6L4.5 19a1.2 1.2 0 0 0 1 1.7h13a1.2 1.2 0 0 0 1-1.7L14 9.5v-6", "M7.5 15h9"],
  menu: ["M4.5 7h15", "M4.5 12h15", "M4.5 17h15"],
  microphone: [
    "M12 3.5a2.8 2.8 0 0 0-2.8 2.8v5a2.8 2.8 0 0 0 5.6 0v-5A2.8 2.8 0 0 0 12 3.5z",
    "M5.5 11a6.5 6.5 0 0 0 13 0",
    "M12 17.5v3",
  ],
  music: [
    "M9 17.5V5.5l10-2v12",
    "M9 17.5a2.6 2.6 0 1 1-5.2 0 2.6 2.6 0 0 1 5.2 0z",
    "M19 15.5a2.6 2.6 0 1 1-5.2 0 2.6 2.6 0 0 1 5.2 0z",
  ],
  photo: ["M3.5 5h17v14h-17z", "M4 17l5-5.5 3.5 3.5 3-2.5L20 17", "M16 9.2h.01"],
  reply: ["M10 6L4.5 11.5 10 17", "M5 11.5h7.5c4 0 6.5 2 7 6"],
  users: [
    "M9 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z",
    "M2.5 19.5c.5-3.5 3-5 6.5-5s6 1.5 6.5 5",
    "M16 5a3.3 3.3 0 0 1 0 6.3",
    "M18 15c2 .6 3.2 2 3.5 4.5",
  ],
  userPlus: [
    "M10 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z",
    "M3 19.5c.5-3.5 3.3-5 7-5 1.5 0 3 .3 4 .8",
    "M18 14v6",
    "M15 17h6",
  ],
  video: ["M3 6h12v12H3z", "M15 11l6-3.5v9L15 13"],
  warning: ["M12 4L2.8 19.5h18.4z", "M12 10v4.5", "M12 17.2h.01"],
};

const FILLED_PATHS = {
  pause: ["M7 5h3.6v14H7z", "M13.4 5H17v14h-3.6z"],
  play: ["M8 4.8v14.4a.6.6 0 0 0 .9.5l11.5-7.2a.6.6 0 0 0 0-1L8.9 4.3a.6.6 0 0 0-.9.5z"],
  send: ["M3.2 20.6L21.6 12.6a.7.7 0 0 0 0-1.2L3.2 3.4a.6.6 0 0 0-.8.7L4.2 10l9 2-9 2-1.8 5.9a.6.6 0 0 0 .8.7z"],
};

/** @typedef {keyof typeof PATHS | keyof typeof FILLED_PATHS} IconName */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {IconName} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const filled = name in FILLED_PATHS;
  svg.setAttribute("class", filled ? "icon filled" : "icon");
  const paths = { ...PATHS, ...FILLED_PATHS }[name];
  for (const path of paths) {
    const node = document.createElementNS(SVG, "path");
    node.setAttribute("d", path);
    svg.append(node);
  }
  return svg;
}
