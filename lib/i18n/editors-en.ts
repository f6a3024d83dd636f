import type { EditorTexts } from "./editors-ru.ts";
import { formatNumber } from "./format.ts";

const number = (value: number): string => formatNumber(value, "en");

/** Editing of lines and of long texts, in English. */
export const editorsEn: EditorTexts = {
  buttons: {
    addLine: "➕ One more line",
    removeLine: "🗑 Delete",
    moveUp: "⬆️ Up",
    moveDown: "⬇️ Down",
    shareOut: "⚖️ Share out evenly",
    totalAs: (label, value) => `${label}: ${value}`,
    append: "➕ Add to it",
    random: "🎲 Random",
  },
  newLine: (position) => `New line, number ${position}`,
  writeLine: "Write it in a message. Several lines at once are fine, too.",
  rewriteLine: "Write the line's new text, or change the rest with the buttons.",
  addMore: "To add, just send text: each line of it becomes one.",
  sharesUsed: (used, total) => `${used} of ${total} used.`,
  characters: (used, limit) => `${number(used)} of ${number(limit)} characters used.`,
  appending: "Send what comes next: it goes after what is there already. Or press “Done”.",
  sections: "You can mark the parts of a song: [Verse], [Chorus], [Bridge], [Outro].",
};
