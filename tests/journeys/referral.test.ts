import { afterAll, beforeAll, expect, test } from "vitest";
import { BANK, opensTransfer, photoReceipt } from "../support/bank.ts";
import { offers } from "../support/buying.ts";
import { topsUp } from "../support/topping-up.ts";
import { type Person, startWorld, type World } from "../support/world.ts";

const ADMIN_ID = 1;

let world: World;
let admin: Person;
beforeAll(async () => {
  world = await startWorld({
    environment: { ...BANK, WELCOME_BONUS_KOPECKS: "0", REFERRAL_BONUS_KOPECKS: "5000", REFERRAL_MONTHLY_LIMIT: "2" },
  });
  admin = world.person(ADMIN_ID);
  await admin.says("/start");
});
afterAll(async () => {
  await world.expectInvariants();
  await world.end();
});

let lastUserId = 8800;
/** Somebody whom the bot has not seen yet. */
function stranger(languageCode = "ru"): Person {
  lastUserId += 1;
  return world.person(lastUserId, languageCode);
}

async function somebody(): Promise<Person> {
  const person = stranger();
  await person.says("/start");
  return person;
}

/** Through the balance to the page of invitations. @returns what stands behind `?start=`. */
async function invites(person: Person): Promise<string> {
  await person.says("/balance");
  await person.taps("Пригласить друга");
  const [copied] =
    person
      .screen()
      .keyboard?.flat()
      .flatMap(({ copyText }) => copyText ?? []) ?? [];
  const payload = /^https:\/\/t\.me\/sandbox_bot\?start=(ref_[\w-]{20})$/.exec(copied ?? "")?.[1];
  if (payload === undefined) throw new Error(`no link: ${copied}`);
  return payload;
}

const referralsOf = (friend: Person) =>
  world.db.rows("select referrer_id, rewarded_at is not null as rewarded from referrals where friend_id = $1", [
    friend.id,
  ]);

test("F7: a friend comes by the link, tops up, and both get the bonus once and are told", async () => {
  const anna = await somebody();
  const payload = await invites(anna);
  expect(anna.reads()).toContain("по 50 ₽ бонусами");
  expect(anna.reads()).toContain("пока никто не пришёл");
  const share =
    anna
      .screen()
      .keyboard?.flat()
      .find(({ url }) => url !== undefined)?.url ?? "";
  const sent = new URL(share);
  expect(sent.origin + sent.pathname).toBe("https://t.me/share/url");
  expect(sent.searchParams.get("url")).toBe(`https://t.me/sandbox_bot?start=${payload}`);
  expect(share).not.toContain("+");

  const boris = stranger();
  await boris.says(`/start ${payload}`);
  expect(boris.reads()).toContain("Вы пришли по приглашению друга");
  expect(offers(boris, "categories")).toBe(true);
  expect(await referralsOf(boris)).toEqual([{ referrer_id: String(anna.id), rewarded: false }]);
  expect(await boris.wallet()).toMatchObject({ main: 0n, bonus: 0n });
  await invites(anna);
  expect(anna.reads()).toContain("Пришли по ссылке: 1 друг");

  await topsUp(world, boris);
  expect(await boris.wallet()).toMatchObject({ main: 30_000n, bonus: 5_000n });
  expect(await anna.wallet()).toMatchObject({ main: 0n, bonus: 5_000n });
  expect(boris.readsAll()).toContain("Вам начислено 50 ₽ бонусами: вы пришли по приглашению");
  expect(anna.reads()).toContain("Вам начислено 50 ₽ бонусами: друг, которого вы пригласили, пополнил баланс");
  await invites(anna);
  expect(anna.reads()).toContain("Вы получили: 50 ₽ за 1 друга");

  await topsUp(world, boris);
  expect(await boris.wallet()).toMatchObject({ main: 60_000n, bonus: 5_000n });
  expect(await anna.wallet()).toMatchObject({ bonus: 5_000n });
});

test("F7: a top-up that was taken back does not reward a second time", async () => {
  const anna = await somebody();
  const payload = await invites(anna);
  const boris = stranger();
  await boris.says(`/start ${payload}`);
  const chargeId = await topsUp(world, boris);
  await world.telegram.userChargesBack(boris.id, chargeId);
  await world.idle();
  await topsUp(world, boris);
  expect(await boris.wallet()).toMatchObject({ main: 30_000n });
  expect(await anna.wallet()).toMatchObject({ bonus: 5_000n });
});

