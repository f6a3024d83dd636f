import { mkdir } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BROWSER, hasChromium, launchBrowser } from "../../support/browser.ts";
import { startWorld, type World } from "../../support/world.ts";

/** `SCREENS=folder` keeps what a person sees. */
const folder = process.env["SCREENS"];
const USER = 4201;

describe.skipIf(!hasChromium)("the panel of faults", BROWSER, () => {
  let world: World;
  let browser: Browser;
  let page: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    world = await startWorld();
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.on("pageerror", (error) => errors.push(error.message));
    if (folder !== undefined) await mkdir(folder, { recursive: true });
    await world.person(USER).says("/start");
    await page.goto(`${world.origin}/#u=${USER}`);
    await page.getByTestId("panel-open").click();
    await page.getByTestId("faults-open").click();
  });
  afterAll(async () => {
    await browser.close();
    await world.end();
  });

  test("a person switches a fault on, arms another, types a value and clears all of them", async () => {
    await page.getByTestId("faults-kie").click();
    await page.getByTestId("kie.maintenance").check();
    await expect.poll(() => world.kie.switches().maintenance).toBe(true);
    await page.getByTestId("kie.word.hang").click();
    await page.getByTestId("kie.word.late").click();
    await expect.poll(() => world.kie.nextTasks()).toEqual(["hang", "late:130"]);
    await page.getByTestId("kie.credits").fill("12,5");
    await page.getByTestId("kie.credits").press("Enter");
    await expect.poll(() => world.kie.credits()).toBe(12.5);
    await page.getByTestId("kie.sunoCallbacks").selectOption("playground");
    await expect.poll(() => world.kie.switches().sunoCallbacks).toBe("playground");
    if (folder !== undefined) await page.screenshot({ path: `${folder}/faults.png` });
    await page.getByTestId("faults-clear").click();
    await expect.poll(() => page.getByTestId("kie.maintenance").isChecked()).toBe(false);
    expect(world.kie.nextTasks()).toEqual([]);
  });

  test("a fault of one person is about the open chat, and what was injected is counted", async () => {
    await page.getByTestId("faults-telegram").click();
    await page.getByTestId("telegram.user-deactivated").click();
    const send = () => world.app.telegram.call("sendMessage", { chat_id: USER, text: "x" });
    await expect.poll(() => send().then(() => "sent", String)).toContain("deactivated");
    await page.getByTestId("telegram.user-returned").click();
    await expect.poll(() => send().then(() => "sent", String)).toBe("sent");
    const row = page.locator(".fault", { has: page.getByTestId("telegram.user-deactivated") });
    await expect.poll(() => row.textContent()).toContain("было: 1");
  });

  test("a wrong value is told in words, and the page has no errors", async () => {
    await page.getByTestId("kie.everyTask").fill("чепуха");
    await page.getByTestId("kie.everyTask").press("Enter");
    await expect.poll(() => page.locator("body").textContent()).toContain("is no magic word");
    expect(errors).toEqual([]);
  });
});
