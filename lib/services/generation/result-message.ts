import { receiptCaption, resultKeyboard } from "../../conversation/generation-views.ts";
import type { Facts, RichText, Span, View } from "../../conversation/types.ts";
import { button, cut, spanText } from "../../conversation/view-parts.ts";
import type { OwnedGeneration } from "../../db/owned-generation.ts";
import type { OutputRow } from "../../db/rows.ts";
import { texts as textsOf } from "../../i18n/index.ts";
import { type MessageParts, toMessage } from "../../telegram/view-message.ts";
import type { App } from "../app.ts";
import type { OfferedFile } from "./data-saver.ts";
import { generationFacts } from "./facts.ts";
import { fileOf, formatSize, type ResultFile } from "./result-files.ts";

/** Telegram's limits in UTF-16 units. */
const MAX_TEXT = 4096;
const MAX_CAPTION = 1024;
/** Of timed lyrics as much is shown as makes them recognisable. */
const PREVIEW_LINES = 6;

/** A result as the user gets it: a message with the receipt and the buttons, and the files that go into it or below it. */
interface ResultMessage {
  message: MessageParts;
  /** True when the message may be edited into the one file, with its text as the caption. */
  isCaption: boolean;
  files: readonly ResultFile[];
  /** Outputs in words that stand in the message itself. */
  inText: readonly number[];
}

/**
 * Words are read in the message where all of them fit, else they come as files, too.
 *
 * @param offered files that wait behind a button of the message instead of being among its files.
 */
export function resultMessage(
  app: App,
  generation: OwnedGeneration,
  facts: Facts,
  offered: readonly OfferedFile[] = [],
): ResultMessage {
  const shown = generationFacts(generation);
  const receipt = [...receiptCaption(shown, facts, app.catalog), ...offeredLine(offered, facts)];
  const texts = generation.outputs.filter((output) => output.kind === "text");
  const said = [...receipt, ...texts.flatMap(wordsOf)];
  const fits = lengthOf(said) <= MAX_TEXT;
  const inText = fits ? texts : [];
  const files = generation.outputs
    .filter((output) => !inText.includes(output) && !offered.some(({ position }) => position === output.position))
    .map((output) => fileOf(app, generation, output));
  const isCaption = files.length === 1 && inText.length === 0 && offered.length === 0;
  const text = fits ? said : receipt;
  const room = (isCaption ? MAX_CAPTION : MAX_TEXT) - lengthOf(text);
  const view = {
    text: [...text, ...previewOf(generation.outputs, room)],
    keyboard: [...offeredRow(generation.id, offered, facts), ...resultKeyboard(shown, facts, app.catalog)],
  };
  return { message: toMessage(view, 0), isCaption, files, inText: inText.map(({ position }) => position) };
}

const totalSize = (offered: readonly OfferedFile[], { user }: Facts): string =>
  formatSize(
    offered.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    user.language,
  );

function offeredLine(offered: readonly OfferedFile[], facts: Facts): RichText {
  if (offered.length === 0) return [];
  return ["\n\n", textsOf(facts.user.language).delivery.offered(offered.length, totalSize(offered, facts))];
}

function offeredRow(generationId: string, offered: readonly OfferedFile[], facts: Facts): View["keyboard"] {
  if (offered.length === 0) return [];
  const text = textsOf(facts.user.language).delivery.send(offered.length, totalSize(offered, facts));
  return [[button(text, { kind: "send_files", generationId })]];
}

function wordsOf({ title, text }: OutputRow): RichText {
  const heading: Span[] = title === null ? [] : [{ bold: title }, "\n"];
  return ["\n\n", ...heading, { quote: (text ?? "").trim() }];
}

/** The first lines of the lyrics whose times stand in the file. */
function previewOf(outputs: readonly OutputRow[], room: number): RichText {
  const timed = outputs.find((output) => output.kind === "timed-lyrics");
  const lines = (timed?.text ?? "")
    .split("\n")
    .map((line) => line.replace(/\[[^\]]*\]/g, "").trim())
    .filter((line) => line !== "");
  const first = lines.slice(0, PREVIEW_LINES).join("\n");
  const more = lines.length > PREVIEW_LINES ? "\n…" : "";
  const space = room - "\n\n".length - more.length;
  return first === "" || space < 20 ? [] : ["\n\n", { quote: `${cut(first, space)}${more}` }];
}

const lengthOf = (text: RichText): number => text.reduce((length, span) => length + spanText(span).length, 0);
