import { findingView, lateHoldsView, reconciledView } from "../../conversation/admin/finding-screens.ts";
import { referralRewardView } from "../../conversation/money/referral.ts";
import type { View } from "../../conversation/types.ts";
import { readFindingBody } from "../../db/findings.ts";
import type { OutboxMessage } from "../../db/outbox.ts";
import type { Language } from "../../shared/localized.ts";
import type { App } from "../app.ts";

/** Messages about the books and about referrals. Null for one that this program can not read. */
export function booksView(
  app: App,
  { kind, payload }: Pick<OutboxMessage, "kind" | "payload">,
  language: Language,
): View | null {
  switch (kind) {
    case "finding": {
      const body = readFindingBody(payload["body"]);
      return body === null ? null : findingView(String(payload["findingId"]), body, language, app.catalog);
    }
    case "reconciled":
      return reconciledView(Number(payload["openCount"] ?? 0), language);
    case "late-holds":
      return lateHoldsView(Number(payload["count"] ?? 0), language);
    default: {
      const role = payload["role"] === "friend" ? "friend" : "referrer";
      return referralRewardView(role, BigInt(String(payload["kopecks"] ?? 0)), language);
    }
  }
}
