import { readGeneration } from "../../db/generations.ts";
import { isRunning } from "../../generation/life-cycle.ts";
import type { CallbackHint } from "../../kie/gateway.ts";
import { type App, withLogFields } from "../app.ts";
import { withCatalog } from "../catalog/current.ts";
import { finish } from "./advance.ts";
import { lookAtTask } from "./look.ts";

/** `unknown`: no such generation, or a wrong token: the caller learns nothing more. */
export type CallbackAnswer = "accepted" | "unknown" | "task-mismatch";

/**
 * A callback is a hint that a look is worth while: its body is not covered by the signature, so the record alone
 * decides, asked with our key. Repeats, late and forged ones end at the guarded transition.
 */
export async function receiveCallback(
  anyApp: App,
  input: { generationId: string; hasToken: (expected: string) => boolean; hint: CallbackHint },
): Promise<CallbackAnswer> {
  const app = withLogFields(anyApp, { generationId: input.generationId });
  const generation = await readGeneration(app.database, input.generationId);
  if (generation === null || !input.hasToken(generation.callbackToken)) return "unknown";
  const { hint } = input;
  const log = app.log.child({ generationId: generation.id });
  if (hint.taskId !== null && generation.taskId !== null && hint.taskId !== generation.taskId) {
    log.warn("kie.callback-task-mismatch");
    return "task-mismatch";
  }
  const isLate = generation.state === "expired" || generation.state === "returned";
  if (!(isRunning(generation.state) || (isLate && hint.stage === "success")) || hint.stage === "progress") {
    log.info("kie.callback-ignored", { state: generation.state, stage: hint.stage });
    return "accepted";
  }
  const current = await withCatalog(app, generation.catalogRevision);
  const recorded = await lookAtTask(current, generation, hint.taskId === null ? undefined : { taskId: hint.taskId });
  // KIE waits 15 s for an answer, and an upload to Telegram may take longer. What is lost here is owed under a lease.
  if (recorded !== null) current.defer("finish", () => finish(current, recorded), { generationId: generation.id });
  return "accepted";
}
