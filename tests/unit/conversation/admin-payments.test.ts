import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { adminAction } from "../../../lib/conversation/admin/buttons.ts";
import type { UserAction, UserCard, UserPage, UserPayment } from "../../../lib/conversation/admin/user-types.ts";
import { balancesAfterRefund, isStarsRefundable } from "../../../lib/conversation/admin/user-words.ts";
import { encodeAction } from "../../../lib/conversation/callback-data.ts";
import { renderScreen } from "../../../lib/conversation/render.ts";
import { initialState, parseState } from "../../../lib/conversation/state.ts";
import { BANK_REQUEST_STATUSES, STAR_STATUSES } from "../../../lib/ledger/payments.ts";
import { LANGUAGES } from "../../../lib/shared/localized.ts";
import { makeAdmin, readAdminData } from "./admin-facts.ts";
import { checkView, Dialogue, makeFacts, NOW, textOf } from "./dialogue.ts";
import { memoryCatalog } from "./fixture-catalog.ts";
import { makeBankPayment, makeCard, makeStarsPayment, makeUser } from "./people-facts.ts";

const userId = fc.integer({ min: 1, max: 2 ** 52 - 1 });
const key = fc.stringMatching(/^[sb][0-9a-f]{12}$/);
const action: fc.Arbitrary<UserAction> = fc.oneof(
  fc.record({ kind: fc.constantFrom("refund-stars" as const, "give-stars-back" as const), userId, key }),
  fc.record({
    kind: fc.constant("open" as const),
    page: fc.oneof(
      fc.record({ kind: fc.constant("payments" as const), userId }),
      fc.record({ kind: fc.constant("payment" as const), userId, key }),
    ),
  }),
);

test("A8 F1 G2: every button about payments fits into 64 bytes and is read back as it was", () => {
  void fc.assert(
    fc.property(action, fc.nat({ max: 2_000_000_000 }), (each, revision) => {
      const whole = { kind: "user" as const, action: each };
      const data = encodeAction(adminAction(whole), revision);
      expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
      expect(readAdminData(data)).toEqual({ action: whole, revision });
    }),
  );
});

test("made-up data about payments is nobody's action", () => {
  for (const each of ["p", "p:0", "pd:7", "pd:7:x0123456789ab", "rs:7:s0123", "sr:7:S0123456789AB", "sr:7:stx-1:2"]) {
    expect(readAdminData(`admin:us:${each}~1`)).toBeNull();
  }
});

test("E2 F1: what a refund takes is all of it: main money, then bonus, and the rest is debt", () => {
  const money = fc.bigInt({ min: 0n, max: 10_000n });
  void fc.assert(
    fc.property(money, money, money, money, (main, bonus, debt, sum) => {
      const card = { mainKopecks: main, bonusKopecks: bonus, debtKopecks: debt };
      const after = balancesAfterRefund(card, sum);
      const worth = (each: typeof card) => each.mainKopecks + each.bonusKopecks - each.debtKopecks;
      expect(worth(card) - worth(after)).toBe(sum);
      expect(after.mainKopecks >= 0n && after.bonusKopecks >= 0n).toBe(true);
      if (after.bonusKopecks < bonus) expect(after.mainKopecks).toBe(0n);
      if (after.debtKopecks > debt) expect(after).toMatchObject({ mainKopecks: 0n, bonusKopecks: 0n });
    }),
  );
});

const stars = STAR_STATUSES.map((status) => makeStarsPayment({ status }));
const bank = BANK_REQUEST_STATUSES.map((status) => makeBankPayment({ status }));
const others: UserPayment[] = [
  makeStarsPayment({ orderId: null, isFound: true, refundedAt: NOW, status: "refunded", kopecks: 0n }),
  makeStarsPayment({ stars: 10_000, kopecks: 10n ** 12n, chargeId: "c".repeat(255) }),
  makeBankPayment({ creditedKopecks: null, decidedAt: null, status: "pending" }),
];

