import { effectiveValues, isRelevant, itemsOf, uploadsOf } from "../../lib/catalog/conditions.ts";
import type { Entry, Param, ParamOf } from "../../lib/catalog/entry.ts";
import type { ParamValue, ParamValues } from "../../lib/catalog/param-values.ts";
import type { UserFile } from "../../lib/sandbox/telegram/index.ts";
import { offers } from "./buying.ts";
import { simplest } from "./catalog-values.ts";
import { photo, song, video } from "./files.ts";
import type { Person, World } from "./world.ts";

/** A card is never asked more often than this; what goes on longer goes round in circles. */
const MAX_QUESTIONS = 30;

/**
 * Puts values into the open card as a person does: answers what is asked, then opens one param after the other, taps
 * options and switches, types words and numbers, sends files. Params that the card does not show are left alone.
 */
export async function fillCard(world: World, person: Person, entry: Entry, values: ParamValues): Promise<void> {
  await answerAsked(world, person, entry, values);
  await setParams(world, person, entry, values);
}

/** As `fillCard` on a card that asks nothing any more. */
export async function setParams(world: World, person: Person, entry: Entry, values: ParamValues): Promise<void> {
  // Twice: a switch may bring a param that was not there in the first round.
  for (const param of [...entry.params, ...entry.params]) {
    const wanted = values[param.name];
    if (wanted === undefined || !isRelevant(entry, param, values) || (await has(world, person, param, wanted)))
      continue;
    if (!(await openParam(person, param))) continue;
    if (typeof wanted === "boolean" && offers(person, `set_param:${param.name}:${wanted}~`)) {
      await person.taps(`set_param:${param.name}:${wanted}~`);
    } else {
      await person.taps(`param_input:${param.name}~`);
      await answer(world, person, param, wanted);
    }
    await answerAsked(world, person, entry, values);
  }
  await backToCard(person);
}

/** Answers questions until none is left: the wizard's, and those that a changed switch brings. */
async function answerAsked(world: World, person: Person, entry: Entry, values: ParamValues): Promise<void> {
  for (let asked = 0; asked < MAX_QUESTIONS; asked += 1) {
    const param = await askedParam(world, person, entry);
    if (param === undefined) return;
    await answer(world, person, param, values[param.name] ?? simplest(param));
  }
}

/** What the open draft holds now, with the defaults that count. */
export async function draftValues(world: World, person: Person, entry: Entry): Promise<ParamValues> {
  const { draft } = await stateOf(world, person);
  return effectiveValues(entry, draft?.values ?? {});
}

interface StoredState {
  screen: { kind: string; param?: string };
  draft: { values: ParamValues; asking: string | null } | null;
}

async function stateOf(world: World, person: Person): Promise<StoredState> {
  const [row] = await world.db.rows("select state from conversations where user_id = $1", [person.id]);
  return JSON.parse(typeof row?.["state"] === "string" ? row["state"] : JSON.stringify(row?.["state"]));
}

async function askedParam(world: World, person: Person, entry: Entry): Promise<Param | undefined> {
  const { draft } = await stateOf(world, person);
  return entry.params.find((param) => param.name === draft?.asking);
}

async function has(world: World, person: Person, param: Param, wanted: ParamValue): Promise<boolean> {
  const { draft } = await stateOf(world, person);
  const value = draft?.values[param.name];
  if (param.kind === "media") return uploadsOf(value).length >= uploadsOf(wanted).length;
  return JSON.stringify(value) === JSON.stringify(wanted);
}

/** Opens the question of a param; false when the card does not show it. */
export async function openQuestion(person: Person, param: Param): Promise<boolean> {
  if (!(await openParam(person, param)) || !offers(person, `param_input:${param.name}~`)) return false;
  await person.taps(`param_input:${param.name}~`);
  return true;
}

/** Goes to where the param's button is; false when the card does not show it. */
async function openParam(person: Person, param: Param): Promise<boolean> {
  const isHere = () => offers(person, `param_input:${param.name}~`) || offers(person, `set_param:${param.name}:`);
  if (isHere()) return true;
  await backToCard(person);
  if (isHere()) return true;
  if (!offers(person, "advanced~")) return false;
  await person.taps("advanced~");
  return isHere();
}

async function backToCard(person: Person): Promise<void> {
  for (const way of ["done~", "card~"]) if (offers(person, way)) await person.taps(way);
}

async function answer(world: World, person: Person, param: Param, wanted: ParamValue | undefined): Promise<void> {
  switch (param.kind) {
    case "choice":
      return await choose(person, param, wanted);
    case "toggle":
      return await person.taps(`set_param:${param.name}:${wanted ?? false}~`);
    case "number":
    case "text":
      return await person.says(String(wanted ?? ""));
    case "media":
      for (const file of await filesFor(param, uploadsOf(wanted).length)) await person.sendsFile(file);
      if (offers(person, "done~") && (await stateOf(world, person)).draft?.asking === param.name)
        await person.taps("done~");
      return;
    case "list":
      return await fillList(world, person, param, wanted);
    default:
      throw new Error(`${param.name} is asked, which nobody can answer`);
  }
}

async function choose(person: Person, param: ParamOf<"choice">, wanted: ParamValue | undefined): Promise<void> {
  const index = Math.max(
    0,
    param.options.findIndex(({ value }) => value === wanted),
  );
  const label = `set_param:${param.name}:#${index}~`;
  while (!offers(person, label)) await person.taps(" ›");
  await person.taps(label);
}

/** Types the lines at once, then sets each field of a line that its defaults do not fit. */
async function fillList(
  world: World,
  person: Person,
  param: ParamOf<"list">,
  wanted: ParamValue | undefined,
): Promise<void> {
  const items = itemsOf(wanted);
  const words = param.fields.find((field) => field.kind === "text")?.name ?? "";
  if (offers(person, `clear_param:${param.name}~`)) {
    await person.taps(`clear_param:${param.name}~`);
    if (offers(person, `param_input:${param.name}~`)) await person.taps(`param_input:${param.name}~`);
  }
  await person.says(items.map((item) => String(item[words]).replace(/\s+/g, " ")).join("\n"));
  if (offers(person, "done~") && (await stateOf(world, person)).draft?.asking === param.name)
    await person.taps("done~");
}

/** Real files that fit a media param, of the least allowed length. */
async function filesFor(param: ParamOf<"media">, count: number): Promise<UserFile[]> {
  const seconds = Math.ceil(param.minDurationSeconds ?? 2);
  const side = Math.max(320, param.minSidePixels ?? 0);
  const make = (number: number): Promise<UserFile> => {
    if (param.accepts === "image") return photo(`№ ${number}`, side);
    return param.accepts === "video" ? video(seconds) : song(seconds);
  };
  return await Promise.all(Array.from({ length: Math.max(1, count) }, (_, number) => make(number)));
}
