import { CATEGORIES } from "../../catalog/categories.ts";
import type { KieField } from "../../catalog/kie-field.ts";
import type { CatalogChange } from "../../catalog/live/changes.ts";
import type { Catalog } from "../../catalog/load.ts";
import { type AdminTexts, adminTexts } from "../../i18n/admin.ts";
import { formatNumber } from "../../i18n/format.ts";
import type { Language } from "../../shared/localized.ts";
import type { Facts, Span, View, ViewButton } from "../types.ts";
import { cut, grid, keyboard, lines, oneLine, rows } from "../view-parts.ts";
import { act, toPage } from "./buttons.ts";
import type { AdminFacts, AdminPage, Proposal } from "./types.ts";
import { changeLine, editableParts, lacksPrice, PERS, priceGuess, priceProse, priceWords } from "./words.ts";

/** What KIE wrote may be long; the whole message must fit. */
const PROSE_CUT = 900;
const LIST_CUT = 600;

/** One change: what KIE says, what an admin added to it, what is missing, and what can be done. */
export function proposalScreen(
  page: Extract<AdminPage, { kind: "proposal" }>,
  admin: AdminFacts,
  facts: Facts,
  catalog: Catalog,
): View {
  const { language } = facts.user;
  const t = adminTexts(language);
  const { proposal } = admin;
  if (proposal === null) {
    return { text: [t.admin.proposals.gone], keyboard: [[toPage(t.buttons.back, { kind: "sync" })]] };
  }
  const { change, status } = proposal;
  const isOpen = status !== "approved";
  return {
    text: lines(
      { bold: oneLine(changeLine(change, language, catalog), 300) },
      t.admin.status[status],
      "",
      ...said(change, language),
      ...completed(proposal, language),
      ...(isOpen ? priceNotes(proposal, catalog, t) : []),
      ...(isOpen ? obstacles(proposal, t) : []),
      page.asking === null ? null : "",
      page.asking === null ? null : { italic: question(page.asking, t) },
    ),
    keyboard: keyboard(
      isOpen && page.asking !== null
        ? [[act(t.admin.buttons.keep, { kind: "proposal", id: proposal.id, asking: null })]]
        : null,
      isOpen ? partRows(proposal, page, t) : null,
      isOpen && page.asking === null ? [decisions(proposal, t)] : null,
      isOpen ? null : [[act(t.admin.buttons.rollBack, { kind: "roll-back", id: proposal.id })]],
      [
        [
          admin.counts.proposed > 0
            ? toPage(t.admin.statusButton(`‹ ${t.admin.statuses.proposed}`, admin.counts.proposed), {
                kind: "proposals",
                status: "proposed",
                page: 0,
              })
            : toPage(t.buttons.back, { kind: "sync" }),
        ],
      ],
    ),
  };
}

function question(
  asking: NonNullable<Extract<AdminPage, { kind: "proposal" }>["asking"]>,
  { admin }: AdminTexts,
): string {
  return asking === "price" ? admin.proposal.askPrice : admin.proposal.askTitle[asking];
}

/** What KIE's catalogue says, before and after. */
function said(change: CatalogChange, language: Language): (Span | null)[] {
  const { admin } = adminTexts(language);
  switch (change.kind) {
    case "new-model": {
      const names = change.family?.entries[0]?.params.map(({ name }) => name) ?? [];
      return [
        admin.proposal.provider(change.provider),
        change.taskTypes.length === 0 ? null : admin.proposal.taskTypes(listed(change.taskTypes)),
        change.problem === null ? null : admin.proposal.noFamily(cut(change.problem, LIST_CUT)),
        names.length === 0 ? null : admin.proposal.params(listed(names)),
        ...prose(change, language),
      ];
    }
    case "field-added":
      return fieldLines(change.field, language);
    case "options":
      return [
        change.added.length === 0 ? null : admin.proposal.added(listed(change.added)),
        change.removed.length === 0 ? null : admin.proposal.removed(listed(change.removed)),
      ];
    case "price-text":
      return [
        admin.proposal.before,
        { quote: cut(change.before ?? admin.none, PROSE_CUT) },
        admin.proposal.after,
        { quote: cut(change.after ?? admin.none, PROSE_CUT) },
        ...suggestion(change, language),
      ];
    case "gone-model":
    case "field-removed":
    case "limit":
      return [];
  }
}

function prose(change: CatalogChange, language: Language): Span[] {
  const { admin } = adminTexts(language);
  const text = priceProse(change);
  if (text === null) return [admin.proposal.noPriceText];
  return [admin.proposal.priceSays, { quote: cut(text, PROSE_CUT) }, ...suggestion(change, language)];
}

