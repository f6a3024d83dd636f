import type { Fault } from "../faults/fault.ts";
import { readNoAnswer } from "../faults/network.ts";
import { KieRejected, KieUnavailable, type LookOutcome, type StartOutcome } from "./gateway.ts";

/** The fault behind something that `upload` or `credits` threw. Anything not made by this adapter is a network fault. */
export function toFault(error: unknown): Fault {
  if (error instanceof KieRejected) return { system: "kie", code: error.code, message: error.message };
  if (error instanceof KieUnavailable) {
    // Without a code nobody answered: that is the network's fault, whose rows tell "never sent" from "unknown".
    return error.code === null
      ? { system: "network", message: error.message }
      : { system: "kie", code: error.code, message: error.message };
  }
  return { system: "network", message: readNoAnswer(error).reason };
}

type Failed =
  | Extract<StartOutcome, { kind: "refused" | "busy" | "unknown" }>
  | Extract<LookOutcome, { kind: "failed" | "unavailable" }>;

/** The fault in an outcome that is not a success. */
export function outcomeFault(outcome: Failed): Fault {
  switch (outcome.kind) {
    case "busy":
      // Code 0: no connection was made at all.
      return outcome.code === 0
        ? { system: "network", message: outcome.message }
        : { system: "kie", code: outcome.code, message: outcome.message };
    case "refused":
    case "failed":
      return { system: "kie", code: outcome.code, message: outcome.message };
    case "unknown":
      return { system: "network", message: outcome.reason };
    case "unavailable":
      return outcome.code === null
        ? { system: "network", message: outcome.reason }
        : { system: "kie", code: outcome.code, message: outcome.reason };
  }
}
