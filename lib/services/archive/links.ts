import type { GenerationWithOutputs } from "../../db/generation-json.ts";
import { addSeconds } from "../../shared/clock.ts";
import type { App } from "../app.ts";

const LINK_LIFE_SECONDS = 24 * 3600;

/** The same generation, with links into the archive for the files whose own links are too old to be trusted. */
export async function withArchiveLinks<Generation extends GenerationWithOutputs>(
  app: App,
  generation: Generation,
): Promise<Generation> {
  const { archive } = app;
  if (archive === null) return generation;
  const now = app.clock.now();
  const outputs = await Promise.all(
    generation.outputs.map(async (output) =>
      output.archiveKey === null || output.expiresAt > now
        ? output
        : {
            ...output,
            url: await archive.link(output.archiveKey, LINK_LIFE_SECONDS),
            expiresAt: addSeconds(now, LINK_LIFE_SECONDS),
          },
    ),
  );
  return { ...generation, outputs };
}
