import type { Language } from "../shared/localized.ts";
import { effectiveValues } from "./conditions.ts";
import type { Entry, Param } from "./entry.ts";
import { rulesOf } from "./param-kinds.ts";
import type { ParamValue, ParamValues } from "./param-values.ts";

/**
 * What was chosen, in few words for a receipt: "1080p", "5 с", "16:9", "со звуком". In the entry's order; what stands
 * behind ⚙️ is named only when it differs from the default. Prompts, files and lists are not named.
 */
export function mainParams(entry: Entry, values: ParamValues, language: Language): string[] {
  const effective = effectiveValues(entry, values);
  const words: string[] = [];
  for (const param of entry.params) {
    const value = effective[param.name];
    if (value === undefined || !isWorthSaying(param, value)) continue;
    const said = rulesOf(param).says(param, value, language);
    if (said !== null) words.push(said);
  }
  return words;
}

function isWorthSaying(param: Param, value: ParamValue): boolean {
  if (param.kind === "fixed" || param.placement === "never") return false;
  return param.placement === "card" || !("default" in param) || param.default !== value;
}
