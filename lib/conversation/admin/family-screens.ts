import { CATEGORIES, type Category } from "../../catalog/categories.ts";
import type { Catalog, CatalogEntry } from "../../catalog/load.ts";
import { isSold } from "../../catalog/offers.ts";
import { type AdminTexts, adminTexts } from "../../i18n/admin.ts";
import { familyOf, isHidden, marked, markOf } from "../health-marks.ts";
import type { Facts, RichText, View, ViewButton } from "../types.ts";
import { cut, keyboard, lines, pageOf, pager, rows } from "../view-parts.ts";
import { act, adminAction, toPage } from "./buttons.ts";
import type { AdminPage } from "./types.ts";

const PAGE_SIZE = 8;

/** All families of a section that sell something, also those that are hidden now. */
export function familiesScreen(
  { category, page: wanted }: Extract<AdminPage, { kind: "families" }>,
  facts: Facts,
  catalog: Catalog,
): View {
  const t = adminTexts(facts.user.language);
  const families = familiesOf(category, catalog);
  const { items, page, pages } = pageOf(families, wanted, PAGE_SIZE);
  return {
    text: lines(
      { bold: t.admin.families.title(t.categories.names[category]) },
      "",
      families.length === 0 ? t.admin.families.empty : t.admin.families.pick,
      pages > 1 ? t.browse.page(page + 1, pages) : null,
    ),
    keyboard: keyboard(
      items.map((entries) => familyRow(entries, catalog, t)),
      pager(page, pages, t, (turned) =>
        adminAction({ kind: "page", page: { kind: "families", category, page: turned } }),
      ),
      rows(
        CATEGORIES.filter((each) => each !== category).map((each) =>
          toPage(t.categories.buttons[each], { kind: "families", category: each, page: 0 }),
        ),
      ),
      [[toPage(t.buttons.back, { kind: "home" })]],
    ),
  };
}

/** What is sold, or would be, had no admin taken it off sale. */
function isOffered({ entry, isOff }: CatalogEntry): boolean {
  return isOff === true || isSold(entry);
}

/** Entries by family, in the order of the menus. */
function familiesOf(category: Category, catalog: Catalog): CatalogEntry[][] {
  return [...entriesByFamily(catalog).values()]
    .filter(([first]) => first?.family.category === category)
    .toSorted(([a], [b]) => (a?.family.order ?? 0) - (b?.family.order ?? 0));
}

function entriesByFamily(catalog: Catalog): Map<string, CatalogEntry[]> {
  const found = new Map<string, CatalogEntry[]>();
  for (const key of catalog.entryKeys()) {
    const each = catalog.entry(key);
    if (each === undefined || !isOffered(each)) continue;
    found.set(each.family.key, [...(found.get(each.family.key) ?? []), each]);
  }
  return found;
}

function familyRow(entries: readonly CatalogEntry[], catalog: Catalog, t: AdminTexts): ViewButton[] {
  const [first] = entries;
  if (first === undefined) return [];
  const hidden = entries.filter((each) => isHidden(each, catalog)).length;
  const worst = (["broken", "shaky", "good"] as const).find((mark) =>
    entries.some(({ entry }) => markOf(entry.key, catalog) === mark),
  );
  const title = marked(cut(first.family.title, 30), worst);
  const note = hidden === 0 ? "" : ` · ${t.admin.families.hiddenModes(hidden, entries.length)}`;
  return [toPage(`${title}${note}`, { kind: "family", family: first.family.key })];
}

/** One family: how its modes do, which route they take, and what is in the menus. */
export function familyScreen(familyKey: string, facts: Facts, catalog: Catalog): View {
  const { language } = facts.user;
  const t = adminTexts(language);
  const family = familyOf(familyKey, catalog)?.family;
  if (family === undefined) {
    return { text: [t.admin.families.gone], keyboard: [[toPage(t.buttons.back, { kind: "home" })]] };
  }
  const entries = family.entries.flatMap(({ key }) => {
    const found = catalog.entry(key);
    return found !== undefined && isOffered(found) ? [found] : [];
  });
  const hasSecond = entries.some(({ entry }) => entry.second !== undefined);
  const { category } = family;
  const position = familiesOf(category, catalog).findIndex(([first]) => first?.family.key === family.key);
  const page = Math.max(0, Math.floor(position / PAGE_SIZE));
  return {
    text: lines(
      { bold: family.title },
      t.admin.families.key(family.key),
      hasSecond ? t.admin.families.route.why : null,
      ...entries.flatMap((found) => ["", ...entryLines(found, facts, catalog)]),
    ),
    keyboard: keyboard(
      hasSecond ? [routeRow(family.key, entries, t)] : null,
      entries.map((found) => {
        const { entry } = found;
        const visible = !isHidden(found, catalog);
        const title = cut(entry.title[language], 40);
        return [
          act(visible ? t.admin.buttons.hide(title) : t.admin.buttons.show(title), {
            kind: "visible",
            entry: entry.key,
            visible: !visible,
          }),
        ];
      }),
      [[toPage(t.buttons.back, { kind: "families", category, page })]],
    ),
  };
}

function entryLines(found: CatalogEntry, facts: Facts, catalog: Catalog): (string | RichText)[] {
  const { language } = facts.user;
  const t = adminTexts(language);
  const { families, health } = t.admin;
  const { entry } = found;
  const mark = markOf(entry.key, catalog);
  const notes = [
    entry.offer === "follow-up" ? families.followUp : null,
    mark === undefined ? null : health[mark],
    catalog.health(entry.key)?.isHidden
      ? families.hiddenByHealth
      : isHidden(found, catalog)
        ? families.hiddenByHand
        : null,
  ].filter((note) => note !== null);
  return [
    [{ bold: marked(entry.title[language], mark) }, notes.length === 0 ? "" : `: ${notes.join(", ")}`],
    routeLine(found, catalog, t),
  ];
}

/** Which of KIE's endpoints are asked, in which order. */
function routeLine({ entry, secondFirst }: CatalogEntry, catalog: Catalog, { admin }: AdminTexts): string {
  const { route } = admin.families;
  const own = `${entry.route.api} ${entry.route.id}`;
  const other = entry.second === undefined ? undefined : catalog.entry(entry.second.key)?.entry.route;
  if (other === undefined) return route.only(own);
  const second = `${other.api} ${other.id}`;
  return secondFirst ? route.both(second, own) : route.both(own, second);
}

function routeRow(family: string, entries: readonly CatalogEntry[], t: AdminTexts): ViewButton[] {
  const isSecond = entries.some(({ secondFirst }) => secondFirst === true);
  return [false, true].map((second) => {
    const text = second ? t.admin.buttons.routeSecond : t.admin.buttons.routeFirst;
    return act(second === isSecond ? `✔️ ${text}` : text, { kind: "route", family, second });
  });
}
