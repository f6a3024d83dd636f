import * as z from "zod";
import { KIE_APIS } from "../shared/kie-api.ts";
import type { LANGUAGES } from "../shared/localized.ts";
import { MEDIA_KINDS, OUTPUT_KINDS } from "../shared/media.ts";
import { CATEGORIES } from "./categories.ts";
import { kieFieldSchema } from "./kie-field.ts";

/** A key of `[a-z0-9-]`, short enough that `mode:<family>:<mode>~<revision>` stays within Telegram's 64 bytes. */
const keySchema = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);

const localizedSchema = z.strictObject({
  ru: z.string().min(1),
  en: z.string().min(1),
} satisfies Record<(typeof LANGUAGES)[number], z.ZodString>);

const scalarSchema = z.union([z.string(), z.number(), z.boolean()]);
export type Scalar = z.infer<typeof scalarSchema>;

/** A condition on parameter values: every member must match. A list means "one of". */
const conditionSchema = z.record(
  z.string(),
  z.union([scalarSchema, z.array(scalarSchema), z.literal("$present"), z.literal("$absent")]),
);
export type Condition = z.infer<typeof conditionSchema>;

/**
 * Where a parameter is shown: on the card, behind ⚙️, or never (then only its default, if any, is sent).
 * A `never` says why in `why`.
 */
const placementSchema = z.enum(["card", "advanced", "never"]);

/**
 * Where a value stands inside the request when it is no field of its own: `["speakers", 0, "voice_name"]` is the voice of
 * the first speaker. Then `name` is ours.
 */
const placeSchema = z.tuple([z.string(), z.int().min(0), z.string()]);

const common = {
  /** KIE's name of the field, sent exactly so. */
  name: z.string().min(1),
  at: placeSchema.optional(),
  label: localizedSchema,
  /** One sentence shown when the field is asked. */
  help: localizedSchema.optional(),
  required: z.boolean(),
  placement: placementSchema,
  /** Why it is never shown, or why a limit is narrower than KIE's. */
  why: z.string().optional(),
  /** Belongs to the request only while this holds: otherwise it is not asked, not checked and not sent. */
  onlyWhen: conditionSchema.optional(),
  /**
   * What KIE takes when a request leaves the field out, where that is not `default`. We always send our default; other
   * people's requests, which the command checks and prices, may not.
   */
  kieDefault: scalarSchema.optional(),
  /**
   * The whole of what KIE takes, where it is wider or else than what our cards offer in more than the default. Nothing
   * of it is shown or sent; it is how requests that are not ours are checked.
   */
  kie: kieFieldSchema.optional(),
};

const textParamSchema = z.strictObject({
  ...common,
  kind: z.literal("text"),
  /** The prompt of the entry: what typed text fills by default, at most one per entry. */
  role: z.enum(["prompt"]).optional(),
  minLength: z.int().min(1).optional(),
  /** In UTF-16 units (`string.length`), as KIE counts. */
  maxLength: z.int().min(1),
  default: z.string().optional(),
});

const choiceParamSchema = z.strictObject({
  ...common,
  kind: z.literal("choice"),
  /** In the order shown. `value` keeps KIE's JSON type: "5" is not 5. */
  options: z.array(z.strictObject({ value: scalarSchema, label: localizedSchema.optional() })).min(1),
  default: scalarSchema.optional(),
});

const toggleParamSchema = z.strictObject({
  ...common,
  kind: z.literal("toggle"),
  default: z.boolean().optional(),
  /** What a receipt says: "со звуком", "без звука". Without them: the label when on, nothing when off. */
  on: localizedSchema.optional(),
  off: localizedSchema.optional(),
});

const numberParamSchema = z.strictObject({
  ...common,
  kind: z.literal("number"),
  min: z.number(),
  max: z.number(),
  /** 1 for integers. */
  step: z.number().positive(),
  /** Values offered as buttons. */
  presets: z.array(z.number()).min(1),
  /** Set for lengths: shown as "5 с". */
  unit: z.enum(["seconds"]).optional(),
  default: z.number().optional(),
});

