import type { Language } from "../shared/localized.ts";

/** KIE's names for the parts of a song that was taken apart, in lower case. */
const STEMS: Readonly<Record<string, Record<Language, string>>> = {
  origin: { ru: "Исходная запись", en: "Original mix" },
  original: { ru: "Исходная запись", en: "Original mix" },
  vocal: { ru: "Вокал", en: "Vocals" },
  vocals: { ru: "Вокал", en: "Vocals" },
  instrumental: { ru: "Минусовка", en: "Instrumental" },
  "backing vocals": { ru: "Бэк-вокал", en: "Backing vocals" },
  drums: { ru: "Ударные", en: "Drums" },
  bass: { ru: "Бас", en: "Bass" },
  guitar: { ru: "Гитара", en: "Guitar" },
  piano: { ru: "Фортепиано", en: "Piano" },
  keyboard: { ru: "Клавишные", en: "Keyboard" },
  percussion: { ru: "Перкуссия", en: "Percussion" },
  strings: { ru: "Струнные", en: "Strings" },
  synth: { ru: "Синтезатор", en: "Synth" },
  fx: { ru: "Эффекты", en: "FX" },
  brass: { ru: "Медные духовые", en: "Brass" },
  woodwinds: { ru: "Деревянные духовые", en: "Woodwinds" },
  other: { ru: "Остальное", en: "Other" },
};

/** The title of an output in the user's language where it is the name of a part of a song; any other title as it is. */
export function stemTitle(title: string, language: Language): string {
  const name = title.toLowerCase().replaceAll(/[_-]+/g, " ").trim();
  return Object.hasOwn(STEMS, name) ? (STEMS[name]?.[language] ?? title) : title;
}
