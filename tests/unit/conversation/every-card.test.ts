import { afterAll, expect, test } from "vitest";
import { CATEGORIES } from "../../../lib/catalog/categories.ts";
import { createCatalog } from "../../../lib/catalog/load.ts";
import { isInMenus } from "../../../lib/catalog/offers.ts";
import type { ButtonAction } from "../../../lib/conversation/types.ts";
import { Dialogue, makeFacts } from "./dialogue.ts";

/** Every screen that a harness shows is held against Telegram's limits and our own decoder (dialogue.ts, checkView). */

const catalog = createCatalog(new URL("../../../catalog/", import.meta.url));
const sold = catalog.entryKeys().filter((key) => {
  const found = catalog.entry(key);
  return found !== undefined && isInMenus(found.entry);
});
const walked = { screens: 0 };
afterAll(() => console.info(`every-card: ${walked.screens} screens behind the buttons of ${sold.length} cards`));

const actionsOf = (dialogue: Dialogue): ButtonAction[] =>
  dialogue.view.keyboard.flat().flatMap((each) => ("action" in each ? [each.action] : []));
const find = (dialogue: Dialogue, isWanted: (action: ButtonAction) => boolean): ButtonAction | undefined =>
  actionsOf(dialogue).find(isWanted);

function tapFound(dialogue: Dialogue, isWanted: (action: ButtonAction) => boolean): void {
  const action = find(dialogue, isWanted);
  if (action === undefined) throw new Error(`no such button among: ${dialogue.labels.join(" | ")}`);
  dialogue.tap(action);
}

/** The card of an entry by the menus, with every question answered. */
function openedCard(key: string): Dialogue {
  const found = catalog.entry(key);
  if (found === undefined) throw new Error(`no entry ${key}`);
  const { family, entry } = found;
  const wallet = { mainKopecks: 100_000_000n, bonusKopecks: 0n, heldKopecks: 0n };
  const dialogue = new Dialogue(makeFacts({ wallet, maxBatch: 20 }), catalog);
  dialogue.command("models");
  tapFound(dialogue, (action) => action.kind === "category" && action.category === family.category);
  const isFamily = (action: ButtonAction) => action.kind === "model" && action.family === family.key;
  while (find(dialogue, isFamily) === undefined) dialogue.press(" ›");
  tapFound(dialogue, isFamily);
  const mode = find(dialogue, (action) => action.kind === "mode" && action.mode === entry.mode);
  if (mode !== undefined) dialogue.tap(mode);
  for (let asked = 0; asked < 10 && find(dialogue, isOrder) === undefined; asked += 1) answer(dialogue, `file${asked}`);
  return dialogue;
}

const isOrder = (action: ButtonAction) => action.kind === "show_price_confirmation";

function answer(dialogue: Dialogue, uploadId: string): void {
  const example = find(dialogue, ({ kind }) => kind === "example");
  const presets = actionsOf(dialogue).filter(({ kind }) => kind === "set_param");
  if (example !== undefined) dialogue.tap(example);
  else if (dialogue.text.includes("PNG")) dialogue.give({ uploadId });
  else if (dialogue.text.includes("MP3")) dialogue.give({ uploadId, kind: "audio", format: "mp3", durationSeconds: 3 });
  else if (dialogue.text.includes("MP4")) dialogue.give({ uploadId, kind: "video", format: "mp4", durationSeconds: 2 });
  else dialogue.tap(presets[1] ?? presets[0] ?? { kind: "done" });
}

test.each(sold)("A3 A5 A6 A8: every button of the card of %s, and every button behind it, leads to a screen", (key) => {
  const dialogue = openedCard(key);
  expect(find(dialogue, isOrder), dialogue.text).toBeDefined();
  const card = { state: dialogue.state, revision: dialogue.revision, last: dialogue.last };
  const back = (to: typeof card) => {
    dialogue.state = to.state;
    dialogue.revision = to.revision;
    dialogue.last = to.last;
  };
  for (const first of actionsOf(dialogue)) {
    back(card);
    dialogue.tap(first);
    walked.screens += 1;
    const behind = { state: dialogue.state, revision: dialogue.revision, last: dialogue.last };
    for (const second of actionsOf(dialogue)) {
      back(behind);
      dialogue.tap(second);
      walked.screens += 1;
    }
  }
});

test.each(CATEGORIES)("A3: from a card of %s Назад leads through its modes to its list", (category) => {
  for (const family of catalog.families(category)) {
    for (const mode of family.modes) {
      const dialogue = openedCard(mode.entryKey);
      dialogue.press("Назад");
      if (family.modes.length > 1) {
        for (const other of family.modes) expect(dialogue.labels.join()).toContain(other.title.ru);
        dialogue.press("Назад");
      }
      expect(find(dialogue, (action) => action.kind === "model" && action.family === family.key)).toBeDefined();
    }
  }
});

test("A8: the walk saw thousands of screens", () => {
  expect(walked.screens).toBeGreaterThan(5_000);
});
