/** The settings, in Russian. */
export const settingsRu = {
  button: "⚙️ Настройки",
  title: "⚙️ Настройки",
  language: "Язык: русский",
  saverOn: "Экономия трафика: включена",
  saverOff: "Экономия трафика: выключена",
  saverRule: (size: string): string =>
    `С экономией файлы больше ${size} приходят по кнопке под результатом, а картинки сразу, сжатыми.`,
  /** On the buttons; the chosen language has a mark. */
  languages: { ru: "Русский", en: "English" },
  turnSaverOn: "Включить экономию трафика",
  turnSaverOff: "Выключить экономию трафика",
  saved: "Сохранено",
};

/** The shape every language has. */
export type SettingsTexts = typeof settingsRu;
