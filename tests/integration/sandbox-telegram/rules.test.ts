import { expect, test } from "vitest";
import { ANNA, button, meet, openSandbox, type Sandbox } from "./play.ts";

async function openChat(): Promise<Sandbox> {
  const sandbox = await openSandbox();
  await meet(sandbox);
  return sandbox;
}

const send = (sandbox: Sandbox, params: object) => sandbox.call("sendMessage", { chat_id: ANNA, text: "т", ...params });
const withButtons = (sandbox: Sandbox, ...rows: object[][]) =>
  send(sandbox, { reply_markup: { inline_keyboard: rows } });

test.each([
  ["an unknown field", { hide: true }, "unknown field hide"],
  ["a nested unknown field", { reply_markup: { inline_keyboard: [[{ ...button("a", "b"), hide: false }]] } }, "hide"],
  ["a missing text", { text: undefined }, "message text is empty"],
  ["an empty text", { text: " \n" }, "message text is empty"],
  ["a number as text", { text: 5 }, "text must be a string"],
  ["a wrong parse mode", { parse_mode: "Html" }, "parse_mode must be one of HTML, MarkdownV2, Markdown"],
  ["4097 characters", { text: "a".repeat(4097) }, "message is too long"],
  [
    "65 bytes of callback data",
    { reply_markup: { inline_keyboard: [[button("a", "я".repeat(33))]] } },
    "BUTTON_DATA_INVALID",
  ],
  ["an entity outside of the text", { entities: [{ type: "bold", offset: 0, length: 2 }] }, "ends after the end"],
  ["an entity inside of an emoji", { text: "😀", entities: [{ type: "bold", offset: 0, length: 1 }] }, "in a middle"],
  ["an unknown entity", { entities: [{ type: "bald", offset: 0, length: 1 }] }, "must be one of"],
  ["unclosed HTML", { text: "<b>раз", parse_mode: "HTML" }, "can't parse entities: Can't find end tag"],
  ["an unknown tag", { text: "я <p>", parse_mode: "HTML" }, 'Unsupported start tag "p" at byte offset 3'],
  ["crossed tags", { text: "<b><i>x</b></i>", parse_mode: "HTML" }, 'expected "</i>", found "</b>"'],
  ["an unescaped dot", { text: "1.", parse_mode: "MarkdownV2" }, "Character '.' is reserved"],
  [
    "unclosed Markdown",
    { text: "*раз", parse_mode: "Markdown" },
    "Can't find end of the entity starting at byte offset 0",
  ],
  ["a topic", { message_thread_id: 5 }, "message_thread_id is not simulated"],
])("%s is refused and remembered as a violation", async (_, params, description) => {
  const sandbox = await openChat();
  const answer = await send(sandbox, params);
  expect(answer).toMatchObject({ status: 400, ok: false, error_code: 400 });
  expect(answer.description).toMatch(/^Bad Request: /);
  expect(answer.description).toContain(description);
  expect(sandbox.telegram.violations()).toMatchObject([{ method: "sendMessage", description: answer.description }]);
});

test("4096 UTF-16 units count after the markup is gone, and 64 bytes of callback data pass", async () => {
  const sandbox = await openChat();
  const text = `<b>${"😀".repeat(2048)}</b>`;
  const answer = await send(sandbox, {
    text,
    parse_mode: "HTML",
    reply_markup: { inline_keyboard: [[button("a", "я".repeat(32))]] },
  });
  expect(answer.result.entities).toEqual([{ type: "bold", offset: 0, length: 4096 }]);
  expect(sandbox.telegram.violations()).toEqual([]);
});

