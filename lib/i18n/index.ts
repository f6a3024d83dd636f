import type { Language } from "../shared/localized.ts";
import { en } from "./en.ts";
import { ru, type Texts } from "./ru.ts";

export type { Texts } from "./ru.ts";

const TEXTS: Record<Language, Texts> = { ru, en };

/** All texts of one language. */
export function texts(language: Language): Texts {
  return TEXTS[language];
}
