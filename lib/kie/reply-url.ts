/** Telegram and browsers take this much; anything longer in a reply is not a link to a file. */
const MAX_URL_LENGTH = 2048;

/**
 * A URL out of a reply, or null when it is not one we would hand on. Who answers is not who we configured: only http(s)
 * without credentials passes, and only https unless `allowHttp` (the sandbox).
 */
export function safeReplyUrl(value: unknown, allowHttp: boolean): string | null {
  if (typeof value !== "string") return null;
  const text = value.trim();
  if (text.length === 0 || text.length > MAX_URL_LENGTH || !URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== "https:" && !(allowHttp && url.protocol === "http:")) return null;
  return url.username === "" && url.password === "" ? text : null;
}
