/**
 * Text of a receipt as lines with ordinary spaces. English data reads Cyrillic as Latin look-alikes («Сумма» as `CymMma`),
 * so what looks for words looks for both; a text layer and Russian data give the words themselves.
 */
export function toLines(text: string): string[] {
  return text
    .normalize("NFKC")
    .split(/\r?\n/)
    .map((line) => line.replace(/[\s\u00ad\u200b]+/g, " ").trim())
    .filter((line) => line !== "");
}

const SUM_LABEL = /сумм|итог|к зачислению|(?:^|\W)[cs][yu][mw]+a|(?:^|\W)[nmwuv]+[tr]o[rg]o|total|amount/iu;
const OTHER_SUM_LABEL =
  /комисс|остаток|баланс|доступн|кэшб|бонус|k[o0]m\w{0,2}[cs]{2}|k[o0]m[ui]|octat|6ananc|balance|fee/iu;
const NUMBER_LABEL =
  /номер|№|квитанц|операци|документ|идентиф|h[o0]\w{0,2}m+[e3]p|(?:^|\W)n[e°o]\b|k[\wв]{1,2}[tт]a\w{1,2}|onepa|[o0]kym|[eo]ht|number|(?:^|\W)id\b/iu;
const NOT_NUMBER_LABEL =
  /инн|бик|кпп|огрн|с[чш][её]т|телефон|карт|tene|телеф|kapt|cuet|c4et|(?:^|\W)[nmw]+hh\b|(?:^|\W)[6b][mwn]+k\b/iu;

/** Words that stand beside the sum that was sent. */
export const namesSum = (line: string): boolean => SUM_LABEL.test(line) && !namesOtherSum(line);
/** Fee, balance and the like: sums that are not the one. */
export const namesOtherSum = (line: string): boolean => OTHER_SUM_LABEL.test(line);
/** Words that stand beside the number of an operation or a document. */
export const namesNumber = (line: string): boolean => NUMBER_LABEL.test(line) && !NOT_NUMBER_LABEL.test(line);
/** Account, card, phone, tax number: the same in every payment to one payee. */
export const namesPayee = (line: string): boolean => NOT_NUMBER_LABEL.test(line);
