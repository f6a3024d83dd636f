import type { App } from "../app.ts";

/** When the files of a result that was just delivered are to be copied: at once; null without an archive. */
export function archiveDueAt(app: App): Date | null {
  return app.archive === null ? null : app.clock.now();
}

/** Wakes the job that copies them. Losing this costs time only: the sweeper finds what is due. */
export function wakeArchive(app: App, generationIds: readonly string[]): void {
  if (app.archive === null) return;
  for (const generationId of generationIds) {
    app.defer(
      "wake archive",
      async () => {
        const job = { name: "archive-generation", generationId } as const;
        await app.queue.publish(job, { delaySeconds: 0, deduplicationId: `archive-${generationId}` });
      },
      { generationId },
    );
  }
}
