import { readGeneration } from "../../db/generations.ts";
import { isRunning } from "../../generation/life-cycle.ts";
import { addSeconds } from "../../shared/clock.ts";
import type { App } from "../app.ts";
import { withCatalog } from "../catalog/current.ts";
import { finish } from "./advance.ts";
import { lookAtTask } from "./look.ts";

/** A person may press 🔄 as often as they like; KIE is asked at most this often per task. */
const MIN_GAP_SECONDS = 5;

/** Looks at the task because its owner asks. What came of it is delivered as always. */
export async function refreshGeneration(app: App, input: { generationId: string; userId: number }): Promise<void> {
  const generation = await readGeneration(app.database, input.generationId);
  if (generation === null || generation.userId !== input.userId || !isRunning(generation.state)) return;
  const lastLook = generation.lastLookAt ?? generation.submittedAt;
  if (lastLook !== null && app.clock.now() < addSeconds(lastLook, MIN_GAP_SECONDS)) return;
  const current = await withCatalog(app, generation.catalogRevision);
  const recorded = await lookAtTask(current, generation);
  if (recorded !== null) await finish(current, recorded);
}
