import { effectiveValues, itemsOf, matches } from "../catalog/conditions.ts";
import type { Entry, ListField, Rule } from "../catalog/entry.ts";
import { rulesOf } from "../catalog/param-kinds.ts";
import type { ListItem, ParamValues } from "../catalog/param-values.ts";

type SumRule = Extract<Rule, { kind: "sum" }>;

/** How the numbers in the lines of a list stand against what they have to add up to. */
export interface Shares {
  rule: SumRule;
  field: ListField;
  used: number;
  total: number;
}

/** The shares of a list param as its values stand; null where its lines do not have to add up to anything. */
export function sharesOf(entry: Entry, values: ParamValues, list: string): Shares | null {
  const effective = effectiveValues(entry, values);
  const rule = entry.rules.find(
    (each): each is SumRule => each.kind === "sum" && each.list === list && matches(each.when, entry, effective),
  );
  const param = entry.params.find(({ name }) => name === list);
  const field = param?.kind === "list" ? param.fields.find(({ name }) => name === rule?.field) : undefined;
  const total = rule === undefined ? Number.NaN : Number(effective[rule.equals]);
  if (rule === undefined || field === undefined || !Number.isFinite(total)) return null;
  const used = itemsOf(effective[list]).reduce((sum, item) => sum + Number(item[field.name] ?? field.default ?? 0), 0);
  return { rule, field, used, total };
}

/**
 * The values with every line of the list given an equal share, the first ones one step more where it does not come out
 * even. Values that no share fits are left as they are: then the rule itself says what is wrong.
 */
export function sharedOut(entry: Entry, values: ParamValues, list: string): ParamValues {
  const shares = sharesOf(entry, values, list);
  const items = itemsOf(values[list]);
  if (shares === null || items.length === 0) return values;
  const { field, total } = shares;
  const step = field.kind === "number" ? field.step : 1;
  const steps = Math.floor(total / step + 1e-9);
  const least = Math.floor(steps / items.length);
  const shared = items.map((item, index): ListItem => {
    const share = (least + (index < steps % items.length ? 1 : 0)) * step;
    return { ...item, [field.name]: share };
  });
  const fits = shared.every((item) => rulesOf(field).check(field, item[field.name] ?? "") === null);
  return fits ? { ...values, [list]: shared } : values;
}

/**
 * What a change of the lines' number, or of what they add up to, means for their shares: they are dealt out anew, so
 * that nobody has to count. Shares that add up, and lines whose number a person set by hand, are left alone.
 */
export function keptEven(entry: Entry, before: ParamValues, after: ParamValues): ParamValues {
  return entry.params.reduce((values, { kind, name }) => {
    if (kind !== "list") return values;
    const shares = sharesOf(entry, values, name);
    if (shares === null || shares.used === shares.total) return values;
    const was = sharesOf(entry, before, name);
    const isSameLength = itemsOf(before[name]).length === itemsOf(values[name]).length;
    return isSameLength && was?.total === shares.total ? values : sharedOut(entry, values, name);
  }, after);
}
