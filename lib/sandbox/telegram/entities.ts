/** Formatted text as the server makes it: parse mode or given entities in, trimmed text and sorted entities out. */
import type { TelegramMessageEntity } from "@gramio/types/objects";
import { violation } from "./errors.ts";
import { parseHtml } from "./parse-html.ts";
import { parseMarkdown, parseMarkdownV2 } from "./parse-markdown.ts";

export interface FormattedText {
  text: string;
  entities: TelegramMessageEntity[];
}

interface Given {
  text: string;
  parseMode?: string | undefined;
  entities?: TelegramMessageEntity[] | undefined;
}

/** Raw texts above this are refused before parsing, whatever remains after it. */
const MAX_RAW_BYTES = 32_768;

/**
 * @param maxLength in UTF-16 units, counted after parsing: 4096 for texts, 1024 for captions.
 * @throws BotApiError, a violation: markup that can not be parsed, an entity outside of the text, too long a text.
 */
export function formatText(given: Given, maxLength: number): FormattedText {
  const tooLong = maxLength > 1024 ? "message is too long" : "message caption is too long";
  if (Buffer.byteLength(given.text) > MAX_RAW_BYTES) throw violation(tooLong);
  const parsed = trim(parse(given));
  if (parsed.text.length > maxLength) throw violation(`${tooLong} (${parsed.text.length} UTF-16 units)`);
  const entities = [...parsed.entities, ...detectEntities(parsed.text, parsed.entities)];
  return { text: parsed.text, entities: sortEntities(entities) };
}

function parse({ text, parseMode, entities }: Given): FormattedText {
  if (parseMode === "HTML") return parseHtml(text);
  if (parseMode === "Markdown") return parseMarkdown(text);
  if (parseMode === "MarkdownV2") return parseMarkdownV2(text);
  for (const entity of entities ?? []) assertInside(text, entity);
  return { text, entities: (entities ?? []).map((entity) => ({ ...entity })) };
}

function assertInside(text: string, { offset, length, type, url, user }: TelegramMessageEntity): void {
  const end = offset + length;
  if (offset < 0 || length <= 0) throw violation(`entity has a wrong offset ${offset} or length ${length}`);
  if (end > text.length) {
    throw violation(
      `entity beginning at UTF-16 offset ${offset} ends after the end of the text at UTF-16 offset ${end}`,
    );
  }
  if (splitsPair(text, offset)) throw violation(`entity begins in a middle of a UTF-16 symbol at offset ${offset}`);
  if (splitsPair(text, end)) throw violation(`entity ends in a middle of a UTF-16 symbol at offset ${end}`);
  if (type === "text_link" && !url) throw violation("text_link entity has no url");
  if (type === "text_mention" && !user) throw violation("text_mention entity has no user");
}

function splitsPair(text: string, offset: number): boolean {
  const before = text.charCodeAt(offset - 1);
  return before >= 0xd800 && before <= 0xdbff;
}

function trim({ text, entities }: FormattedText): FormattedText {
  const start = text.length - text.trimStart().length;
  const trimmed = text.trim();
  const moved = entities.flatMap((entity) => {
    const offset = Math.max(entity.offset - start, 0);
    const end = Math.min(entity.offset + entity.length - start, trimmed.length);
    return end > offset ? [{ ...entity, offset, length: end - offset }] : [];
  });
  return { text: trimmed, entities: moved };
}

function sortEntities(entities: TelegramMessageEntity[]): TelegramMessageEntity[] {
  return entities.sort((a, b) => a.offset - b.offset || b.length - a.length);
}

const DETECTED: [TelegramMessageEntity["type"], RegExp][] = [
  ["url", /\bhttps?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]]/g],
  ["email", /\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/g],
  ["bot_command", /(?<![\w/])\/[A-Za-z0-9_]{1,64}(?:@\w+)?(?![\w/])/g],
  ["mention", /(?<![\w@])@[A-Za-z]\w{3,31}\b/g],
  ["hashtag", /(?<![\w#])#[\p{L}_][\p{L}\d_]*/gu],
];

/** Links, commands, mentions and hashtags that the server marks by itself, except inside code and links. */
export function detectEntities(text: string, given: TelegramMessageEntity[]): TelegramMessageEntity[] {
  const taken = given
    .filter(({ type }) => ["code", "pre", "text_link", "text_mention", "url", "bot_command", "mention"].includes(type))
    .map(({ offset, length }) => ({ from: offset, to: offset + length }));
  const found: TelegramMessageEntity[] = [];
  for (const [type, pattern] of DETECTED) {
    for (const match of text.matchAll(pattern)) {
      const from = match.index;
      const to = from + match[0].length;
      if (taken.some((range) => from < range.to && range.from < to)) continue;
      taken.push({ from, to });
      found.push({ type, offset: from, length: to - from });
    }
  }
  return found;
}
