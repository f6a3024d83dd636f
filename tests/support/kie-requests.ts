import fc from "fast-check";
import type { FieldSchema, ModelSchema } from "../../lib/sandbox/kie/request-schemas.ts";

/** Random input of a model by KIE's own schema alone: every field is right, rules across fields may be broken. */
export function kieInputs(schema: ModelSchema): fc.Arbitrary<Record<string, unknown>> {
  return objectOf(schema.input);
}

function objectOf(fields: Readonly<Record<string, FieldSchema>>): fc.Arbitrary<Record<string, unknown>> {
  const members = Object.entries(fields).map(([name, field]) => {
    const value = drawn(field);
    return [name, field.required ? value : fc.option(value, { nil: undefined })] as const;
  });
  return fc
    .record(Object.fromEntries(members))
    .map((object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)));
}

function drawn(field: FieldSchema): fc.Arbitrary<unknown> {
  if (field.enum) return fc.constantFrom(...field.enum);
  switch (field.type) {
    case "boolean":
      return fc.boolean();
    case "integer":
    case "number": {
      const { min = 0, max = min + 100 } = field;
      const step = field.step ?? (field.type === "integer" ? 1 : 0.25);
      return fc
        .nat({ max: Math.floor((max - min) / step + 1e-9) })
        .map((steps) => Number((min + steps * step).toFixed(6)));
    }
    case "array":
      return fc.array(field.items ? drawn(field.items) : fc.constant("море"), {
        minLength: field.minItems ?? 1,
        maxLength: Math.min(field.maxItems ?? 3, (field.minItems ?? 1) + 2),
      });
    case "object":
      return objectOf(field.properties ?? {});
    case "string":
      if (field.accepts) return fc.nat().map((number) => `https://files.example/${number}`);
      return fc.constant(
        "море "
          .repeat(3)
          .slice(0, field.maxLength ?? 15)
          .padEnd(field.minLength ?? 1, "е"),
      );
  }
}
