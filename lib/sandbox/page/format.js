// @ts-check
/** Numbers, sums and times as a Russian reader expects them. Clock times are Moscow times, like those in the bot's texts. */

const TIME_ZONE = "Europe/Moscow";
const timeFormat = new Intl.DateTimeFormat("ru-RU", { timeZone: TIME_ZONE, hour: "2-digit", minute: "2-digit" });
const secondsFormat = new Intl.DateTimeFormat("ru-RU", { timeZone: TIME_ZONE, timeStyle: "medium" });
const dayFormat = new Intl.DateTimeFormat("ru-RU", { timeZone: TIME_ZONE, day: "numeric", month: "long" });
const dayYearFormat = new Intl.DateTimeFormat("ru-RU", { timeZone: TIME_ZONE, dateStyle: "long" });
const dayKeyFormat = new Intl.DateTimeFormat("en-CA", { timeZone: TIME_ZONE, dateStyle: "short" });
const integerFormat = new Intl.NumberFormat("ru-RU");
const oneDigitFormat = new Intl.NumberFormat("ru-RU", { maximumFractionDigits: 1 });

/** @param {number} unixSeconds */
export const formatTime = (unixSeconds) => timeFormat.format(unixSeconds * 1000);

/** @param {number} epochMs */
export const formatTimeWithSeconds = (epochMs) => secondsFormat.format(epochMs);

/** @param {Date} date */
export const formatFullDate = (date) => dayYearFormat.format(date);

/**
 * `2026-03-05`: equal for two moments of one Moscow day.
 *
 * @param {number} unixSeconds
 */
export const dayKey = (unixSeconds) => dayKeyFormat.format(unixSeconds * 1000);

/**
 * "Сегодня", "Вчера", "5 марта" or "5 марта 2025 г.".
 *
 * @param {number} unixSeconds
 * @param {number} nowMs Virtual time.
 */
export function formatDay(unixSeconds, nowMs) {
  const key = dayKey(unixSeconds);
  if (key === dayKeyFormat.format(nowMs)) return "Сегодня";
  if (key === dayKeyFormat.format(nowMs - 86_400_000)) return "Вчера";
  const isThisYear = key.slice(0, 4) === dayKeyFormat.format(nowMs).slice(0, 4);
  return (isThisYear ? dayFormat : dayYearFormat).format(unixSeconds * 1000);
}

/**
 * `3:07`, `1:02:30`.
 *
 * @param {number} seconds
 */
export function formatDuration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = String(whole % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** @param {number} bytes */
export function formatBytes(bytes) {
  if (bytes < 1024) return `${bytes} Б`;
  if (bytes < 1024 * 1024) return `${oneDigitFormat.format(bytes / 1024)} КБ`;
  return `${oneDigitFormat.format(bytes / (1024 * 1024))} МБ`;
}

/**
 * `1 234,50 ₽` from a decimal string of kopecks.
 *
 * @param {string} kopecks
 */
export function formatKopecks(kopecks) {
  const sum = BigInt(kopecks);
  const size = sum < 0n ? -sum : sum;
  const roubles = integerFormat.format(size / 100n);
  return `${sum < 0n ? "−" : ""}${roubles},${String(size % 100n).padStart(2, "0")} ₽`;
}

/**
 * "на 2 ч 5 мин" style text of a shift of the clock.
 *
 * @param {number} seconds
 */
export function formatShift(seconds) {
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const parts = [
    [days, "д"],
    [hours, "ч"],
    [minutes, "мин"],
    [Math.floor(seconds % 60), "с"],
  ];
  const shown = parts.filter(([count]) => count !== 0).map(([count, unit]) => `${count} ${unit}`);
  return shown.join(" ");
}

/** @type {[RegExp, number][]} */
const SHIFT_UNITS = [
  [/^(?:s|с|сек)$/, 1],
  [/^(?:m|м|мин)$/, 60],
  [/^(?:h|ч|час|часа|часов)$/, 3600],
  [/^(?:d|д|дн|день|дня|дней)$/, 86_400],
];

/**
 * Seconds meant by "90 мин", "1 ч 30 мин", "2д", "45" (minutes when no unit is written); undefined when it can not be read.
 *
 * @param {string} text
 * @returns {number | undefined}
 */
export function parseShift(text) {
  const source = text.trim().toLowerCase().replaceAll(",", ".");
  if (/^\d+(\.\d+)?$/.test(source)) return positive(Number(source) * 60);
  let total = 0;
  let end = 0;
  for (const match of source.matchAll(/(\d+(?:\.\d+)?)\s*([a-zа-я]+)\.?\s*/gy)) {
    const unitSeconds = SHIFT_UNITS.find(([pattern]) => pattern.test(match[2] ?? ""))?.[1];
    if (unitSeconds === undefined) return undefined;
    total += Number(match[1]) * unitSeconds;
    end = match.index + match[0].length;
  }
  return end === source.length ? positive(total) : undefined;
}

/** @param {number} seconds */
const positive = (seconds) => (Number.isFinite(seconds) && seconds >= 1 ? Math.round(seconds) : undefined);

/**
 * Two letters for a round avatar.
 *
 * @param {string} name
 */
export const initials = (name) =>
  name
    .trim()
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0]?.toUpperCase() ?? "")
    .join("") || "?";
