import { dueArchives } from "../../db/archive.ts";
import type { App } from "../app.ts";
import { archiveGeneration } from "./archive-generation.ts";

const BATCH = 20;

/** Copies what is due, until `endsAt`: the net under the jobs, and the one way back after a failure. */
export async function sweepArchive(app: App, endsAt: Date): Promise<void> {
  if (app.archive === null) return;
  for (const generationId of await dueArchives(app.database, { dueBefore: app.clock.now(), limit: BATCH })) {
    if (app.clock.now() >= endsAt) return;
    try {
      await archiveGeneration(app, generationId);
    } catch (error) {
      app.log.error("archive.sweep-failed", { generationId, error });
    }
  }
}
