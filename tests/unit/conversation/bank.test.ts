import { expect, test } from "vitest";
import { adminAction } from "../../../lib/conversation/admin/buttons.ts";
import { readAdminParts } from "../../../lib/conversation/admin/callback-parts.ts";
import { receiptCardView } from "../../../lib/conversation/admin/receipt-screens.ts";
import type { ReceiptAction, ReceiptCard } from "../../../lib/conversation/admin/receipt-types.ts";
import { encodeAction } from "../../../lib/conversation/callback-data.ts";
import { readRoubles } from "../../../lib/conversation/money/roubles.ts";
import { spanText } from "../../../lib/conversation/view-parts.ts";
import { REJECT_REASONS } from "../../../lib/ledger/payments.ts";
import { LANGUAGES } from "../../../lib/shared/localized.ts";
import { readAdminData } from "./admin-facts.ts";

const ID = "abcdef123456";

test("F4: every button about a transfer is read back as it was written, within Telegram's 64 bytes", () => {
  const actions: ReceiptAction[] = [
    { kind: "open", page: { kind: "list" } },
    ...(["request", "sum", "reason", "other-reason", "reversal"] as const).map(
      (kind): ReceiptAction => ({ kind: "open", page: { kind, requestId: ID } }),
    ),
    { kind: "approve", requestId: ID, kopecks: "99999999999" },
    ...REJECT_REASONS.map((reason): ReceiptAction => ({ kind: "reject", requestId: ID, reason })),
    { kind: "reverse", requestId: ID },
    { kind: "show", requestId: ID },
  ];
  for (const action of actions) {
    const button = { kind: "receipt", action } as const;
    expect(readAdminData(encodeAction(adminAction(button), 1_000_000))?.action).toEqual(button);
  }
});

test("F4: made-up buttons are nobody's", () => {
  for (const parts of [
    ["rc", "a", ID],
    ["rc", "a", ID, "0"],
    ["rc", "a", ID, "-5"],
    ["rc", "a", ID, "1".repeat(13)],
    ["rc", "x", ID, "7"],
    ["rc", "ok", "A b"],
    ["rc", "o", ID, "1"],
    ["rc", "zz", ID],
    ["rc", "a", ID, "1", "1"],
  ]) {
    expect(readAdminParts(parts)).toBeNull();
  }
});

test("typed sums are read as people write them", () => {
  expect(
    Object.fromEntries(
      ["250", "250,5", "250.50", "1 250 ₽", "1\u00a0250,05 руб.", " 7 р ", "0", "0,00", "-5", "1,234", "сто", ""].map(
        (text) => [text, readRoubles(text)],
      ),
    ),
  ).toEqual({
    "250": 250_00n,
    "250,5": 250_50n,
    "250.50": 250_50n,
    "1 250 ₽": 1_250_00n,
    "1\u00a0250,05 руб.": 1_250_05n,
    " 7 р ": 7_00n,
    "0": null,
    "0,00": null,
    "-5": null,
    "1,234": null,
    сто: null,
    "": null,
  });
});

const CARD: ReceiptCard = {
  requestId: ID,
  user: { id: 5, name: "Анна", username: "anna", since: new Date("2026-11-01T09:00:00Z") },
  kopecks: 30_000n,
  payKopecks: 30_017n,
  status: "pending",
  createdAt: new Date("2026-11-20T11:00:00Z"),
  creditedKopecks: null,
  reason: null,
  decidedAt: null,
  decidedBy: null,
  history: { approved: 2, rejected: 1, reversed: 0, creditedKopecks: 60_000n },
  receipts: [
    {
      receiptId: "r1",
      status: "read",
      reading: { sums: ["25000"], paidAt: "2026-11-20T11:05:00Z", numbers: ["123456"] },
      score: 40,
      duplicates: [{ receiptId: "r0", requestId: "x", userId: 9, by: "operation" }],
    },
  ],
};

test("F4: a card says what was read, what does not fit, and who sent such a receipt before", () => {
  const text = receiptCardView(CARD, "r1", "ru")
    .text.map(spanText)
    .join("")
    .replace(/\u00a0/g, " ");
  expect(text).toContain("Прочитано: 250,00 ₽ · 20 ноября, 14:05 · № 123456");
  expect(text).toContain("Оценка: 40 из 100");
  expect(text).toContain("⚠️ Суммы 300,17 ₽ на чеке не видно");
  expect(text).toContain("⚠️ тот же номер операции: уже был у id 9");
  expect(text).toContain("Раньше: зачислено 2 на 600 ₽, отклонено 1");
  expect(text).toContain("Анна (@anna, id 5)");
});

test("F4: a card stays within a caption, whatever was read and whatever the user is called", () => {
  const numbers = Array.from({ length: 40 }, () => "9".repeat(400));
  const duplicates = Array.from({ length: 60 }, (_, index) => ({
    receiptId: `r${index}`,
    requestId: "x",
    userId: 5_000_000_000 + index,
    by: "picture" as const,
  }));
  const [receipt] = CARD.receipts;
  const reading = { sums: numbers, paidAt: null, numbers };
  const receipts = receipt === undefined ? [] : [{ ...receipt, reading, duplicates }];
  const card = { ...CARD, user: { ...CARD.user, name: "Я".repeat(500) }, reason: "п".repeat(900), receipts };
  for (const language of LANGUAGES) {
    const length = receiptCardView(card, "r1", language).text.map(spanText).join("").length;
    expect(length).toBeLessThanOrEqual(1_024);
  }
});
