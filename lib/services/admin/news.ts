import { balanceAdjustedView, generationRefundedView } from "../../conversation/admin/user-notices.ts";
import type { View } from "../../conversation/types.ts";
import { adjustedPayload, refundedPayload } from "../../db/admin-orders.ts";
import type { Language } from "../../shared/localized.ts";

/** What a user is told of an admin's doing. */
export function adminNews(
  message: { kind: "balance-adjusted" | "generation-refunded"; payload: Record<string, unknown> },
  language: Language,
): View {
  return message.kind === "balance-adjusted"
    ? balanceAdjustedView(adjustedPayload.parse(message.payload), language)
    : generationRefundedView(refundedPayload.parse(message.payload), language);
}
