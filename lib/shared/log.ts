/**
 * Structured logging: one JSON object per line, from an allow-list. Nothing is dumped: an error gives its name, code and
 * masked message, a text gives its length, an object of an unknown class gives its class name.
 */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** `error` may hold anything thrown; fields named prompt, text, caption … are reduced to their length. */
export type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** A logger whose every line carries these fields too, for example `{ updateId, generationId }`. */
  child(fields: LogFields): Logger;
}

export interface LoggerOptions {
  /** The lowest level that is written. */
  level: LogLevel;
  /** Takes one line without a line break. */
  write: (line: string) => void;
  /** Values that must never appear, as such or URL-encoded. Shorter than 6 characters are ignored: they would mask words. */
  secrets: readonly string[];
  now: () => Date;
}

const MASK = "[masked]";
const MAX_TEXT = 600;
const MAX_DEPTH = 4;
const MAX_ITEMS = 20;

/** What people wrote, and what they are called: only the length is kept. Compared without case and separators. */
const PRIVATE_NAMES =
  /^(prompt|negativeprompt|text|caption|lyrics|title|style|query|input|values|payload|params|body|raw|firstname|lastname|username|fullname|phone|email|filename)$/;
const SECRET_NAMES =
  /(token|secret|password|passwd|authorization|apikey|signingkey|hmackey|signature|cookie|connectionstring)$/;
/** Members of an error that are safe to show. `message` is masked on its own, `cause` is followed. */
const ERROR_MEMBERS = [
  "code",
  "description",
  "status",
  "constraint",
  "severity",
  "outcome",
  "method",
  "retryAfterSeconds",
];

/** A function that takes everything secret out of a text. Also for messages that go elsewhere than into the log. */
export function createMasker(secrets: readonly string[]): (text: string) => string {
  const literals = [
    ...new Set(secrets.filter((secret) => secret.length >= 6).flatMap((s) => [s, encodeURIComponent(s)])),
  ];
  // The longest first: one secret may be a part of another.
  literals.sort((a, b) => b.length - a.length);
  return (text) => {
    let masked = text;
    for (const literal of literals) masked = masked.replaceAll(literal, MASK);
    return maskPatterns(masked);
  };
}

