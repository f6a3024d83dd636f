export interface Lyrics {
  title: string;
  text: string;
}

/** A word of a song and when it is sung. The last of a line ends with a line break, the first of a part begins with its tag. */
export interface AlignedWord {
  word: string;
  success: boolean;
  startS: number;
  endS: number;
  palign: number;
}

interface Verses {
  titles: readonly [string, string];
  verse(subject: string): readonly string[];
  chorus(title: string): readonly string[];
}

const RUSSIAN: Verses = {
  titles: ["Утро", "Вечер"],
  verse: (subject) => [subject, "И снова город просыпается", "Бегут трамваи по мостам", "И всё сначала начинается"],
  chorus: (title) => [
    `${title}, ${title.toLowerCase()}`,
    "Песня не кончается",
    "Кто не спит, тот видит сам",
    "Как небо поднимается",
  ],
};
const ENGLISH: Verses = {
  titles: ["Morning", "Evening"],
  verse: (subject) => [
    subject,
    "And the city wakes again",
    "Trams are running over bridges",
    "Through the silver of the rain",
  ],
  chorus: (title) => [
    `${title}, oh ${title.toLowerCase()}`,
    "And the song goes on",
    "Those awake can see it rising",
    "Till the night is gone",
  ],
};
const SUBJECT_LETTERS = 80;

/** Two songs about the subject in its language: Russian where it is written in Cyrillic, else English. */
export function writeLyrics(subject: string): [Lyrics, Lyrics] {
  const verses = /\p{Script=Cyrillic}/u.test(subject) ? RUSSIAN : ENGLISH;
  const line = subject.replace(/\s+/g, " ").trim().slice(0, SUBJECT_LETTERS);
  const write = (title: string): Lyrics => ({
    title,
    text: `[Verse]\n${verses.verse(line).join("\n")}\n\n[Chorus]\n${verses.chorus(title).join("\n")}`,
  });
  const [first, second] = verses.titles;
  return [write(first), write(second)];
}

/** Spreads the words of some lyrics evenly over a song. */
export function alignWords(lyrics: string, seconds: number): AlignedWord[] {
  const words: string[] = [];
  let tag = "";
  for (const line of lyrics.split("\n").map((each) => each.trim())) {
    if (/^\[.*\]$/.test(line)) {
      tag = `${line}\n`;
      continue;
    }
    const sung = line.split(/\s+/).filter(Boolean);
    for (const [index, word] of sung.entries()) {
      words.push(`${tag}${word}${index === sung.length - 1 ? "\n" : " "}`);
      tag = "";
    }
  }
  const step = seconds / Math.max(1, words.length);
  return words.map((word, index) => ({
    word,
    success: true,
    startS: hundredths(index * step),
    endS: hundredths((index + 0.9) * step),
    palign: 0,
  }));
}

const hundredths = (seconds: number): number => Math.round(seconds * 100) / 100;
