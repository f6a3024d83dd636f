import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { adminAction } from "../../../lib/conversation/admin/buttons.ts";
import { answerPromo, promoOrder, promoStep } from "../../../lib/conversation/admin/promo-draft.ts";
import type {
  PromoAdminAction,
  PromoAdminPage,
  PromoCodeFacts,
  PromoDraft,
} from "../../../lib/conversation/admin/promo-types.ts";
import type { AdminAction } from "../../../lib/conversation/admin/types.ts";
import type { UserAction, UserFacts, UserPage } from "../../../lib/conversation/admin/user-types.ts";
import { balancesAfter, isRefundable, readRoubles } from "../../../lib/conversation/admin/user-words.ts";
import { encodeAction } from "../../../lib/conversation/callback-data.ts";
import { renderScreen } from "../../../lib/conversation/render.ts";
import { initialState, parseState } from "../../../lib/conversation/state.ts";
import { GENERATION_STATES } from "../../../lib/generation/states.ts";
import { isPromoCode, PROMO_KINDS } from "../../../lib/ledger/payments.ts";
import { LANGUAGES } from "../../../lib/shared/localized.ts";
import { makeAdmin, readAdminData } from "./admin-facts.ts";
import { checkView, Dialogue, makeFacts, NOW, textOf } from "./dialogue.ts";
import { memoryCatalog } from "./fixture-catalog.ts";
import { makeCard, makeCode, makeGeneration, makeOperation, makeUser } from "./people-facts.ts";

const userId = fc.integer({ min: 1, max: 2 ** 52 - 1 });
const generationId = fc.stringMatching(/^[0-9a-z]{12}$/);
const id = fc.stringMatching(/^[0-9a-z]{12}$/);
const direction = fc.constantFrom("credit" as const, "debit" as const);
const account = fc.constantFrom("main" as const, "bonus" as const);
const code = fc.stringMatching(/^[A-Z0-9_-]{3,24}$/);

const userAction: fc.Arbitrary<UserAction> = fc.oneof(
  fc.record({
    kind: fc.constant("open" as const),
    page: fc.oneof(
      fc.constant({ kind: "list" as const }),
      fc.record({ kind: fc.constantFrom("card" as const, "operations" as const, "generations" as const), userId }),
      fc.record({ kind: fc.constant("generation" as const), userId, generationId }),
      fc.record({ kind: fc.constant("accounts" as const), userId, direction }),
      fc.record({ kind: fc.constant("ban" as const), userId, isBan: fc.boolean() }),
    ),
  }),
  fc.record({ kind: fc.constant("adjust" as const), userId, direction, account }),
  fc.record({ kind: fc.constant("apply" as const), userId, id }),
  fc.record({
    kind: fc.constantFrom("refund" as const, "give-back" as const, "resend" as const),
    userId,
    generationId,
  }),
  fc.record({ kind: fc.constant("set-ban" as const), userId, isBan: fc.boolean() }),
);

const promoAction: fc.Arbitrary<PromoAdminAction> = fc.oneof(
  fc.record({
    kind: fc.constant("open" as const),
    page: fc.oneof(
      fc.record({ kind: fc.constant("list" as const), isClosed: fc.boolean(), page: fc.nat({ max: 99_999 }) }),
      fc.record({ kind: fc.constant("code" as const), code, isClosing: fc.boolean() }),
    ),
  }),
  fc.constant({ kind: "begin" as const }),
  fc.record({
    kind: fc.constant("answer" as const),
    step: fc.constantFrom("kind" as const, "hold" as const, "who" as const, "cap" as const, "code" as const),
    value: fc.constantFrom("bonus", "topup", "discount", "g3", "d7", "0", "1", "-"),
  }),
  fc.record({ kind: fc.constant("create" as const), id }),
  fc.record({ kind: fc.constant("close" as const), code }),
);

const action: fc.Arbitrary<AdminAction> = fc.oneof(
  userAction.map((each) => ({ kind: "user" as const, action: each })),
  promoAction.map((each) => ({ kind: "promo" as const, action: each })),
);

