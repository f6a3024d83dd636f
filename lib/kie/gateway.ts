import type { KieApi } from "../shared/kie-api.ts";
import type { MediaKind, OutputKind, WordKind } from "../shared/media.ts";

/** One task as KIE wants it. */
export interface StartTask {
  /** The family of endpoints that sells the model. */
  api: KieApi;
  /** The model's id there, for example `z-image` or `veo3_fast`; not sent where a family has a single model. */
  model: string;
  /** The model's own fields, without `model` and `callBackUrl`. */
  input: Record<string, unknown>;
  /** Absolute URL; carries our generation id and its token. */
  callBackUrl: string;
}

/**
 * What is known after one create call. `unknown` = the call may have been accepted (timeout, dropped connection,
 * HTTP 5xx, unreadable body): never call again for the same generation.
 */
export type StartOutcome =
  | { kind: "created"; taskId: string }
  /** A synchronous operation, or one whose result had been made before. */
  | { kind: "finished"; taskId: string | null; outputs: readonly TaskOutput[]; creditsConsumed: number | null }
  /**
   * Definitely not created. `code` is the envelope's. `isUnknownModel`: KIE knows no such model or endpoint, so the same
   * by another route may succeed.
   */
  | { kind: "refused"; code: number; message: string; isUnknownModel: boolean }
  /** Definitely not created, worth another try later: envelope 429 or 455. */
  | { kind: "busy"; code: number; message: string }
  | { kind: "unknown"; reason: string };

interface OutputNotes {
  title?: string;
  /** KIE's own id of a track, persona or character, needed by follow-ups. */
  externalId?: string;
}

/**
 * A file behind a link. `text`: words that belong to it, the lyrics of a song. `previewUrl`: a picture of it that KIE
 * made, a song's cover or a video's still; of any format and size.
 */
export interface FileOutput extends OutputNotes {
  kind: MediaKind;
  url: string;
  previewUrl?: string;
  durationSeconds?: number;
  text?: string;
}

/** An answer in words: plain text, lines of LRC (`[mm:ss.xx] words`), or the JSON of `MidiNotes` (lib/shared/midi-notes.ts). */
export interface WordOutput extends OutputNotes {
  kind: WordKind;
  text: string;
}

export type TaskOutput = FileOutput | WordOutput;

/** What a look has to know besides the task's id. */
export interface LookTask {
  /** The family of endpoints that created the task: the others do not know its id. */
  api: KieApi;
  /** The model's id there, as in `StartTask`: it decides where the record is. */
  model: string;
  taskId: string;
  output: OutputKind;
  /** Values out of an earlier result that the task was started with, by KIE's names: some are looked at by asking again. */
  earlier: Readonly<Record<string, unknown>>;
}

/** One look at a record; never waits. */
export type LookOutcome =
  | { kind: "pending"; state: string }
  | { kind: "succeeded"; outputs: readonly TaskOutput[]; creditsConsumed: number | null }
  | { kind: "failed"; code: number | null; message: string }
  /** No such record: normal for about 60 s after create, afterwards the task is lost. */
  | { kind: "not-found" }
  /** The look itself failed (network, 429, 5xx, 401 …): nothing is known. */
  | { kind: "unavailable"; code: number | null; reason: string };

/** What a callback says; only a hint, the record decides. */
export interface CallbackHint {
  taskId: string | null;
  stage: "progress" | "success" | "fail" | "unknown";
}

/**
 * The generation service as the product sees it: the real client, or the built-in mock of the test and dry-run modes.
 */
export interface KieGateway {
  start(task: StartTask): Promise<StartOutcome>;
  look(task: LookTask): Promise<LookOutcome>;
  /**
   * Stores bytes at KIE for 24 h under a random name.
   * @throws KieUnavailable (try later) or KieRejected (final).
   */
  upload(file: { bytes: Uint8Array; format: string; mime: string }): Promise<{ url: string; expiresAt: Date }>;
  /** Balance in KIE credits. @throws KieUnavailable or KieRejected. */
  credits(): Promise<number>;
}

/** The service could not be asked: network, timeout, HTTP 5xx, envelope 429/455/5xx. Safe to try later. */
export class KieUnavailable extends Error {
  override readonly name = "KieUnavailable";
  readonly code: number | null;
  constructor(message: string, code: number | null, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The service understood and said no. Trying the same again can not help. */
export class KieRejected extends Error {
  override readonly name = "KieRejected";
  readonly code: number;
  constructor(message: string, code: number, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
