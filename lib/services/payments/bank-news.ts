import { receiptLateView } from "../../conversation/admin/receipt-screens.ts";
import { bankNewsView } from "../../conversation/money/bank.ts";
import type { View } from "../../conversation/types.ts";
import type { OutboxMessage } from "../../db/outbox.ts";
import type { Language } from "../../shared/localized.ts";

/** A receipt that waits longer is told to the admins, once. */
export const LATE_RECEIPT_MINUTES = 10;

/** Messages about bank transfers that are owed to people; null for every other kind. */
export function bankMessage({ kind, payload }: Pick<OutboxMessage, "kind" | "payload">, to: Language): View | null {
  const kopecks = (name: string) => BigInt(String(payload[name] ?? "0"));
  const reason = String(payload["reason"] ?? "");
  switch (kind) {
    case "bank-expired":
      return bankNewsView({ kind: "expired", payKopecks: kopecks("payKopecks") }, to);
    case "bank-rejected":
      return bankNewsView({ kind: "rejected", payKopecks: kopecks("payKopecks"), reason }, to);
    case "bank-reversed":
      return bankNewsView(
        { kind: "reversed", kopecks: kopecks("kopecks"), reason, debtKopecks: kopecks("debtKopecks") },
        to,
      );
    case "receipt-late": {
      const late = { payKopecks: kopecks("payKopecks"), minutes: LATE_RECEIPT_MINUTES };
      return receiptLateView({ requestId: String(payload["requestId"]), ...late }, to);
    }
    default:
      return null;
  }
}
