import type { Language } from "../shared/localized.ts";

/** What the buttons of the settings change. */
export const SETTINGS_CHANGES = ["ru", "en", "saver-on", "saver-off"] as const;
export type SettingsChange = (typeof SETTINGS_CHANGES)[number];

/** A change in the terms of the user's row. */
export const changedSettings: Readonly<Record<SettingsChange, { language?: Language; dataSaver?: boolean }>> = {
  ru: { language: "ru" },
  en: { language: "en" },
  "saver-on": { dataSaver: true },
  "saver-off": { dataSaver: false },
};
