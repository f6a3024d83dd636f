import { checkValues } from "./check.ts";
import { pricedCombinations } from "./combinations.ts";
import { effectiveValues, FACT_NAMES, paramNamed } from "./conditions.ts";
import type { Condition, Entry, Family, Param, Rule } from "./entry.ts";
import { isSold } from "./offers.ts";
import { rulesOf } from "./param-kinds.ts";
import { allParts, namesCounted, quantityParts } from "./quantity.ts";
import { priceRows } from "./quote.ts";
import { parseValues } from "./values.ts";

/**
 * What is wrong with families that already fit the schema, as sentences for the people who edit the data: names that
 * lead nowhere, defaults that are no option, examples that can not be run, combinations without exactly one price.
 * Empty = the catalog may be used.
 */
export function catalogFaults(families: readonly Family[]): string[] {
  const entries = families.flatMap((family) => family.entries);
  return [
    ...repeated(families.map((family) => family.key)).map((key) => `family key ${key} is used twice`),
    ...repeated(entries.map((entry) => entry.key)).map((key) => `entry key ${key} is used twice`),
    ...families.flatMap((family) =>
      repeated(family.entries.map((entry) => entry.mode)).map((mode) => `${family.key}: mode ${mode} is used twice`),
    ),
    ...alternativeFaults(entries),
    ...linkFaults(entries),
    ...entries.flatMap((entry) => entryFaults(entry).map((fault) => `${entry.key}: ${fault}`)),
  ];
}

function alternativeFaults(entries: readonly Entry[]): string[] {
  const sold = new Set(entries.filter((entry) => entry.offer === "card").map((entry) => entry.key));
  return entries.flatMap((entry) =>
    (entry.alternatives ?? [])
      .filter(({ key }) => key === entry.key || !sold.has(key))
      .map(({ key }) => `${entry.key}: alternative ${key} is not another card`),
  );
}

/** Follow-ups that lead nowhere, are given nothing, or stand under no result; second routes whose fields do not fit. */
function linkFaults(entries: readonly Entry[]): string[] {
  const byKey = new Map(entries.map((entry) => [entry.key, entry]));
  const offered = new Set(entries.flatMap((entry) => entry.followUps ?? []));
  const routes = new Set(entries.flatMap((entry) => entry.second?.key ?? []));
  return entries.flatMap((entry) => {
    const faults: string[] = [];
    for (const key of entry.followUps ?? []) {
      const next = byKey.get(key);
      if (next === undefined) faults.push(`follow-up ${key} is no entry`);
      else if (!isSold(next)) faults.push(`follow-up ${key} is not sold`);
      else faults.push(...fillFaults(entry, next));
    }
    if (entry.offer === "follow-up" && !offered.has(entry.key)) faults.push("a follow-up of nothing");
    if (entry.offer === "second-route" && !routes.has(entry.key)) faults.push("the second route of nothing");
    const other = entry.second && byKey.get(entry.second.key);
    if (entry.second && other === undefined) faults.push(`second route ${entry.second.key} is no entry`);
    if (other !== undefined) faults.push(...routeFaults(entry, other));
    return faults.map((fault) => `${entry.key}: ${fault}`);
  });
}

function fillFaults(from: Entry, next: Entry): string[] {
  const fills = Object.entries(next.fills ?? {});
  if (fills.length === 0) return [`follow-up ${next.key} takes nothing from it`];
  return fills.flatMap(([name, fill]) => {
    if (paramNamed(next, name) === undefined) return [`follow-up ${next.key} fills ${name}, which it has not`];
    // What only some of its results have is filled where it is there, and typed elsewhere.
    const isNeeded = paramNamed(next, name)?.kind === "earlier" && fill.startsWith("param:");
    const source = fill.slice("param:".length);
    return isNeeded && paramNamed(from, source) === undefined ? [`has no ${source} for follow-up ${next.key}`] : [];
  });
}

function routeFaults(entry: Entry, other: Entry): string[] {
  const names = entry.second?.names ?? {};
  const own = new Map(entry.params.map((param) => [names[param.name] ?? param.name, param]));
  return [
    ...Object.entries(names).flatMap(([from, to]) => [
      ...(paramNamed(entry, from) ? [] : [`second route renames ${from}, which is no param`]),
      ...(paramNamed(other, to) ? [] : [`second route ${other.key} has no ${to}`]),
    ]),
    ...other.params.flatMap((param) => {
      const from = own.get(param.name);
      if (from !== undefined && from.kind !== param.kind && param.kind !== "fixed" && from.kind !== "fixed") {
        return [`second route ${other.key}: ${param.name} is a ${param.kind}, not a ${from.kind}`];
      }
      const isGiven =
        from !== undefined || param.kind === "fixed" || ("default" in param && param.default !== undefined);
      return isGiven || !param.required ? [] : [`second route ${other.key}: nothing gives ${param.name}`];
    }),
    ...(entry.output === other.output ? [] : [`second route ${other.key} makes ${other.output}`]),
  ];
}

function entryFaults(entry: Entry): string[] {
  const names = [...repeated(entry.params.map((param) => param.name)).map((name) => `param ${name} is used twice`)];
  const prompts = entry.params.filter((param) => param.kind === "text" && param.role === "prompt");
  if (prompts.length > 1) names.push("more than one prompt");
  const common = [...names, ...entry.params.flatMap(paramFaults), ...unknownNames(entry), ...earlierFaults(entry)];
  // What is not sold is known, not priced and not shown: its example and combinations say nothing.
  if (entry.offer === "second-route") return common;
  if (!isSold(entry)) return entry.why === undefined ? [...common, "not sold without a reason"] : common;
  return [...common, ...unitFaults(entry), ...priceFaults(entry), ...exampleFaults(entry)];
}