function maskPatterns(text: string): string {
  return text
    .replace(/\b(bot|user)\d+:[\w-]+/g, `$1${MASK}`)
    .replace(/\b\d{6,}:[A-Za-z0-9_-]{30,}/g, MASK)
    .replace(/\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?/g, MASK)
    .replace(/\bsig_\w+/g, MASK)
    .replace(/\b(Bearer|Basic)\s+[^\s"',}]+/gi, `$1 ${MASK}`)
    .replace(
      /\b((?:x-webhook-|upstash-)?signature|token|secret|password|api[_-]?key)(["']?\s*[:=]\s*["']?)[^\s"'&,}]+/gi,
      `$1$2${MASK}`,
    )
    .replace(/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>]+/gi, maskUrl);
}

/** Keeps scheme, host and short path segments: a query, a password or a long segment may be a key. */
function maskUrl(url: string): string {
  const [, scheme = "", rest = ""] = /^([^:]+:\/\/)(.*)$/s.exec(url) ?? [];
  const withoutQuery = rest.replace(/[?#].*$/s, "?…");
  const at = withoutQuery.lastIndexOf("@");
  const plain = at === -1 ? withoutQuery : `${MASK}@${withoutQuery.slice(at + 1)}`;
  return scheme + plain.replace(/\/[^/?]{20,}/g, "/…");
}

/**
 * A message without the values that databases quote in it: drizzle appends every SQL parameter, PostgreSQL repeats a
 * value that it could not read (class 22).
 */
function withoutSqlValues(message: string): string {
  const query = message.startsWith("Failed query:") ? (message.split("\nparams:")[0] ?? "") : message;
  return query.replace(/^((?:invalid input|invalid byte|value|malformed|date\/time field)[^"]*)".*"/s, '$1"…"');
}

type Mask = (text: string) => string;

const cut = (text: string): string => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);

/** The frames only. The head of a stack repeats the message as it was thrown, which may hold what was masked later. */
function framesOf(error: Error): string[] | undefined {
  const { stack, message } = error;
  if (stack === undefined || message === "") return undefined;
  const head = stack.indexOf(message);
  if (head === -1) return undefined;
  const frames = stack.slice(head + message.length).split("\n");
  return frames
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 6)
    .map((line) => line.trim());
}

function errorRecord(error: Error, mask: Mask, depth: number): Record<string, unknown> {
  const record: Record<string, unknown> = { name: error.name, message: cut(mask(withoutSqlValues(error.message))) };
  for (const member of ERROR_MEMBERS) {
    const value: unknown = Reflect.get(error, member);
    if (typeof value === "string") record[member] = cut(mask(value));
    else if (typeof value === "number" || typeof value === "boolean") record[member] = value;
  }
  const frames = framesOf(error);
  if (frames !== undefined && depth === 0) record.stack = frames.map(mask);
  const cause: unknown = error.cause ?? Reflect.get(error, "sourceError");
  if (cause !== undefined && cause !== null && depth < MAX_DEPTH) {
    record.cause = cause instanceof Error ? errorRecord(cause, mask, depth + 1) : plain(cause, mask, depth + 1);
  }
  if (error instanceof AggregateError && depth < MAX_DEPTH) {
    record.errors = error.errors.slice(0, 3).map((one: unknown) => plain(one, mask, depth + 1));
  }
  return record;
}

const isPlainObject = (value: object): value is Record<string, unknown> => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

function plain(value: unknown, mask: Mask, depth: number): unknown {
  switch (typeof value) {
    case "string":
      return cut(mask(value));
    case "number":
    case "boolean":
      return value;
    case "bigint":
      return value.toString();
    case "undefined":
      return undefined;
    case "object":
      break;
    default:
      return `[${typeof value}]`;
  }
  if (value === null) return null;
  if (value instanceof Error) return errorRecord(value, mask, depth);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "[invalid date]" : value.toISOString();
  if (depth >= MAX_DEPTH) return "[…]";
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => plain(item, mask, depth + 1));
  if (isPlainObject(value)) return record(value, mask, depth + 1);
  return `[${value.constructor.name}]`;
}

const sizeOf = (value: unknown): string => {
  if (typeof value === "string") return `[${value.length} characters]`;
  return Array.isArray(value) ? `[${value.length} items]` : `[${typeof value}]`;
};

function record(fields: LogFields, mask: Mask, depth: number): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields).slice(0, 2 * MAX_ITEMS)) {
    const key = name.toLowerCase().replace(/[^a-z]/g, "");
    if (value === undefined) continue;
    if (SECRET_NAMES.test(key)) shown[name] = MASK;
    else if (PRIVATE_NAMES.test(key) && value !== null) shown[name] = sizeOf(value);
    else shown[name] = plain(value, mask, depth);
  }
  return shown;
}

/**
 * @returns a logger that never throws: a field that can not be read becomes a note, and a failing `write` is swallowed,
 * because a log line must not break what it tells about.
 */
export function createLogger(options: LoggerOptions): Logger {
  const mask = createMasker(options.secrets);
  const lowest = LOG_LEVELS.indexOf(options.level);

  const loggerWith = (context: LogFields): Logger => {
    const log = (level: LogLevel, event: string, fields: LogFields = {}): void => {
      if (LOG_LEVELS.indexOf(level) < lowest) return;
      const head = { at: options.now().toISOString(), level, event: mask(event) };
      try {
        options.write(JSON.stringify({ ...head, ...record({ ...context, ...fields }, mask, 0), ...head }));
      } catch {
        try {
          options.write(JSON.stringify({ ...head, note: "the fields could not be read" }));
        } catch {
          // There is nowhere left to tell.
        }
      }
    };
    return {
      debug: (event, fields) => log("debug", event, fields),
      info: (event, fields) => log("info", event, fields),
      warn: (event, fields) => log("warn", event, fields),
      error: (event, fields) => log("error", event, fields),
      child: (fields) => loggerWith({ ...context, ...fields }),
    };
  };
  return loggerWith({});
}
