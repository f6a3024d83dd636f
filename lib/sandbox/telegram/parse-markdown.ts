/** Both Markdown parse modes: the legacy one (no nesting) and MarkdownV2. */
import type { TelegramMessageEntity } from "@gramio/types/objects";
import type { FormattedText } from "./entities.ts";
import { violation } from "./errors.ts";

const byteOffset = (source: string, position: number): number => Buffer.byteLength(source.slice(0, position));

const noEnd = (source: string, position: number): Error =>
  violation(
    `can't parse entities: Can't find end of the entity starting at byte offset ${byteOffset(source, position)}`,
  );

const isLink = (url: string): boolean => /^(https?|tg|mailto|tel):/i.test(url);

export function parseMarkdown(source: string): FormattedText {
  const entities: TelegramMessageEntity[] = [];
  let text = "";
  let position = 0;
  while (position < source.length) {
    const character = source.charAt(position);
    if (character === "\\" && "_*`[".includes(source.charAt(position + 1) || " ")) {
      text += source.charAt(position + 1);
      position += 2;
      continue;
    }
    if (!"_*`[".includes(character)) {
      text += character;
      position += 1;
      continue;
    }
    const isBlock = source.startsWith("```", position);
    const opening = isBlock ? "```" : character;
    const closing = character === "[" ? "]" : opening;
    const end = source.indexOf(closing, position + opening.length);
    if (end < 0) throw noEnd(source, position);
    let inner = source.slice(position + opening.length, end);
    const offset = text.length;
    let after = end + closing.length;
    if (character === "[") {
      const link = /^\(([^)]*)\)/.exec(source.slice(after));
      text += inner;
      if (link?.[1] && isLink(link[1]) && inner !== "") {
        entities.push({ type: "text_link", offset, length: inner.length, url: link[1] });
      }
      after += link?.[0].length ?? 0;
    } else {
      const language = isBlock ? /^([\w+#-]+)\n/.exec(inner)?.[1] : undefined;
      if (language !== undefined) inner = inner.slice(language.length + 1);
      else if (isBlock) inner = inner.replace(/^\n/, "");
      text += inner;
      const type = isBlock ? "pre" : character === "`" ? "code" : character === "*" ? "bold" : "italic";
      if (inner !== "") entities.push({ type, offset, length: inner.length, ...(language ? { language } : {}) });
    }
    position = after;
  }
  return { text, entities };
}

const RESERVED = "_*[]()~`>#+-=|{}.!";
const MARKERS: [string, TelegramMessageEntity["type"]][] = [
  ["||", "spoiler"],
  ["__", "underline"],
  ["*", "bold"],
  ["_", "italic"],
  ["~", "strikethrough"],
];

interface Opened {
  marker: string;
  type: TelegramMessageEntity["type"];
  offset: number;
  at: number;
}

export function parseMarkdownV2(source: string): FormattedText {
  const entities: TelegramMessageEntity[] = [];
  const open: Opened[] = [];
  let text = "";
  let position = 0;
  let quoteFrom: number | undefined;

  const close = (opened: Opened, extra: Partial<TelegramMessageEntity> = {}): void => {
    const length = text.length - opened.offset;
    if (length > 0) entities.push({ type: opened.type, offset: opened.offset, length, ...extra });
  };
  const endQuote = (type: "blockquote" | "expandable_blockquote"): void => {
    if (quoteFrom !== undefined && text.length > quoteFrom) {
      entities.push({ type, offset: quoteFrom, length: text.length - quoteFrom });
    }
    quoteFrom = undefined;
  };

  while (position < source.length) {
    const character = source.charAt(position);
    const isLineStart = position === 0 || source.charAt(position - 1) === "\n";
    if (isLineStart && quoteFrom !== undefined && character !== ">") endQuote("blockquote");
    if (isLineStart && source.startsWith("**>", position)) {
      position += 2;
      continue;
    }
    if (character === ">" && (isLineStart || source.startsWith("**>", position - 2))) {
      quoteFrom ??= text.length;
      position += 1;
      continue;
    }
    if (character === "\\") {
      const next = source.charAt(position + 1);
      const isEscape = next !== "" && next.charCodeAt(0) > 0 && next.charCodeAt(0) <= 126;
      text += isEscape ? next : character;
      position += isEscape ? 2 : 1;
      continue;
    }
    if (character === "`") {
      position = code(position);
      continue;
    }
    const last = open.at(-1);
    if (quoteFrom !== undefined && source.startsWith("||", position) && /^\|\|(\n|$)/.test(source.slice(position))) {
      const isSpoiler = open.some((opened) => opened.marker === "||");
      if (!isSpoiler) {
        endQuote("expandable_blockquote");
        position += 2;
        continue;
      }
    }
    if (character === "]" && last?.marker === "[") {
      open.pop();
      const link = /^\]\(((?:\\.|[^\\)])*)\)/.exec(source.slice(position));
      const url = (link?.[1] ?? "").replace(/\\(.)/g, "$1");
      const emoji = url.match(/^tg:\/\/emoji\?id=(\d+)/)?.[1];
      if (last.type === "custom_emoji" && emoji) close(last, { custom_emoji_id: emoji });
      else if (isLink(url)) close({ ...last, type: "text_link" }, { url });
      position += link?.[0].length ?? 1;
      continue;
    }
    if (character === "[" || source.startsWith("![", position)) {
      const isEmoji = character === "!";
      open.push({ marker: "[", type: isEmoji ? "custom_emoji" : "text_link", offset: text.length, at: position });
      position += isEmoji ? 2 : 1;
      continue;
    }
    const marker = MARKERS.find(([sign]) => source.startsWith(sign, position));
    if (marker) {
      const [sign, type] = marker;
      // `__` is always an underline's end or beginning, never two italics.
      if (last?.marker === sign) {
        open.pop();
        close(last);
        position += sign.length;
      } else {
        open.push({ marker: sign, type, offset: text.length, at: position });
        position += sign.length;
      }
      continue;
    }
    if (RESERVED.includes(character)) {
      throw violation(
        `can't parse entities: Character '${character}' is reserved and must be escaped with the preceding '\\'`,
      );
    }
    text += character;
    position += 1;
  }
  const unclosed = open.pop();
  if (unclosed) {
    const name = unclosed.type.replace(/^./, (letter) => letter.toUpperCase());
    throw violation(
      `can't parse entities: Can't find end of ${name} entity at byte offset ${byteOffset(source, unclosed.at)}`,
    );
  }
  endQuote("blockquote");
  return { text, entities };

  function code(start: number): number {
    const fence = source.startsWith("```", start) ? "```" : "`";
    let end = start + fence.length;
    while (end < source.length && !source.startsWith(fence, end)) end += source.charAt(end) === "\\" ? 2 : 1;
    if (end >= source.length) throw noEnd(source, start);
    const raw = source.slice(start + fence.length, end).replace(/\\(.)/g, "$1");
    const language = fence === "```" ? /^([\w+#-]+)\n/.exec(raw)?.[1] : undefined;
    const inner = language ? raw.slice(language.length + 1) : fence === "```" ? raw.replace(/^\n/, "") : raw;
    const offset = text.length;
    text += inner;
    if (inner !== "") {
      entities.push({
        type: fence === "```" ? "pre" : "code",
        offset,
        length: inner.length,
        ...(language ? { language } : {}),
      });
    }
    return end + fence.length;
  }
}
