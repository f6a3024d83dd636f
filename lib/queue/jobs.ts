import * as z from "zod";

/**
 * Everything the queue may wake us for. A job carries no truth: handlers read the state and do what is owed, so a
 * doubled, late or ghost job is harmless.
 */
export const jobSchema = z.lazy(() =>
  z.discriminatedUnion("name", [
    /** Whatever this generation owes now: submit, look, deliver, tell. */
    z.object({ name: z.literal("advance-generation"), generationId: z.string().min(1).max(64) }),
    /** Copies the files of this result into the archive. */
    z.object({ name: z.literal("archive-generation"), generationId: z.string().min(1).max(64) }),
    /** Whatever this batch owes now: its delivery, or the next step of its items. */
    z.object({ name: z.literal("advance-batch"), batchId: z.string().min(1).max(64) }),
    /** Whoever is first in the line at KIE's rate goes, as far as there are places. */
    z.object({ name: z.literal("drain-queue") }),
    /** Tries whether selling, which pauses, can go on. */
    z.object({ name: z.literal("probe-selling") }),
    /** Everything that is due, from state alone. Also the schedule's job. */
    z.object({ name: z.literal("sweep") }),
    /** Goes on with the comparison of the catalogs that was begun; nothing to do where none was. */
    z.object({ name: z.literal("sync-catalog") }),
  ]),
);

/** Goes to an endpoint of its own: reading is heavy, and nothing else should wait for it or carry it. */
export const receiptJobSchema = z.lazy(() =>
  z.object({ name: z.literal("read-receipt"), receiptId: z.string().min(1).max(64) }),
);

/** What the jobs endpoint does. */
export type LightJob = z.infer<typeof jobSchema>;
export type Job = LightJob | z.infer<typeof receiptJobSchema>;
