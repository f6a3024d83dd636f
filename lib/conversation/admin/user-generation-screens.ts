import type { Catalog } from "../../catalog/load.ts";
import { adminTexts } from "../../i18n/admin.ts";
import { formatDateTime, formatKopecks, formatShortDateTime, NBSP } from "../../i18n/format.ts";
import type { Facts, RichText, Span, View } from "../types.ts";
import { keyboard, lines, modeLine, rows, titleOf } from "../view-parts.ts";
import { onUser, toUserPage } from "./user-buttons.ts";
import type { UserCard, UserGeneration, UserPage } from "./user-types.ts";
import { isRefundable, isSendable, nameOf } from "./user-words.ts";

const LISTED = 8;

/** The last generations of a user. What was asked for stays theirs: no prompts, no results. */
export function generationsScreen(
  card: UserCard,
  generations: readonly UserGeneration[],
  facts: Facts,
  catalog: Catalog,
): View {
  const t = adminTexts(facts.user.language);
  const { userId } = card;
  const shown = generations.slice(0, LISTED);
  return {
    text: lines(
      { bold: `${t.adminUsers.generations.title}: ${nameOf(card)}` },
      shown.length === 0 ? t.adminUsers.generations.empty : t.adminUsers.generations.lead,
      ...shown.flatMap((each, index) => ["", ...listLines(each, index, facts, catalog)]),
    ),
    keyboard: keyboard(
      rows(
        shown.map(({ generationId }, index) =>
          toUserPage(String(index + 1), { kind: "generation", userId, generationId }),
        ),
        4,
      ),
      [[toUserPage(t.adminUsers.buttons.toCard, { kind: "card", userId })]],
    ),
  };
}

function listLines(generation: UserGeneration, index: number, facts: Facts, catalog: Catalog): (RichText | string)[] {
  const { language } = facts.user;
  const t = adminTexts(language);
  const charged = generation.chargedKopecks ?? generation.priceKopecks;
  const notes = [
    formatShortDateTime(generation.createdAt, language),
    t.history.states[generation.state],
    formatKopecks(charged, language),
    ...(generation.refundedKopecks > 0n ? ["↩️"] : []),
  ];
  return [[`${index + 1}.${NBSP}`, ...modelOf(generation, facts, catalog)], notes.join(" · ")];
}

/** "Kling 3.0 · Текст в видео"; the key of what the catalog no longer has. */
export function modelOf({ entryKey }: UserGeneration, facts: Facts, catalog: Catalog): RichText {
  const found = catalog.entry(entryKey);
  return found === undefined
    ? [{ bold: entryKey }]
    : titleOf(found.family.title, found.entry.title[facts.user.language]);
}

/** One generation, with what support needs of it. */
export function generationScreen(
  page: Extract<UserPage, { kind: "generation" }>,
  generations: readonly UserGeneration[],
  facts: Facts,
  catalog: Catalog,
): View {
  const { language } = facts.user;
  const t = adminTexts(language);
  const { generations: words, buttons } = t.adminUsers;
  const { userId, generationId } = page;
  const back = [[toUserPage(buttons.toGenerations, { kind: "generations", userId })]];
  const generation = generations.find((each) => each.generationId === generationId);
  if (generation === undefined) return { text: [words.gone], keyboard: back };
  return {
    text: lines(
      modelOf(generation, facts, catalog),
      `${formatDateTime(generation.createdAt, language)} · ${t.history.states[generation.state]}`,
      generation.finishedAt === null ? null : words.finished(formatDateTime(generation.finishedAt, language)),
      "",
      words.price(formatKopecks(generation.priceKopecks, language)),
      chargedLine(generation, facts),
      generation.refundedKopecks > 0n ? words.refunded(formatKopecks(generation.refundedKopecks, language)) : null,
      modeLine(generation.mode, language),
      "",
      words.id(generationId),
      generation.taskId === null ? words.noTask : words.task(generation.taskId),
      generation.failureCode === null ? null : words.code(generation.failureCode),
    ),
    keyboard: keyboard(
      isRefundable(generation) ? [[onUser(buttons.refund, { kind: "refund", userId, generationId })]] : null,
      isSendable(generation) ? [[onUser(buttons.resend, { kind: "resend", userId, generationId })]] : null,
      back,
    ),
  };
}

function chargedLine(generation: UserGeneration, { user: { language } }: Facts): Span {
  const { generations: words } = adminTexts(language).adminUsers;
  const { chargedKopecks, chargedMainKopecks, chargedBonusKopecks } = generation;
  if (chargedKopecks === null) return words.open;
  const sum = (kopecks: bigint) => formatKopecks(kopecks, language);
  return chargedBonusKopecks > 0n
    ? words.chargedParts(sum(chargedKopecks), sum(chargedMainKopecks), sum(chargedBonusKopecks))
    : words.charged(sum(chargedKopecks));
}
