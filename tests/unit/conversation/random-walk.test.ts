import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Catalog } from "../../../lib/catalog/load.ts";
import { createCatalog } from "../../../lib/catalog/load.ts";
import { isCardAction, parseState } from "../../../lib/conversation/advance.ts";
import type { ButtonAction } from "../../../lib/conversation/types.ts";
import { HOUR_MS } from "../../../lib/shared/clock.ts";
import { LANGUAGES } from "../../../lib/shared/localized.ts";
import { MEDIA_KINDS } from "../../../lib/shared/media.ts";
import { RUN_MODES } from "../../../lib/shared/run-mode.ts";
import { Dialogue, makeFacts, makeGeneration, makeOutput, makeUpload, NOW } from "./dialogue.ts";
import { memoryCatalog } from "./fixture-catalog.ts";

const index = fc.nat({ max: 40 });

/** Buttons that may come from anywhere: old messages, other versions, made-up data. */
function oddActions(catalog: Catalog): fc.Arbitrary<ButtonAction> {
  const entries = catalog.entryKeys().flatMap((key) => catalog.entry(key) ?? []);
  const params = [...new Set(entries.flatMap(({ entry }) => entry.params.map((param) => param.name)))];
  const param = fc.constantFrom(...params, "nothing");
  const value = fc.oneof(
    fc.constantFrom("true", "false", "5", "-1", "x"),
    index.map((at) => `#${at}`),
  );
  const mode = fc.constantFrom(...entries.map(({ family, entry }) => ({ family: family.key, mode: entry.mode })));
  const entryKey = fc.constantFrom(...entries.map(({ entry }) => entry.key), "gone");
  const generationId = fc.constantFrom("gen1", "gen2");
  return fc.oneof(
    mode.map((each) => ({ kind: "mode" as const, ...each })),
    fc.record({
      kind: fc.constantFrom(
        "again",
        "edit",
        "other_media",
        "open",
        "receipt",
        "links",
        "refresh",
        "resend",
        "original",
      ),
      generationId,
    }),
    fc.record({ kind: fc.constant("more" as const), generationId, position: index }),
    fc.record({ kind: fc.constant("follow" as const), generationId, position: fc.nat({ max: 2 }), entry: entryKey }),
    fc.record({
      kind: fc.constant("use" as const),
      generationId,
      position: fc.nat({ max: 2 }),
      job: fc.constantFrom("animate", "edit", "upscale"),
    }),
    fc.record({ kind: fc.constant("notify" as const), entry: entryKey }),
    fc.record({ kind: fc.constantFrom("append", "share_out"), param }),
    fc.record({ kind: fc.constant("move_item" as const), param, index, to: index }),
    fc.record({ kind: fc.constantFrom("param_input", "clear_param"), param }),
    fc.record({ kind: fc.constant("param_page" as const), param, page: index }),
    fc.record({ kind: fc.constant("set_param" as const), param, value }),
    fc.record({ kind: fc.constant("remove_item" as const), param, index }),
    fc.record({
      kind: fc.constant("item_field" as const),
      param,
      index,
      field: fc.constantFrom("text", "voice", "prompt", "duration"),
      page: index,
    }),
    fc.record({
      kind: fc.constant("set_item_field" as const),
      param,
      index,
      field: fc.constantFrom("text", "voice"),
      value,
    }),
    fc
      .constantFrom(
        "example",
        "done",
        "advanced",
        "card",
        "show_price_confirmation",
        "confirm",
        "cancel",
        "try",
        "use_query",
      )
      .map((kind) => ({ kind })),
    fc.record({ kind: fc.constant("found_page" as const), page: index }),
    fc.record({ kind: fc.constantFrom("refresh_batch", "cancel_rest", "batch_again"), batchId: generationId }),
    fc.constantFrom({ kind: "batch" as const }, { kind: "compare" as const }),
    fc.constantFrom("lines" as const, 2, 7, 1_000).map((wish) => ({ kind: "batch" as const, wish })),
    entryKey.map((entry) => ({ kind: "compare" as const, entry })),
  );
}

const upload = fc.record({
  uploadId: fc.constantFrom("a", "b", "c", "d", "e"),
  kind: fc.constantFrom(...MEDIA_KINDS),
  format: fc.constantFrom("jpeg", "png", "mp4", "mp3", "wav", "gif"),
  sizeBytes: fc.constantFrom(1_000, 30_000_000),
  durationSeconds: fc.constantFrom(0, 4.2, 61),
});

const words = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.constantFrom(
    "5",
    "да",
    "kling",
    "z-image",
    "Привет\nПока",
    "1. кот\n2. лиса",
    " ",
    "я".repeat(4096),
    "👩‍👩‍👧".repeat(500),
  ),
);

type Move = (dialogue: Dialogue) => void;

