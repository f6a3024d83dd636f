import type { Category } from "../catalog/categories.ts";
import { filledValues, followUpsOf } from "../catalog/follow-ups.ts";
import type { Catalog, CatalogEntry } from "../catalog/load.ts";
import { isSold } from "../catalog/offers.ts";
import type { ParamValues } from "../catalog/param-values.ts";
import { quote } from "../catalog/quote.ts";
import { defaultValues, parseValues } from "../catalog/values.ts";
import type { OutputName } from "../i18n/follow-ups-ru.ts";
import { formatSeconds } from "../i18n/format.ts";
import { type Texts, texts } from "../i18n/index.ts";
import { MEDIA_KINDS, type MediaKind, type OutputKind } from "../shared/media.ts";
import { isSettable, lacksEarlier, type Price } from "./draft.ts";
import type { Facts, GenerationFacts, OutputFacts, OutputJob, View, ViewButton } from "./types.ts";
import { button, grid, keyboard, lines, oneLine, pricedButton, priceText, rows, titleOf } from "./view-parts.ts";

/** Follow-ups that stand under a result themselves; more of them have a screen of their own. */
const MAX_DIRECT = 3;
/** Follow-ups that the screen shows one below the other. */
const MAX_ROWS = 5;
/** Characters that a phone shows on half of its width. */
const SHORT_LABEL = 20;
/** Outputs that the screen of follow-ups switches between; no model makes more. */
const MAX_OUTPUTS = 20;

/** What people do with a file of each kind, the likeliest first. */
const JOBS: Readonly<Record<MediaKind, readonly OutputJob[]>> = {
  image: ["animate", "upscale", "edit"],
  video: ["upscale"],
  audio: [],
};

/** Where the models for a job are. */
export const JOB_CATEGORIES: Readonly<Record<OutputJob, Category>> = {
  animate: "video",
  upscale: "tools",
  edit: "image",
};

/** Whether an output is a file that can be seen or heard. */
export function isMediaKind(kind: OutputKind): kind is MediaKind {
  return MEDIA_KINDS.some((media) => media === kind);
}

/** An entry that can be ordered under an output: what its card starts with, and what that costs today. */
export interface FollowUp {
  found: CatalogEntry;
  values: ParamValues;
  /** Null while something that it is priced by has to be given first. */
  price: Pick<Price, "kopecks" | "upTo"> | null;
}

/**
 * What can be made of one output. Only what the provider can still know is offered: its ids have to be there (an
 * answer that came at once has no task, but may have a persona's id), made in today's mode (ids of a rehearsal mean
 * nothing to the real service), and not too old.
 */
export function followUpsUnder(
  generation: GenerationFacts,
  position: number,
  facts: Facts,
  catalog: Catalog,
): FollowUp[] {
  const made = catalog.entry(generation.entryKey);
  const output = generation.outputs.find((each) => each.position === position);
  const { taskId, values, finishedAt } = generation;
  if (made === undefined || output === undefined || generation.mode !== facts.mode) return [];
  const { externalId, durationSeconds, text } = output;
  const earlier = { values, taskId, finishedAt, output: { position, externalId, durationSeconds, text } };
  return followUpsOf(catalog, made).flatMap((found) => {
    const filled = filledValues(found, earlier, facts.now);
    if (filled === null || catalog.health(found.entry.key)?.isHidden) return [];
    const quoted = quote(found.entry, filled, facts.pricing);
    return [{ found, values: filled, price: quoted.ok ? quoted.value : null }];
  });
}

/** Everything a result can be used for, and the ways to have it once more. */
export function actionRows(generation: GenerationFacts, facts: Facts, catalog: Catalog): View["keyboard"] {
  const [only, ...others] = generation.outputs;
  if (only === undefined) return keyboard(repeatRow(generation, facts, catalog));
  const uses = others.length === 0 ? useButtons(generation, only, facts, catalog) : [];
  const followUps = others.length === 0 ? followUpsUnder(generation, only.position, facts, catalog) : [];
  const needsScreen = others.length > 0 ? hasActions(generation, facts, catalog) : followUps.length > MAX_DIRECT;
  return keyboard(
    repeatRow(generation, facts, catalog),
    rows(uses),
    needsScreen
      ? [[moreButton(generation, only, facts, catalog)]]
      : rows(followUps.map((followUp) => followUpButton(followUp, generation, only.position, facts))),
  );
}

function hasActions(generation: GenerationFacts, facts: Facts, catalog: Catalog): boolean {
  return generation.outputs.some(
    (output) =>
      useButtons(generation, output, facts, catalog).length > 0 ||
      followUpsUnder(generation, output.position, facts, catalog).length > 0,
  );
}

function moreButton(generation: GenerationFacts, output: OutputFacts, facts: Facts, catalog: Catalog): ViewButton {
  const { buttons } = texts(facts.user.language).followUps;
  const { generationId } = generation;
  const text = buttons.whatElse[nameOf(output, generation, catalog)];
  return button(text, { kind: "more", generationId, position: output.position });
}

/** Jobs for which there is a model that takes such a file. */
function useButtons(generation: GenerationFacts, output: OutputFacts, facts: Facts, catalog: Catalog): ViewButton[] {
  const { kind, position } = output;
  if (!isMediaKind(kind)) return [];
  const { buttons } = texts(facts.user.language).followUps;
  const { generationId } = generation;
  return JOBS[kind]
    .filter((job) =>
      catalog.families(JOB_CATEGORIES[job]).some((family) => family.modes.some((mode) => mode.accepts.includes(kind))),
    )
    .map((job) => button(buttons[job], { kind: "use", generationId, position, job }));
}

