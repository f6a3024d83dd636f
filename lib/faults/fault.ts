import type { FailureCause } from "./causes.ts";

/** Something that answered wrongly, or not at all, in the terms of who answered. Adapters make it, `classify` reads it. */
export type Fault =
  | { system: "kie"; code: number | null; message: string }
  | { system: "telegram"; code: number | null; description: string; retryAfterSeconds: number | null }
  | { system: "postgres"; sqlState: string | null; message: string }
  | { system: "qstash"; status: number | null; message: string }
  | { system: "network"; message: string };

export interface FaultClass {
  /** Short stable name for logs and metrics, for example `kie-content-policy`, `telegram-blocked`. */
  name: string;
  /** `later`: the same call may succeed; `never`: it can not; `unknown-outcome`: it may have taken effect. */
  retry: "later" | "never" | "unknown-outcome";
  /** The words for the user, where a generation fails of it. */
  cause: FailureCause;
  /** True when the operator must act (empty account, revoked token …). */
  alertAdmins: boolean;
}
