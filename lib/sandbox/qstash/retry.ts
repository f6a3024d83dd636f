import { DAY_MS, SECOND_MS } from "../../shared/clock.ts";

const UNIT_SECONDS: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400 };

const FUNCTIONS = new Map<string, (...values: number[]) => number>([
  ["pow", Math.pow],
  ["sqrt", Math.sqrt],
  ["abs", Math.abs],
  ["exp", Math.exp],
  ["floor", Math.floor],
  ["ceil", Math.ceil],
  ["round", Math.round],
  ["min", Math.min],
  ["max", Math.max],
]);

/** Seconds of `30`, `30s`, `1d10h30m`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  if (!/^(\d+[smhd])+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+)([smhd])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNIT_SECONDS[unit ?? ""] ?? 0),
    0,
  );
}

/**
 * How long QStash waits before it tries again: what the answer asks for, else the message's expression, else
 * e^(2.5 n) seconds (12 s, 2 m 28 s, 30 m, 6 h, 24 h); never more than a day.
 *
 * @param retried 0 after the first failure.
 * @see https://upstash.com/docs/qstash/features/retry (read 2026-11-20)
 */
export function retryDelayMs(
  retried: number,
  expression: string | undefined,
  answer: Headers | undefined,
  now: Date,
): number {
  const asked = answer?.get("retry-after") ?? answer?.get("x-ratelimit-reset");
  const askedMs = asked == null ? undefined : parseMoment(asked, now);
  const ownMs = expression === undefined ? undefined : evaluate(expression, retried);
  const delayMs = askedMs ?? ownMs ?? Math.exp(2.5 * (retried + 1)) * SECOND_MS;
  return Math.min(Math.max(delayMs, 0), DAY_MS);
}

function parseMoment(text: string, now: Date): number | undefined {
  const seconds = parseDuration(text.trim());
  if (seconds !== undefined) return seconds * SECOND_MS;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : date - now.getTime();
}

/**
 * Value, in milliseconds, of an `Upstash-Retry-Delay` expression such as `min(60000, pow(2, retried) * 1000)`; undefined
 * when it cannot be read.
 */
export function evaluate(expression: string, retried: number): number | undefined {
  const tokens = expression.match(/\d+(?:\.\d+)?|[a-z]+|[-+*/%(),]|\S/gi) ?? [];
  let position = 0;
  const accept = (...wanted: string[]): string | undefined => {
    const token = tokens[position];
    if (token === undefined || !wanted.includes(token)) return undefined;
    position += 1;
    return token;
  };

  function sum(): number {
    let value = product();
    for (let sign = accept("+", "-"); sign !== undefined; sign = accept("+", "-")) {
      const right = product();
      value = sign === "+" ? value + right : value - right;
    }
    return value;
  }

  function product(): number {
    let value = factor();
    for (let sign = accept("*", "/", "%"); sign !== undefined; sign = accept("*", "/", "%")) {
      const right = factor();
      value = sign === "*" ? value * right : sign === "/" ? value / right : value % right;
    }
    return value;
  }

  function factor(): number {
    if (accept("-")) return -factor();
    if (accept("(")) return closed(sum());
    const token = tokens[position++] ?? "";
    if (token === "retried") return retried;
    const apply = FUNCTIONS.get(token);
    if (apply === undefined) return /^\d/.test(token) ? Number(token) : Number.NaN;
    if (!accept("(")) return Number.NaN;
    const values = [sum()];
    while (accept(",")) values.push(sum());
    return closed(apply(...values));
  }

  function closed(value: number): number {
    return accept(")") ? value : Number.NaN;
  }

  const value = sum();
  return position === tokens.length && Number.isFinite(value) ? value : undefined;
}
