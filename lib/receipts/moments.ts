/** Moscow has had no other offset since 2014. */
const OFFSET = "+03:00";
const MONTHS = [
  "января",
  "февраля",
  "марта",
  "апреля",
  "мая",
  "июня",
  "июля",
  "августа",
  "сентября",
  "октября",
  "ноября",
  "декабря",
] as const;

/** What English data reads the letters of the months' names as, the usual first; one letter may become two. */
const READ_AS: Readonly<Record<string, readonly string[]>> = {
  я: ["a", "s", "sa", "n", "r", "9"],
  н: ["h", "n"],
  в: ["b", "s", "8", "e"],
  а: ["a"],
  р: ["p", "r"],
  ф: ["ch", "c", "o", "0", "d", "®"],
  е: ["e"],
  л: ["n", "l", "j", "nn", "m"],
  м: ["m"],
  т: ["t", "r", "m"],
  п: ["n", "p"],
  и: ["n", "u", "w", "m", "v"],
  ю: ["io", "lo", "to", "10", "ю"],
  г: ["r", "g", "f"],
  у: ["y", "u"],
  с: ["c", "s"],
  б: ["b", "6", "g", "a", "ab", "o"],
  о: ["o", "0"],
  к: ["k", "x"],
  д: ["d", "n", "p", "pn", "a", "4", "[", "f"],
};

/** A name read wrongly in more than this part of its letters is not believed. */
const MAX_WRONG_PART = 0.35;

interface Day {
  year: number;
  month: number;
  day: number;
}

/**
 * The moment of the payment as it is written, by Moscow's clock: `2026-11-21T14:05:12+03:00`; only `2026-11-21` when
 * there is no time beside the date; null when there is no date. The first date that has a time wins.
 */
export function momentIn(lines: readonly string[]): string | null {
  let dayOnly: string | null = null;
  for (const [at, line] of lines.entries()) {
    const day = dayIn(line);
    if (day === null) continue;
    const date = `${day.year}-${two(day.month)}-${two(day.day)}`;
    const neighbour = lines[at + 1] ?? "";
    const time = timeIn(line) ?? (dayIn(neighbour) === null ? timeIn(neighbour) : null) ?? timeIn(lines[at - 1] ?? "");
    if (time !== null) return `${date}T${time}${OFFSET}`;
    dayOnly ??= date;
  }
  return dayOnly;
}

function timeIn(line: string): string | null {
  const found = /(?<![\d:.,])([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?(?![\d:])/.exec(line);
  return found === null ? null : `${(found[1] ?? "").padStart(2, "0")}:${found[2]}:${found[3] ?? "00"}`;
}

function dayIn(line: string): Day | null {
  const iso = /(?<!\d)(20\d{2})-(\d{2})-(\d{2})(?!\d)/.exec(line);
  if (iso !== null) return valid(iso[1], iso[2], iso[3]);
  const figures = /(?<![\d.,])(\d{1,2})[./-](\d{1,2})[./-](20\d{2}|\d{2})(?![\d]|[.,-]\d)/.exec(line);
  if (figures !== null) return valid((figures[3] ?? "").padStart(4, "20"), figures[2], figures[1]);
  const words = /(?<!\d)(\d{1,2}) ([^\s\d]\S{1,11}) (20\d{2})(?!\d)/u.exec(line);
  const month = words === null ? null : monthOf(words[2] ?? "");
  return words === null || month === null ? null : valid(words[3], String(month), words[1]);
}

function valid(year = "", month = "", day = ""): Day | null {
  const found = { year: Number(year), month: Number(month), day: Number(day) };
  const date = new Date(Date.UTC(found.year, found.month - 1, found.day));
  // A 31st of November rolls over into another month.
  return date.getUTCMonth() === found.month - 1 && date.getUTCDate() === found.day ? found : null;
}

const two = (value: number): string => String(value).padStart(2, "0");

/** 1 to 12; null when no month is clearly nearest to what was read. */
function monthOf(read: string): number | null {
  const word = read.toLowerCase().replace(/[.,]$/, "");
  const ranked = MONTHS.map((name, index) => ({
    month: index + 1,
    wrong: distance(word, name) / name.length,
  })).toSorted((a, b) => a.wrong - b.wrong);
  const [first, second] = ranked;
  if (first === undefined || second === undefined) return null;
  return first.wrong <= MAX_WRONG_PART && first.wrong < second.wrong ? first.month : null;
}

/** Edits between what was read and a name, where a look-alike costs a tenth: it says less than the letter itself. */
function distance(read: string, name: string): number {
  const width = read.length + 1;
  const costs = new Array<number>((name.length + 1) * width).fill(Number.POSITIVE_INFINITY);
  costs[0] = 0;
  for (let row = 0; row <= name.length; row += 1) {
    for (let column = 0; column <= read.length; column += 1) {
      const here = costs[row * width + column] ?? 0;
      const offer = (toRow: number, toColumn: number, cost: number) => {
        if (toRow > name.length || toColumn > read.length) return;
        const to = toRow * width + toColumn;
        costs[to] = Math.min(costs[to] ?? 0, here + cost);
      };
      const letter = name[row] ?? "";
      offer(row + 1, column, 1);
      offer(row, column + 1, 1);
      offer(row + 1, column + 1, read[column] === letter ? 0 : 1);
      for (const [rarity, form] of (READ_AS[letter] ?? []).entries()) {
        if (read.startsWith(form, column)) offer(row + 1, column + form.length, 0.1 + rarity / 50);
      }
    }
  }
  return costs.at(-1) ?? Number.POSITIVE_INFINITY;
}
