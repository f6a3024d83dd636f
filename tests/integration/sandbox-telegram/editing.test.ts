import { expect, test } from "vitest";
import { ANNA, button, keyboard, meet, openSandbox, pdf, png, type Sandbox } from "./play.ts";

async function openCard(): Promise<Sandbox & { messageId: number }> {
  const sandbox = await openSandbox();
  await meet(sandbox);
  const { message_id: messageId } = await sandbox.client.sendMessage(ANNA, "карточка", {
    reply_markup: keyboard([button("Создать", "create")]),
  });
  return { ...sandbox, messageId };
}

const last = (sandbox: Sandbox) => sandbox.telegram.chat(ANNA)?.messages.at(-1);

test("an edited text is shown as edited, and loses a keyboard that the edit does not repeat", async () => {
  const card = await openCard();
  await card.client.editMessageText(ANNA, card.messageId, undefined, "новая");
  expect(last(card)).toMatchObject({ text: "новая", edited: true });
  expect(last(card)).not.toHaveProperty("keyboard");
});

test("the same text with the same keyboard is refused as not modified, and that is no violation", async () => {
  const card = await openCard();
  const reply_markup = keyboard([button("Создать", "create")]);
  const edit = { chat_id: ANNA, message_id: card.messageId, text: "  карточка\n", reply_markup };
  expect((await card.call("editMessageText", edit)).description).toContain("message is not modified");
  const other = { ...edit, reply_markup: keyboard([button("Создать", "create2")]) };
  expect(await card.call("editMessageText", other)).toMatchObject({ ok: true });
  expect(card.telegram.violations()).toEqual([]);
});

test("deleted messages can not be edited, messages of people never", async () => {
  const card = await openCard();
  const foreign = await card.call("editMessageText", { chat_id: ANNA, message_id: 1, text: "x" });
  expect(foreign.description).toContain("message can't be edited");
  await card.client.deleteMessage(ANNA, card.messageId);
  const gone = await card.call("editMessageText", { chat_id: ANNA, message_id: card.messageId, text: "x" });
  expect(gone.description).toBe("Bad Request: message to edit not found");
  const twice = await card.call("deleteMessage", { chat_id: ANNA, message_id: card.messageId });
  expect(twice.description).toBe("Bad Request: message to delete not found");
  expect(card.telegram.violations()).toHaveLength(1);
});

test("a text message can become media, and then has a caption instead of a text", async () => {
  const card = await openCard();
  const media = { type: "photo" as const, media: { source: Buffer.from(png()) }, caption: "готово" };
  await card.client.editMessageMedia(ANNA, card.messageId, undefined, media);
  expect(last(card)).toMatchObject({ caption: "готово", media: [{ kind: "photo" }], edited: true });
  expect(last(card)).not.toHaveProperty("text");
  const asText = await card.call("editMessageText", { chat_id: ANNA, message_id: card.messageId, text: "x" });
  expect(asText.description).toBe("Bad Request: there is no text in the message to edit");
  await card.client.editMessageCaption(ANNA, card.messageId, undefined, "иначе");
  expect(last(card)?.caption).toBe("иначе");
  const document = { type: "document", media: "attach://paper" };
  const form = new FormData();
  form.set("chat_id", String(ANNA));
  form.set("message_id", String(card.messageId));
  form.set("media", JSON.stringify(document));
  form.set("paper", new File([pdf()], "договор.pdf"));
  expect(await card.call("editMessageMedia", form)).toMatchObject({
    ok: true,
    result: { document: { file_name: "договор.pdf", mime_type: "application/pdf" } },
  });
});

test("a new keyboard alone does not mark the message as edited", async () => {
  const card = await openCard();
  await card.client.editMessageReplyMarkup(ANNA, card.messageId, undefined, keyboard([button("Ещё", "more")]));
  expect(last(card)).toMatchObject({ keyboard: [[{ text: "Ещё", data: "more" }]], edited: false });
});

test("messages older than 48 hours can not be deleted, deleteMessages skips them", async () => {
  const card = await openCard();
  await card.clock.advance(48 * 3600 + 1);
  const single = await card.call("deleteMessage", { chat_id: ANNA, message_id: card.messageId });
  expect(single.description).toBe("Bad Request: message can't be deleted for everyone");
  const { message_id } = await card.client.sendMessage(ANNA, "свежее");
  await card.client.callApi("deleteMessages", { chat_id: ANNA, message_ids: [card.messageId, message_id, 999] });
  expect(card.telegram.chat(ANNA)?.messages.map(({ messageId }) => messageId)).toEqual([1, card.messageId]);
});
