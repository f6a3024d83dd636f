import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { generateSchema } from "../../../lib/sandbox/telegram/generate-schema.ts";

const committed = new URL("../../../lib/sandbox/telegram/bot-api.generated.json", import.meta.url);

test("the committed schema is the one of the pinned @gramio/types", () => {
  expect(JSON.parse(readFileSync(committed, "utf8"))).toEqual(generateSchema());
});

test("it knows methods newer than telegraf's own types, and limits that are only in the comments", () => {
  const { version, methods, types } = generateSchema();
  expect(version).toMatch(/^10\.3 /);
  expect(Object.keys(methods)).toContain("sendMessageDraft");
  expect(methods.answerCallbackQuery?.text).toEqual({
    type: "string",
    limit: { unit: "characters", min: 0, max: 200 },
  });
  expect(types.TelegramInlineKeyboardButton).toMatchObject({
    fields: { text: { type: "string", required: true }, callback_data: { limit: { unit: "bytes", min: 1, max: 64 } } },
  });
});
