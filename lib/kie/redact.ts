const MAX_MESSAGE = 300;

/** Every text in a request's input, so that a reply which quotes one can be cleaned of it. */
export function textsIn(value: unknown, depth = 0): string[] {
  if (typeof value === "string") return value.length >= 8 ? [value] : [];
  if (typeof value !== "object" || value === null || depth > 6) return [];
  return Object.values(value).flatMap((item: unknown) => textsIn(item, depth + 1));
}

/**
 * KIE's words for people, made safe to store and log: without URLs (they carry tokens), without the key and without what
 * the user wrote (some upstream models quote the prompt when they refuse it), at most 300 characters.
 */
export function cleanMessage(message: string, hide: readonly string[]): string {
  let clean = message;
  for (const text of [...hide].sort((a, b) => b.length - a.length)) clean = clean.replaceAll(text, "[…]");
  clean = clean
    .replace(/\b(https?|data):\S+/gi, "[url]")
    .replace(/\s+/g, " ")
    .trim();
  return clean.length > MAX_MESSAGE ? `${clean.slice(0, MAX_MESSAGE)}…` : clean;
}
