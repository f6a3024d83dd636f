import type { Kopecks } from "../shared/kopecks.ts";
import type { Language } from "../shared/localized.ts";

/** Keeps a number and its unit on one line. */
export const NBSP = "\u00a0";

const TIME_ZONE = "Europe/Moscow";

const LOCALES = { ru: "ru-RU", en: "en-GB" } as const satisfies Record<Language, string>;

/**
 * Building an Intl formatter costs about a hundred times more than using it, so each is made once; and not before it is
 * used, because all of them together are 6 MB and a part of every cold start.
 */
function perLanguage<Made>(make: (locale: string) => Made): Readonly<Record<Language, Made>> {
  const made: { [key in Language]?: Made } = {};
  const of = (language: Language) => {
    made[language] ??= make(LOCALES[language]);
    return made[language];
  };
  return {
    get ru() {
      return of("ru");
    },
    get en() {
      return of("en");
    },
  };
}

const pluralRules = perLanguage((locale) => new Intl.PluralRules(locale));
const integers = perLanguage((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }));
const decimals = perLanguage((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 3 }));
const times = perLanguage(
  (locale) => new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", timeZone: TIME_ZONE }),
);
const days = perLanguage(
  (locale) => new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", timeZone: TIME_ZONE }),
);
const shortDays = perLanguage(
  (locale) => new Intl.DateTimeFormat(locale, { day: "2-digit", month: "2-digit", timeZone: TIME_ZONE }),
);

const months = perLanguage((locale) => new Intl.DateTimeFormat(locale, { month: "long", timeZone: "UTC" }));

/** Word forms of a count: Russian needs `one`, `few`, `many`; English `one` and `other`. */
export interface PluralForms {
  one: string;
  few?: string;
  many?: string;
  other: string;
}

/** The form that goes with `count`, by Intl.PluralRules: 1 модель, 2 модели, 5 моделей. The number itself is not included. */
export function plural(language: Language, count: number, forms: PluralForms): string {
  const rule = pluralRules[language].select(count);
  if (rule === "one") return forms.one;
  if (rule === "few") return forms.few ?? forms.other;
  if (rule === "many") return forms.many ?? forms.other;
  return forms.other;
}

/** Digits grouped by no-break spaces ("5 000") or commas ("5,000"); up to three decimals, decimal comma in Russian. */
export function formatNumber(value: number, language: Language): string {
  return decimals[language].format(value);
}

function moneyParts(kopecks: Kopecks, language: Language): { sign: string; roubles: string; rest: string } {
  const absolute = kopecks < 0n ? -kopecks : kopecks;
  return {
    sign: kopecks < 0n ? "\u2212" : "",
    roubles: integers[language].format(absolute / 100n),
    rest: String(absolute % 100n).padStart(2, "0"),
  };
}

/** A price or a movement: "12,40 ₽", "₽12.40"; kopecks are always written. */
export function formatKopecks(kopecks: Kopecks, language: Language): string {
  const { sign, roubles, rest } = moneyParts(kopecks, language);
  return language === "ru" ? `${sign}${roubles},${rest}${NBSP}₽` : `${sign}₽${roubles}.${rest}`;
}

/** A balance: as a price, but whole roubles come without decimals ("128 ₽", "₽128"). */
export function formatBalance(kopecks: Kopecks, language: Language): string {
  if (kopecks % 100n !== 0n) return formatKopecks(kopecks, language);
  const { sign, roubles } = moneyParts(kopecks, language);
  return language === "ru" ? `${sign}${roubles}${NBSP}₽` : `${sign}₽${roubles}`;
}

const UNITS = {
  second: { ru: "с", en: "s" },
  minute: { ru: "мин", en: "min" },
  megabyte: { ru: "МБ", en: "MB" },
  megapixel: { ru: "Мп", en: "MP" },
  pixel: { ru: "пикселей", en: "px" },
} as const satisfies Record<string, Record<Language, string>>;

const withUnit = (value: string, unit: keyof typeof UNITS, language: Language): string =>
  `${value}${NBSP}${UNITS[unit][language]}`;

/** "5 с", "2 мин 5 с"; whole seconds from a minute on, at most one decimal below. */
export function formatSeconds(seconds: number, language: Language): string {
  if (seconds < 60) return withUnit(formatNumber(Math.round(seconds * 10) / 10, language), "second", language);
  const whole = Math.round(seconds);
  const minutes = withUnit(formatNumber(Math.floor(whole / 60), language), "minute", language);
  return whole % 60 === 0 ? minutes : `${minutes} ${withUnit(String(whole % 60), "second", language)}`;
}

/** "40–70 с", "2–3 мин"; one figure when both ends are the same. */
export function formatSecondsRange(from: number, to: number, language: Language): string {
  const inMinutes = to >= 120;
  const [low, high] = inMinutes
    ? [Math.max(1, Math.floor(from / 60)), Math.ceil(to / 60)]
    : [Math.round(from), Math.round(to)];
  const unit = inMinutes ? "minute" : "second";
  return withUnit(low === high ? String(low) : `${low}–${high}`, unit, language);
}

/** "10 МБ"; at most one decimal. */
export function formatMegabytes(megabytes: number, language: Language): string {
  return withUnit(formatNumber(Math.round(megabytes * 10) / 10, language), "megabyte", language);
}

export function formatPixels(pixels: number, language: Language): string {
  return withUnit(formatNumber(pixels, language), "pixel", language);
}

export function formatMegapixels(megapixels: number, language: Language): string {
  return withUnit(formatNumber(megapixels, language), "megapixel", language);
}

/** Moscow time of day: "14:03". */
export function formatTime(date: Date, language: Language): string {
  return times[language].format(date);
}

/** Moscow day and time: "21 ноября, 14:03", "21 November, 14:03". */
export function formatDateTime(date: Date, language: Language): string {
  return `${days[language].format(date).replace(" ", NBSP)}, ${formatTime(date, language)}`;
}

/** A month like `2026-11` in words: "ноябрь 2026", "November 2026". */
export function formatMonth(month: string, language: Language): string {
  return `${months[language].format(new Date(`${month}-01T00:00:00Z`))}${NBSP}${month.slice(0, 4)}`;
}

/** Moscow day and time for lists: "21.11 14:03", "21/11 14:03". */
export function formatShortDateTime(date: Date, language: Language): string {
  return `${shortDays[language].format(date)} ${formatTime(date, language)}`;
}

/** "JPEG, PNG или WebP": names in their usual spelling, the last joined by `or`. */
export function formatChoice(names: readonly string[], or: string): string {
  const last = names.at(-1);
  if (last === undefined) return "";
  return names.length === 1 ? last : `${names.slice(0, -1).join(", ")} ${or} ${last}`;
}
