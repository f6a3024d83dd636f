import { mkdir } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refundStars } from "../../lib/services/payments/stars-refund.ts";
import { BROWSER, hasChromium, launchBrowser } from "../support/browser.ts";
import { startWorld, type World } from "../support/world.ts";

/** `SCREENS=folder` keeps what a person sees, as pictures of a phone's width. */
const folder = process.env["SCREENS"];
const USER = 4101;

describe.skipIf(!hasChromium)("a person with a phone and Stars", BROWSER, () => {
  let world: World;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    world = await startWorld({
      environment: { WELCOME_BONUS_KOPECKS: "0", FREE_PER_DAY: "0", REFERRAL_BONUS_KOPECKS: "0" },
    });
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 });
    if (folder !== undefined) await mkdir(folder, { recursive: true });
  });
  afterAll(async () => {
    await browser.close();
    await world.expectInvariants();
    await world.end();
  });

  async function keep(name: string): Promise<void> {
    if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` });
  }
  /** In the chat itself; the list of people quotes messages too. */
  const words = (text: RegExp) => page.locator("[data-testid^=message-]").getByText(text).last();
  const button = (label: RegExp) => page.getByRole("button", { name: label }).last();

  test("E4 F1: low balance → invoice → payment → back to the card → refund", async () => {
    await page.goto(`${world.origin}/#u=${USER}`);
    await page.getByTestId("start").click();
    await button(/Все модели/).waitFor();
    await page.getByRole("textbox").last().fill("кот в шляпе");
    await page.keyboard.press("Enter");
    await words(/Не хватает/).waitFor();
    await keep("stars-1-low-balance");
    await button(/Пополнить на/).click();
    await button(/Звёздами Telegram/).waitFor();
    await keep("stars-2-ways");
    await button(/Звёздами Telegram/).click();
    await button(/Заплатить/).waitFor();
    await keep("stars-3-invoice");
    await button(/Заплатить/).click();
    await page.getByTestId("confirm").waitFor();
    await keep("stars-4-question");
    await page.getByTestId("confirm-yes").click();
    await words(/Зачислено 100/).waitFor();
    await button(/✓ Оплачено/).waitFor();
    await keep("stars-5-credited");
    await button(/Продолжить/).click();
    await page
      .locator("article")
      .last()
      .getByText(/кот в шляпе/)
      .waitFor();
    await keep("stars-6-card");
    const [charge] = await world.db.rows("select id from star_charges");
    await refundStars(world.app, { chargeId: String(charge?.["id"]), adminId: 1, reason: "по просьбе" });
    await words(/Бот вернул вам/).waitFor();
    await words(/Звёзды возвращены/).waitFor();
    await keep("stars-7-refund");
    await world.idle();
    expect(await world.person(USER).wallet()).toMatchObject({ main: 0n });
  });
});
