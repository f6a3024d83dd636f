import type { UserFile } from "../../lib/sandbox/telegram/index.ts";
import { catalog } from "./catalog-entry.ts";
import { photo, song, video } from "./files.ts";
import type { Person } from "./world.ts";

/** What people do again and again in the journeys, with buttons and messages only. */

/** The text with ordinary spaces instead of the ones that keep a number and its unit on one line. */
export const withSpaces = (text: string): string => text.replace(/[\u00a0\u202f]/g, " ");

/** Whether the newest message has a button whose text or data contains `label`. */
export function offers(person: Person, label: string): boolean {
  const buttons = person.screen().keyboard?.flat() ?? [];
  return buttons.some(({ text, data = "" }) => withSpaces(text).includes(label) || data.includes(label));
}

/** Finds an entry's model in the menus and opens its card: category, family, mode where there are several. */
export async function openCard(person: Person, entryKey: string): Promise<void> {
  const found = catalog.entry(entryKey);
  if (found === undefined) throw new Error(`no entry ${entryKey}`);
  const { family, entry } = found;
  await person.says("/models");
  await person.taps(`category:${family.category}`);
  while (!offers(person, `model:${family.key}~`)) await person.taps(" ›");
  await person.taps(`model:${family.key}~`);
  if (offers(person, `mode:${family.key}:${entry.mode}~`)) await person.taps(`mode:${family.key}:${entry.mode}~`);
}

/** Files for the questions of a card, by a format that the question names: "PNG" is asked of pictures only. */
export type Answers = readonly (readonly [format: string, file: UserFile])[];

/** One file of each kind. */
export async function oneOfEach(songSeconds = 3): Promise<Answers> {
  return [
    ["PNG", await photo("портрет")],
    ["MP3", await song(songSeconds)],
    ["MP4", await video(2)],
  ];
}

/** Answers a card's questions, each with its example button or with a file, until the card offers to create. */
export async function answerQuestions(person: Person, answers: Answers): Promise<void> {
  for (let asked = 0; asked < 10 && !offers(person, "show_price_confirmation"); asked += 1) {
    const file = answers.find(([format]) => person.reads().includes(format))?.[1];
    if (offers(person, "example~")) await person.taps("example~");
    else if (file !== undefined) await person.sendsFile(file);
    // A number or an option: the second one, because the first is often nothing at all.
    else if (offers(person, "set_param:")) await person.taps(presets(person)[1] ?? "set_param:");
    else throw new Error(`nothing to answer with: ${person.reads()}`);
  }
  if (offers(person, "example~")) await person.taps("example~");
}

function presets(person: Person): string[] {
  const data =
    person
      .screen()
      .keyboard?.flat()
      .map((button) => button.data ?? "") ?? [];
  return data.filter((each) => each.startsWith("set_param:"));
}

/** Presses ✅, and ✅ again where a dear generation asks. @returns the id of the generation. */
export async function create(person: Person): Promise<string> {
  await person.taps("show_price_confirmation");
  if (offers(person, "confirm~")) await person.taps("confirm~");
  // What KIE answers at once is delivered by now, and has its receipt instead.
  const { data } = person.button(offers(person, "refresh:") ? "refresh:" : "receipt:");
  return data.slice(data.indexOf(":") + 1, data.indexOf("~"));
}

/** "✅ Создать · 1 012,40 ₽" → 101240n; free steps say so instead. */
export function kopecksOn(text: string): bigint {
  if (text.includes("бесплатно")) return 0n;
  const [, roubles, kopecks] = /(\d[\d ]*),(\d\d) ₽/.exec(text) ?? [];
  if (roubles === undefined || kopecks === undefined) throw new Error(`no price in «${text}»`);
  return BigInt(roubles.replaceAll(" ", "")) * 100n + BigInt(kopecks);
}

/** The price of KIE's credits at the sandbox's rate 0.39295 and the multiplier 2, half a kopeck rounded up. */
export function kopecksOfCredits(credits: number): bigint {
  return (BigInt(Math.round(credits * 1000)) * 7859n + 50_000n) / 100_000n;
}
