import type { KieApi } from "../../shared/kie-api.ts";

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
