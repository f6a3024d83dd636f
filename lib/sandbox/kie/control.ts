import type { KieApi } from "../../shared/kie-api.ts";
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
  /** The next create is refused: an envelope code, or 502 to 504 for a gateway error. Several calls queue up. */
  failNextCreate(code: number): void;
  /** The next `count` creates are accepted, but their connections are cut before the answer. */
  dropNextCreates(count: number): void;
}
