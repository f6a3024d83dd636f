import type { SettingsTexts } from "./settings-ru.ts";

/** The settings, in English. */
export const settingsEn: SettingsTexts = {
  button: "⚙️ Settings",
  title: "⚙️ Settings",
  language: "Language: English",
  saverOn: "Data saver: on",
  saverOff: "Data saver: off",
  saverRule: (size: string): string =>
    `With data saver, files over ${size} come by the button under the result, and pictures at once, compressed.`,
  languages: { ru: "Русский", en: "English" },
  turnSaverOn: "Turn data saver on",
  turnSaverOff: "Turn data saver off",
  saved: "Saved",
};
