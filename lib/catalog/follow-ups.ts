import { DAY_MS } from "../shared/clock.ts";
import { paramNamed } from "./conditions.ts";
import type { Fill } from "./entry.ts";
import type { Catalog, CatalogEntry } from "./load.ts";
import { isSold } from "./offers.ts";
import { rulesOf } from "./param-kinds.ts";
import type { ParamValue, ParamValues } from "./param-values.ts";
import { defaultValues } from "./values.ts";

/** A result that something else is to be made of: one output of one finished generation. */
export interface EarlierResult {
  /** What the generation was made from. */
  values: ParamValues;
  /** KIE's id of its task. */
  taskId: string | null;
  finishedAt: Date | null;
  output: {
    /** From 0. */
    position: number;
    /** KIE's id of the track, persona or character. */
    externalId: string | null;
    durationSeconds: number | null;
    /** Its words: an answer in words, or the lyrics of a song. */
    text: string | null;
  };
}

/** KIE keeps the records of tasks for two months (docs.kie.ai). */
const USUAL_DAYS = 60;

/** What is sold under a result of this entry, in the order of the buttons. */
export function followUpsOf(catalog: Catalog, { entry }: CatalogEntry): CatalogEntry[] {
  return (entry.followUps ?? []).flatMap((key) => {
    const found = catalog.entry(key);
    return found !== undefined && isSold(found.entry) ? [found] : [];
  });
}

/**
 * What the card of a follow-up starts with: its defaults, and what the result gives it. Optional params that the result
 * has nothing fitting for stay as they are.
 *
 * @returns null when KIE has forgotten the task by now, or when an id that is needed is not known.
 */
export function filledValues({ entry }: CatalogEntry, earlier: EarlierResult, now: Date): ParamValues | null {
  const days = entry.fillsWithinDays ?? USUAL_DAYS;
  if (earlier.finishedAt === null || now.getTime() - earlier.finishedAt.getTime() > days * DAY_MS) return null;
  const values: Record<string, ParamValue> = { ...defaultValues(entry) };
  for (const [name, fill] of Object.entries(entry.fills ?? {})) {
    const param = paramNamed(entry, name);
    const value = given(fill, earlier);
    if (param === undefined || value === undefined) continue;
    if (rulesOf(param).check(param, value) === null) values[name] = value;
  }
  const lacks = entry.params.some(
    (param) => param.kind === "earlier" && param.required && values[param.name] === undefined,
  );
  return lacks ? null : values;
}

function given(fill: Fill, { values, taskId, output }: EarlierResult): ParamValue | undefined {
  switch (fill) {
    case "task-id":
      return taskId ?? undefined;
    case "output-id":
      return output.externalId ?? undefined;
    case "output-number":
      return output.position;
    case "output-seconds":
      // The last whole second before the end: where something goes on has to lie inside.
      return output.durationSeconds === null ? undefined : Math.ceil(output.durationSeconds) - 1;
    case "output-text":
      return output.text ?? undefined;
    default:
      return values[fill.slice("param:".length)];
  }
}
