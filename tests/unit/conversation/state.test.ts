import { expect, test } from "vitest";
import { initialState, parseState } from "../../../lib/conversation/advance.ts";
import { commandList } from "../../../lib/conversation/commands.ts";
import { eventNeeds, needs, renderScreen } from "../../../lib/conversation/render.ts";
import type { ConversationState } from "../../../lib/conversation/types.ts";
import { Dialogue, makeFacts, makeUpload, textOf } from "./dialogue.ts";
import { memoryCatalog } from "./fixture-catalog.ts";

test("a stored state is read back as it was", () => {
  const dialogue = new Dialogue();
  dialogue.tap({ kind: "mode", family: "movie", mode: "animate" });
  dialogue.give({ durationSeconds: 1.5 }, "наезд", "album");
  expect(parseState(JSON.parse(JSON.stringify(dialogue.state)))).toEqual(dialogue.state);
  const state = { ...dialogue.state, draft: dialogue.state.draft };
  for (const screen of [
    { kind: "card", isAppending: true },
    { kind: "accepting", media: "image", page: 1, category: "tools" },
    { kind: "more", generationId: "g", position: 3 },
    { kind: "admin", page: { kind: "proposal", id: "p1", asking: "price" } },
  ] as const) {
    expect(parseState(JSON.parse(JSON.stringify({ ...state, screen })))).toEqual({ ...state, screen });
  }
  const followUp = { ...state, draft: state.draft && { ...state.draft, source: { generationId: "g", position: 1 } } };
  expect(parseState(JSON.parse(JSON.stringify(followUp)))).toEqual(followUp);
  const waiting = { ...initialState(), pending: { uploads: [makeUpload()], caption: "" } };
  expect(parseState(JSON.parse(JSON.stringify(waiting)))).toEqual(waiting);
});

test.each([
  null,
  undefined,
  5,
  "menu",
  {},
  { ...initialState(), v: 2 },
  { ...initialState(), screen: { kind: "shop" } },
])("a state of another program is dropped politely: %o", (json) => {
  expect(parseState(json)).toEqual(initialState());
});

test("a card whose model is not sold any more draws the menu, and its buttons lead to the catalog", () => {
  const dialogue = new Dialogue();
  dialogue.say("кот");
  const empty = memoryCatalog([]);
  const view = renderScreen(dialogue.state, dialogue.facts, empty);
  expect(textOf(view.text)).toContain("Здравствуйте");
});

test("a screen names what has to be loaded for it, an event what has to be loaded before it", () => {
  const at = (screen: ConversationState["screen"]) => needs({ ...initialState(), screen });
  expect(at({ kind: "menu" })).toEqual({});
  expect(at({ kind: "links", generationId: "g" })).toEqual({ generationId: "g" });
  expect(at({ kind: "more", generationId: "g", position: 1 })).toEqual({ generationId: "g" });
  expect(at({ kind: "receipt", generationId: "g" })).toEqual({ generationId: "g", ledgerOf: "g" });
  expect(at({ kind: "history", before: "c" })).toEqual({ history: { before: "c" } });
  const tap = { kind: "tap", revision: 1, messageId: 1 } as const;
  expect(eventNeeds({ ...tap, action: { kind: "again", generationId: "g" } })).toEqual({ generationId: "g" });
  expect(eventNeeds({ ...tap, action: { kind: "menu" } })).toEqual({});
});

test("A2 every command of the list is answered by something of its own", () => {
  for (const language of ["ru", "en"] as const) {
    for (const { command, description } of commandList(language)) {
      expect(command).toMatch(/^[a-z_]{1,32}$/);
      expect(description.length).toBeLessThanOrEqual(256);
      const dialogue = new Dialogue(makeFacts({ user: { id: 1, language, firstName: "", isNew: false } }));
      dialogue.command(command);
      expect(dialogue.text).not.toContain(`/${command}.`);
    }
  }
});
