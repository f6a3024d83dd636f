import type { Entry, ListField, Param } from "../entry.ts";
import type { KieField } from "../kie-field.ts";

/**
 * What KIE takes as a param's value, as our catalog has it: the facts written beside the param, or, where there are none
 * because they say the same, the param's own limits.
 */
export function kieFieldOf(param: Param | ListField): KieField {
  return param.kie ?? { ...ownField(param), ...(isNeeded(param) ? { required: true as const } : {}) };
}

/** Fields of a model's request, by the entries that go by its id. */
export function knownFields(entries: readonly Entry[]): Record<string, KieField> {
  const fields: Record<string, KieField> = {};
  for (const { params } of entries) {
    for (const param of params.filter(isRequestField)) {
      const field = kieFieldOf(param);
      const known = fields[param.name];
      fields[param.name] = known === undefined ? field : together(known, field);
    }
  }
  return fields;
}

/** Whether the param is a field of the request by its own name. */
export function isRequestField(param: Param): boolean {
  return !("at" in param && param.at !== undefined) && !(param.kind === "earlier" && param.sent === false);
}

/** Of several entries of one model each may fix another value: KIE takes all of them. */
function together(a: KieField, b: KieField): KieField {
  const { enum: _options, required: _required, ...rest } = { ...b, ...a };
  const options = a.enum && b.enum ? [...new Set([...a.enum, ...b.enum])] : undefined;
  return {
    ...rest,
    ...(a.required && b.required ? { required: true as const } : {}),
    ...(options ? { enum: options } : {}),
  };
}

function isNeeded(param: Param | ListField): boolean {
  return param.kieDefault === undefined && (param.kind === "fixed" || param.required);
}

function ownField(param: Param | ListField): KieField {
  switch (param.kind) {
    case "text":
      return { type: "string", maxLength: param.maxLength, ...withDefined({ minLength: param.minLength }) };
    case "toggle":
      return { type: "boolean" };
    case "choice":
      return { type: typeOf(param.options[0]?.value), enum: param.options.map((option) => option.value) };
    case "number":
      return { type: "number", min: param.min, max: param.max };
    case "media": {
      const item: KieField = { type: "string", url: param.accepts };
      if (!param.many) return item;
      return { type: "array", items: item, maxItems: param.maxItems, ...withDefined({ minItems: param.minItems }) };
    }
    case "list": {
      const properties = Object.fromEntries(param.fields.map((field) => [field.name, kieFieldOf(field)]));
      return {
        type: "array",
        minItems: param.minItems,
        maxItems: param.maxItems,
        items: { type: "object", properties },
      };
    }
    case "earlier":
      if (param.type === "texts") return { type: "array", items: { type: "string" } };
      return { type: param.type === "number" ? "number" : "string" };
    case "fixed":
      return { type: typeOf(param.value), enum: [param.value] };
  }
}

function typeOf(value: unknown): KieField["type"] {
  if (typeof value === "number") return "number";
  return typeof value === "boolean" ? "boolean" : "string";
}

function withDefined<Limit extends string>(limits: Record<Limit, number | undefined>): Partial<Record<Limit, number>> {
  const defined: Partial<Record<Limit, number>> = {};
  for (const name in limits) {
    const limit = limits[name];
    if (limit !== undefined) defined[name] = limit;
  }
  return defined;
}
