import type { UserFile } from "../../lib/sandbox/telegram/index.ts";
import { photo } from "./files.ts";
import type { Person } from "./world.ts";

export const BANK = {
  BANK_REQUISITES: "Банк: Т-Банк\nКарта: 2200 7000 0000 0001\nТелефон: +7 900 000-00-01\nПолучатель: Иван И.",
  BANK_SBP_LINK: "https://qr.nspk.ru/AS100000000001?type=02&sum={amount}&cur=RUB",
};

/** A PDF of one empty page, as a bank's app gives it out. */
export function pdfReceipt(mark = "1", mime = "application/pdf"): UserFile {
  const text = `%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF ${mark}`;
  return { bytes: new TextEncoder().encode(text), fileName: "receipt.pdf", mime, kind: "document" };
}

/** Opens a bank transfer of a sum, from the menu on. @returns the exact sum to pay, as the screen says it. */
export async function opensTransfer(person: Person, roubles: number): Promise<string> {
  await person.says("/start");
  await person.taps("💰 Баланс");
  await person.taps("💳 Пополнить");
  await person.taps("✏️ Другая сумма");
  await person.says(String(roubles));
  await person.taps("🏦 Переводом");
  return sumOf(person);
}

/** "300,17 ₽" of the screen of an open transfer. */
export function sumOf(person: Person): string {
  const sum = /Переведите ровно ([\d ]+,\d\d ₽)/.exec(person.reads())?.[1];
  if (sum === undefined) throw new Error(`no sum in ${person.reads()}`);
  return sum;
}

/** Kopecks of "300,17 ₽". */
export const kopecksOf = (sum: string): bigint => BigInt(sum.replace(/\D/g, ""));

/** A photo as a receipt; each text gives other bytes. */
export const photoReceipt = (text: string): Promise<UserFile> => photo(text);