function suggestion(change: CatalogChange, language: Language): Span[] {
  const price = priceGuess(change);
  const t = adminTexts(language);
  return price === null ? [] : [t.admin.proposal.suggestion(priceWords(price, t))];
}

const listed = (values: readonly unknown[]): string => oneLine(values.map(String).join(", "), LIST_CUT);

function fieldLines(field: KieField, language: Language): string[] {
  const { admin } = adminTexts(language);
  const limits = (["min", "max", "minLength", "maxLength", "minItems", "maxItems"] as const).flatMap((name) => {
    const value = field[name];
    return value === undefined ? [] : [`${admin.limits[name]} ${formatNumber(value, language)}`];
  });
  return [
    admin.proposal.field(field.type, field.required === true),
    ...(field.enum === undefined ? [] : [admin.proposal.fieldOptions(listed(field.enum))]),
    ...(limits.length === 0 ? [] : [admin.proposal.fieldLimits(limits.join(", "))]),
    ...(field.default === undefined ? [] : [admin.proposal.fieldDefault(oneLine(String(field.default), 100))]),
  ];
}

/** What a price would do to those that we have. */
function priceNotes({ change, completion }: Proposal, catalog: Catalog, { admin }: AdminTexts): string[] {
  if (change.kind !== "price-text") return [];
  if (completion.price === undefined) return ["", admin.proposal.priceStays];
  const rows = Math.max(0, ...catalog.entriesOf(change.model).map(({ entry }) => entry.price.rows.length));
  return rows > 1 ? ["", admin.proposal.priceReplaces(rows)] : [];
}

/** What an admin added; before that, what the schema suggests. */
function completed({ change, completion }: Proposal, language: Language): string[] {
  const t = adminTexts(language);
  const { admin } = t;
  const family = change.kind === "new-model" ? change.family : null;
  const category = completion.category ?? family?.category;
  const titleRu = completion.titleRu ?? family?.entries[0]?.title.ru;
  const titleEn = completion.titleEn ?? family?.entries[0]?.title.en;
  const added = [
    category === undefined ? null : admin.proposal.category(t.categories.names[category]),
    titleRu === undefined ? null : admin.proposal.titleRu(titleRu),
    titleEn === undefined ? null : admin.proposal.titleEn(titleEn),
    completion.price === undefined ? null : admin.proposal.price(priceWords(completion.price, t)),
  ].filter((line) => line !== null);
  return added.length === 0 ? [] : ["", ...added];
}

/** A model whose card can not be made of its schema is known and not sold. */
export function isApprovable({ change }: Proposal): boolean {
  return change.kind !== "new-model" || change.family !== null;
}

function obstacles(proposal: Proposal, t: AdminTexts): string[] {
  if (!isApprovable(proposal)) return [];
  // While the price is missing, the fault says just that, only in English.
  if (lacksPrice(proposal.change, proposal.completion)) return ["", t.admin.proposal.missingPrice];
  return proposal.fault === null ? [] : ["", t.admin.proposal.fault(cut(proposal.fault, LIST_CUT))];
}

function partRows(proposal: Proposal, { asking }: { asking: unknown }, t: AdminTexts): ViewButton[][] {
  if (!isApprovable(proposal)) return [];
  const { id, change, completion } = proposal;
  const parts = editableParts(change);
  const chosen = (is: boolean, text: string): string => (is ? `✔️ ${text}` : text);
  const guessed = change.kind === "new-model" ? change.family?.category : undefined;
  const categories = CATEGORIES.map((category) =>
    act(chosen(category === (completion.category ?? guessed), t.categories.names[category]), {
      kind: "category",
      id,
      category,
    }),
  );
  const knowsCredits = completion.price !== undefined || priceGuess(change) !== null;
  const pers = PERS.map((per) =>
    act(chosen(per === completion.price?.per, t.admin.per[per]), { kind: "per", id, per }),
  );
  return keyboard(
    parts.includes("category") && asking === null ? grid(categories, 3) : null,
    parts.includes("price") && (asking === "price" || (asking === null && knowsCredits)) ? rows(pers) : null,
    asking === null
      ? rows(
          (["price", "titleRu", "titleEn"] as const)
            .filter((part) => parts.includes(part))
            .map((part) => act(t.admin.buttons[part], { kind: "proposal", id, asking: part })),
        )
      : null,
  ).map((row) => [...row]);
}

function decisions(proposal: Proposal, t: AdminTexts): ViewButton[] {
  const { id, status } = proposal;
  return [
    ...(isApprovable(proposal) ? [act(t.admin.buttons.approve, { kind: "approve", id })] : []),
    ...(status === "ignored" ? [] : [act(t.admin.buttons.ignore, { kind: "ignore", id })]),
  ];
}
