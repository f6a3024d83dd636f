import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../shared/clock.ts";

export interface Cron {
  /** The first matching minute strictly after `after`, in UTC. */
  next(after: Date): Date;
}

interface Field {
  first: number;
  last: number;
  names?: readonly string[];
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"] as const;
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
const MINUTE: Field = { first: 0, last: 59 };
const HOUR: Field = { first: 0, last: 23 };
const DAY: Field = { first: 1, last: 31 };
const MONTH: Field = { first: 1, last: 12, names: MONTHS };
/** 7 is Sunday as well. */
const WEEKDAY: Field = { first: 0, last: 7, names: WEEKDAYS };

/** 29 February is at most eight years away. */
const HORIZON_MS = 9 * 366 * DAY_MS;

/**
 * Reads the standard five fields: `*`, numbers, names, lists, ranges, steps; a `CRON_TZ=UTC` in front is allowed. As in
 * every cron, a day matches either field when both the day of the month and the weekday are restricted.
 *
 * @returns undefined when the text is no such expression, names another time zone, or never occurs (30 February).
 */
export function parseCron(expression: string): Cron | undefined {
  const parts = expression
    .trim()
    .replace(/^CRON_TZ=(Etc\/)?UTC\s+/, "")
    .split(/\s+/);
  const [minuteText = "", hourText = "", dayText = "", monthText = "", weekdayText = ""] = parts;
  const minutes = parseField(minuteText, MINUTE);
  const hours = parseField(hourText, HOUR);
  const days = parseField(dayText, DAY);
  const months = parseField(monthText, MONTH);
  const weekdays = parseField(weekdayText, WEEKDAY);
  if (parts.length !== 5 || !minutes || !hours || !days || !months || !weekdays) return undefined;
  if (weekdays.has(7)) weekdays.add(0);
  const isEitherDay = !dayText.startsWith("*") && !weekdayText.startsWith("*");

  function isDay(date: Date): boolean {
    const isMonthday = days?.has(date.getUTCDate()) === true;
    const isWeekday = weekdays?.has(date.getUTCDay()) === true;
    return isEitherDay ? isMonthday || isWeekday : isMonthday && isWeekday;
  }

  function find(after: Date): Date | undefined {
    let at = Math.floor(after.getTime() / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
    const horizon = at + HORIZON_MS;
    while (at < horizon) {
      const date = new Date(at);
      if (months?.has(date.getUTCMonth() + 1) !== true || !isDay(date)) at = startOfNext(at, DAY_MS);
      else if (hours?.has(date.getUTCHours()) !== true) at = startOfNext(at, HOUR_MS);
      else if (minutes?.has(date.getUTCMinutes()) !== true) at += MINUTE_MS;
      else return date;
    }
    return undefined;
  }

  if (find(new Date(0)) === undefined) return undefined;
  return { next: (after) => find(after) ?? new Date(after.getTime() + HORIZON_MS) };
}

function startOfNext(at: number, unitMs: number): number {
  return Math.floor(at / unitMs) * unitMs + unitMs;
}

function parseField(text: string, field: Field): Set<number> | undefined {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const match = /^(\*|[a-z]{3}|\d+)(?:-([a-z]{3}|\d+))?(?:\/(\d+))?$/i.exec(part);
    if (match === null) return undefined;
    const [, fromText = "", toText, stepText] = match;
    const isAll = fromText === "*";
    if (isAll && toText !== undefined) return undefined;
    const from = isAll ? field.first : toNumber(fromText, field);
    const step = stepText === undefined ? 1 : Number(stepText);
    // "5/15" means "from 5 on, every 15".
    const isOpen = isAll || (toText === undefined && stepText !== undefined);
    const to = isOpen ? field.last : toNumber(toText ?? fromText, field);
    if (from === undefined || to === undefined || from > to || step < 1) return undefined;
    for (let value = from; value <= to; value += step) values.add(value);
  }
  return values;
}

function toNumber(text: string, field: Field): number | undefined {
  const named = field.names?.indexOf(text.toLowerCase()) ?? -1;
  const value = named >= 0 ? named + field.first : Number(text);
  return Number.isInteger(value) && value >= field.first && value <= field.last ? value : undefined;
}
