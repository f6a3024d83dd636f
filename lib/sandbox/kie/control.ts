import type { KieApi } from "../../shared/kie-api.ts";
import type { AlterationsInput, CatalogueAlterations } from "./catalogue-alterations.ts";
import type { KieCallFaultKind, KieCallFaultOptions } from "./edge.ts";
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
  /**
   * The next `times` (1) calls whose method and path contain `where` (`GET /api/v1/jobs/recordInfo`, `file-stream-upload`,
   * `/results/`, `*` for any) go wrong so, after `skip` (0) that pass. Works for every endpoint, uploads and files too.
   */
  next(where: string, kind: KieCallFaultKind, options?: KieCallFaultOptions): void;
  /** The next `times` (1) sound creates have these magic words, as if their texts began with them. Several calls queue up. */
  nextTask(words: string, times?: number): void;
  /** The next `count` (1) uploads are gone as soon as they were answered. */
  loseNextUploads(count?: number): void;
  /** The words that wait for the next tasks, as `nextTask` was given them, one for each task. */
  nextTasks(): readonly string[];
  /** How many calls are still waited for: by kind of a call's fault, `refuse`, `drop`, `lose-upload`. */
  left(what: KieCallFaultKind | "refuse" | "drop" | "lose-upload"): number;
  /** How often each fault was injected since the last reset: kinds, switches, magic words by what they ask for. */
  injected(): Readonly<Record<string, number>>;
  /** Takes back every fault and every switch, but not the balance nor the catalogue. */
  clearFaults(): void;
  /** The next create is refused: an envelope code, or 502 to 504 for a gateway error. Several calls queue up. */
  failNextCreate(code: number): void;
  /** The next `count` creates are accepted, but their connections are cut before the answer. */
  dropNextCreates(count: number): void;
}