test("F7: an approved bank transfer rewards as well", async () => {
  const anna = await somebody();
  const payload = await invites(anna);
  const boris = stranger();
  await boris.says(`/start ${payload}`);
  const sum = await opensTransfer(boris, 250);
  await boris.sendsFile(await photoReceipt("чек друга"));
  await admin.taps(`✅ ${sum}`);
  expect(await boris.wallet()).toMatchObject({ bonus: 5_000n });
  expect(await anna.wallet()).toMatchObject({ bonus: 5_000n });
});

test("F7: nobody invites themselves, an existing user, or somebody a second time", async () => {
  const anna = await somebody();
  const payload = await invites(anna);
  await anna.says(`/start ${payload}`);
  expect(anna.reads()).not.toContain("по приглашению");
  expect(await referralsOf(anna)).toEqual([]);

  const known = await somebody();
  await known.says(`/start ${payload}`);
  expect(await referralsOf(known)).toEqual([]);
  await topsUp(world, known);
  expect(await anna.wallet()).toMatchObject({ bonus: 0n });

  const boris = stranger();
  await boris.says(`/start ${payload}`);
  const other = await somebody();
  await boris.says(`/start ${await invites(other)}`);
  expect(await referralsOf(boris)).toMatchObject([{ referrer_id: String(anna.id) }]);
  // The one who was invited does not become the referrer of who invited.
  await anna.says(`/start ${await invites(boris)}`);
  expect(await referralsOf(anna)).toEqual([]);
});

test("A9 F7: a made-up or broken code is an ordinary /start", async () => {
  const anna = await somebody();
  const payload = await invites(anna);
  for (const code of [
    `ref_${anna.id}`,
    "ref_",
    `${payload.slice(0, -1)}${payload.endsWith("A") ? "B" : "A"}`,
    "ref_%00",
  ]) {
    const boris = stranger();
    await boris.says(`/start ${code}`);
    expect(boris.reads()).not.toContain("по приглашению");
    expect(await referralsOf(boris)).toEqual([]);
  }
});

test("F7: beyond the month's limit friends still get theirs, the referrer waits for the next month", async () => {
  const anna = await somebody();
  const payload = await invites(anna);
  expect(anna.reads()).toContain("не больше 2 наград");
  const friends = [stranger(), stranger(), stranger()];
  for (const friend of friends) {
    await friend.says(`/start ${payload}`);
    await topsUp(world, friend);
    expect(await friend.wallet()).toMatchObject({ bonus: 5_000n });
  }
  expect(await anna.wallet()).toMatchObject({ bonus: 10_000n });
  await invites(anna);
  expect(anna.reads()).toContain("Пришли по ссылке: 3 друга");
  expect(anna.reads()).toContain("Вы получили: 100 ₽ за 2 друзей");

  // Without its schedule the sweeper does not fill a month with work.
  world.qstash.reset();
  await world.advance(31 * 24 * 3_600);
  const late = stranger();
  await late.says(`/start ${payload}`);
  await topsUp(world, late);
  expect(await anna.wallet()).toMatchObject({ bonus: 15_000n });
});

test("F7: in English, and hidden where there is no reward", async () => {
  const anna = await somebody();
  const payload = await invites(anna);
  const mary = stranger("en");
  await mary.says(`/start ${payload}`);
  expect(mary.reads()).toContain("A friend invited you");
  await mary.says("/balance");
  await mary.taps("Invite a friend");
  expect(mary.reads()).toContain("you both get ₽50 in bonus money");

  const off = await startWorld({ environment: { REFERRAL_BONUS_KOPECKS: "0" } });
  try {
    const boris = off.person(9900);
    await boris.says(`/start ${payload}`);
    expect(boris.reads()).not.toContain("по приглашению");
    await boris.says("/balance");
    expect(boris.hasButton("Пригласить")).toBe(false);
    expect(await off.db.rows("select 1 from referrals")).toEqual([]);
  } finally {
    await off.end();
  }
});
