import { namesNumber, namesPayee } from "./lines.ts";

const MAX_NUMBERS = 5;
const MIN_DIGITS = 6;
/** A shorter number is not an operation's own: authorisation codes and days' counters repeat. */
const MIN_OPERATION_LENGTH = 8;

/** An operation of the Faster Payments System: a letter and 31 more, all digits but one or two; give or take a misreading. */
const SBP = /(?<![0-9A-Z])[ABАВ48][0-9A-ZОВА]{30,33}(?![0-9A-Z])/gu;
/** From this length on a number stays itself when doubled figures are written once. */
const LONG = 28;
/** `C421411260012345`, `1-23-456-789-012`, `5012345678`. */
const NUMBER = /(?<![\d+*•.,:\p{L}-])(?:\p{Lu}{0,2}\d{6,}|\d+(?:-\d+){2,})(?![\d.,:]\d|[\d\p{L}*•]|-\d)/gu;
const PHONE = /\+?[78][ (-]*\d{3}[ )-]*\d{3}[ -]*\d{2}[ -]*\d{2}(?!\d)/g;
const ACCOUNT = /^(?:\d{20}|\d{16}|04\d{7})$/;
const PHONE_DIGITS = /^[78]9\d{9}$/;

/**
 * Numbers of the operation or the document, the most telling first: that of the Faster Payments System, then those
 * beside «Номер операции», «Квитанция №». Never phones, accounts and cards, nor what is in `payee`: those are the same in
 * every payment to one payee and would make all of them look alike.
 */
export function numbersIn(lines: readonly string[], payee = ""): string[] {
  const known = payee.replace(/\D/g, "");
  const found = new Set<string>();
  const keep = (number: string) => {
    const digits = number.replace(/\D/g, "");
    if (digits.length < MIN_DIGITS || ACCOUNT.test(number) || PHONE_DIGITS.test(digits) || known.includes(digits))
      return;
    found.add(number);
  };
  for (const line of lines) for (const [number] of line.matchAll(SBP)) keep(toLatin(number));
  for (const [at, line] of lines.entries()) {
    const above = lines[at - 1] ?? "";
    const isNamed = namesNumber(line) || (!/\d/.test(above) && namesNumber(above) && !namesPayee(line));
    if (!isNamed) continue;
    const rest = line
      .replace(SBP, " ")
      .replace(PHONE, " ")
      .replace(/\d{1,2}[./]\d{1,2}[./]\d{2,4}/g, " ");
    for (const [number] of rest.matchAll(NUMBER)) keep(toLatin(number));
  }
  return [...found].slice(0, MAX_NUMBERS);
}

/**
 * The number by which two receipts are known to be of one operation, or null. Letters and the digits that they are
 * mistaken for are one, and in a long number so are doubled figures (`B` is read as `B8`, too): readings of the same
 * receipt in different sizes give the same.
 */
export function operationNumberOf(numbers: readonly string[]): string | null {
  const number = numbers.find((candidate) => candidate.replace(/\D/g, "").length >= MIN_OPERATION_LENGTH);
  if (number === undefined) return null;
  const digits: Readonly<Record<string, string>> = { B: "8", O: "0", D: "0", I: "1", L: "1", S: "5", Z: "2" };
  const folded = number.replace(/-/g, "").replace(/[BODILSZ]/g, (letter) => digits[letter] ?? letter);
  return folded.length < LONG ? folded : folded.replace(/(.)\1+/g, "$1");
}

/** Cyrillic capitals that look like Latin ones. */
function toLatin(number: string): string {
  const latin: Readonly<Record<string, string>> = {
    А: "A",
    В: "B",
    О: "O",
    С: "C",
    Е: "E",
    К: "K",
    М: "M",
    Н: "H",
    Р: "P",
    Т: "T",
    Х: "X",
  };
  return number.replace(/[АВОСЕКМНРТХ]/g, (letter) => latin[letter] ?? letter);
}
