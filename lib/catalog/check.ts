import { effectiveValues, isRelevant, isSet, itemsOf, matches, uploadsOf } from "./conditions.ts";
import type { Entry, KieRule, Param, Rule } from "./entry.ts";
import { rulesOf } from "./param-kinds.ts";
import type { ParamValue, ParamValues, ValueProblem } from "./param-values.ts";

/**
 * The first param, in the entry's order, that has to be given and is not: required ones, and those a `require` rule
 * asks for as the values stand (of an `any` rule the first name). Defaults count as given.
 */
export function missingParam(entry: Entry, values: ParamValues): Param | undefined {
  const effective = effectiveValues(entry, values);
  const wanted = new Set(entry.rules.flatMap((rule) => namesAskedBy(rule, entry, effective)));
  return entry.params.find(
    (param) =>
      param.kind !== "fixed" &&
      isLacking(param, effective[param.name]) &&
      (param.required || wanted.has(param.name)) &&
      isRelevant(entry, param, values),
  );
}

/** Nothing given, or fewer files than the param needs. */
function isLacking(param: Param, value: ParamValue | undefined): boolean {
  return !isSet(value) || (param.kind === "media" && uploadsOf(value).length < (param.minItems ?? 1));
}

/**
 * Everything that keeps the values from being sent, in the entry's order, then broken rules; empty means that KIE's
 * documented limits and rules all hold. At most one problem per param and per rule.
 */
export function checkValues(entry: Entry, values: ParamValues): ValueProblem[] {
  const effective = effectiveValues(entry, values);
  const problems: ValueProblem[] = [];
  for (const param of entry.params) {
    if (param.kind === "fixed" || !isRelevant(entry, param, values)) continue;
    const value = effective[param.name];
    if (isSet(value)) {
      const problem = rulesOf(param).check(param, value);
      if (problem) problems.push(problem);
    } else if (param.required) {
      problems.push({ code: "missing", param: param.name });
    }
  }
  for (const rule of brokenRules(entry, effective)) {
    problems.push({ code: "rule", param: ruleParam(rule, entry, effective), say: rule.say });
  }
  return problems;
}

/** The rules that effective values break, in the entry's order. */
export function brokenRules(entry: Entry, effective: ParamValues): Rule[] {
  return entry.rules.filter((rule) => isBroken(rule, entry, effective));
}

/** Whether values, as they stand, break a rule of ours or of KIE. */
export function isBroken(rule: Rule | KieRule, entry: Entry, values: ParamValues): boolean {
  switch (rule.kind) {
    case "forbid":
      return matches(rule.when, entry, values);
    case "require":
      return namesAskedBy(rule, entry, values).length > 0;
    case "exclude":
      return rule.groups.filter((group) => group.some((name) => isSet(values[name]))).length > 1;
    case "maxItems": {
      const value = values[rule.field];
      return matches(rule.when, entry, values) && typeof value === "object" && value.length > rule.max;
    }
    case "sum": {
      const items = itemsOf(values[rule.list]);
      const sum = items.reduce((total, item) => total + Number(item[rule.field] ?? 0), 0);
      return matches(rule.when, entry, values) && items.length > 0 && sum !== Number(values[rule.equals]);
    }
  }
}

/** Names that a `require` rule wants and that are not set: every one of `all`, the first of `any` when none is set. */
function namesAskedBy(rule: Rule | KieRule, entry: Entry, values: ParamValues): string[] {
  if (rule.kind !== "require" || !matches(rule.when, entry, values)) return [];
  const missing = (rule.all ?? []).filter((name) => !isSet(values[name]));
  const [first] = rule.any ?? [];
  if (first !== undefined && !rule.any?.some((name) => isSet(values[name]))) missing.push(first);
  return missing;
}

/** The param a person should look at, where one stands out. */
function ruleParam(rule: Rule, entry: Entry, values: ParamValues): string | null {
  switch (rule.kind) {
    case "require":
      return namesAskedBy(rule, entry, values)[0] ?? null;
    case "maxItems":
      return rule.field;
    case "sum":
      return rule.list;
    case "forbid":
    case "exclude":
      return null;
  }
}
