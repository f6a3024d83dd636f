import { mkdir } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BROWSER, hasChromium, launchBrowser } from "../support/browser.ts";
import { startWorld, type World } from "../support/world.ts";

/** `SCREENS=folder` keeps what a person sees, as pictures of a phone's width. */
const folder = process.env["SCREENS"];

describe.skipIf(!hasChromium)("a person with a phone and the whole sandbox", BROWSER, () => {
  let world: World;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    world = await startWorld();
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

  test("H1 A1 C1 C3 D1 D3: buys a picture by taps alone and reads the receipt", async () => {
    await page.goto(`${world.origin}/#u=4001`);
    await page.getByTestId("start").click();
    await button(/Попробовать/).waitFor();
    await keep("start");
    await button(/Попробовать/).click();
    await button(/Создать/).waitFor();
    await keep("card");
    await button(/Создать/).click();
    await words(/Создаём с/).waitFor();
    await keep("progress");
    await world.advance(20);
    await words(/списано 0,63/).waitFor();
    await page.locator("img").last().waitFor();
    await keep("result");
    await button(/Чек/).click();
    await words(/Движение денег/).waitFor();
    await keep("receipt");
    expect(await world.person(4001).wallet()).toMatchObject({ bonus: 4937n, held: 0n });
  });
});
