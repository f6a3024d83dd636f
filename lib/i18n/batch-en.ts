import type { BatchTexts } from "./batch-ru.ts";
import { NBSP } from "./format.ts";

const prompts = (count: number): string => `${count}${NBSP}${count === 1 ? "prompt" : "prompts"}`;

export const batchEn: BatchTexts = {
  buttons: {
    several: (count) => (count === 0 ? "🗂 Several" : `🗂 Several: ${count}`),
    compare: "⚖️ Compare",
    times: (count, price) => `×${count} · ${price}`,
    take: (count, price) => `▶️ Take ${count} · ${price}`,
    create: (count, price) => `✅ Create ${count} · ${price}`,
    compareFor: (count, price) => `✅ Compare ${count} · ${price}`,
    others: "✏️ Other prompts",
    rest: (count) => `✖️ Cancel the rest (${count})`,
    goOn: (name) => `▶️ ${name}`,
    again: (price) => `🔁 Once more · ${price}`,
    failed: (count, price) => `🔁 Repeat the rest (${count}) · ${price}`,
  },
  title: "🗂 Several prompts",
  comparison: "⚖️ Comparing models",
  prompts,
  ask: (limit) => `Send the prompts, each on a line of its own, up to ${limit} at a time. Or a .txt or .csv file.`,
  orRepeat: "Or repeat this prompt several times:",
  more: (count) => `… and ${count} more`,
  addLines: "Send more prompts, and they are added.",
  only: "You pay only for what comes out.",
  total: "Total:",
  noFree: "Free generations do not work here.",
  noSingleDiscounts: "Discounts on single generations do not work here.",
  sameSeed: "⚠️ A seed is set: equal prompts will give equal results.",
  pick: (chosen) => (chosen === 1 ? "Pick one or two more models." : "You may pick one more model."),
  same: "The prompt, files and shared settings will be the same for all.",
  enough: "Up to three models can be compared. Take one out first",
  queueFull: (limit) =>
    `Up to ${limit} fit into the queue, and with those already waiting it would be more. Take fewer, or wait.`,
  priceChanged: (before, after) =>
    `The price has changed: it was ${before}, now it is ${after}. If that suits you, press the button again.`,

  empty: "There is not a single prompt here. Send them as text, each on a line of its own.",
  one: "This is one prompt. Send more, or choose how many times to repeat it.",
  tooMany: (count, limit) =>
    `There are ${prompts(count)} here, and up to ${limit} fit at a time. Send a shorter list or take the first ${limit}.`,
  tooManyMore: (count, limit) =>
    `Together that would be ${prompts(count)}, and up to ${limit} fit at a time. Nothing was added.`,
  line: (position, problem) => `Prompt ${position}. ${problem}`,
  noCard: "A text file belongs to a card: choose a model first. A list of prompts goes to “Several”.",

  status: {
    ready: (count, total) => `${count} of ${total} ready`,
    running: (count) => `Creating: ${count}`,
    waiting: (count) => `Waiting: ${count}`,
    failed: (count) => `Failed: ${count}`,
    cancelled: (count) => `Cancelled: ${count}`,
    usual: (range) => `One result usually takes ${range}.`,
    noWaiting: "No need to wait here: everything comes together when it is done.",
    sending: "Sending the results.",
    cancelling: "Cancelling the rest, their money comes back at once",
    nothingToCancel: "Nothing left to cancel: everything has begun or ended",
  },
  result: {
    none: (title) => `It did not work out: ${title}`,
    done: (count, total, title) => (count === total ? `Ready: ${title}` : `${count} of ${total} ready: ${title}`),
    returned: (sum) => `${sum} came back`,
    left: (sum) => `${sum} left`,
    charged: (sum) => `Charged ${sum}`,
    cancelled: (numbers) => `Cancelled: ${numbers}`,
    goOnWith: "Which model do you go on with?",
    openOne: "To open one of the results, press its number.",
  },
};
