import { CATEGORIES, type Category } from "../catalog/categories.ts";
import type { Catalog, CatalogEntry, FamilySummary } from "../catalog/load.ts";
import { isSold } from "../catalog/offers.ts";
import { creditsToKopecks } from "../catalog/quote.ts";
import { formatKopecks } from "../i18n/format.ts";
import { type Texts, texts } from "../i18n/index.ts";
import { DAY_MS } from "../shared/clock.ts";
import type { MediaKind } from "../shared/media.ts";
import { familyMark, isAiling, isHidden, marked, markOf, notifyRows } from "./health-marks.ts";
import type { ConversationState, Facts, Screen, View, ViewButton } from "./types.ts";
import { button, keyboard, lines, oneLine, pageOf, pager, pricedButton, rows, titleOf } from "./view-parts.ts";

const PAGE_SIZE = 8;

/** The page of its category on which a family stands: «Назад» leads to where the person came from. */
export function pageOfFamily(family: { key: string; category: Category }, catalog: Catalog): number {
  const position = catalog.families(family.category).findIndex(({ key }) => key === family.key);
  return Math.max(0, Math.floor(position / PAGE_SIZE));
}
const NEW_FOR_MS = 30 * DAY_MS;

type ScreenOf<Kind extends Screen["kind"]> = Extract<Screen, { kind: Kind }>;

const menuButton = (t: Texts): ViewButton => button(t.buttons.menu, { kind: "menu" });
const backToCategories = (t: Texts): ViewButton => button(t.buttons.back, { kind: "categories" });

/**
 * "From": the credits alone. The menus are made from the index, which knows no values, and surcharges depend on values;
 * they are zero for what is shipped, and a card shows them in its price before anything is confirmed.
 */
function fromPrice(credits: number, facts: Facts): string {
  const { language } = facts.user;
  const { money } = texts(language);
  if (credits === 0) return money.free;
  return money.from(formatKopecks(creditsToKopecks(credits, facts.pricing), language));
}

function isNew(family: FamilySummary, now: Date): boolean {
  const age = now.getTime() - Date.parse(family.addedAt);
  return age >= 0 && age < NEW_FOR_MS;
}

function familyButton(family: FamilySummary, facts: Facts, catalog: Catalog): ViewButton {
  const title = marked(family.title, familyMark(family, catalog));
  const mark = isNew(family, facts.now) ? ` · ${texts(facts.user.language).browse.isNew}` : "";
  return pricedButton(title, `${fromPrice(family.fromCredits, facts)}${mark}`, {
    kind: "model",
    family: family.key,
  });
}

export function categoriesScreen(facts: Facts, catalog: Catalog): View {
  const t = texts(facts.user.language);
  // A section with nothing to sell is hidden, like every feature that does not exist yet.
  const sold = CATEGORIES.filter((category) => catalog.families(category).length > 0);
  return {
    text: lines({ bold: t.categories.title }, "", t.categories.lead),
    keyboard: keyboard(
      rows(sold.map((category) => button(t.categories.buttons[category], { kind: "category", category, page: 0 }))),
      [[menuButton(t)]],
    ),
  };
}

export function familiesScreen(screen: ScreenOf<"families">, facts: Facts, catalog: Catalog): View {
  const t = texts(facts.user.language);
  const families = catalog.families(screen.category);
  const { items, page, pages } = pageOf(families, screen.page, PAGE_SIZE);
  const category: Category = screen.category;
  return {
    text: lines(
      { bold: t.categories.names[category] },
      "",
      families.length === 0 ? t.browse.empty : t.browse.pick,
      pages > 1 ? t.browse.page(page + 1, pages) : null,
    ),
    keyboard: keyboard(
      items.map((family) => [familyButton(family, facts, catalog)]),
      pager(page, pages, t, (wanted) => ({ kind: "category", category, page: wanted })),
      [[backToCategories(t), menuButton(t)]],
    ),
  };
}

export function foundScreen(screen: ScreenOf<"found">, facts: Facts, catalog: Catalog): View {
  const t = texts(facts.user.language);
  const families = catalog.search(screen.query);
  const { items, page, pages } = pageOf(families, screen.page, PAGE_SIZE);
  const query = oneLine(screen.query, 60);
  return {
    text: lines(
      families.length === 0 ? t.browse.notFound(query) : t.browse.found(query, families.length),
      pages > 1 ? t.browse.page(page + 1, pages) : null,
    ),
    keyboard: keyboard(
      items.map((family) => [familyButton(family, facts, catalog)]),
      pager(page, pages, t, (wanted) => ({ kind: "found_page", page: wanted })),
      families.length === 0 ? [[button(t.buttons.useQuery, { kind: "use_query" })]] : null,
      [[button(t.buttons.models, { kind: "categories" }), menuButton(t)]],
    ),
  };
}

