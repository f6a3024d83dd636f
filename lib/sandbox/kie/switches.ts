import * as z from "zod";
import { KIE_APIS, type KieApi } from "../../shared/kie-api.ts";
import { wordsToSentinels } from "./sentinels.ts";

/** Lasting faults and choices; kept in the store, so a restart does not forget them. */
export interface KieSwitches {
  /** Fields that KIE does not know are answered with 422 instead of being ignored. They are recorded either way. */
  strictFields: boolean;
  /** No callback reaches the product. Attempts are counted as failed, so after the third retry one is never sent again. */
  callbacksDown: boolean;
  /** Every create is answered with 455. */
  maintenance: boolean;
  /** Every create is answered with 433: the sub-key's cap. */
  keyCapReached: boolean;
  /** What the sub-key may spend in all; a create that would go above is 433. `null`: as much as there is. */
  keyCapCredits: number | null;
  /** Every call with the key is answered with 401, as after the key was withdrawn or the address is not allowed. */
  keyRefused: boolean;
  /** Magic words that hold for every new task, as if its text began with them: `late:130: twice:`. */
  everyTask: string;
  /** 0 to 1: so many of the calls are answered by the edge, with HTTP 502 or 403. Always the same ones after a reset. */
  edgeErrorRate: number;
  /** Record queries are limited: 10 a second for a task of the market, 3 for one of Suno or 4o. */
  recordLimits: boolean;
  /** `legacy`: text, first, complete as the old Suno API has it. `playground`: one callback like every other model. */
  sunoCallbacks: "legacy" | "playground";
  /** Legacy Suno tasks skip the `text` and `first` callbacks. */
  skipSunoStages: boolean;
  /** Legacy Suno tasks send `complete` twice. */
  repeatSunoComplete: boolean;
  /** Legacy Suno tasks send another `text` a second after `complete`. */
  lateSunoText: boolean;
  /** A failed legacy Suno task says `data: []` instead of `data: null`. */
  emptySunoErrors: boolean;
  /** Models that KIE no longer has: creating with them is refused with 404. */
  unknownModels: readonly { api: KieApi; id: string }[];
  /** Legacy Suno tasks send `complete` first, `first` and `text` after it. */
  reverseSunoStages: boolean;
  /** Callback signatures are an hour old. */
  staleSignatures: boolean;
  /** Callbacks are not signed, as with the account's setting switched off. */
  unsignedCallbacks: boolean;
  /** Callbacks are signed by a key that nobody knows. */
  foreignSignatures: boolean;
  /** Every last callback sets out so many virtual seconds after the end of its task. */
  callbackDelaySeconds: number;
  /** Hours that results can be fetched: 14 days by most pages, 24 hours by one. */
  resultLifeHours: number;
  /** Hours that uploads can be fetched: 24 by the newest page, 72 by an older one. Holds for those that come. */
  uploadLifeHours: number;
  /** Result and upload URLs answer 403 without a `User-Agent`. */
  filesNeedUserAgent: boolean;
}

export const DEFAULT_SWITCHES: KieSwitches = {
  strictFields: true,
  callbacksDown: false,
  maintenance: false,
  keyCapReached: false,
  keyCapCredits: null,
  keyRefused: false,
  everyTask: "",
  edgeErrorRate: 0,
  recordLimits: false,
  sunoCallbacks: "legacy",
  skipSunoStages: false,
  repeatSunoComplete: false,
  lateSunoText: false,
  emptySunoErrors: false,
  unknownModels: [],
  reverseSunoStages: false,
  staleSignatures: false,
  unsignedCallbacks: false,
  foreignSignatures: false,
  callbackDelaySeconds: 0,
  resultLifeHours: 14 * 24,
  uploadLifeHours: 24,
  filesNeedUserAgent: false,
};

const hoursSchema = z.number().positive().max(100_000);
const wordsSchema = z
  .string()
  .max(200)
  .superRefine((words, context) => {
    try {
      wordsToSentinels(words);
    } catch (error) {
      context.addIssue({ code: "custom", message: error instanceof Error ? error.message : String(error) });
    }
  });

/** Some of the switches, each checked. */
export const switchesSchema = z
  .strictObject({
    strictFields: z.boolean(),
    callbacksDown: z.boolean(),
    maintenance: z.boolean(),
    keyCapReached: z.boolean(),
    keyCapCredits: z.number().nonnegative().nullable(),
    keyRefused: z.boolean(),
    everyTask: wordsSchema,
    edgeErrorRate: z.number().min(0).max(1),
    recordLimits: z.boolean(),
    sunoCallbacks: z.enum(["legacy", "playground"]),
    skipSunoStages: z.boolean(),
    repeatSunoComplete: z.boolean(),
    lateSunoText: z.boolean(),
    emptySunoErrors: z.boolean(),
    reverseSunoStages: z.boolean(),
    unknownModels: z.array(z.strictObject({ api: z.enum(KIE_APIS), id: z.string().min(1) })),
    staleSignatures: z.boolean(),
    unsignedCallbacks: z.boolean(),
    foreignSignatures: z.boolean(),
    callbackDelaySeconds: z.number().min(0).max(1_000_000),
    resultLifeHours: hoursSchema,
    uploadLifeHours: hoursSchema,
    filesNeedUserAgent: z.boolean(),
  } satisfies Record<keyof KieSwitches, unknown>)
  .partial();

/** Something the product sent that it must never send. */
export interface KieViolation {
  kind: "unknown-field" | "token-in-url" | "wrong-media" | "bad-upload-path";
  /** The model, or the path of the endpoint. */
  where: string;
  /** A sentence with the field's name; no values. */
  what: string;
  /** Epoch milliseconds, virtual. */
  at: number;
}
