import type { Catalog } from "../../catalog/load.ts";
import { adminTexts } from "../../i18n/admin.ts";
import { formatBalance, formatKopecks } from "../../i18n/format.ts";
import type { Facts, RichText, View, ViewButton } from "../types.ts";
import { keyboard, lines, rows } from "../view-parts.ts";
import { onUser, toUserPage } from "./user-buttons.ts";
import { modelOf } from "./user-generation-screens.ts";
import type { AdjustDraft, UserCard, UserGeneration, UserPage } from "./user-types.ts";
import { balancesAfter, isRefundable, nameOf } from "./user-words.ts";

/** A credit or debit: the account, the sum, the reason, the confirmation, and what became of it. */
export function adjustScreen(
  page: Extract<UserPage, { kind: "accounts" | "adjust" }>,
  card: UserCard,
  isApplied: boolean,
  facts: Facts,
): View {
  const { language } = facts.user;
  const { adjust, buttons } = adminTexts(language).adminUsers;
  const { userId } = card;
  const direction = page.kind === "accounts" ? page.direction : page.draft.direction;
  const whose = direction === "credit" ? adjust.user : adjust.userOf;
  const top: RichText = [{ bold: adjust.titles[direction] }, `\n${whose(nameOf(card), userId)}`];
  const toCard = toUserPage(buttons.toCard, { kind: "card", userId });
  const cancel = toUserPage(buttons.cancel, { kind: "card", userId });
  if (page.kind === "accounts") {
    const account = (name: "main" | "bonus", kopecks: bigint): ViewButton =>
      onUser(`${buttons[name]} · ${formatBalance(kopecks, language)}`, {
        kind: "adjust",
        userId,
        direction,
        account: name,
      });
    return {
      text: lines(top, "", direction === "credit" ? adjust.askAccount : adjust.askAccountOf),
      keyboard: keyboard(rows([account("main", card.mainKopecks), account("bonus", card.bonusKopecks)]), [[cancel]]),
    };
  }
  const { draft } = page;
  const kopecks = draft.kopecks === null ? null : BigInt(draft.kopecks);
  const known = [
    kopecks === null ? null : adjust.amount(formatKopecks(kopecks, language)),
    draft.reason === null ? null : adjust.reason(draft.reason),
  ];
  if (isApplied) {
    return {
      text: lines(
        { bold: adjust.done[direction] },
        whose(nameOf(card), userId),
        ...known,
        "",
        ...nowLines(card, facts),
      ),
      keyboard: [[toCard]],
    };
  }
  if (kopecks === null || draft.reason === null) {
    const question = kopecks === null ? adjust.askAmount : adjust.askReason;
    const balance = kopecks === null ? nowLines(card, facts) : [];
    return {
      text: lines(top, ...balance, ...known, "", { italic: question }),
      keyboard: [[cancel]],
    };
  }
  return confirmation({ ...draft, kopecks }, { card, top, known, cancel }, facts);
}

function nowLines(card: UserCard, { user: { language } }: Facts): (string | null)[] {
  const { card: words } = adminTexts(language).adminUsers;
  return [
    words.main(formatBalance(card.mainKopecks, language)),
    words.bonus(formatBalance(card.bonusKopecks, language)),
    card.debtKopecks > 0n ? words.debt(formatBalance(card.debtKopecks, language)) : null,
  ];
}

function confirmation(
  draft: Omit<AdjustDraft, "kopecks"> & { kopecks: bigint },
  shown: { card: UserCard; top: RichText; known: readonly (string | null)[]; cancel: ViewButton },
  { user: { language } }: Facts,
): View {
  const { card, top, known, cancel } = shown;
  const { userId } = card;
  const { adjust, buttons, card: words } = adminTexts(language).adminUsers;
  const { direction, account, kopecks } = draft;
  const again = onUser(buttons.again, { kind: "adjust", userId, direction, account });
  const after = balancesAfter(card, draft, kopecks);
  if (after === null) {
    const has = account === "main" ? card.mainKopecks : card.bonusKopecks;
    return {
      text: lines(top, ...known, "", adjust.short(formatBalance(has, language))),
      keyboard: keyboard(rows([again, cancel])),
    };
  }
  const change = (before: bigint, later: bigint) =>
    adjust.change(formatBalance(before, language), formatBalance(later, language));
  return {
    text: lines(
      top,
      ...known,
      "",
      words.main(change(card.mainKopecks, after.mainKopecks)),
      words.bonus(change(card.bonusKopecks, after.bonusKopecks)),
      card.debtKopecks > 0n ? words.debt(change(card.debtKopecks, after.debtKopecks)) : null,
    ),
    keyboard: keyboard(
      [
        [
          onUser(buttons.confirm[direction](formatKopecks(kopecks, language)), {
            kind: "apply",
            userId,
            id: draft.id,
          }),
        ],
      ],
      rows([again, cancel]),
    ),
  };
}

/** A refund: the reason, the confirmation, and what became of it. */
export function refundScreen(
  page: Extract<UserPage, { kind: "refund" }>,
  generations: readonly UserGeneration[],
  facts: Facts,
  catalog: Catalog,
): View {
  const { language } = facts.user;
  const { refund, generations: words, buttons, adjust } = adminTexts(language).adminUsers;
  const { userId, generationId, reason } = page;
  const generation = generations.find((each) => each.generationId === generationId);
  const back = toUserPage(buttons.toGeneration, { kind: "generation", userId, generationId });
  if (generation === undefined) {
    const toGenerations = toUserPage(buttons.toGenerations, { kind: "generations", userId });
    return { text: [words.gone], keyboard: [[toGenerations]] };
  }
  const sum = (kopecks: bigint) => formatKopecks(kopecks, language);
  const model = modelOf(generation, facts, catalog);
  const because = reason === null ? null : adjust.reason(reason);
  if (generation.refundedKopecks > 0n) {
    const refunded = words.refunded(sum(generation.refundedKopecks));
    // Without the reason: another admin may have been faster with another one, and the operations know which.
    return { text: lines({ bold: refund.done }, model, refunded), keyboard: [[back]] };
  }
  if (!isRefundable(generation)) return { text: lines(model, words.notRefundable), keyboard: [[back]] };
  const confirm = buttons.confirm.refund(sum(generation.chargedKopecks ?? 0n));
  return {
    text: lines(
      { bold: refund.title },
      model,
      refund.gives(sum(generation.chargedMainKopecks), sum(generation.chargedBonusKopecks)),
      because,
      ...(reason === null ? ["", { italic: refund.askReason }] : []),
    ),
    keyboard: keyboard(reason === null ? null : [[onUser(confirm, { kind: "give-back", userId, generationId })]], [
      [back],
    ]),
  };
}

/** The last question before somebody is locked out or let in again. */
export function banScreen({ isBan }: Extract<UserPage, { kind: "ban" }>, card: UserCard, facts: Facts): View {
  const { ban, buttons } = adminTexts(facts.user.language).adminUsers;
  const { userId } = card;
  return {
    text: lines(isBan ? ban.ask(nameOf(card)) : ban.askUnban(nameOf(card))),
    keyboard: [
      [onUser(isBan ? buttons.confirm.ban : buttons.confirm.unban, { kind: "set-ban", userId, isBan })],
      [toUserPage(buttons.cancel, { kind: "card", userId })],
    ],
  };
}
