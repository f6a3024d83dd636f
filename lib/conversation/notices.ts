import type { CatalogEntry } from "../catalog/load.ts";
import { noticeTexts } from "../i18n/notices.ts";
import type { Language } from "../shared/localized.ts";
import { toPage } from "./admin/buttons.ts";
import type { View } from "./types.ts";

/** What a comparison with KIE's catalogue found that nobody had been told of, by kind of change. */
export interface SyncReport {
  counts: Readonly<Record<string, number>>;
  /** Models that KIE has; 0 when it could not be asked. */
  models: number;
}

/** Kinds of changes that the report counts together. */
const OF_FIELDS = ["field-added", "field-removed", "options", "limit"];

/** To an admin: the comparison is done, what waits for a decision. */
export function syncReportView({ counts, models }: SyncReport, language: Language): View {
  const { sync: t } = noticeTexts(language);
  const open = toPage(t.open, { kind: "sync" });
  if (models === 0) return { text: [{ bold: t.title }, "\n", t.failed], keyboard: [[open]] };
  const count = (...kinds: string[]) => kinds.reduce((sum, kind) => sum + (counts[kind] ?? 0), 0);
  const lines: [number, (count: number) => string][] = [
    [count("new-model"), t.newModels],
    [count("gone-model"), t.gone],
    [count(...OF_FIELDS), t.changed],
    [count("price-text"), t.prices],
  ];
  const news = lines.filter(([many]) => many > 0).map(([many, words]) => words(many));
  const told = news.length === 0 ? [t.nothingNew] : news;
  return { text: [{ bold: t.title }, `\n${[t.compared(models), ...told].join("\n")}`], keyboard: [[open]] };
}

/** To an admin: a model fails so often that it is not shown any more. */
export function modelHiddenView({ family, entry }: CatalogEntry, language: Language): View {
  const { hidden: t } = noticeTexts(language);
  return {
    text: [{ bold: t.title(nameOf({ family, entry }, language)) }, "\n", t.why],
    keyboard: [[toPage(t.open, { kind: "family", family: family.key })]],
  };
}

/** To somebody who waited for it. */
export function modelWorksView({ family, entry }: CatalogEntry, language: Language): View {
  const { works: t } = noticeTexts(language);
  return {
    text: [t.text(nameOf({ family, entry }, language))],
    keyboard: [[{ text: t.open, action: { kind: "mode", family: family.key, mode: entry.mode } }]],
  };
}

function nameOf({ family, entry }: CatalogEntry, language: Language): string {
  return family.entries.length === 1 ? family.title : `${family.title} · ${entry.title[language]}`;
}
