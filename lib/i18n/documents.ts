/** Texts that Telegram expects of a bot that sells something. */
export const DOCUMENT_NAMES = ["terms", "privacy", "paysupport"] as const;
export type DocumentName = (typeof DOCUMENT_NAMES)[number];
