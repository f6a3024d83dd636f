import type { Condition, KieRule, Param, ParamOf } from "./entry.ts";
import { echo } from "./kie-field.ts";
import type { ValueProblem } from "./param-values.ts";

/** "mode must be one of "std", "pro"; got "8K"." — what a param takes, and what came instead. */
export function valueSentence(param: Param, got: unknown): string {
  return `${param.name} must be ${allowed(param)}; got ${echo(got)}.`;
}

/** A problem of a param's value as an English sentence that names the field and what is allowed. */
export function problemSentence(param: Param, problem: ValueProblem, got: unknown): string {
  const { name } = param;
  switch (problem.code) {
    case "missing":
      return `${name} is required.`;
    case "too-long":
      return `${name} may have at most ${problem.limit} characters; it has ${problem.actual}.`;
    case "too-short":
      return `${name} must have at least ${problem.limit} characters; it has ${problem.actual}.`;
    case "too-many-items":
      return `${name} may hold at most ${problem.limit} ${problem.limit === 1 ? "item" : "items"}.`;
    case "too-few-items":
      return `${name} must hold at least ${problem.limit} ${problem.limit === 1 ? "item" : "items"}.`;
    case "duration-out-of-range":
      return `${name} must be ${problem.minSeconds} to ${problem.maxSeconds} seconds long; it has ${problem.actualSeconds}.`;
    case "picture-size":
      return `${name} must be a picture with ${sides(problem)}.`;
    case "file-too-large":
      return `${name} may have at most ${problem.limitMegabytes} MB; it has ${problem.actualMegabytes}.`;
    case "rule":
      return problem.say.en;
    case "not-an-option":
    case "not-a-number":
    case "out-of-range":
    case "wrong-media":
    case "wrong-format":
      return valueSentence(param, got);
  }
}

/** A broken rule of KIE's own. */
export function kieRuleSentence(rule: KieRule): string {
  switch (rule.kind) {
    case "forbid":
      return `This does not work together: ${conditionText(rule.when)}.`;
    case "require": {
      const all = rule.all?.join(" and ") ?? "";
      const any = rule.any?.join(" or ") ?? "";
      const when = Object.keys(rule.when).length === 0 ? "" : ` with ${conditionText(rule.when)}`;
      return `${[all, any].filter((names) => names !== "").join(" and ")} is required${when}.`;
    }
    case "exclude":
      return `Only one of these may be given: ${rule.groups.map((group) => group.join(" with ")).join(", or ")}.`;
    case "maxItems":
      return `${rule.field} may hold at most ${rule.max} items with ${conditionText(rule.when)}.`;
  }
}

/** "mode = 4K, prompt given". */
export function conditionText(condition: Condition): string {
  return Object.entries(condition)
    .map(([name, wanted]) => {
      if (wanted === "$present") return `${name} given`;
      return wanted === "$absent" ? `${name} not given` : `${name} = ${[wanted].flat().join(" or ")}`;
    })
    .join(", ");
}

/** What a param takes, in words that fit behind "must be". */
export function allowed(param: Param): string {
  switch (param.kind) {
    case "text":
      return `a text of ${param.minLength === undefined ? "at most" : `${param.minLength} to`} ${param.maxLength} characters`;
    case "choice":
      return `one of ${param.options.map(({ value }) => JSON.stringify(value)).join(", ")}`;
    case "toggle":
      return "true or false";
    case "number":
      return `a number from ${param.min} to ${param.max}${param.step === 1 ? " without a fraction" : ` in steps of ${param.step}`}`;
    case "media":
      return param.many ? `a list of ${count(param)} http(s) URLs of ${param.accepts} files` : url(param);
    case "list":
      return `a list of ${count(param)} objects`;
    case "earlier":
      return `${param.type === "texts" ? "a list with " : ""}what an earlier task was given or called`;
    case "fixed":
      return JSON.stringify(param.value);
  }
}

function url(param: ParamOf<"media">): string {
  return `an http(s) URL of ${param.accepts === "video" ? "a" : "an"} ${param.accepts} file`;
}

function count({ minItems = 1, maxItems }: { minItems?: number | undefined; maxItems: number }): string {
  return minItems === maxItems ? String(maxItems) : `${minItems} to ${maxItems}`;
}

function sides(problem: Extract<ValueProblem, { code: "picture-size" }>): string {
  const limits = [
    problem.minSide === undefined ? [] : [`sides of at least ${problem.minSide} pixels`],
    problem.maxSide === undefined ? [] : [`sides of at most ${problem.maxSide} pixels`],
    problem.maxMegapixels === undefined ? [] : [`at most ${problem.maxMegapixels} megapixels`],
  ];
  return limits.flat().join(" and ");
}