const mediaParamSchema = z.strictObject({
  ...common,
  kind: z.literal("media"),
  accepts: z.enum(MEDIA_KINDS),
  /** KIE's type: an array of URLs, or one URL string. An array stays an array for a single file. */
  many: z.boolean(),
  minItems: z.int().min(1).optional(),
  maxItems: z.int().min(1),
  maxFileMegabytes: z.number().positive(),
  /** As in `MediaFacts.format`. */
  formats: z.array(z.string()).min(1),
  minDurationSeconds: z.number().positive().optional(),
  maxDurationSeconds: z.number().positive().optional(),
  /** Over all files of this param together. */
  maxTotalSeconds: z.number().positive().optional(),
  /** Shortest and longest side in pixels, and the most megapixels. */
  minSidePixels: z.int().optional(),
  maxSidePixels: z.int().optional(),
  maxMegapixels: z.number().optional(),
});

/** Fields of one line of a list param (a dialogue turn, a shot). */
const listFieldSchema = z.discriminatedUnion("kind", [textParamSchema, choiceParamSchema, numberParamSchema]);

const listParamSchema = z.strictObject({
  ...common,
  kind: z.literal("list"),
  /** The first text field takes the typed line; the others have defaults and are chosen by buttons. */
  fields: z.array(listFieldSchema).min(1),
  minItems: z.int().min(1),
  maxItems: z.int().min(1),
  /** Over the text fields of all items together. */
  maxTotalLength: z.int().min(1).optional(),
  /** A choice field whose first two options take turns in typed lines: two speakers of a dialogue. */
  alternates: z.string().optional(),
});

/**
 * Known only from an earlier result (see `fills`): KIE's id of its task or track, its resolution. Never typed, never
 * shown.
 */
const earlierParamSchema = z.strictObject({
  ...common,
  placement: z.literal("never"),
  kind: z.literal("earlier"),
  /** The JSON type that KIE wants; `texts` is a list with this one text in it. */
  type: z.enum(["text", "number", "texts"]),
  /** Every value it can have, where the price depends on it. */
  values: z.array(scalarSchema).min(1).optional(),
  /** False: only priced by, no field of the request. Then `name` is ours. */
  sent: z.literal(false).optional(),
});

/** Sent as it is, never shown. */
const fixedParamSchema = z.strictObject({
  name: z.string().min(1),
  at: placeSchema.optional(),
  kind: z.literal("fixed"),
  value: scalarSchema,
  onlyWhen: conditionSchema.optional(),
  /** As in the other kinds; without both, KIE wants the field to be there. */
  kieDefault: scalarSchema.optional(),
  kie: kieFieldSchema.optional(),
  why: z.string().min(1),
});

export const paramSchema = z.discriminatedUnion("kind", [
  textParamSchema,
  choiceParamSchema,
  toggleParamSchema,
  numberParamSchema,
  mediaParamSchema,
  listParamSchema,
  earlierParamSchema,
  fixedParamSchema,
]);
export type Param = z.infer<typeof paramSchema>;
export type ParamKind = Param["kind"];
export type ParamOf<Kind extends ParamKind> = Extract<Param, { kind: Kind }>;
export type ListField = z.infer<typeof listFieldSchema>;

/** Cross-field rules, kinds as KIE's documentation needs them. `say` is what the user reads when it is broken. */
export const ruleSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("forbid"), when: conditionSchema, say: localizedSchema }),
  z.strictObject({
    kind: z.literal("require"),
    when: conditionSchema,
    all: z.array(z.string()).optional(),
    any: z.array(z.string()).optional(),
    say: localizedSchema,
  }),
  z.strictObject({ kind: z.literal("exclude"), groups: z.array(z.array(z.string())).min(2), say: localizedSchema }),
  z.strictObject({
    kind: z.literal("maxItems"),
    when: conditionSchema,
    field: z.string(),
    max: z.int(),
    say: localizedSchema,
  }),
  /** The numbers `field` of all items of the list param `list` add up to the value of `equals`. */
  z.strictObject({
    kind: z.literal("sum"),
    when: conditionSchema,
    list: z.string(),
    field: z.string(),
    equals: z.string(),
    say: localizedSchema,
  }),
]);
export type Rule = z.infer<typeof ruleSchema>;

