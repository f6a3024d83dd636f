import { expect, test } from "vitest";
import { suggestedPrice } from "../../../lib/catalog/live/price-text.ts";

test.each([
  ["A 5-second video costs 160 credits (0.80 USD)", 160, "generation"],
  ["12 credits per image", 12, "image"],
  ["22.5 credits per second at 720p", 22.5, "second"],
  ["0.8 credits (0.004 USD) per image.", 0.8, "image"],
  ["Each image costs 1,200 credits / image", 1200, "image"],
  ["1.5 credits per 1,000 characters (0.0075 USD)", 1.5, "1000 chars"],
  ["12 credits per generation. Every request costs 12 credits per generation.", 12, "generation"],
  ["4 credits per request", 4, "request"],
  ["5 credits per megapixel", 5, "megapixel"],
] as const)("%s", (text, credits, per) => expect(suggestedPrice(text)).toEqual({ credits, per }));

test.each([
  null,
  "",
  "Free until the end of the month",
  "Credits are taken by length",
  "5 credits per image at 1K, 7 credits per image at 2K",
  "from 12 credits per image",
  "10-20 credits per image",
  "12 credits",
  "Input costs 250 credits per million tokens (1.25 USD)",
  "160 credits per 5-second video",
])("nobody can be sure of: %s", (text) => expect(suggestedPrice(text)).toBeNull());