test("A8 G2 G5: every button about users and codes fits into 64 bytes and is read back as it was", () => {
  void fc.assert(
    fc.property(action, fc.nat({ max: 2_000_000_000 }), (each, revision) => {
      const data = encodeAction(adminAction(each), revision);
      expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
      expect(readAdminData(data)).toEqual({ action: each, revision });
    }),
  );
});

test("made-up data about users and codes is nobody's action, and what is read is written the same way again", () => {
  const parts = fc.array(
    fc.constantFrom("us", "pc", "c", "o", "a", "d", "ok", "1", "0", "7001", "m", "-1", "x", "xx", "l", "new", "NEW"),
    { maxLength: 6 },
  );
  void fc.assert(
    fc.property(parts, (each) => {
      const data = `admin:${each.join(":")}~1`;
      const read = readAdminData(data);
      if (read !== null) expect(encodeAction(adminAction(read.action), 1)).toBe(data);
    }),
  );
  for (const each of [
    "us:c",
    "us:c:0",
    "us:c:-5",
    "us:c:1e5",
    "us:a:1:c",
    "us:sb:1:2",
    "pc",
    "pc:c:new code",
    "pc:l:2:0",
  ]) {
    expect(readAdminData(`admin:${each}~1`)).toBeNull();
  }
});

test.each([
  ["100", 10_000n],
  ["99,50", 9_950n],
  ["99.5 ₽", 9_950n],
  ["1 000", 100_000n],
  ["1\u00a0000,01 руб.", 100_001n],
  ["15 рублей", 1_500n],
  ["0", null],
  ["0,00", null],
  ["-5", null],
  ["1 00", null],
  ["10,555", null],
  ["сто", null],
  ["1e5", null],
  ["", null],
])("typed %j is %s kopecks", (text, kopecks) => {
  expect(readRoubles(text)).toBe(kopecks);
});

test("E2 G2: what the confirmation promises adds up, never goes below zero and pays a debt first", () => {
  const money = fc.bigInt({ min: 0n, max: 10_000n });
  void fc.assert(
    fc.property(
      money,
      money,
      money,
      direction,
      account,
      fc.bigInt({ min: 1n, max: 10_000n }),
      (main, bonus, debt, to, from, sum) => {
        const card = { mainKopecks: main, bonusKopecks: bonus, debtKopecks: debt };
        const after = balancesAfter(card, { direction: to, account: from }, sum);
        if (after === null) {
          expect(to === "debit" && sum > (from === "main" ? main : bonus)).toBe(true);
          return;
        }
        const worth = (each: typeof card) => each.mainKopecks + each.bonusKopecks - each.debtKopecks;
        expect(worth(after) - worth(card)).toBe(to === "credit" ? sum : -sum);
        expect(after.mainKopecks >= 0n && after.bonusKopecks >= 0n && after.debtKopecks >= 0n).toBe(true);
        if (to === "credit" && sum <= debt) expect(after).toMatchObject({ mainKopecks: main, bonusKopecks: bonus });
      },
    ),
  );
});

test("G2: only what was charged, delivered and not given back can be refunded", () => {
  const refundable = GENERATION_STATES.filter((state) => isRefundable(makeGeneration({ state })));
  expect(refundable).toEqual(["delivered", "undeliverable"]);
  expect(isRefundable(makeGeneration({ chargedKopecks: 0n }))).toBe(false);
  expect(isRefundable(makeGeneration({ chargedKopecks: null }))).toBe(false);
  expect(isRefundable(makeGeneration({ refundedKopecks: 1n }))).toBe(false);
});

test("G5: whatever is answered, what is created is one whole code of its kind", () => {
  const answers = fc.array(
    fc.constantFrom(
      "bonus",
      "topup",
      "discount",
      "50",
      "7 дней",
      "3 генерации",
      "d30",
      "g1",
      "0",
      "1",
      "-",
      "WELCOME_1",
      "лето",
      "999999999",
    ),
    { minLength: 5, maxLength: 40 },
  );
  void fc.assert(
    fc.property(answers, (each) => {
      let draft: PromoDraft = { id: "a" };
      for (const answer of each) {
        const step = promoStep(draft);
        if (step !== null) draft = answerPromo(draft, step, answer, () => "abcdefgh1234") ?? draft;
      }
      const order = promoOrder(draft);
      expect(order === null).toBe(promoStep(draft) !== null);
      if (order === null) return;
      expect(isPromoCode(order.code)).toBe(true);
      expect(order.kopecks === null).toBe(order.promo !== "bonus");
      expect(order.percent === null).toBe(order.promo === "bonus");
      expect([order.generations, order.days].filter((count) => count !== null)).toHaveLength(
        order.promo === "discount" ? 1 : 0,
      );
    }),
  );
});

