import type { KieApi } from "../../shared/kie-api.ts";
import type { AlterationsInput, CatalogueAlterations } from "./catalogue-alterations.ts";
import type { Sentinels } from "./sentinels.ts";
import type { KieSwitches, KieViolation } from "./switches.ts";

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
