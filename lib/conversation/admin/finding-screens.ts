import type { Catalog } from "../../catalog/load.ts";
import { adminTexts } from "../../i18n/admin.ts";
import { formatDateTime, formatKopecks } from "../../i18n/format.ts";
import type { Language } from "../../shared/localized.ts";
import type { Facts, RichText, View, ViewButton } from "../types.ts";
import { keyboard, lines, rows } from "../view-parts.ts";
import { act, toPage } from "./buttons.ts";
import type { Finding, FindingAction, FindingBody, FindingPage, ReconciliationFacts } from "./finding-types.ts";

/** A button about the comparison of the books. */
export function findingButton(text: string, action: FindingAction): ViewButton {
  return act(text, { kind: "finding", action });
}

/** The last run and what waits, or one finding. */
export function findingScreen(page: FindingPage, found: ReconciliationFacts, facts: Facts, catalog: Catalog): View {
  const { language } = facts.user;
  if (page.findingId === null) return listScreen(found, language, catalog);
  const t = adminTexts(language).reconcile;
  const { finding } = found;
  if (finding === null || finding.id !== page.findingId) {
    return { text: [t.gone], keyboard: [[findingButton(t.list, { kind: "list" })]] };
  }
  const isOpen = finding.status === "open";
  const isAsking = page.isConfirming && isOpen && isRepairable(finding.body);
  return {
    text: lines(
      bodyText(finding.body, language, catalog),
      "",
      t.found(formatDateTime(finding.createdAt, language)),
      isOpen ? (isAsking ? { bold: askText(finding.body, language) } : null) : t.statuses[finding.status],
    ),
    keyboard: keyboard(isOpen ? decisions(finding, isAsking, language, catalog) : null, [
      [findingButton(t.list, { kind: "list" })],
    ]),
  };
}

/** To an admin: something does not add up. */
export function findingView(findingId: string, body: FindingBody, language: Language, catalog: Catalog): View {
  const finding: Pick<Finding, "id" | "body"> = { id: findingId, body };
  return {
    text: bodyText(body, language, catalog),
    keyboard: keyboard(decisions(finding, false, language, catalog)),
  };
}

/** To an admin: the comparison is done, so many findings wait. */
export function reconciledView(openCount: number, language: Language): View {
  const t = adminTexts(language).reconcile;
  return { text: [t.report(openCount)], keyboard: [[findingButton(t.list, { kind: "list" })]] };
}

/** To an admin: money is on hold longer than it may be. */
export function lateHoldsView(count: number, language: Language): View {
  const t = adminTexts(language).reconcile;
  return { text: [t.late(count)], keyboard: [[findingButton(t.now, { kind: "now" })]] };
}

/** Whether a button can put it right; the rest is for people. */
export function isRepairable(body: FindingBody): boolean {
  switch (body.kind) {
    case "balance":
      return body.accounts.every(({ sumKopecks }) => sumKopecks >= 0n);
    case "stale-hold":
      return true;
    case "credits":
      return false;
    case "stars":
      return body.problem !== "unknown";
  }
}

function listScreen({ run, open, openCount }: ReconciliationFacts, language: Language, catalog: Catalog): View {
  const { reconcile, buttons } = adminTexts(language);
  const isRunning = run !== null && run.finishedAt === null;
  return {
    text: lines(
      { bold: reconcile.title },
      "",
      run === null
        ? reconcile.never
        : run.finishedAt === null
          ? reconcile.running(formatDateTime(run.startedAt, language))
          : reconcile.done(formatDateTime(run.finishedAt, language), run.checkedWallets),
      "",
      openCount === 0 ? reconcile.allWell : reconcile.open(openCount),
      ...open.map((finding, index) => `${index + 1}. ${shortLine(finding.body, language, catalog)}`),
    ),
    keyboard: keyboard(
      rows(
        open.map((finding, index) =>
          findingButton(String(index + 1), { kind: "open", findingId: finding.id, isConfirming: false }),
        ),
        4,
      ),
      [
        [
          isRunning
            ? findingButton(reconcile.refresh, { kind: "list" })
            : findingButton(reconcile.now, { kind: "now" }),
        ],
        [toPage(buttons.back, { kind: "home" })],
      ],
    ),
  };
}

function decisions(
  { id, body }: Pick<Finding, "id" | "body">,
  isAsking: boolean,
  language: Language,
  catalog: Catalog,
): ViewButton[][] {
  const t = adminTexts(language).reconcile;
  const family = body.kind === "credits" ? catalog.entry(body.entryKey)?.family.key : undefined;
  return [
    ...(isRepairable(body)
      ? [
          isAsking
            ? [findingButton(t.confirm, { kind: "repair", findingId: id })]
            : [findingButton(t.repair, { kind: "open", findingId: id, isConfirming: true })],
        ]
      : []),
    ...(family === undefined ? [] : [[toPage(t.openModel, { kind: "family", family })]]),
    [findingButton(t.dismiss, { kind: "dismiss", findingId: id })],
  ];
}

function shortLine(body: FindingBody, language: Language, catalog: Catalog): string {
  const t = adminTexts(language).reconcile;
  switch (body.kind) {
    case "balance":
      return t.balance.line(body.userId);
    case "stale-hold":
      return t["stale-hold"].line(body.generationId);
    case "credits":
      return t.credits.line(modelName(body.entryKey, language, catalog));
    case "stars":
      return t.stars.line(body.stars);
  }
}

function bodyText(body: FindingBody, language: Language, catalog: Catalog): RichText {
  const t = adminTexts(language).reconcile;
  const sum = (kopecks: bigint) => formatKopecks(kopecks, language);
  switch (body.kind) {
    case "balance":
      return lines(
        { bold: `⚖️ ${t.balance.title}` },
        t.user(body.userId),
        ...body.accounts.map(({ account, cachedKopecks, sumKopecks }) =>
          t.balance.account(t.balance.accounts[account], sum(cachedKopecks), sum(sumKopecks)),
        ),
        isRepairable(body) ? null : t.balance.impossible,
      );
    case "stale-hold":
      return lines(
        { bold: `⏳ ${t["stale-hold"].title}` },
        t["stale-hold"].generation(body.generationId, modelName(body.entryKey, language, catalog)),
        t.user(body.userId),
        t["stale-hold"].held(sum(body.heldKopecks)),
        t["stale-hold"].deadline(formatDateTime(body.deadlineAt, language)),
      );
    case "credits":
      return lines(
        { bold: `🧮 ${t.credits.title}` },
        t.credits.model(modelName(body.entryKey, language, catalog)),
        t.credits.figures(body.expectedCredits, body.consumedCredits),
        t.credits.example(body.generationId),
        t.credits.advice,
      );
    case "stars":
      return lines(
        { bold: `⭐ ${t.stars.title[body.problem]}` },
        t.user(body.userId),
        t.stars.payment(body.stars),
        t.stars.charge(body.chargeId),
        isRepairable(body) ? null : t.stars.advice,
      );
  }
}

function askText(body: FindingBody, language: Language): string {
  const t = adminTexts(language).reconcile;
  switch (body.kind) {
    case "balance":
    case "stale-hold":
      return t[body.kind].ask;
    case "stars":
      return body.problem === "unknown" ? "" : t.stars.ask[body.problem];
    case "credits":
      return "";
  }
}

function modelName(entryKey: string, language: Language, catalog: Catalog): string {
  const found = catalog.entry(entryKey);
  if (found === undefined) return entryKey;
  const { family, entry } = found;
  return family.entries.length === 1 ? family.title : `${family.title} · ${entry.title[language]}`;
}