function moves(catalog: Catalog): fc.Arbitrary<Move> {
  // Pressing what is on the screen is what people mostly do.
  const press = index.map(
    (wanted): Move =>
      (dialogue) => {
        const buttons = dialogue.view.keyboard.flat().flatMap((each) => ("action" in each ? [each.action] : []));
        const action = buttons[wanted % buttons.length];
        if (action !== undefined) dialogue.tap(action);
      },
  );
  return fc.oneof(
    { weight: 8, arbitrary: press },
    {
      weight: 2,
      arbitrary: words.map(
        (text): Move =>
          (dialogue) =>
            void dialogue.say(text),
      ),
    },
    {
      weight: 2,
      arbitrary: fc.record({ file: upload, caption: words }).map(
        ({ file, caption }): Move =>
          (dialogue) =>
            void dialogue.give(file, caption),
      ),
    },
    {
      weight: 2,
      arbitrary: oddActions(catalog).map(
        (action): Move =>
          (dialogue) =>
            void dialogue.tap(action),
      ),
    },
    {
      weight: 2,
      arbitrary: oddActions(catalog).map(
        (action): Move =>
          (dialogue) =>
            staleTap(dialogue, action),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom("start", "models", "help", "cancel", "balance", "history", "terms", "nonsense").map(
        (name): Move =>
          (dialogue) =>
            void dialogue.command(name),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.nat({ max: 30 }).map(
        (hours): Move =>
          (dialogue) => {
            const now = new Date(dialogue.facts.now.getTime() + hours * HOUR_MS);
            dialogue.facts = { ...dialogue.facts, now };
          },
      ),
    },
    {
      weight: 1,
      arbitrary: fc.record({ text: words, format: fc.constantFrom("txt", "csv") }).map(
        (file): Move =>
          (dialogue) =>
            void dialogue.happen({ kind: "words", ...file }),
      ),
    },
    { weight: 1, arbitrary: fc.constant<Move>((dialogue) => void dialogue.happen({ kind: "unsupported" })) },
    {
      weight: 1,
      arbitrary: fc.record({ file: upload, job: fc.constantFrom("animate", "edit", "upscale"), caption: words }).map(
        ({ file, job, caption }): Move =>
          (dialogue) =>
            void dialogue.happen({ kind: "output", upload: makeUpload(file), job, caption }),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constant<Move>((dialogue) => {
        dialogue.state = parseState(JSON.parse(JSON.stringify(dialogue.state)));
      }),
    },
  );
}

/** A7: a card action of another revision, or of another message, never changes or spends the draft. */
function staleTap(dialogue: Dialogue, action: ButtonAction): void {
  const before = dialogue.state.draft;
  const isOtherMessage = dialogue.revision % 2 === 0 && dialogue.state.messageId !== null;
  const where = isOtherMessage
    ? { messageId: (dialogue.state.messageId ?? 0) + 1_000 }
    : { revision: dialogue.revision - 1 };
  const { effects } = dialogue.tap(action, where);
  if (!isCardAction(action)) return;
  expect(effects).toEqual([]);
  expect(dialogue.state.draft).toEqual(before);
}

const someBatch = { batchId: "gen1", kind: "batch" as const, createdAt: NOW };

const facts = fc
  .record({
    language: fc.constantFrom(...LANGUAGES),
    mode: fc.constantFrom(...RUN_MODES),
    mainKopecks: fc.constantFrom(0n, 300n, 1_000_000n),
    isNew: fc.boolean(),
    generation: fc.constantFrom(
      null,
      makeGeneration(),
      makeGeneration({ entryKey: "gone", state: "failed" }),
      ...["song", "song-persona", "film", "suno-custom", "veo-tiers-lite", "z-image"].map((entryKey) =>
        makeGeneration({
          entryKey,
          values: {},
          outputs: [makeOutput({ externalId: "track1" }), makeOutput({ position: 1, kind: "image" })],
        }),
      ),
    ),
  })
  .map(({ language, mode, mainKopecks, isNew, generation }) =>
    makeFacts({
      user: { id: 1, language, firstName: "Ann", isNew },
      wallet: { mainKopecks, bonusKopecks: 0n, heldKopecks: 0n },
      mode,
      generation,
      maxBatch: 6,
      batch: generation === null ? null : { ...someBatch, items: [generation, generation], isTold: isNew },
    }),
  );

test.each([
  ["the tests' catalog", memoryCatalog(), 300],
  ["the real catalog", createCatalog(new URL("../../../catalog/", import.meta.url)), 150],
] as const)(
  "I2 whatever happens, the user stands on a screen that can be drawn: %s",
  (_name, catalog, numRuns) => {
    void fc.assert(
      fc.property(facts, fc.array(moves(catalog), { maxLength: 25 }), (given, steps) => {
        const dialogue = new Dialogue(given, catalog);
        for (const step of steps) step(dialogue);
      }),
      { numRuns },
    );
  },
  60_000,
);
