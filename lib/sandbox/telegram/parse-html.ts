/** HTML parse mode with the server's tags, nesting rules and error texts. */
import type { TelegramMessageEntity } from "@gramio/types/objects";
import type { FormattedText } from "./entities.ts";
import { violation } from "./errors.ts";

const SIMPLE_TAGS: Record<string, TelegramMessageEntity["type"]> = {
  b: "bold",
  strong: "bold",
  i: "italic",
  em: "italic",
  u: "underline",
  ins: "underline",
  s: "strikethrough",
  strike: "strikethrough",
  del: "strikethrough",
  "tg-spoiler": "spoiler",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  a: "text_link",
  span: "spoiler",
  "tg-emoji": "custom_emoji",
  "tg-time": "date_time",
};

const CHARACTERS: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"' };

interface OpenTag {
  name: string;
  attributes: Map<string, string>;
  offset: number;
}

export function parseHtml(source: string): FormattedText {
  const entities: TelegramMessageEntity[] = [];
  const open: OpenTag[] = [];
  let text = "";
  let position = 0;
  while (position < source.length) {
    const character = source.charAt(position);
    if (character === "&") {
      const [decoded, length] = decodeCharacter(source, position);
      text += decoded;
      position += length;
    } else if (character !== "<") {
      text += character;
      position += 1;
    } else if (source.startsWith("</", position)) {
      const end = source.indexOf(">", position);
      if (end < 0) throw cannotParse(source, position, (at) => `Unclosed end tag at byte offset ${at}`);
      const name = source
        .slice(position + 2, end)
        .trim()
        .toLowerCase();
      const tag = open.pop();
      if (!tag) throw cannotParse(source, position, (at) => `Unexpected end tag at byte offset ${at}`);
      if (name !== "" && name !== tag.name) {
        throw cannotParse(
          source,
          position,
          (at) => `Unmatched end tag at byte offset ${at}, expected "</${tag.name}>", found "</${name}>"`,
        );
      }
      const entity = toEntity(tag, text, source, position);
      if (entity) entities.push(entity);
      position = end + 1;
    } else {
      const [tag, end] = readTag(source, position, text.length);
      open.push(tag);
      position = end;
    }
  }
  const unclosed = open.pop();
  if (unclosed)
    throw violation(`can't parse entities: Can't find end tag corresponding to start tag "${unclosed.name}"`);
  return { text, entities: joinLanguages(entities) };
}

function cannotParse(source: string, position: number, text: (byteOffset: number) => string): Error {
  return violation(`can't parse entities: ${text(Buffer.byteLength(source.slice(0, position)))}`);
}

function decodeCharacter(source: string, position: number): [string, number] {
  const match = /^&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]+));?/i.exec(source.slice(position, position + 12));
  const [whole = "&", hexadecimal, decimal, name = ""] = match ?? [];
  const code = hexadecimal ? Number.parseInt(hexadecimal, 16) : Number(decimal ?? 0);
  if (code > 0 && code <= 0x10ffff) return [String.fromCodePoint(code), whole.length];
  const known = CHARACTERS[name.toLowerCase()];
  return known === undefined ? ["&", 1] : [known, whole.length];
}

function readTag(source: string, start: number, offset: number): [OpenTag, number] {
  const name = /^<([a-z0-9-]*)/i.exec(source.slice(start, start + 40))?.[1]?.toLowerCase() ?? "";
  if (!Object.hasOwn(SIMPLE_TAGS, name)) {
    throw cannotParse(source, start, (at) => `Unsupported start tag "${name}" at byte offset ${at}`);
  }
  const attributes = new Map<string, string>();
  let position = start + 1 + name.length;
  for (;;) {
    const rest = source.slice(position);
    const space = /^\s*/.exec(rest)?.[0].length ?? 0;
    if (rest.charAt(space) === ">") return [{ name, attributes, offset }, position + space + 1];
    const attribute = /^\s*([a-z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([a-z0-9.-]+)))?/i.exec(rest);
    if (!attribute) throw cannotParse(source, start, (at) => `Unclosed start tag at byte offset ${at}`);
    const [whole, key = "", double, single, bare] = attribute;
    attributes.set(key.toLowerCase(), decodeAll(double ?? single ?? bare ?? ""));
    position += whole.length;
  }
}

function decodeAll(value: string): string {
  return value.replace(/&[^;\s]{1,10};?/g, (part) => {
    const [decoded, length] = decodeCharacter(part, 0);
    return decoded + part.slice(length);
  });
}

function toEntity(tag: OpenTag, text: string, source: string, position: number): TelegramMessageEntity | undefined {
  const length = text.length - tag.offset;
  const type = SIMPLE_TAGS[tag.name];
  if (length === 0 || type === undefined) return undefined;
  const entity = { type, offset: tag.offset, length };
  if (tag.name === "span" && tag.attributes.get("class") !== "tg-spoiler") {
    throw cannotParse(source, position, (at) => `Tag "span" must have class "tg-spoiler" at byte offset ${at}`);
  }
  if (tag.name === "blockquote" && tag.attributes.has("expandable"))
    return { ...entity, type: "expandable_blockquote" };
  if (tag.name === "tg-emoji") return { ...entity, custom_emoji_id: tag.attributes.get("emoji-id") ?? "" };
  if (tag.name === "tg-time") return { ...entity, unix_time: Number(tag.attributes.get("unix") ?? 0) };
  if (tag.name === "a") {
    const url = tag.attributes.get("href") || text.slice(tag.offset);
    // A link that is none stays plain text, without an error, as on the server.
    return /^(https?|tg|mailto|tel|ton):/i.test(url) ? { ...entity, url } : undefined;
  }
  const language = tag.attributes.get("class")?.match(/^language-(.+)/)?.[1];
  return tag.name === "code" && language ? { ...entity, language } : entity;
}

/** `<pre><code class="language-x">` is one `pre` with a language; `code` says a language nowhere else. */
function joinLanguages(entities: TelegramMessageEntity[]): TelegramMessageEntity[] {
  const inside = (outer: TelegramMessageEntity, inner: TelegramMessageEntity): boolean =>
    outer.type === "pre" && outer.offset === inner.offset && outer.length === inner.length;
  return entities.flatMap((entity) => {
    if (entity.type === "code" && entities.some((outer) => inside(outer, entity))) return [];
    const code = entities.find((inner) => inner.type === "code" && inside(entity, inner));
    const { language: own, ...plain } = entity;
    const language = entity.type === "pre" ? (code?.language ?? own) : undefined;
    return [language === undefined ? plain : { ...plain, language }];
  });
}
