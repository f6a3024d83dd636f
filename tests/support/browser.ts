import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";
const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Tests of the page itself are skipped, with a word about it, where no Chromium is installed. */
export const hasChromium = existsSync(CHROMIUM);
if (!hasChromium) console.warn(`Skipped: the chat page is not opened, because ${CHROMIUM} is not installed.`);

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
}

/** A real browser beside a busy machine may miss a moment: a test of it is tried again before it counts as failed. */
export const BROWSER = { retry: 2, timeout: 30_000 };
