import type { Condition, Entry, KieRule, Param, Rule, Scalar } from "../entry.ts";
import type { KieField } from "../kie-field.ts";
import { namesCounted, quantityParts } from "../quantity.ts";
import { kieFieldOf } from "./entry-fields.ts";
import { acceptedParam } from "./field-param.ts";

/**
 * The entry without a field, and without everything that speaks of it: rules, conditions, rows of the price for other
 * values than the one that KIE has by itself.
 *
 * @returns null when the price was counted by the field: then nobody knows it any more.
 */
export function withoutField(entry: Entry, name: string): Entry | null {
  const leaving = entry.params.filter((param) => param.name === name || placedIn(param) === name);
  const names = new Set(leaving.map((param) => param.name));
  const usual = usualValue(leaving.find((param) => param.name === name));
  // Whoever could order several gets as many as KIE makes by itself.
  const isOneNow = Number(usual) === 1;
  const parts = quantityParts(entry).filter((part) => namesCounted(part).some((each) => names.has(each)));
  const isCounted = parts.some((part) => part.from !== "param" || !isOneNow);
  const { onTop, outputSize, ...price } = entry.price;
  const rows = price.rows.flatMap((row) => {
    const when = reduced(row.when, names, usual);
    return when === null ? [] : [{ ...row, when }];
  });
  const onTopLeft = onTop?.filter(
    (row) =>
      !namesCounted(row.quantity).some((each) => names.has(each)) &&
      !Object.keys(row.when).some((each) => names.has(each)),
  );
  const isSizeGone = outputSize !== undefined && (names.has(outputSize.media) || names.has(outputSize.factor));
  if (isCounted || isSizeGone || (price.rows.length > 0 && rows.length === 0)) return null;
  const { kie, fills } = entry;
  const fillsLeft = Object.entries(fills ?? {}).filter(([each]) => !names.has(each));
  const { fills: _fills, ...rest } = entry;
  return {
    ...rest,
    ...(fillsLeft.length > 0 ? { fills: Object.fromEntries(fillsLeft) } : {}),
    params: entry.params.filter((param) => !names.has(param.name)).map((param) => relevant(param, names, usual)),
    rules: entry.rules.flatMap((rule) => ruleWithout(rule, names)),
    ...(kie
      ? {
          kie: {
            rules: kie.rules.flatMap((rule) => ruleWithout(rule, names)),
            requiredSets: kie.requiredSets
              .map((set) => set.filter((each) => !names.has(each)))
              .filter((set) => set.length > 0),
          },
        }
      : {}),
    outputs: typeof entry.outputs !== "number" && names.has(entry.outputs.param) ? outputsOf(usual) : entry.outputs,
    price: {
      ...price,
      rows,
      ...(parts.length > 0 ? { quantity: { from: "one" } } : {}),
      ...(onTopLeft && onTopLeft.length > 0 ? { onTop: onTopLeft } : {}),
      ...(outputSize ? { outputSize } : {}),
    },
  };
}

function outputsOf(usual: Scalar | undefined): number {
  const count = Number(usual);
  return Number.isSafeInteger(count) && count > 0 ? count : 1;
}

function placedIn(param: Param): string | undefined {
  return param.at?.[0];
}

/** What KIE makes of a request without the field. */
function usualValue(param: Param | undefined): Scalar | undefined {
  if (param === undefined) return undefined;
  const own = param.kind === "fixed" ? param.value : "default" in param ? param.default : undefined;
  return param.kie?.default ?? param.kieDefault ?? own ?? (param.kind === "toggle" ? false : undefined);
}

/** The condition as it stands when the field always has its usual value; null when it can not hold any more. */
function reduced(when: Condition, names: ReadonlySet<string>, usual: Scalar | undefined): Condition | null {
  const own = Object.entries(when).filter(([name]) => names.has(name));
  const isLost = own.some(([, wanted]) => {
    const values = [wanted].flat();
    return !(
      values.includes("$absent") ||
      (usual !== undefined && (values.includes(usual) || values.includes("$present")))
    );
  });
  return isLost ? null : Object.fromEntries(Object.entries(when).filter(([name]) => !names.has(name)));
}

function relevant(param: Param, names: ReadonlySet<string>, usual: Scalar | undefined): Param {
  if (!param.onlyWhen) return param;
  const { onlyWhen, ...rest } = param;
  const left = reduced(onlyWhen, names, usual);
  // It belonged to something that can not be chosen any more; KIE still knows it.
  if (left === null) return param.kind === "fixed" ? param : acceptedParam(param.name, optional(param));
  return Object.keys(left).length === 0 ? rest : { ...rest, onlyWhen: left };
}

function optional(param: Param): KieField {
  const { required: _required, ...field } = kieFieldOf(param);
  return field;
}

function ruleWithout<Each extends Rule | KieRule>(rule: Each, names: ReadonlySet<string>): Each[] {
  if ("when" in rule && Object.keys(rule.when).some((name) => names.has(name))) return [];
  switch (rule.kind) {
    case "forbid":
      return [rule];
    case "require": {
      const [all, any] = [rule.all, rule.any].map((list) => list?.filter((name) => !names.has(name)));
      const isEmpty = (list: readonly string[] | undefined) => list === undefined || list.length === 0;
      return isEmpty(all) && isEmpty(any) ? [] : [{ ...rule, ...(all ? { all } : {}), ...(any ? { any } : {}) }];
    }
    case "exclude": {
      const groups = rule.groups
        .map((group) => group.filter((name) => !names.has(name)))
        .filter((group) => group.length > 0);
      return groups.length < 2 ? [] : [{ ...rule, groups }];
    }
    case "maxItems":
      return names.has(rule.field) ? [] : [rule];
    case "sum":
      return names.has(rule.list) || names.has(rule.equals) ? [] : [rule];
  }
}
