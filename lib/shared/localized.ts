export const LANGUAGES = ["ru", "en"] as const;
export type Language = (typeof LANGUAGES)[number];
/** One text in every language of the product. */
export type Localized = Readonly<Record<Language, string>>;
