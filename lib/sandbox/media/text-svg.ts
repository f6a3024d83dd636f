export interface TextPicture {
  /** Any Unicode text; what DejaVu Sans cannot draw (emoji) becomes a box. Longer than the picture: cut with an ellipsis. */
  text: string;
  /** Pixels. */
  width: number;
  height: number;
  /** Chooses the background colour; the text itself when absent. */
  seed?: number;
}

/** Advance of a wide lower-case Cyrillic letter of DejaVu Sans in ems; a line of the widest ones may touch the margin. */
const LETTER_WIDTH_EM = 0.64;
const LINE_HEIGHT_EM = 1.3;

/** An SVG with the text, wrapped and sized to fit, on a coloured ground: the same input gives the same picture. */
export function textSvg({ text, width, height, seed }: TextPicture): string {
  const margin = Math.round(Math.min(width, height) * 0.06);
  const fontSize = fittingFontSize(text, width - 2 * margin, height - 2 * margin);
  const lineHeight = fontSize * LINE_HEIGHT_EM;
  const lines = wrap(text, Math.floor((width - 2 * margin) / (fontSize * LETTER_WIDTH_EM)));
  const room = Math.max(1, Math.floor((height - 2 * margin) / lineHeight));
  const shown = lines.length > room ? [...lines.slice(0, room - 1), `${lines[room - 1] ?? ""}…`] : lines;
  const firstLine = (height - shown.length * lineHeight) / 2 + fontSize;
  const hue = hueOf(String(seed ?? text));
  const rows = shown.map(
    (line, row) => `<text x="${margin}" y="${Math.round(firstLine + row * lineHeight)}">${escapeXml(line)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
<rect width="100%" height="100%" fill="hsl(${hue},45%,30%)"/>
<circle cx="${width}" cy="0" r="${Math.round(Math.min(width, height) / 3)}" fill="hsl(${(hue + 40) % 360},55%,42%)"/>
<g fill="#fff" font-family="DejaVu Sans" font-size="${fontSize}">${rows.join("")}</g></svg>`;
}

function fittingFontSize(text: string, width: number, height: number): number {
  const largest = Math.max(10, Math.round(Math.min(width, height) / 9));
  for (let size = largest; size > 10; size -= 2) {
    const lines = wrap(text, Math.floor(width / (size * LETTER_WIDTH_EM))).length;
    if (lines * size * LINE_HEIGHT_EM <= height) return size;
  }
  return 10;
}

function wrap(text: string, columns: number): string[] {
  const limit = Math.max(4, columns);
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(/\s+/u)) {
      let rest = [...word];
      while (rest.length > limit) {
        if (line) lines.push(line);
        line = "";
        lines.push(rest.slice(0, limit).join(""));
        rest = rest.slice(limit);
      }
      const joined = line ? `${line} ${rest.join("")}` : rest.join("");
      if ([...joined].length > limit) {
        lines.push(line);
        line = rest.join("");
      } else line = joined;
    }
    lines.push(line);
  }
  return lines;
}

function hueOf(seed: string): number {
  let hash = 7;
  for (const character of seed) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 360_007;
  return hash % 360;
}

function escapeXml(text: string): string {
  // XML forbids control characters and lone surrogates even when escaped.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are exactly the characters to remove.
  const legal = text.toWellFormed().replace(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g, "");
  return legal.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
