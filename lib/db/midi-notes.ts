import * as z from "zod";
import type { MidiNotes } from "../shared/midi-notes.ts";

const notesSchema = z.lazy(() =>
  z.object({
    instruments: z.array(
      z.object({
        name: z.string(),
        notes: z.array(
          z.object({ pitch: z.number(), startSeconds: z.number(), endSeconds: z.number(), velocity: z.number() }),
        ),
      }),
    ),
  }),
);

/** The notes in the text of an output of the kind `midi`; null when it holds something else. */
export function parseMidiNotes(text: string): MidiNotes | null {
  try {
    return notesSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
