import { afterAll, beforeAll, expect, test } from "vitest";
import { pollTelegram } from "../../lib/sandbox/polling.ts";
import { startWorld, type World } from "../support/world.ts";

/** A world whose Telegram stands for the real one, and a second one that was given its token, as an operator would. */
let real: World;
let local: World;
beforeAll(async () => {
  real = await startWorld();
  const { config } = real.app;
  local = await startWorld({
    environment: { TELEGRAM_BOT_TOKEN: config.TELEGRAM_BOT_TOKEN, TELEGRAM_API_ROOT: config.TELEGRAM_API_ROOT },
  });
});
afterAll(async () => {
  await local.end();
  await real.end();
});

test("H1: with a token of a bot that has a webhook the local server refuses to take it over", async () => {
  await expect(pollTelegram(local, () => undefined)).rejects.toThrow("This bot has a webhook");
});

test("H1: with a bot's own token the local server talks by long polling, answers to taps included", async () => {
  await real.app.telegram.call("deleteWebhook");
  const notes: string[] = [];
  const polling = await pollTelegram(local, (line) => notes.push(line));
  try {
    const olga = real.person(8001);
    await olga.says("/start");
    await expect.poll(() => olga.messages().length, { timeout: 10_000 }).toBe(2);
    expect(olga.reads()).toContain("Здравствуйте");
    await olga.taps("Баланс");
    await expect.poll(() => olga.reads(), { timeout: 10_000 }).toContain("бонус");
    await expect
      .poll(() => real.context.calls.list().some((call) => call.method === "answerCallbackQuery"), { timeout: 10_000 })
      .toBe(true);
    expect(notes).toEqual([]);
  } finally {
    await polling.stop();
  }
});
