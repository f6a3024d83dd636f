import type { FamilySummary, IndexedFamily } from "./family-index.ts";

/** The order of families in a menu. */
export function byMenuOrder(a: FamilySummary, b: FamilySummary): number {
  return a.order - b.order || (a.key < b.key ? -1 : 1);
}

/** Everything a family can be found by; also without spaces, because "nanobanana" is typed as often as "nano banana". */
export function haystackOf(family: IndexedFamily): string {
  const names = [
    family.title,
    family.vendor,
    ...family.aliases,
    ...family.modes.flatMap(({ title }) => [title.ru, title.en]),
  ];
  return names.flatMap((name) => [wordsOf(name).join(" "), wordsOf(name).join("")]).join("\n");
}

/** Sorts what was found for these words: a title that begins with them first, the rest as it stands. */
export function titlesFirst<Summary extends FamilySummary>(
  found: readonly Summary[],
  words: readonly string[],
): Summary[] {
  const startsWith = (family: Summary) => wordsOf(family.title).join(" ").startsWith(words.join(" "));
  return found.toSorted((a, b) => Number(startsWith(b)) - Number(startsWith(a)));
}

export function wordsOf(text: string): string[] {
  return (
    text
      .toLowerCase()
      .replaceAll("ё", "е")
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}
