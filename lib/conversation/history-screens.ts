import type { Catalog } from "../catalog/load.ts";
import { formatDateTime, formatKopecks, formatShortDateTime, formatTime, NBSP } from "../i18n/format.ts";
import { type Texts, texts } from "../i18n/index.ts";
import { chosenLine, generationTitle, wordsOf } from "./generation-views.ts";
import type { Facts, GenerationFacts, RichText, Screen, View, ViewButton } from "./types.ts";
import { button, keyboard, lines, modeLine, rows, spanText, sumText } from "./view-parts.ts";

/** Rows of one history page; the service loads this many. */
export const HISTORY_PAGE_SIZE = 8;
const MAX_LINKS = 10;

type History = Extract<Screen, { kind: "history" }>;

export function historyScreen(screen: History, facts: Facts, catalog: Catalog): View {
  const { language } = facts.user;
  const t = texts(language);
  const items = (facts.history?.items ?? []).slice(0, HISTORY_PAGE_SIZE);
  const next = facts.history?.next ?? null;
  const isFirst = screen.before === null;
  const turning: ViewButton[] = [];
  if (!isFirst) turning.push(button(t.buttons.newest, { kind: "history", before: null }));
  if (next !== null) turning.push(button(t.buttons.older, { kind: "history", before: next }));
  return {
    text: lines(
      { bold: t.history.title },
      items.length > 0 ? t.history.lead : isFirst ? t.history.empty : t.history.emptyPage,
      ...items.flatMap((generation, index) => ["", ...itemLines(generation, index, facts, catalog)]),
    ),
    keyboard: keyboard(
      rows(
        items.map(({ generationId }, index) => button(String(index + 1), { kind: "open", generationId })),
        4,
      ),
      [turning],
      [[button(t.buttons.models, { kind: "categories" }), button(t.buttons.menu, { kind: "menu" })]],
    ),
  };
}

function itemLines(generation: GenerationFacts, index: number, facts: Facts, catalog: Catalog): (RichText | string)[] {
  const { language } = facts.user;
  const title = generationTitle(generation, catalog, facts).map(spanText).join("");
  const state = texts(language).history.states[generation.state];
  const words = wordsOf(generation, catalog, 60);
  return [
    [`${index + 1}.${NBSP}`, { bold: title }],
    `${formatShortDateTime(generation.createdAt, language)} · ${state}`,
    ...(words === "" ? [] : [words]),
  ];
}

/** A generation that was asked for and is not there. */
export function missingGeneration(facts: Facts): View {
  const t = texts(facts.user.language);
  return { text: [t.result.notFound], keyboard: wayBack(t) };
}

function wayBack(t: Texts): View["keyboard"] {
  return [[button(t.buttons.history, { kind: "history", before: null }), button(t.buttons.menu, { kind: "menu" })]];
}

/** Price and every movement of money that a generation caused. */
export function receiptScreen(generation: GenerationFacts, facts: Facts, catalog: Catalog): View {
  const { language } = facts.user;
  const t = texts(language);
  const movements = (facts.ledgerLines ?? []).slice(0, 30).map((line) => {
    const account = t.receipt.accounts[line.account];
    const when = formatTime(line.at, language);
    return `${when} · ${t.receipt.kinds[line.kind]} ${formatKopecks(line.kopecks, language)} (${account})`;
  });
  return {
    text: lines(
      { bold: t.receipt.title },
      "",
      generationTitle(generation, catalog, facts),
      chosenLine(generation, facts, catalog),
      `${formatDateTime(generation.createdAt, language)} · ${t.history.states[generation.state]}`,
      [`${t.receipt.number} `, { code: generation.generationId }],
      t.receipt.price(sumText(generation.priceKopecks, language)),
      modeLine(generation.mode, language),
      "",
      ...(movements.length === 0 ? [t.receipt.noMovements] : [{ bold: t.receipt.movements }, ...movements]),
    ),
    keyboard: backTo(generation, t),
  };
}

export function linksScreen(generation: GenerationFacts, facts: Facts): View {
  const { language } = facts.user;
  const t = texts(language);
  const outputs = generation.outputs.slice(0, MAX_LINKS).map((output, index) => ({ ...output, position: index + 1 }));
  const known = outputs.filter((output) => output.url !== null);
  const buttons = known.flatMap(({ url, expiresAt, position }): ViewButton[] =>
    url !== null && expiresAt > facts.now && /^https?:\/\/\S+$/.test(url)
      ? [{ text: t.buttons.link(position, outputs.length), url }]
      : [],
  );
  return {
    text: lines(
      { bold: t.links.title },
      "",
      known.length === 0 ? t.links.none : t.links.lead(known.length),
      ...known.map(({ expiresAt, position }) => {
        const life = expiresAt > facts.now ? t.links.until(formatDateTime(expiresAt, language)) : t.links.expired;
        return `${t.links.file(position)}: ${life}`;
      }),
    ),
    keyboard: keyboard(
      rows(buttons),
      [[button(t.buttons.resend, { kind: "resend", generationId: generation.generationId })]],
      backTo(generation, t),
    ),
  };
}

function backTo(generation: GenerationFacts, t: Texts): View["keyboard"] {
  return [
    [
      button(t.buttons.back, { kind: "open", generationId: generation.generationId }),
      button(t.buttons.menu, { kind: "menu" }),
    ],
  ];
}
