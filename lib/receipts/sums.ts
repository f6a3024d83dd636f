import { namesOtherSum, namesSum } from "./lines.ts";

/** Not more than this is believed: 100 million roubles. */
const MAX_KOPECKS = 10_000_000_000n;
const MAX_SUMS = 6;

/** A rouble sign, and what it is read as; a digit only when it stands alone behind the sum. */
const MARK = String.raw`(?:₽|руб|rub|rur|р\b|p\b|[#£€f]|[28b](?![\d.,]))`;
const SURE_MARK = /^(?:₽|руб|rub|rur|р)$/iu;
const GROUPS = String.raw`\d{1,3}(?:[ '’.]\d{3})+|\d{1,3}(?:,\d{3})+(?=\.\d{2})|\d{1,9}`;
/**
 * Whole part, kopecks, a third decimal (a rouble sign that touched them and was read as a digit), a sign.
 * Digits that go on before or behind belong to something else.
 */
const SUM = new RegExp(
  String.raw`(?<![\d.,\p{L}])(${GROUPS})(?:[.,] ?(\d{2})(\d?))?(?![\d]|[.,]\d)\s*(${MARK})?`,
  "giu",
);

const NOT_SUMS = [
  // Dates, times, phones, and numbers whose digits are masked or too many.
  /\d{1,2} [^\s\d]\S{1,11} 20\d{2}(?!\d)/gu,
  /\d{1,2}[./-]\d{1,2}[./-]\d{2,4}/g,
  /\d{4}-\d{2}-\d{2}/g,
  /\d{1,2}:\d{2}(?::\d{2})?/g,
  /\+?[78][ (-]*\d{3}[ )-]*\d{3}[ -]*\d{2}[ -]*\d{2}(?!\d)/g,
  /[*•.x]{2,} ?\d{2,6}/giu,
  /[\p{L}\d]*\d{10,}[\p{L}\d]*/gu,
  /\d+(?:-\d+){2,}/g,
];

interface Candidate {
  kopecks: bigint;
  rank: number;
}

/**
 * Sums that a receipt's lines speak of, the likeliest first: beside «Сумма» or «Итого», with kopecks, with a rouble sign.
 * Fees and balances come last, nothing (0,00) not at all. Kopecks as decimal strings.
 */
export function sumsIn(lines: readonly string[]): string[] {
  const best = new Map<bigint, number>();
  for (const { kopecks, rank } of lines.flatMap((line, at) => candidates(line, lines[at - 1] ?? ""))) {
    if (kopecks <= 0n || kopecks > MAX_KOPECKS) continue;
    best.set(kopecks, Math.max(rank, best.get(kopecks) ?? Number.NEGATIVE_INFINITY));
  }
  return [...best]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, MAX_SUMS)
    .map(([kopecks]) => String(kopecks));
}

function candidates(line: string, previous: string): Candidate[] {
  const isOther = namesOtherSum(line);
  // A label may have a line of its own above its value.
  const isNamed = namesSum(line) || (!/\d/.test(previous) && namesSum(previous));
  const bonus = isOther ? -10 : isNamed ? 4 : 0;
  return [...withDigits(line).matchAll(SUM)].flatMap(([, whole = "", cents, third, mark]) => {
    const roubles = BigInt(whole.replace(/\D/g, ""));
    if (cents !== undefined) {
      const rank = bonus + 3 + (mark === undefined && third === "" ? 0 : 1);
      return [{ kopecks: roubles * 100n + BigInt(cents), rank }];
    }
    // A bare whole number is a sum only where something says so; one figure beside a doubtful sign is none.
    if (mark === undefined && !isNamed) return [];
    if (whole.length === 1 && mark !== undefined && !SURE_MARK.test(mark)) return [];
    const found = [{ kopecks: roubles * 100n, rank: bonus + (mark === undefined ? 0 : 1) }];
    // Banks write the rouble sign: without one `2508` is rather 250 and a sign that touched it.
    if (mark === undefined && /^\d{2,}[28]$/.test(whole)) {
      found.unshift({ kopecks: (roubles / 10n) * 100n, rank: bonus + 1 });
    }
    return found;
  });
}

/** Letters read where digits were, in words that are digits for the rest; then what is no sum is blanked out. */
function withDigits(line: string): string {
  const read = line
    .replace(/\d[\dOoОо.,]*(?!\p{L})/gu, (token) => token.replace(/[OoОо]/gu, "0"))
    .replace(/(?<=\d)[Зз](?=[\d.,])/gu, "3")
    .replace(/(?<=\d)[lI|](?=[\d.,])/gu, "1");
  return NOT_SUMS.reduce((text, pattern) => text.replace(pattern, " # "), read).replaceAll(" # ", " ; ");
}