const long = "я".repeat(300);
const users: Partial<UserFacts>[] = [
  { card: null },
  {},
  {
    card: makeCard({ firstName: long, username: "u".repeat(32), debtKopecks: 5n, isBanned: true, isReachable: false }),
    found: Array.from({ length: 8 }, () => ({ ...makeCard({ firstName: long }), availableKopecks: 10n ** 12n })),
    operations: Array.from({ length: 8 }, () => makeOperation({ reason: long, generationId: "abcdefgh1234" })),
    generations: Array.from({ length: 8 }, () => makeGeneration({ entryKey: "gone-model", failureCode: "500" })),
  },
  { generations: [makeGeneration({ refundedKopecks: 100n })], isApplied: true },
];
const draft = { id: "abcdefgh1234", direction: "debit" as const, account: "bonus" as const };
const userPages: UserPage[] = [
  { kind: "list", query: null },
  { kind: "list", query: "w".repeat(64) },
  { kind: "card", userId: 7 },
  { kind: "operations", userId: 7 },
  { kind: "generations", userId: 7 },
  { kind: "generation", userId: 7, generationId: "abcdefgh1234" },
  { kind: "accounts", userId: 7, direction: "credit" },
  { kind: "adjust", userId: 7, draft: { ...draft, kopecks: null, reason: null } },
  { kind: "adjust", userId: 7, draft: { ...draft, kopecks: "500", reason: null } },
  { kind: "adjust", userId: 7, draft: { ...draft, kopecks: "500", reason: "я".repeat(200) } },
  { kind: "adjust", userId: 7, draft: { ...draft, direction: "credit", kopecks: "500", reason: "Подарок" } },
  { kind: "refund", userId: 7, generationId: "abcdefgh1234", reason: null },
  { kind: "refund", userId: 7, generationId: "abcdefgh1234", reason: "Брак" },
  { kind: "ban", userId: 7, isBan: true },
  { kind: "ban", userId: 7, isBan: false },
];
const codes: PromoCodeFacts[] = PROMO_KINDS.flatMap((kind) => [
  makeCode({ kind }),
  makeCode({ kind, cap: 5, used: 5, expiresAt: NOW, newcomersOnly: true, generations: 3 }),
  makeCode({ kind, closedAt: NOW, days: 7, code: "W".repeat(24) }),
]);
const full: PromoDraft = {
  id: "a",
  kind: "discount",
  value: 5,
  hold: { days: 7 },
  newcomersOnly: true,
  cap: 5,
  daysOpen: 7,
  code: "ABC",
};
const promoPages: PromoAdminPage[] = [
  { kind: "list", isClosed: false, page: 0 },
  { kind: "list", isClosed: true, page: 9 },
  { kind: "code", code: "ABC", isClosing: false },
  { kind: "code", code: "ABC", isClosing: true },
  ...PROMO_KINDS.map((kind) => ({ kind: "new" as const, draft: { id: "a", kind } })),
  { kind: "new", draft: { id: "a" } },
  { kind: "new", draft: { id: "a", kind: "discount", value: 10 } },
  { kind: "new", draft: full },
  { kind: "new", draft: { ...full, isOrdered: true } },
];

