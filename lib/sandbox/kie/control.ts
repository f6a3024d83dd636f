import type { KieApi } from "../../shared/kie-api.ts";
import type { AlterationsInput, CatalogueAlterations } from "./catalogue-alterations.ts";
import type { Sentinels } from "./sentinels.ts";

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
  /** Callback signatures are an hour old. */
  staleSignatures: boolean;
  /** Result and upload URLs answer 403 without a `User-Agent`. */
  filesNeedUserAgent: boolean;
}

export const DEFAULT_SWITCHES: KieSwitches = {
  strictFields: true,
  callbacksDown: false,
  maintenance: false,
  keyCapReached: false,
  sunoCallbacks: "legacy",
  skipSunoStages: false,
  repeatSunoComplete: false,
  lateSunoText: false,
  emptySunoErrors: false,
  unknownModels: [],
  staleSignatures: false,
  filesNeedUserAgent: false,
};

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

export interface KieTaskSummary {
  taskId: string;
  api: KieApi;
  model: string;
  /** The model's own fields, without `model` and `callBackUrl`. */
  input: Record<string, unknown>;
  callBackUrl?: string;
  /** Epoch milliseconds, virtual. */
  createdAt: number;
  state: "waiting" | "queuing" | "generating" | "success" | "fail";
  /** Taken at create; 0 after a failure. */
  creditsConsumed: number;
  sentinels: Sentinels;
}

export interface KieCallbackSummary {
  taskId: string;
  /** `complete` for everything but the stages of a legacy Suno task. */
  stage: "text" | "first" | "complete";
  attempts: number;
  state: "pending" | "delivered" | "abandoned";
}

/** What a test or the sandbox's page may ask of the simulated KIE. Everything but `finish` acts at once. */
export interface KieControl {
  /** Every task since the last reset, oldest first. */
  tasks(): KieTaskSummary[];
  /** How many of them match; all when no filter is given. */
  createdCount(filter?: (task: KieTaskSummary) => boolean): number;
  callbacks(): KieCallbackSummary[];
  violations(): KieViolation[];
  /** Ends a running task now, also a hanging one; resolves when its callback was answered or failed once. */
  finish(taskId: string): Promise<void>;
  credits(): number;
  setCredits(credits: number): void;
  switches(): KieSwitches;
  setSwitches(changes: Partial<KieSwitches>): void;
  /** How the catalogue differs from the built-in one. */
  catalogue(): CatalogueAlterations;
  /** Replaces the alterations; createTask follows at once. Throws when a model to change or remove is not known. */
  alterCatalogue(alterations: AlterationsInput): void;
  resetCatalogue(): void;
  /** The model's rate from 0 to 1 in every stretch of the last 24 hours; null: no use; undefined: as usual again. */
  setSuccessRate(model: string, rate: number | null | undefined): void;
  /** The next create is refused: an envelope code, or 502 to 504 for a gateway error. Several calls queue up. */
  failNextCreate(code: number): void;
  /** The next `count` creates are accepted, but their connections are cut before the answer. */
  dropNextCreates(count: number): void;
}
