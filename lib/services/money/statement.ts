import type { Catalog } from "../../catalog/load.ts";
import { changeOf, operationWords } from "../../conversation/money/operation-words.ts";
import type { Operation } from "../../conversation/money/types.ts";
import { readMovements, readStanding, type Standing } from "../../db/operations.ts";
import { formatMonth } from "../../i18n/format.ts";
import { texts } from "../../i18n/index.ts";
import { USER_ACCOUNTS } from "../../ledger/accounts.ts";
import { moscowMonth } from "../../ledger/moscow.ts";
import { HOUR_MS } from "../../shared/clock.ts";
import type { Kopecks } from "../../shared/kopecks.ts";
import type { Language } from "../../shared/localized.ts";
import type { App } from "../app.ts";

/** Tells spreadsheet programs that the file is UTF-8. */
const BYTE_ORDER_MARK = "\ufeff";
const MOSCOW_OFFSET_MS = 3 * HOUR_MS;

/**
 * Sends the movements of one month (`2026-11`, Moscow) as a CSV file with the balances before and after; a month without
 * movements is said to be empty. A repeat sends the file once more.
 */
export async function sendStatement(
  app: App,
  input: { userId: number; language: Language; month: string },
): Promise<void> {
  const { userId, language, month } = input;
  const { from, until } = moscowMonth(month);
  const standing = await readStanding(app.database, { userId, before: from });
  const rows: string[] = [];
  const end = { ...standing };
  for await (const operations of readMovements(app.database, { userId, from, until })) {
    for (const operation of operations) {
      rows.push(statementRow(operation, language, app.catalog));
      end.mainKopecks += changeOf(operation, "main");
      end.bonusKopecks += changeOf(operation, "bonus");
      end.heldKopecks += changeOf(operation, "held");
      end.debtKopecks += changeOf(operation, "debt");
    }
  }
  const t = texts(language).moneyPages;
  if (rows.length === 0) {
    await app.telegram.call("sendMessage", {
      chat_id: userId,
      text: t.operations.statementEmpty(formatMonth(month, language)),
    });
    return;
  }
  const isOver = until <= app.clock.now();
  const lines = [
    t.statement.columns.map(cell).join(";"),
    standingRow(t.statement.opening, standing, language),
    ...rows,
    standingRow(isOver ? t.statement.closing : t.statement.now, end, language),
  ];
  const file = new File([`${BYTE_ORDER_MARK}${lines.join("\r\n")}\r\n`], t.statement.fileName(month), {
    type: "text/csv",
  });
  await app.telegram.call("sendDocument", {
    chat_id: userId,
    document: file,
    caption: t.operations.statementCaption(formatMonth(month, language)),
  });
}

function statementRow(operation: Operation, language: Language, catalog: Catalog): string {
  const words = operationWords(operation, language, catalog, { isWhole: true });
  const changes = USER_ACCOUNTS.map((account) => changeOf(operation, account));
  const moscow = new Date(operation.at.getTime() + MOSCOW_OFFSET_MS).toISOString();
  const moment = `${moscow.slice(8, 10)}.${moscow.slice(5, 7)}.${moscow.slice(0, 4)} ${moscow.slice(11, 19)}`;
  return [
    moment,
    cell(words),
    ...changes.map((change) => (change === 0n ? "" : roubles(change, language))),
    cell(operation.id),
  ].join(";");
}

function standingRow(words: string, standing: Standing, language: Language): string {
  const { mainKopecks, bonusKopecks, heldKopecks, debtKopecks } = standing;
  const sums = [mainKopecks, bonusKopecks, heldKopecks, debtKopecks].map((sum) => roubles(sum, language));
  return ["", cell(words), ...sums, ""].join(";");
}

/** As spreadsheets of the language read a number: "-12,40", "-12.40". */
function roubles(kopecks: Kopecks, language: Language): string {
  const absolute = kopecks < 0n ? -kopecks : kopecks;
  const rest = String(absolute % 100n).padStart(2, "0");
  return `${kopecks < 0n ? "-" : ""}${absolute / 100n}${language === "ru" ? "," : "."}${rest}`;
}

/** A text in quotes; one that a spreadsheet would run as a formula begins with an apostrophe. */
function cell(text: string): string {
  const plain = text.replace(/[\u00a0\u202f]/g, " ").replace(/\s*[\r\n]+\s*/g, " ");
  const safe = /^[=+\-@\t]/.test(plain) ? `'${plain}` : plain;
  return `"${safe.replaceAll('"', '""')}"`;
}