test("F1: only Stars that are not back yet can be sent back", () => {
  expect(stars.filter(isStarsRefundable).map(({ status }) => status)).toEqual(["credited", "refunding"]);
  expect(bank.some(isStarsRefundable)).toBe(false);
});

describe.each(LANGUAGES)("in %s", (language) => {
  const user = { id: 1, language, firstName: "Anna", isNew: false };
  const draw = (page: UserPage, payments: readonly UserPayment[], card: Partial<UserCard> = {}) => {
    const state = { ...initialState(), screen: { kind: "admin" as const, page: { kind: "user" as const, page } } };
    expect(parseState(JSON.parse(JSON.stringify(state)))).toEqual(state);
    const facts = makeFacts({ user, admin: makeAdmin({ user: makeUser({ card: makeCard(card), payments }) }) });
    const view = renderScreen(state, facts, memoryCatalog());
    checkView(view, 2_000_000_000);
    return view;
  };

  test("G2: every page about payments fits into a message, has readable buttons and is stored as it is", () => {
    const long = { firstName: "я".repeat(300), username: "u".repeat(32), mainKopecks: 0n, debtKopecks: 10n ** 12n };
    for (const card of [{}, long]) {
      draw({ kind: "payments", userId: 7 }, [], card);
      draw({ kind: "payments", userId: 7 }, [...stars, ...bank, ...others], card);
      for (const payment of [...stars, ...bank, ...others]) {
        for (const wanted of [payment.key, "s000000000000"]) {
          draw({ kind: "payment", userId: 7, key: wanted }, [payment], card);
          for (const reason of [null, "я".repeat(200)]) {
            draw({ kind: "refund-stars", userId: 7, key: wanted, reason }, [payment], card);
          }
        }
      }
    }
  });

  test("G2: a list shows eight payments at most, and says of each how it stands", () => {
    const view = draw({ kind: "payments", userId: 7 }, [...stars, ...bank, ...others]);
    expect(view.keyboard.flat()).toHaveLength(9);
    expect(textOf(view.text)).toContain(language === "ru" ? "возвращается" : "being refunded");
    expect(textOf(view.text)).toContain(language === "ru" ? "одобрен" : "approved");
  });
});

test("F1 G2: nothing is ordered without a typed reason, and what is ordered names the whole charge", () => {
  const payment = makeStarsPayment();
  const dialogue = new Dialogue(makeFacts({ admin: makeAdmin({ user: makeUser({ payments: [payment] }) }) }));
  const order = (each: UserAction) => dialogue.tap(adminAction({ kind: "user", action: each }));
  order({ kind: "open", page: { kind: "payment", userId: 7, key: payment.key } });
  expect(order({ kind: "give-stars-back", userId: 7, key: payment.key }).effects).toEqual([]);
  dialogue.press("‹ К платежу");
  dialogue.press("↩️ Вернуть ⭐");
  for (const wrong of ["ок", "я".repeat(201)]) {
    dialogue.say(wrong);
    expect(dialogue.labels.some((label) => label.startsWith("✅"))).toBe(false);
  }
  dialogue.say("  Просил \n вернуть ");
  const { effects } = dialogue.press("✅ Вернуть 200");
  const wish = { kind: "refund-stars", userId: 7, chargeId: payment.chargeId, reason: "Просил вернуть" };
  expect(effects).toEqual([{ kind: "admin", order: { kind: "user", order: wish } }]);
  // Of another user, of another payment, and once it is back.
  expect(order({ kind: "give-stars-back", userId: 8, key: payment.key }).effects).toEqual([]);
  const back = makeStarsPayment({ status: "refunded", refundedAt: NOW });
  dialogue.facts = makeFacts({ admin: makeAdmin({ user: makeUser({ payments: [back] }) }) });
  order({ kind: "refund-stars", userId: 7, key: back.key });
  expect(dialogue.text).toContain("✅ Звёзды возвращены");
  expect(order({ kind: "give-stars-back", userId: 7, key: back.key }).effects).toEqual([]);
});
