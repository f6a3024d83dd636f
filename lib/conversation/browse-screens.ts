import { CATEGORIES, type Category } from "../catalog/categories.ts";
import type { Catalog, FamilySummary } from "../catalog/load.ts";
import { creditsToKopecks } from "../catalog/quote.ts";
import { formatKopecks } from "../i18n/format.ts";
import { type Texts, texts } from "../i18n/index.ts";
import { DAY_MS } from "../shared/clock.ts";
import type { MediaKind } from "../shared/media.ts";
import type { ConversationState, Facts, Screen, View, ViewButton } from "./types.ts";
import { button, keyboard, lines, oneLine, pageOf, pager, pricedButton, rows } from "./view-parts.ts";

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

function fromPrice(credits: number, facts: Facts): string {
  const { language } = facts.user;
  return texts(language).money.from(formatKopecks(creditsToKopecks(credits, facts.pricing), language));
}

function isNew(family: FamilySummary, now: Date): boolean {
  const age = now.getTime() - Date.parse(family.addedAt);
  return age >= 0 && age < NEW_FOR_MS;
}

function familyButton(family: FamilySummary, facts: Facts): ViewButton {
  const mark = isNew(family, facts.now) ? ` · ${texts(facts.user.language).browse.isNew}` : "";
  return pricedButton(family.title, `${fromPrice(family.fromCredits, facts)}${mark}`, {
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
      items.map((family) => [familyButton(family, facts)]),
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
      items.map((family) => [familyButton(family, facts)]),
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
  if (family === undefined)
    return { text: [t.browse.gone], keyboard: keyboard([[backToCategories(t), menuButton(t)]]) };
  return {
    text: lines({ bold: family.title }, family.about[language], "", t.browse.pickMode),
    keyboard: keyboard(
      family.modes.map((mode) => [
        pricedButton(mode.title[language], fromPrice(mode.fromCredits, facts), {
          kind: "mode",
          family: family.key,
          mode: mode.mode,
        }),
      ]),
      [
        [
          button(t.buttons.back, { kind: "category", category: family.category, page: pageOfFamily(family, catalog) }),
          menuButton(t),
        ],
      ],
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
  const offers = acceptingModes(screen.media, catalog);
  const { items, page, pages } = pageOf(offers, screen.page, PAGE_SIZE);
  const files = (state.pending?.uploads ?? []).filter((upload) => upload.kind === screen.media).length;
  const caption = state.pending?.caption ?? "";
  const what =
    files === 0
      ? t.accepting.withoutFile[screen.media]
      : `${t.accepting.received[screen.media](files)} ${files === 1 ? t.accepting.whatNext : t.accepting.whatNextMany}`;
  return {
    text: lines(
      offers.length === 0 ? t.accepting.none : what,
      caption === "" ? null : { quote: oneLine(caption, 300) },
      pages > 1 ? t.browse.page(page + 1, pages) : null,
    ),
    keyboard: keyboard(
      items.map(({ family, mode }) => [
        pricedButton(`${family.title}: ${mode.title[language]}`, fromPrice(mode.fromCredits, facts), {
          kind: "mode",
          family: family.key,
          mode: mode.mode,
        }),
      ]),
      pager(page, pages, t, (wanted) => ({ kind: "accepting", media: screen.media, page: wanted })),
      cardButton(state, facts, catalog),
      [[button(t.buttons.models, { kind: "categories" }), menuButton(t)]],
    ),
  };
}

function acceptingModes(media: MediaKind, catalog: Catalog) {
  // What is done to a file comes before what makes something new out of it.
  const order: readonly Category[] = ["tools", ...CATEGORIES.filter((category) => category !== "tools")];
  const modes = order
    .flatMap((category) => catalog.families(category))
    .flatMap((family) => family.modes.map((mode) => ({ family, mode })))
    .filter(({ mode }) => mode.accepts.includes(media));
  const needing = modes.filter(({ mode }) => mode.needs.includes(media));
  return [...needing, ...modes.filter((each) => !needing.includes(each))];
}

/** The way back to an open card, where another screen covers it. */
export function cardButton(state: ConversationState, facts: Facts, catalog: Catalog): ViewButton[][] | null {
  const found = state.draft === null ? undefined : catalog.entry(state.draft.entryKey);
  if (found?.entry.offer !== "card") return null;
  return [[button(texts(facts.user.language).buttons.toCard(found.family.title), { kind: "card" })]];
}
