import * as z from "zod";
import { fieldSchema, modelSchema, priceRowSchema, requestSchemas, type SchemaFile } from "./request-schemas.ts";
import type { KieWorld } from "./world.ts";

const addedSchema = z.strictObject({
  model: z.string().min(1),
  title: z.string().min(1),
  provider: z.string().min(1),
  taskType: z.array(z.string()).min(1),
  /** What createTask checks and prices by; the OpenAPI document is made of it as well. */
  schema: modelSchema,
  /** Absent: a sentence made of the price rows. */
  priceText: z.string().nullable().optional(),
});

const changedSchema = z.strictObject({
  model: z.string().min(1),
  /** New fields, or other descriptions of known ones: a field is replaced whole. */
  setFields: z.record(z.string(), fieldSchema).optional(),
  removeFields: z.array(z.string()).optional(),
  prices: z.array(priceRowSchema).optional(),
  priceText: z.string().nullable().optional(),
});

/** How the simulated catalogue differs from the one that is built in. createTask follows it at once. */
export const alterationsSchema = z
  .strictObject({
    add: z.array(addedSchema).default([]),
    /** Ids of models that KIE takes off: createTask refuses them. */
    remove: z.array(z.string()).default([]),
    change: z.array(changedSchema).default([]),
  })
  .superRefine(({ add, remove, change }, context) => {
    const known = new Set([...Object.keys(requestSchemas().models), ...add.map(({ model }) => model)]);
    for (const model of [...remove, ...change.map((each) => each.model)]) {
      if (!known.has(model)) context.addIssue({ code: "custom", message: `${model} is not in the catalogue` });
    }
  });
export type CatalogueAlterations = z.infer<typeof alterationsSchema>;
export type AlterationsInput = z.input<typeof alterationsSchema>;
export type AddedModel = z.infer<typeof addedSchema>;

const NONE: CatalogueAlterations = { add: [], remove: [], change: [] };
const ID = "catalogue";

export function alterationsOf(world: KieWorld): CatalogueAlterations {
  return world.get<CatalogueAlterations>("account", ID) ?? NONE;
}

/**
 * Replaces the alterations made before.
 *
 * @throws ZodError when the shape is wrong, or when a model to change or remove is not there.
 */
export function alterCatalogue(world: KieWorld, input: AlterationsInput): void {
  world.put("account", ID, alterationsSchema.parse(input));
}

export function resetCatalogue(world: KieWorld): void {
  world.delete("account", ID);
}

let latest: { key: string; file: SchemaFile } | undefined;

/** What createTask knows: the built-in models with the alterations. */
export function currentSchemas(world: KieWorld): SchemaFile {
  const base = requestSchemas();
  const alterations = alterationsOf(world);
  if (alterations === NONE) return base;
  const key = JSON.stringify(alterations);
  // The store hands out a new copy each time; altering 184 models for each create would be a waste.
  if (latest?.key === key) return latest.file;
  const file = altered(base, alterations);
  latest = { key, file };
  return file;
}

function altered(base: SchemaFile, { add, remove, change }: CatalogueAlterations): SchemaFile {
  const models = { ...base.models };
  for (const { model, schema } of add) models[model] = schema;
  for (const { model, setFields = {}, removeFields = [], prices } of change) {
    const schema = models[model];
    if (schema === undefined) continue;
    const kept = Object.entries(schema.input).filter(([name]) => !removeFields.includes(name));
    models[model] = {
      ...schema,
      input: { ...Object.fromEntries(kept), ...setFields },
      prices: prices ?? schema.prices,
    };
  }
  for (const model of remove) delete models[model];
  return { ...base, models };
}