describe.each(LANGUAGES)("in %s", (language) => {
  const user = { id: 1, language, firstName: "Anna", isNew: false };

  test("G2: every page about users fits into a message, has readable buttons and is stored as it is", () => {
    for (const fields of users) {
      for (const page of userPages) {
        const state = { ...initialState(), screen: { kind: "admin" as const, page: { kind: "user" as const, page } } };
        expect(parseState(JSON.parse(JSON.stringify(state)))).toEqual(state);
        const facts = makeFacts({ user, admin: makeAdmin({ user: makeUser(fields) }) });
        checkView(renderScreen(state, facts, memoryCatalog()), 2_000_000_000);
      }
    }
  });

  test("G5: every page about codes fits into a message, has readable buttons and is stored as it is", () => {
    for (const code of [null, ...codes]) {
      for (const page of promoPages) {
        const state = { ...initialState(), screen: { kind: "admin" as const, page: { kind: "promo" as const, page } } };
        expect(parseState(JSON.parse(JSON.stringify(state)))).toEqual(state);
        const promo = { codes: codes.slice(0, 8), pages: 12, code };
        const facts = makeFacts({ user, admin: makeAdmin({ promo }) });
        checkView(renderScreen(state, facts, memoryCatalog()), 2_000_000_000);
      }
    }
  });

  test("G1: the home page says today's money and what is at work", () => {
    const today = { toppedUpKopecks: 123_400n, spentKopecks: 56n, running: 3, queued: 12 };
    const state = { ...initialState(), screen: { kind: "admin" as const, page: { kind: "home" as const } } };
    const view = renderScreen(state, makeFacts({ user, admin: makeAdmin({ today }) }), memoryCatalog());
    checkView(view, 7);
    expect(textOf(view.text).replace(/\u00a0/g, " ")).toMatch(
      language === "ru" ? /1 234 ₽.*0,56 ₽/s : /₽1,234.*₽0\.56/s,
    );
  });
});

test("G2: an order that got lost can be confirmed again under the same id; once the money moved there is nothing to confirm", () => {
  const dialogue = new Dialogue(makeFacts({ admin: makeAdmin({ user: makeUser() }) }));
  dialogue.tap(adminAction({ kind: "user", action: { kind: "open", page: { kind: "card", userId: 7 } } }));
  dialogue.tap(
    adminAction({ kind: "user", action: { kind: "adjust", userId: 7, direction: "credit", account: "main" } }),
  );
  dialogue.say("100");
  dialogue.say("Подарок");
  const [button] = dialogue.view.keyboard.flat();
  const first = dialogue.press("✅ Начислить 100,00");
  const second = dialogue.press("✅ Начислить 100,00");
  expect(first.effects).toHaveLength(1);
  expect(second.effects).toEqual(first.effects);
  dialogue.facts = makeFacts({ admin: makeAdmin({ user: makeUser({ isApplied: true }) }) });
  if (button === undefined || !("action" in button)) throw new Error("no button to confirm with");
  expect(dialogue.tap(button.action).effects).toEqual([]);
  expect(dialogue.text).toContain("✅ Начислено");
  expect(dialogue.labels).toEqual(["‹ К пользователю"]);
});

test("I2 G2 G5: whatever an admin presses or writes, there is a screen, and only confirmed and whole orders leave it", () => {
  const step = fc.oneof(
    action.map((each) => ({ kind: "tap" as const, each })),
    fc
      .constantFrom("100", "12,50", "Причина", "-", "бонус", "NEWCODE", " ", "н".repeat(4_000))
      .map((text) => ({ kind: "say" as const, text })),
  );
  void fc.assert(
    fc.property(fc.constantFrom(...users), fc.array(step, { maxLength: 10 }), (fields, steps) => {
      const promo = { codes: [], pages: 1, code: null };
      const dialogue = new Dialogue(makeFacts({ admin: makeAdmin({ user: makeUser(fields), promo }) }));
      dialogue.command("admin");
      for (const each of steps) {
        const { effects } = each.kind === "tap" ? dialogue.tap(adminAction(each.each)) : dialogue.say(each.text);
        for (const effect of effects) {
          if (effect.kind !== "admin") continue;
          expect(each.kind).toBe("tap");
          if (effect.order.kind !== "user" || effect.order.order.kind !== "adjust") continue;
          expect(effect.order.order.kopecks).toBeGreaterThan(0n);
          expect(effect.order.order.reason.length).toBeGreaterThanOrEqual(3);
        }
      }
    }),
    { numRuns: 80 },
  );
});