/** A sold entry has to be given what nobody can type. */
function earlierFaults(entry: Entry): string[] {
  if (!isSold(entry)) return [];
  return entry.params
    .filter((param) => param.kind === "earlier" && param.required && entry.fills?.[param.name] === undefined)
    .map((param) => `nothing fills ${param.name}`);
}

function paramFaults(param: Param): string[] {
  if (param.kind === "fixed" || param.kind === "earlier") return [];
  const faults: string[] = [];
  const initial = "default" in param ? param.default : undefined;
  if (initial !== undefined && rulesOf(param).check(param, initial)) faults.push(`${param.name}: bad default`);
  if (param.placement === "never" && !param.why) faults.push(`${param.name}: hidden without a reason`);
  if (param.placement === "never" && param.required && initial === undefined) {
    faults.push(`${param.name}: required, hidden and without a default`);
  }
  if (param.kind === "number" && param.presets.some((preset) => rulesOf(param).check(param, preset))) {
    faults.push(`${param.name}: bad preset`);
  }
  if (param.kind === "choice") {
    const values = param.options.map((option) => String(option.value));
    faults.push(...repeated(values).map((value) => `${param.name}: option ${value} twice`));
  }
  if (param.kind === "list") {
    if (!param.fields.some((field) => field.kind === "text")) faults.push(`${param.name}: no text field`);
    const open = param.fields.filter((field) => field.kind !== "text" && field.default === undefined);
    faults.push(...open.map((field) => `${param.name}.${field.name}: no default`));
  }
  return faults;
}

function unknownNames(entry: Entry): string[] {
  const used = [
    ...entry.params.flatMap((param) => keysOf(param.onlyWhen)),
    ...keysOf(entry.second?.onlyWhen),
    ...entry.rules.flatMap(namesOf),
    ...[...entry.price.rows, ...(entry.price.onTop ?? [])].flatMap((row) => keysOf(row.when)),
    ...allParts(entry).flatMap(namesCounted),
    ...(entry.price.outputSize ? [entry.price.outputSize.media, entry.price.outputSize.factor] : []),
    ...(typeof entry.outputs === "number" ? [] : [entry.outputs.param]),
  ];
  const unknown = used.filter((name) => !paramNamed(entry, name) && !FACT_NAMES.includes(name));
  return [...new Set(unknown)].map((name) => `nothing is called ${name}`);
}

function namesOf(rule: Rule): string[] {
  switch (rule.kind) {
    case "forbid":
      return keysOf(rule.when);
    case "require":
      return [...keysOf(rule.when), ...(rule.all ?? []), ...(rule.any ?? [])];
    case "exclude":
      return rule.groups.flat();
    case "maxItems":
      return [...keysOf(rule.when), rule.field];
    case "sum":
      return [...keysOf(rule.when), rule.list, rule.equals];
  }
}

/** What each unit of a price row has to be counted by. */
const COUNTED_BY: Readonly<Record<Entry["price"]["rows"][number]["per"], readonly string[]>> = {
  generation: ["one"],
  request: ["one"],
  image: ["one", "param", "files"],
  second: ["param", "media-duration"],
  "1000 chars": ["characters"],
  megapixel: ["megapixels"],
  minute: [],
  "1M tokens": ["tokens"],
};

function unitFaults(entry: Entry): string[] {
  const counted = [
    ...entry.price.rows.flatMap((row) => quantityParts(entry).map((part) => ({ row, part }))),
    ...(entry.price.onTop ?? []).map((row) => ({ row, part: row.quantity })),
  ];
  const faults = counted
    .filter(({ row, part }) => !COUNTED_BY[row.per].includes(part.from))
    .map(({ row, part }) => `a price per ${row.per} can not be counted by ${part.from}`);
  const parts = allParts(entry);
  for (const part of parts) {
    if (part.from !== "megapixels") continue;
    const param = paramNamed(entry, part.name);
    const options = param?.kind === "choice" ? param.options.map((option) => String(option.value)) : [];
    faults.push(...options.filter((option) => !(option in part.sizes)).map((option) => `no size for ${option}`));
  }
  if (parts.some((part) => part.from === "tokens") && entry.price.charge !== "measured") {
    faults.push("a price by the token is only a maximum: it has to be charged as measured");
  }
  return faults;
}

function priceFaults(entry: Entry): string[] {
  return pricedCombinations(entry).flatMap((values) => {
    const count = priceRows(entry, effectiveValues(entry, values)).length;
    return count === 1 ? [] : [`${count} prices for ${JSON.stringify(values)}`];
  });
}

function exampleFaults(entry: Entry): string[] {
  return Object.entries(entry.example).flatMap(([language, example]) => {
    const unknown = Object.keys(example).filter((name) => !paramNamed(entry, name));
    const problems = checkValues(entry, parseValues(entry, example)).filter(
      // Files and what an earlier result gives can not be part of an example, so only they may be missing from it.
      (problem) => problem.code !== "missing" || !isGivenLater(paramNamed(entry, problem.param)),
    );
    return [
      ...unknown.map((name) => `example ${language}: nothing is called ${name}`),
      ...problems.map((problem) => `example ${language}: ${JSON.stringify(problem)}`),
    ];
  });
}

function isGivenLater(param: Param | undefined): boolean {
  return param?.kind === "media" || param?.kind === "earlier";
}

function keysOf(condition: Condition | undefined): string[] {
  return Object.keys(condition ?? {});
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