function followUpButton(
  { found, price }: FollowUp,
  { generationId }: GenerationFacts,
  position: number,
  facts: Facts,
): ViewButton {
  const { language } = facts.user;
  const action = { kind: "follow", generationId, position, entry: found.entry.key } as const;
  const title = found.entry.title[language];
  return price === null ? button(title, action) : pricedButton(title, priceText(price, language), action);
}

/** 🔁 with today's price and ✏️; nothing when the model is not sold any more. */
function repeatRow(generation: GenerationFacts, facts: Facts, catalog: Catalog): ViewButton[][] | null {
  const found = soldAgain(generation, catalog);
  if (found === null) return null;
  const { language } = facts.user;
  const { buttons } = texts(language);
  const { generationId } = generation;
  const { entry } = found;
  const quoted = quote(entry, { ...defaultValues(entry), ...parseValues(entry, generation.values) }, facts.pricing);
  const again = quoted.ok ? `${buttons.again} · ${priceText(quoted.value, language)}` : buttons.again;
  // What comes out of the result alone has nothing to change.
  const isOpen = entry.params.some((param) => isSettable(param) && param.placement !== "never");
  return [
    [
      button(again, { kind: "again", generationId }),
      ...(isOpen ? [button(buttons.edit, { kind: "edit", generationId })] : []),
    ],
  ];
}

/** The entry of a generation, when the same can be ordered once more. */
export function soldAgain(generation: GenerationFacts, catalog: Catalog): CatalogEntry | null {
  const found = catalog.entry(generation.entryKey);
  if (found === undefined || !isSold(found.entry)) return null;
  return lacksEarlier(found.entry, parseValues(found.entry, generation.values)) ? null : found;
}

/** «Оригинал» and «Ссылки», where there are files. */
export function fileButtons({ generationId, outputs }: GenerationFacts, t: Texts): ViewButton[] {
  if (!outputs.some((output) => isMediaKind(output.kind))) return [];
  return [
    button(t.followUps.buttons.original, { kind: "original", generationId }),
    button(t.buttons.links, { kind: "links", generationId }),
  ];
}

/** What can be made of one output, each with its price; the first rows switch between the outputs. */
export function moreScreen(position: number, generation: GenerationFacts, facts: Facts, catalog: Catalog): View {
  const { language } = facts.user;
  const t = texts(language);
  const { generationId, outputs } = generation;
  const output = outputs.find((each) => each.position === position) ?? outputs[0];
  const found = catalog.entry(generation.entryKey);
  const title =
    found === undefined ? [{ bold: generation.entryKey }] : titleOf(found.family.title, found.entry.title[language]);
  const wayBack = [
    [
      button(t.buttons.back, { kind: "open" as const, generationId }),
      button(t.buttons.menu, { kind: "menu" as const }),
    ],
  ];
  if (output === undefined) return { text: lines(title, "", t.followUps.nothing), keyboard: wayBack };
  const uses = useButtons(generation, output, facts, catalog);
  const followUps = followUpsUnder(generation, output.position, facts, catalog);
  const hasNothing = uses.length === 0 && followUps.length === 0;
  const titles = new Set(outputs.map((each) => each.title));
  const name = (each: OutputFacts): string => {
    const word = t.followUps.names[nameOf(each, generation, catalog)];
    if (outputs.length === 1) return word;
    // Voice and instruments apart have names of their own, two takes of one song have not.
    const title = titles.size === outputs.length ? (each.title ?? "") : "";
    return title === "" ? t.followUps.numbered(word, each.position + 1) : oneLine(title, SHORT_LABEL);
  };
  const switches = outputs
    .slice(0, MAX_OUTPUTS)
    .map((each) =>
      button(`${each === output ? "• " : ""}${name(each)}`, { kind: "more", generationId, position: each.position }),
    );
  return {
    text: lines(
      title,
      { bold: [...new Set([name(output), ...factsOf(output, language)])].join(" · ") },
      "",
      hasNothing ? t.followUps.nothing : t.followUps.lead,
    ),
    keyboard: keyboard(
      outputs.length > 1 ? grid(switches) : null,
      rows(uses),
      compact(followUps.map((followUp) => followUpButton(followUp, generation, output.position, facts))),
      wayBack,
    ),
  };
}

/** One below the other while they are few; of many, the short ones stand in pairs, so that no price is cut off. */
function compact(buttons: readonly ViewButton[]): ViewButton[][] {
  if (buttons.length <= MAX_ROWS) return buttons.map((each) => [each]);
  const short = buttons.filter((each) => each.text.length <= SHORT_LABEL);
  return buttons.flatMap((each) => {
    const place = short.indexOf(each);
    if (place < 0) return [[each]];
    return place % 2 === 0 ? [short.slice(place, place + 2)] : [];
  });
}

function factsOf({ title, durationSeconds }: OutputFacts, language: Facts["user"]["language"]): string[] {
  return [
    ...(title === null || title === "" ? [] : [oneLine(title, 80)]),
    ...(durationSeconds === null ? [] : [formatSeconds(durationSeconds, language)]),
  ];
}

/** Music is called a track, other sound a recording, and every answer in words a text. */
function nameOf({ kind }: OutputFacts, generation: GenerationFacts, catalog: Catalog): OutputName {
  if (!isMediaKind(kind)) return "words";
  const isMusic = catalog.entry(generation.entryKey)?.family.category === "music";
  return kind === "audio" && isMusic ? "track" : kind;
}