/** A rule of KIE's own, over the fields as they stand in a request, without defaults. */
const kieRuleSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("forbid"), when: conditionSchema }),
  z.strictObject({
    kind: z.literal("require"),
    when: conditionSchema,
    all: z.array(z.string()).optional(),
    any: z.array(z.string()).optional(),
  }),
  z.strictObject({ kind: z.literal("exclude"), groups: z.array(z.array(z.string())).min(2) }),
  z.strictObject({ kind: z.literal("maxItems"), when: conditionSchema, field: z.string(), max: z.int() }),
]);
export type KieRule = z.infer<typeof kieRuleSchema>;

/**
 * One price row: `credits` per `per`. The row with the most matching conditions wins. Keys of `when` are parameter
 * names, or `$…` facts computed from the values (see lib/catalog/conditions.ts).
 */
export const priceRowSchema = z.strictObject({
  when: conditionSchema,
  credits: z.number().min(0),
  per: z.enum(["generation", "request", "image", "second", "1000 chars", "megapixel", "minute", "1M tokens"]),
});
export type PriceRow = z.infer<typeof priceRowSchema>;

const quantityPartSchema = z.discriminatedUnion("from", [
  z.strictObject({ from: z.literal("one") }),
  /** Seconds, images …: the value of a number or choice param, as a number. */
  z.strictObject({ from: z.literal("param"), name: z.string() }),
  /** Whole seconds of a media param's measured duration, each file rounded up. An absent optional file counts 0. */
  z.strictObject({ from: z.literal("media-duration"), name: z.string() }),
  /** Characters of text params (or of list params' text fields), in thousands, exact. */
  z.strictObject({ from: z.literal("characters"), names: z.array(z.string()).min(1) }),
  /**
   * Started megapixels, of 1024 × 1024 pixels, of the size that the choice param `name` stands for, times the number in
   * `times` where several pictures are ordered.
   */
  z.strictObject({
    from: z.literal("megapixels"),
    name: z.string(),
    /** Width and height in pixels of every option. */
    sizes: z.record(z.string(), z.tuple([z.int().min(1), z.int().min(1)])),
    times: z.string().optional(),
  }),
  /** Files given in these media params together, without the first `free` ones. */
  z.strictObject({ from: z.literal("files"), names: z.array(z.string()).min(1), free: z.int().min(0) }),
  /**
   * The most tokens that the texts can become, in millions: `plus` and `perCharacter` for each UTF-16 unit, never more
   * than `max`. The real number is known after the job only, so the price has to be charged as `measured`.
   */
  z.strictObject({
    from: z.literal("tokens"),
    names: z.array(z.string()).min(1),
    perCharacter: z.number().positive(),
    plus: z.int().min(0),
    max: z.int().min(1).optional(),
  }),
]);
export type QuantityPart = z.infer<typeof quantityPartSchema>;

/** How many units a generation counts. `sum`: the parts added (seconds of the input and of the output). */
const quantitySchema = z.discriminatedUnion("from", [
  ...quantityPartSchema.options,
  z.strictObject({ from: z.literal("sum"), parts: z.array(quantityPartSchema).min(2) }),
]);

/** A further sum on top of the row that won, counted by itself: per given picture, per token of the answer. */
const onTopSchema = z.strictObject({ ...priceRowSchema.shape, quantity: quantityPartSchema });
export type OnTopRow = z.infer<typeof onTopSchema>;

/**
 * Makes `$output` known: the name of the size that the picture in `media` has after it was made `factor` times larger,
 * by its longest side. One that fits no step is `beyond`.
 */
const outputSizeSchema = z.strictObject({
  media: z.string(),
  /** A param whose value is the factor. */
  factor: z.string(),
  /** From small to large. */
  steps: z.array(z.strictObject({ name: z.string().min(1), maxSidePixels: z.int().min(1) })).min(1),
  beyond: z.string().min(1),
});

/**
 * What a param is filled with when its card is opened under an earlier result: KIE's id of the task or of the output,
 * the output's place (from 0), its length, its words, or what a param of that generation was set to.
 */
const fillSchema = z.union([
  z.enum(["task-id", "output-id", "output-number", "output-seconds", "output-text"]),
  z.string().regex(/^param:\w+$/),
]);
export type Fill = z.infer<typeof fillSchema>;

