import * as z from "zod";
import { CATEGORIES } from "../categories.ts";
import { familySchema, priceRowSchema } from "../entry.ts";
import { kieFieldSchema } from "../kie-field.ts";

const scalarSchema = z.union([z.string(), z.number(), z.boolean()]);

/** The limits of a field whose change is told. `required` is 1 or 0. */
export const LIMITS = ["min", "max", "minLength", "maxLength", "minItems", "maxItems", "required"] as const;

/**
 * One difference between KIE's catalogue and ours. `model` is KIE's id on the market. Changes of a model concern every
 * entry of ours that has this id.
 */
export const catalogChangeSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("new-model"),
    model: z.string(),
    title: z.string(),
    provider: z.string(),
    taskTypes: z.array(z.string()),
    priceText: z.string().nullable(),
    /** Generated from its schema, without a price; null where the schema holds what our cards can not ask for. */
    family: familySchema.nullable(),
    /** Why there is no family, in English. */
    problem: z.string().nullable(),
  }),
  z.object({ kind: z.literal("gone-model"), model: z.string() }),
  z.object({ kind: z.literal("field-added"), model: z.string(), name: z.string(), field: kieFieldSchema }),
  z.object({ kind: z.literal("field-removed"), model: z.string(), name: z.string() }),
  z.object({
    kind: z.literal("options"),
    model: z.string(),
    name: z.string(),
    added: z.array(scalarSchema),
    removed: z.array(scalarSchema),
  }),
  z.object({
    kind: z.literal("limit"),
    model: z.string(),
    name: z.string(),
    limit: z.enum(LIMITS),
    before: z.number().nullable(),
    after: z.number().nullable(),
  }),
  z.object({
    kind: z.literal("price-text"),
    model: z.string(),
    before: z.string().nullable(),
    after: z.string().nullable(),
  }),
]);
export type CatalogChange = z.infer<typeof catalogChangeSchema>;

/** What KIE's catalogue does not tell, and an admin adds before a change is approved. */
export const completionSchema = z.object({
  category: z.enum(CATEGORIES).optional(),
  titleRu: z.string().min(1).max(40).optional(),
  titleEn: z.string().min(1).max(40).optional(),
  /** The price of a new model, of a new option, or after the price text changed: a row for what the change concerns. */
  price: z.object({ credits: z.number().min(0), per: priceRowSchema.shape.per }).optional(),
});
export type Completion = z.infer<typeof completionSchema>;

/** What an admin sets without any news from KIE. */
export const settingSchema = z.discriminatedUnion("kind", [
  /** Whether the models of a family go by their second route first. */
  z.object({ kind: z.literal("route"), family: z.string(), second: z.boolean() }),
  z.object({ kind: z.literal("visible"), entry: z.string(), visible: z.boolean() }),
  z.object({
    kind: z.literal("label"),
    entry: z.string(),
    titleRu: z.string().min(1).max(40),
    titleEn: z.string().min(1).max(40),
  }),
]);
export type CatalogSetting = z.infer<typeof settingSchema>;

/** Anything approved, as it lies over the catalog's files; applied in the order of approval. */
export type Override =
  | { id: string; kind: "change"; change: CatalogChange; completion: Completion }
  | { id: string; kind: "setting"; setting: CatalogSetting };

export const HEALTH_MARKS = ["good", "shaky", "broken"] as const;
export type HealthMark = (typeof HEALTH_MARKS)[number];

/** How a model does now; absent for models nobody has used lately. */
export interface EntryHealth {
  entryKey: string;
  mark: HealthMark;
  /** Hidden from the menus because it fails too often; an admin can show it again. */
  isHidden: boolean;
}

/** Everything that lies over the files, as of one revision. Revision 0: nothing. */
export interface LiveCatalog {
  revision: number;
  overrides: readonly Override[];
  health: readonly EntryHealth[];
}
