import type { KieField } from "../kie-field.ts";

/** One step inside a field: to the members of a list, or to a field of an object. */
export type Step = { kind: "items" } | { kind: "property"; name: string };

/** The name of a change taken apart: `speakers[].voice_name` is the field `voice_name` of each of the `speakers`. */
export function stepsOf(name: string): { field: string; steps: Step[] } {
  const [field = "", ...rest] = name.split(/(\[\]|\.)/).filter((part) => part !== "" && part !== ".");
  return { field, steps: rest.map((part) => (part === "[]" ? { kind: "items" } : { kind: "property", name: part })) };
}

/** The field with what lies at the end of the steps changed; unchanged where they lead nowhere. */
export function changedAt(field: KieField, steps: readonly Step[], change: (inner: KieField) => KieField): KieField {
  const [step, ...rest] = steps;
  if (step === undefined) return change(field);
  if (step.kind === "items") return field.items ? { ...field, items: changedAt(field.items, rest, change) } : field;
  const inner = field.properties?.[step.name];
  if (!inner) return field;
  return { ...field, properties: { ...field.properties, [step.name]: changedAt(inner, rest, change) } };
}

/** The field with another one set, or taken out (undefined), at the end of the steps. */
export function withFieldAt(field: KieField, steps: readonly Step[], inner: KieField | undefined): KieField {
  const last = steps.at(-1);
  if (last?.kind !== "property") return field;
  return changedAt(field, steps.slice(0, -1), (parent) => {
    const { [last.name]: _old, ...others } = parent.properties ?? {};
    return { ...parent, properties: inner === undefined ? others : { ...others, [last.name]: inner } };
  });
}