export function modesScreen(screen: ScreenOf<"modes">, facts: Facts, catalog: Catalog): View {
  const { language } = facts.user;
  const t = texts(language);
  const family = catalog.summary(screen.family);
  const hidden = screen.hidden === undefined ? undefined : catalog.entry(screen.hidden);
  if (hidden !== undefined && isHidden(hidden, catalog)) return hiddenScreen(hidden, facts, catalog);
  if (family === undefined || family.modes.length === 0)
    return { text: [t.browse.gone], keyboard: keyboard([[backToCategories(t), menuButton(t)]]) };
  const broken = family.modes.filter(({ entryKey }) => markOf(entryKey, catalog) === "broken");
  return {
    text: lines(
      { bold: family.title },
      family.about[language],
      "",
      t.browse.pickMode,
      broken.length > 0 ? t.health.brokenModes : null,
    ),
    keyboard: keyboard(modeRows(family, facts, catalog), notifyRows(broken, facts), [
      [
        button(t.buttons.back, { kind: "category", category: family.category, page: pageOfFamily(family, catalog) }),
        menuButton(t),
      ],
    ]),
  };
}

function modeRows(family: FamilySummary, facts: Facts, catalog: Catalog): ViewButton[][] {
  return family.modes.map(({ mode, entryKey, title, fromCredits }) => [
    pricedButton(marked(title[facts.user.language], markOf(entryKey, catalog)), fromPrice(fromCredits, facts), {
      kind: "mode",
      family: family.key,
      mode,
    }),
  ]);
}

/** An old button led to a mode that is not in the menus now: the family's other modes, and word when it is back. */
function hiddenScreen({ family, entry }: CatalogEntry, facts: Facts, catalog: Catalog): View {
  const { language } = facts.user;
  const t = texts(language);
  const shown = catalog.summary(family.key);
  const fails = isAiling(entry.key, catalog);
  return {
    text: lines(titleOf(family.title, entry.title[language]), "", fails ? t.health.hidden : t.health.hiddenByHand),
    keyboard: keyboard(
      fails ? notifyRows([{ entryKey: entry.key, title: entry.title }], facts) : null,
      shown === undefined ? null : modeRows(shown, facts, catalog),
      [[button(t.buttons.otherModel, { kind: "category", category: family.category, page: 0 }), menuButton(t)]],
    ),
  };
}

/** Modes that take such a file: those that can not do without one first. */
export function acceptingScreen(
  screen: ScreenOf<"accepting">,
  state: ConversationState,
  facts: Facts,
  catalog: Catalog,
): View {
  const { language } = facts.user;
  const t = texts(language);
  const offers = acceptingModes(screen, catalog);
  const { items, page, pages } = pageOf(offers, screen.page, PAGE_SIZE);
  const files = (state.pending?.uploads ?? []).filter((upload) => upload.kind === screen.media).length;
  const caption = state.pending?.caption ?? "";
  return {
    text: lines(
      offers.length === 0 ? t.accepting.none : acceptingLead(screen, files, t),
      caption === "" ? null : { quote: oneLine(caption, 300) },
      pages > 1 ? t.browse.page(page + 1, pages) : null,
    ),
    keyboard: keyboard(
      items.map(({ family, mode }) => [
        pricedButton(
          marked(`${family.title}: ${mode.title[language]}`, markOf(mode.entryKey, catalog)),
          fromPrice(mode.fromCredits, facts),
          {
            kind: "mode",
            family: family.key,
            mode: mode.mode,
          },
        ),
      ]),
      pager(page, pages, t, (wanted) => ({ ...screen, page: wanted })),
      cardButton(state, facts, catalog),
      [[button(t.buttons.models, { kind: "categories" }), menuButton(t)]],
    ),
  };
}

function acceptingLead({ media, category }: ScreenOf<"accepting">, files: number, t: Texts): string {
  if (files === 0) return t.accepting.withoutFile[media];
  // A category is chosen only for a file that was made here.
  if (category !== undefined) return t.followUps.whatNext[category];
  return `${t.accepting.received[media](files)} ${files === 1 ? t.accepting.whatNext : t.accepting.whatNextMany}`;
}

function acceptingModes({ media, category: only }: ScreenOf<"accepting">, catalog: Catalog) {
  // What is done to a file comes before what makes something new out of it.
  const order: readonly Category[] = ["tools", ...CATEGORIES.filter((category) => category !== "tools")];
  const modes = order
    .filter((category) => only === undefined || category === only)
    .flatMap((category) => catalog.families(category))
    .flatMap((family) => family.modes.map((mode) => ({ family, mode })))
    .filter(({ mode }) => mode.accepts.includes(media));
  if (only !== undefined) {
    // A file that was made here is all there is: what works with it alone comes first, the cheapest before the others.
    const rank = ({ needs }: { needs: readonly MediaKind[] }): number =>
      needs.some((kind) => kind !== media) ? 2 : Number(!needs.includes(media));
    // Free steps lead to something else, and a person has said already what this file is for.
    const jobs = modes.filter(({ mode }) => mode.fromCredits > 0);
    return jobs.toSorted((a, b) => rank(a.mode) - rank(b.mode) || a.mode.fromCredits - b.mode.fromCredits);
  }
  const needing = modes.filter(({ mode }) => mode.needs.includes(media));
  return [...needing, ...modes.filter((each) => !needing.includes(each))];
}

/** The way back to an open card, where another screen covers it. */
export function cardButton(state: ConversationState, facts: Facts, catalog: Catalog): ViewButton[][] | null {
  const found = state.draft === null ? undefined : catalog.entry(state.draft.entryKey);
  if (found === undefined || !isSold(found.entry)) return null;
  return [[button(texts(facts.user.language).buttons.toCard(found.family.title), { kind: "card" })]];
}
