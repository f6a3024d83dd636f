import { DAY_MS, HOUR_MS } from "../shared/clock.ts";

// Moscow has been UTC+3 without daylight saving since 2014.
const OFFSET_MS = 3 * HOUR_MS;

/** `2026-11-21` in Europe/Moscow. */
export function moscowDay(at: Date): string {
  return new Date(at.getTime() + OFFSET_MS).toISOString().slice(0, 10);
}

/** `2026-11-21T14` in Europe/Moscow. */
export function moscowHour(at: Date): string {
  return new Date(at.getTime() + OFFSET_MS).toISOString().slice(0, 13);
}

/** The moment when the next hour begins in Moscow. */
export function nextMoscowHour(at: Date): Date {
  return new Date((Math.floor(at.getTime() / HOUR_MS) + 1) * HOUR_MS);
}

/** The moment when the next day begins in Moscow. */
export function nextMoscowDay(at: Date): Date {
  return new Date((Math.floor((at.getTime() + OFFSET_MS) / DAY_MS) + 1) * DAY_MS - OFFSET_MS);
}

/** The first moment of a month like `2026-11` in Moscow, and the first after it. */
export function moscowMonth(month: string): { from: Date; until: Date } {
  const [year = 0, number = 1] = month.split("-").map(Number);
  const startOf = (index: number) => new Date(Date.UTC(year, index, 1) - OFFSET_MS);
  return { from: startOf(number - 1), until: startOf(number) };
}
