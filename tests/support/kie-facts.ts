import { writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { readFamilies } from "../../lib/catalog/build-index.ts";
import type { Entry, Family, ListField, Param } from "../../lib/catalog/entry.ts";
import type { KieField } from "../../lib/catalog/kie-field.ts";
import { fieldParams } from "../../lib/catalog/request-values.ts";
import { type FieldSchema, type ModelSchema, requestSchemas } from "../../lib/sandbox/kie/request-schemas.ts";

/**
 * The family with `kie` written wherever KIE's documented schema takes something else than the params say: further
 * options, fields that only our card requires, other defaults, rules of its own. Run as a program, it writes the files.
 */
export function withKieFacts(family: Family): Family {
  return { ...family, entries: family.entries.map((entry) => entryWithFacts(entry, family)) };
}

function entryWithFacts(entry: Entry, family: Family): Entry {
  const schema = kieSchemaOf(entry);
  if (!schema) return entry;
  const siblings = family.entries.filter(({ route }) => route.id === entry.route.id && route.api === entry.route.api);
  // A param with a name of our own may be called like a field of KIE's.
  const fields = fieldParams(entry);
  const params = entry.params.map((param) =>
    paramWithFacts(param, fields.includes(param) ? schema.input[param.name] : undefined, siblings.length > 1),
  );
  const { kie: _old, price, source, checkedAt, alternatives, ...head } = entry;
  const kie = { rules: schema.rules, requiredSets: schema.requiredSets };
  const isNeeded = kie.rules.length > 0 || kie.requiredSets.length > 0;
  return {
    ...head,
    params,
    ...(isNeeded ? { kie } : {}),
    price,
    ...(alternatives ? { alternatives } : {}),
    source,
    checkedAt,
  };
}

/** What KIE documents of an entry's model, when it still has it. */
export function kieSchemaOf({ route: { api, id } }: Entry): ModelSchema | undefined {
  const { models, dedicated } = requestSchemas();
  return api === "market" ? models[id] : dedicated[api][id];
}

function paramWithFacts(param: Param, field: FieldSchema | undefined, hasSiblings: boolean): Param {
  const { kie: _old, ...bare } = param;
  if (!field || saysTheSame(bare, field, hasSiblings)) return bare;
  const kie = factsOf(field);
  // Of several entries of one id, the fixed value tells which one is meant.
  return { ...bare, kie: param.kind === "fixed" && hasSiblings ? { ...kie, enum: [param.value] } : kie };
}

function factsOf({ accepts, formats: _formats, maxFileMB: _size, items, properties, ...rest }: FieldSchema): KieField {
  return {
    ...rest,
    ...(accepts && rest.type === "string" ? { url: accepts } : {}),
    ...(items ? { items: factsOf(items) } : {}),
    ...(properties
      ? { properties: Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, factsOf(inner)])) }
      : {}),
  };
}

/** Whether a param, as the command reads it, takes what KIE takes. */
function saysTheSame(param: Param | ListField, field: FieldSchema, hasSiblings: boolean): boolean {
  if (field.altType || field.alsoAccepts) return false;
  if (param.kind === "fixed") return field.required === true && (hasSiblings || field.enum?.length === 1);
  const isOptional = !param.required || param.kieDefault !== undefined;
  if (isOptional === (field.required === true)) return false;
  const ours = "default" in param ? param.default : undefined;
  const isOther = field.default !== undefined && ours !== undefined && field.default !== ours;
  if (isOther && !field.required && field.default !== param.kieDefault) return false;
  switch (param.kind) {
    case "text":
      return (
        field.type === "string" &&
        !field.enum &&
        param.maxLength === field.maxLength &&
        (param.minLength ?? 1) === (field.minLength ?? 1)
      );
    case "toggle":
      return field.type === "boolean";
    case "choice": {
      const options = param.options.map((option) => option.value);
      return field.enum?.length === options.length && field.enum.every((value) => options.includes(value));
    }
    case "number": {
      const step = field.step ?? (field.type === "integer" ? 1 : undefined);
      return !field.enum && param.min === field.min && param.max === field.max && param.step === step;
    }
    case "media":
      if (!param.many) return field.type === "string" && field.accepts !== undefined;
      return (
        field.type === "array" &&
        field.items?.accepts !== undefined &&
        param.maxItems === field.maxItems &&
        (param.minItems ?? 1) === (field.minItems ?? 1)
      );
    case "list": {
      const inner = field.items?.properties ?? {};
      return (
        field.type === "array" &&
        param.maxItems === field.maxItems &&
        param.minItems === (field.minItems ?? 1) &&
        Object.keys(inner).length === param.fields.length &&
        param.fields.every((each) => {
          const other = inner[each.name];
          return other !== undefined && saysTheSame(each, other, false);
        })
      );
    }
    case "earlier":
      // How long an id may be is our own limit.
      return false;
  }
}

/** Writes the facts into every family file, and says into which ones. */
function main(): void {
  const directory = new URL("../../catalog/", import.meta.url);
  for (const { file, family } of readFamilies(directory)) {
    const filled = withKieFacts(family);
    if (isDeepStrictEqual(filled, family)) continue;
    writeFileSync(new URL(file, directory), `${JSON.stringify(filled, null, 2)}\n`);
    console.log(`catalog/${file}`);
  }
}

if (import.meta.main) main();
