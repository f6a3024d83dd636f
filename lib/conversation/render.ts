import type { Catalog } from "../catalog/load.ts";
import { assertNever } from "../shared/assert-never.ts";
import { balanceScreen, documentScreen, helpScreen, menuScreen } from "./account-screens.ts";
import { batchScreen } from "./batch/screens.ts";
import { batchStatusView } from "./batch/views.ts";
import { acceptingScreen, categoriesScreen, familiesScreen, foundScreen, modesScreen } from "./browse-screens.ts";
import { advancedScreen, cardScreen, confirmationScreen } from "./card-screen.ts";
import { cardOf, shownParam } from "./draft.ts";
import { statusView } from "./generation-views.ts";
import { historyScreen, linksScreen, missingGeneration, receiptScreen } from "./history-screens.ts";
import { moneyScreen } from "./money/screen.ts";
import { choiceScreen, questionScreen } from "./question-screens.ts";
import { moreScreen } from "./result-actions.ts";
import { settingsScreen } from "./settings.ts";
import type { ConversationState, DialogueEvent, Facts, RichText, Screen, View } from "./types.ts";
import { fitText } from "./view-parts.ts";

/** What has to be in the facts before `renderScreen` is called. */
export interface Needs {
  generationId?: string;
  history?: { before: string | null };
  /** Generation whose ledger lines are shown. */
  ledgerOf?: string;
  operations?: { before: string | null };
  batchId?: string;
}

export function needs({ screen }: ConversationState): Needs {
  switch (screen.kind) {
    case "generation":
    case "links":
    case "more":
      return { generationId: screen.generationId };
    case "receipt":
      return { generationId: screen.generationId, ledgerOf: screen.generationId };
    case "batch-status":
      return { batchId: screen.batchId };
    case "history":
      return { history: { before: screen.before } };
    case "money":
      return screen.page.kind === "operations" ? { operations: { before: screen.page.before } } : {};
    default:
      return {};
  }
}

/** What has to be in the facts before `advance` is called; another user's generation must come as null. */
export function eventNeeds(event: DialogueEvent): Pick<Needs, "generationId" | "batchId"> {
  if (event.kind !== "tap") return {};
  const { action } = event;
  if ("batchId" in action) return { batchId: action.batchId };
  return "generationId" in action ? { generationId: action.generationId } : {};
}

/**
 * Draws the state's screen: text of 1 to 4,096 UTF-16 units and at most 100 buttons, never more than eight in a row.
 * A screen whose draft, entry or generation is gone draws a way on instead. Never throws.
 *
 * @param notice Lines put above the screen's own text, once.
 */
export function renderScreen(state: ConversationState, facts: Facts, catalog: Catalog, notice: RichText = []): View {
  const view = drawScreen(state, state.screen, facts, catalog);
  const text = notice.length === 0 ? view.text : [...notice, "\n\n", ...view.text];
  return { ...view, text: fitText(text) };
}

function drawScreen(state: ConversationState, screen: Screen, facts: Facts, catalog: Catalog): View {
  switch (screen.kind) {
    case "menu":
      return menuScreen(state, facts, catalog);
    case "categories":
      return categoriesScreen(facts, catalog);
    case "families":
      return familiesScreen(screen, facts, catalog);
    case "found":
      return foundScreen(screen, facts, catalog);
    case "modes":
      return modesScreen(screen, facts, catalog);
    case "accepting":
      return acceptingScreen(screen, state, facts, catalog);
    case "card":
    case "advanced":
    case "choice":
    case "confirmation":
    case "batch":
      return drawDraft(state, screen, facts, catalog);
    case "balance":
      return balanceScreen(facts);
    case "history":
      return historyScreen(screen, facts, catalog);
    case "help":
      return helpScreen(facts);
    case "document":
      return documentScreen(screen.document, facts);
    case "generation":
      return facts.generation ? statusView(facts.generation, facts, catalog) : missingGeneration(facts);
    case "batch-status":
      return facts.batch ? batchStatusView(facts.batch, facts, catalog) : missingGeneration(facts);
    case "receipt":
      return facts.generation ? receiptScreen(facts.generation, facts, catalog) : missingGeneration(facts);
    case "links":
      return facts.generation ? linksScreen(facts.generation, facts) : missingGeneration(facts);
    case "more":
      return facts.generation
        ? moreScreen(screen.position, facts.generation, facts, catalog)
        : missingGeneration(facts);
    case "admin":
      return facts.admin?.draw(screen.page, facts, catalog) ?? menuScreen(state, facts, catalog);
    case "money":
      return moneyScreen(screen.page, state, facts, catalog);
    case "settings":
      return settingsScreen(facts);
    default:
      return assertNever(screen);
  }
}

function drawDraft(
  state: ConversationState,
  screen: Extract<Screen, { kind: "card" | "advanced" | "choice" | "confirmation" | "batch" }>,
  facts: Facts,
  catalog: Catalog,
): View {
  const card = cardOf(state, catalog);
  if (card === null) return menuScreen({ ...state, draft: null }, facts, catalog);
  switch (screen.kind) {
    case "advanced":
      return advancedScreen(card, facts);
    case "confirmation":
      return confirmationScreen(card, facts);
    case "batch":
      return batchScreen(screen.step, card, facts, catalog);
    case "choice": {
      const param = shownParam(card, screen.param);
      return param === undefined ? cardScreen(card, facts, catalog) : choiceScreen(screen, card, param, facts, catalog);
    }
    case "card": {
      const asked = card.draft.asking === null ? undefined : shownParam(card, card.draft.asking);
      if (asked === undefined) return cardScreen(card, facts, catalog);
      return asked.kind === "text" || asked.kind === "media"
        ? questionScreen(card, asked, facts, catalog, screen.isAppending === true)
        : choiceScreen({ kind: "choice", param: asked.name, page: 0 }, card, asked, facts, catalog);
    }
    default:
      return assertNever(screen);
  }
}
