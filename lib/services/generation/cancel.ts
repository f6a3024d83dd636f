import type { Effect } from "../../conversation/types.ts";
import { readGeneration } from "../../db/generations.ts";
import type { App } from "../app.ts";
import { finishItem } from "../batch/finish-item.ts";
import { applyOutcome } from "./outcome.ts";

/**
 * Takes a generation that waits in our queue out of it, for its owner; the money is back when this returns. Guarded by
 * the state: of a cancel and a claim at the same moment one wins, and a repeat finds it cancelled.
 *
 * @returns `cancelled` now or before; `too-late`: it is on its way, or over; `unknown`: not theirs.
 */
export async function cancelGeneration(
  app: App,
  input: { generationId: string; userId: number },
): Promise<"cancelled" | "too-late" | "unknown"> {
  const { generationId, userId } = input;
  const generation = await readGeneration(app.database, generationId);
  if (generation === null || generation.userId !== userId) return "unknown";
  if (generation.state !== "queued") return generation.state === "cancelled" ? "cancelled" : "too-late";
  const recorded = await applyOutcome(app, generation, { event: "cancelled" });
  if (recorded === null) {
    const now = await readGeneration(app.database, generationId);
    return now?.state === "cancelled" ? "cancelled" : "too-late";
  }
  const { batch } = recorded;
  if (batch !== null && !batch.isTold) {
    app.defer("finish batch item", () => finishItem(app, batch), { generationId });
  }
  return "cancelled";
}

/**
 * Where a step orders it.
 * @returns null when nothing was ordered.
 */
export async function cancelOf(
  app: App,
  userId: number,
  effects: readonly Effect[],
): Promise<Awaited<ReturnType<typeof cancelGeneration>> | null> {
  const order = effects.find((effect) => effect.kind === "cancel-generation");
  return order === undefined ? null : await cancelGeneration(app, { generationId: order.generationId, userId });
}
