import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { brokenRules } from "../../lib/catalog/check.ts";
import type { Entry, Param, ParamOf } from "../../lib/catalog/entry.ts";
import { isInMenus } from "../../lib/catalog/offers.ts";
import type { UserFile } from "../../lib/sandbox/telegram/index.ts";
import { offers, openCard } from "../support/buying.ts";
import { catalog, entryOf } from "../support/catalog-entry.ts";
import { bent } from "../support/catalog-requests.ts";
import { validValues } from "../support/catalog-values.ts";
import { gif, officeDocument, photo, song, video } from "../support/files.ts";
import { draftValues, fillCard, openQuestion, setParams } from "../support/fill-card.ts";
import { partOfTheDay } from "../support/part-of-the-day.ts";
import { type Person, startWorld, type World } from "../support/world.ts";

const SEED = 20_261_121;
const sold = catalog.entryKeys().filter((key) => isInMenus(entryOf(key)));
const walked = partOfTheDay(sold, 6);
/** Telegram cuts longer messages on the sender's side. */
const LONGEST_MESSAGE = 4096;
const counted = { limits: 0, rules: 0, outOfReach: 0 };

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  console.info(
    `broken-limits: ${counted.limits} limits and ${counted.rules} rules broken on ${walked.length} of ${sold.length} cards; ${counted.outOfReach} rules that no card can break`,
  );
  expect(world.kie.tasks()).toEqual([]);
  await world.expectInvariants();
  await world.end();
});

/** Something that a param does not take, and what the refusal has to name. */
interface Wrong {
  send(person: Person): Promise<void>;
  names: string;
}

async function wrongFor(entry: Entry, param: Param): Promise<Wrong[]> {
  const says = (text: string, names: string | number): Wrong => ({
    send: (person) => person.says(text),
    names: String(names),
  });
  switch (param.kind) {
    case "text":
      return [
        ...(param.maxLength < LONGEST_MESSAGE ? [says("я".repeat(param.maxLength + 1), param.maxLength)] : []),
        ...((param.minLength ?? 1) > 1 ? [says("я", param.minLength ?? 1)] : []),
      ];
    case "number":
      return [
        says(spelled(param.min - param.step), spelled(param.min)),
        says(spelled(param.max + param.step), spelled(param.max)),
        says("много", spelled(param.max)),
      ];
    case "media":
      return wrongFiles(entry, param);
    case "list":
      return [says(Array.from({ length: param.maxItems + 1 }, () => "строка").join("\n"), param.maxItems)];
    default:
      return [];
  }
}

const spelled = (value: number): string => String(value).replace(".", ",");

async function wrongFiles(entry: Entry, param: ParamOf<"media">): Promise<Wrong[]> {
  // A file of another kind goes to the param that takes it, where there is one.
  const isTaken = (kind: string) => entry.params.some((other) => other.kind === "media" && other.accepts === kind);
  const sends = (file: UserFile, names: string): Wrong => ({ send: (person) => person.sendsFile(file), names });
  const wrong: Wrong[] = [sends(officeDocument(), "")];
  if (param.accepts === "image" && !param.formats.includes("gif")) wrong.push(sends(gif(), "GIF"));
  if (!isTaken("image")) wrong.push(sends(await photo(), ""));
  if (!isTaken("audio")) wrong.push(sends(await song(2), ""));
  const make = param.accepts === "video" ? video : param.accepts === "audio" ? song : undefined;
  const { minDurationSeconds: least = 0, maxDurationSeconds: most = Number.MAX_VALUE } = param;
  if (make && least > 1) wrong.push(sends(await make(1), String(least)));
  if (make && most < 40) wrong.push(sends(await make(most + 1), String(most)));
  return wrong;
}

test.each(walked)(
  "B2 A5 A6 I2: %s refuses every broken limit and rule with a sentence, and holds nothing",
  async (key) => {
    const entry: Entry = entryOf(key);
    const person = world.person(90_000 + sold.indexOf(key));
    await person.says("/start");
    await person.credited(100_000_000);
    const before = await person.wallet();
    await openCard(person, key);
    const [valid = {}] = fc.sample(validValues(entry), { numRuns: 1, seed: SEED });
    await fillCard(world, person, entry, valid);

    for (const param of entry.params) {
      if (!(await openQuestion(person, param))) continue;
      for (const wrong of await wrongFor(entry, param)) {
        const values = await draftValues(world, person, entry);
        const asked = person.messages().length;
        await wrong.send(person);
        const answers = person
          .messages()
          .slice(asked)
          .filter(({ from }) => from === "bot");
        expect(answers.length, `${param.name} is answered`).toBeGreaterThan(0);
        expect(person.reads().replace(/\s/g, ""), param.name).toContain(wrong.names.replace(/\s/g, ""));
        expect(await draftValues(world, person, entry), `${param.name} stays as it was`).toEqual(values);
        counted.limits += 1;
        if (!offers(person, `param_input:${param.name}~`)) continue;
        await openQuestion(person, param);
      }
    }

    for (const rule of entry.rules) {
      const values = bent(entry, valid, rule);
      await person.says("/cancel");
      await openCard(person, key);
      await fillCard(world, person, entry, values);
      await setParams(world, person, entry, values);
      const chosen = await draftValues(world, person, entry);
      if (!brokenRules(entry, chosen).includes(rule) || !offers(person, "show_price_confirmation")) {
        counted.outOfReach += 1;
        continue;
      }
      await person.taps("show_price_confirmation");
      expect(`${person.toast()?.text} ${person.readsAll()}`, rule.say.ru).toContain(rule.say.ru.slice(0, 60));
      counted.rules += 1;
    }
    expect(await person.wallet()).toEqual(before);
  },
);
