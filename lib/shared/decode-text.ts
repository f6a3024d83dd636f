/**
 * The text of a file that a person wrote somewhere: UTF-8 or UTF-16 by their marks, else UTF-8 where the bytes are that,
 * else windows-1251, which is what Russian Excel and Notepad still save. Null where it is no text at all.
 */
export function decodeText(bytes: Uint8Array): string | null {
  const text = decoded(bytes);
  // Zero bytes are in everything that is not text, and PostgreSQL keeps none.
  return text.includes("\0") ? null : text;
}

function decoded(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1251").decode(bytes);
  }
}