test("keyboards hold at most 100 buttons, 8 in a row, each with exactly one action", async () => {
  const sandbox = await openChat();
  const rows = (count: number, width: number) =>
    Array.from({ length: count }, () => Array.from({ length: width }, () => button("a", "b")));
  expect((await withButtons(sandbox, ...rows(25, 4))).ok).toBe(true);
  expect((await withButtons(sandbox, ...rows(26, 4))).description).toContain("reply markup is too long");
  expect((await withButtons(sandbox, ...rows(1, 9))).description).toContain("too many buttons in a row");
  expect((await withButtons(sandbox, [{ text: "пусто" }])).description).toContain("exactly one action");
  const both = { ...button("a", "b"), url: "https://example.com" };
  expect((await withButtons(sandbox, [both])).description).toContain("exactly one action");
  expect((await withButtons(sandbox, [{ text: "a", url: "example" }])).description).toContain("is invalid");
  expect((await withButtons(sandbox, [{ text: "a", copy_text: { text: "4276" }, style: "success" }])).ok).toBe(true);
});

test("HTML and both Markdowns become the same entities", async () => {
  const sandbox = await openChat();
  const parse = async (text: string, parse_mode: string) => (await send(sandbox, { text, parse_mode })).result;
  const expected = {
    text: "жирный код ссылка <",
    entities: [
      { type: "bold", offset: 0, length: 6 },
      { type: "code", offset: 7, length: 3 },
      { type: "text_link", offset: 11, length: 6, url: "https://example.com/" },
    ],
  };
  const link = "https://example.com/";
  expect(await parse(`<b>жирный</b> <code>код</code> <a href="${link}">ссылка</a> &lt;`, "HTML")).toMatchObject(
    expected,
  );
  expect(await parse(`*жирный* \`код\` [ссылка](${link}) <`, "Markdown")).toMatchObject(expected);
  expect(await parse(`*жирный* \`код\` [ссылка](${link}) <`, "MarkdownV2")).toMatchObject(expected);
  const nested = await parse("*a _b __c___* ||d||\n>цитата\nпосле", "MarkdownV2");
  expect(nested.entities.map(({ type }: { type: string }) => type)).toEqual([
    "bold",
    "italic",
    "underline",
    "spoiler",
    "blockquote",
  ]);
  const pre = await parse('<pre><code class="language-ts">x</code></pre>', "HTML");
  expect(pre.entities).toEqual([{ type: "pre", offset: 0, length: 1, language: "ts" }]);
});

test("commands are kept per scope and language, and a person sees the nearest", async () => {
  const sandbox = await openChat();
  const set = (command: string, extra: object) =>
    sandbox.call("setMyCommands", { commands: [{ command, description: "что делает" }], ...extra });
  await set("start", {});
  await set("begin", { language_code: "en" });
  await set("mine", { scope: { type: "chat", chat_id: ANNA }, language_code: "ru" });
  expect(sandbox.telegram.commands(ANNA)).toMatchObject([{ command: "mine" }]);
  sandbox.telegram.setProfile(ANNA, { languageCode: "en-US" });
  expect(sandbox.telegram.commands(ANNA)).toMatchObject([{ command: "begin" }]);
  expect((await sandbox.call("getMyCommands", { language_code: "en" })).result).toMatchObject([{ command: "begin" }]);
  await sandbox.call("deleteMyCommands", { language_code: "en" });
  expect(sandbox.telegram.commands(ANNA)).toMatchObject([{ command: "start" }]);
  expect((await set("Bad", {})).description).toContain("BOT_COMMAND_INVALID");
  expect((await set("ok", { language_code: "english" })).description).toContain("LANG_CODE_INVALID");
  const many = Array.from({ length: 101 }, (_, index) => ({ command: `c${index}`, description: "d" }));
  expect((await sandbox.call("setMyCommands", { commands: many })).description).toContain("BOT_COMMANDS_TOO_MUCH");
});

test("what is not imitated says so", async () => {
  const sandbox = await openChat();
  const shipping = await sandbox.call("answerShippingQuery", { shipping_query_id: "1", ok: true });
  expect(shipping).toMatchObject({
    status: 400,
    description: "Bad Request: answerShippingQuery is not simulated (Stars buy nothing that is shipped)",
  });
  expect(sandbox.telegram.violations()).toHaveLength(1);
});