export const entrySchema = z.strictObject({
  /** Unique over the whole catalog, stable for ever: history refers to it. */
  key: keySchema,
  /** Unique inside the family; `mode:<family>:<mode>` is the button. */
  mode: keySchema,
  /**
   * `card`: sold from the menus. `follow-up`: sold under a result, because it needs an earlier task or output. `helper`:
   * a free step inside another one. `unpriced`: known, not sold. `second-route`: the same as another entry (whose
   * `second` names it) by other endpoints; never shown.
   */
  offer: z.enum(["card", "follow-up", "helper", "unpriced", "second-route"]),
  /** Why it is not sold from the menus; everything but a card has it. */
  why: z.string().min(1).optional(),
  /** Which of KIE's families of endpoints sells it, and under which id. */
  route: z.strictObject({ api: z.enum(KIE_APIS), id: z.string().min(1) }),
  /**
   * The entry that does the same through other endpoints; `names` gives its name of a param where it is another one.
   * Values mean the same in both. Params that it does not know are left out, so `onlyWhen` says where that would change
   * what is made.
   */
  second: z
    .strictObject({
      key: keySchema,
      names: z.record(z.string(), z.string()).optional(),
      onlyWhen: conditionSchema.optional(),
    })
    .optional(),
  /** Entries offered under a result of this one, in the order of their buttons; each has `fills`. */
  followUps: z.array(keySchema).min(1).optional(),
  /** What an earlier result gives to params of this entry. */
  fills: z.record(z.string(), fillSchema).optional(),
  /** Days after which KIE has forgotten the earlier task. Absent: 60, as long as its records last (docs.kie.ai). */
  fillsWithinDays: z.int().min(1).optional(),
  title: localizedSchema,
  /** One or two sentences on the card's first showing. */
  about: localizedSchema,
  output: z.enum(OUTPUT_KINDS),
  /** Files that one job returns, as documented: Suno 2, most 1; a param's name where the user chooses. */
  outputs: z.union([z.int().min(1), z.strictObject({ param: z.string() })]),
  /** Values of an example that can be run as it stands, apart from media. */
  example: z.strictObject({ ru: z.record(z.string(), z.unknown()), en: z.record(z.string(), z.unknown()) }),
  params: z.array(paramSchema).min(1),
  rules: z.array(ruleSchema),
  /**
   * What KIE documents across fields, for requests that are not ours: its rules, and the sets of fields of which at
   * least one has to be complete (none: no such demand).
   */
  kie: z.strictObject({ rules: z.array(kieRuleSchema), requiredSets: z.array(z.array(z.string()).min(1)) }).optional(),
  price: z.strictObject({
    /** Empty only where the price is not known: such an entry is not sold. */
    rows: z.array(priceRowSchema),
    quantity: quantitySchema,
    /** Every one whose condition holds is added. */
    onTop: z.array(onTopSchema).optional(),
    outputSize: outputSizeSchema.optional(),
    /**
     * `generation`: charged whole if at least one output came. `output`: pro rata. `measured`: the price is a maximum,
     * and what KIE took is charged.
     */
    charge: z.enum(["generation", "output", "measured"]),
  }),
  /**
   * Other cards for the same job, offered with their price: `cheaper` in another family, `faster` or `finer` as the
   * other speed of this one.
   */
  alternatives: z
    .array(z.strictObject({ kind: z.enum(["cheaper", "faster", "finer"]), key: keySchema }))
    .max(2)
    .optional(),
  /** Where the facts were read, and when. */
  source: z.string().min(1),
  checkedAt: z.iso.date(),
});
export type Entry = z.infer<typeof entrySchema>;

export const familySchema = z.strictObject({
  key: keySchema,
  vendor: z.string().min(1),
  category: z.enum(CATEGORIES),
  title: z.string().min(1),
  /** Other words people type to find it, in any language ("банана"). */
  aliases: z.array(z.string().min(1)).optional(),
  about: localizedSchema,
  /** Day from which people are told that it is NEW, for 30 days. */
  addedAt: z.iso.date(),
  /** Position inside its category, lowest first. */
  order: z.int(),
  entries: z.array(entrySchema).min(1),
});
export type Family = z.infer<typeof familySchema>;
