import { formatMegabytes } from "../i18n/format.ts";
import { texts } from "../i18n/index.ts";
import { LANGUAGES } from "../shared/localized.ts";
import { changedSettings, type SettingsChange } from "./settings-changes.ts";
import { type send, showing, type Turn, toast } from "./turn.ts";
import type { ConversationState, Facts, Transition, View, ViewButton } from "./types.ts";
import { button, keyboard, lines } from "./view-parts.ts";

/** Larger files than this wait behind a button where traffic is saved. */
export const DATA_SAVER_BYTES = 5_000_000;

type Draw = (state: ConversationState, extra?: Parameters<typeof send>[1]) => Transition;

/** Shows the settings, or changes one (null: none). Each button says wholly what it does, so it works at any age. */
export function openSettings(turn: Turn, change: SettingsChange | null, draw: Draw): Transition {
  const next = showing(turn.state, { kind: "settings" });
  if (change === null) return draw(next);
  const language = changedSettings[change].language ?? turn.facts.user.language;
  return draw(next, { ...toast(texts(language).settings.saved), effects: [{ kind: "settings", change }] });
}

export function settingsScreen({ user }: Facts): View {
  const t = texts(user.language);
  const { settings: s } = t;
  const isSaving = user.dataSaver === true;
  const size = formatMegabytes(DATA_SAVER_BYTES / 1_000_000, user.language);
  const languages = LANGUAGES.map((language): ViewButton => {
    const name = s.languages[language];
    return button(language === user.language ? `• ${name}` : name, { kind: "settings", change: language });
  });
  return {
    text: lines({ bold: s.title }, "", s.language, isSaving ? s.saverOn : s.saverOff, "", s.saverRule(size)),
    keyboard: keyboard([
      languages,
      [
        isSaving
          ? button(s.turnSaverOff, { kind: "settings", change: "saver-off" })
          : button(s.turnSaverOn, { kind: "settings", change: "saver-on" }),
      ],
      [button(t.buttons.menu, { kind: "menu" })],
    ]),
  };
}
