import type { TaskOutput } from "../gateway.ts";
import { answeredAtOnce, type LinkOptions, type Operation } from "./operation.ts";
import { firstSafeUrl, membersOf, notes, textOf } from "./reading.ts";

/** A character is shown by its picture; without one it still has the id that videos are made with. */
function characterOutputs(data: unknown, options: LinkOptions): TaskOutput[] {
  const { characterId, characterName, imageUrl, bodyImageUrl } = membersOf(data);
  const id = textOf(characterId);
  if (id === "") return [];
  const url = firstSafeUrl([imageUrl, bodyImageUrl], options);
  const named = notes(characterName, id);
  return [url === null ? { kind: "text", text: named.title ?? id, ...named } : { kind: "image", url, ...named }];
}

function voiceOutputs(data: unknown): TaskOutput[] {
  const { kieAudioId, name } = membersOf(data);
  const id = textOf(kieAudioId);
  return id === "" ? [] : [{ kind: "text", text: textOf(name) || id, ...notes(null, id) }];
}

/** What Gemini Omni's videos are made with, `/api/v1/omni` (docs.kie.ai): answered at once, without a task. */
export const GEMINI_OMNI: Readonly<Record<string, Operation>> = {
  "omni/audio/create": answeredAtOnce("/api/v1/omni/audio/create", voiceOutputs),
  "omni/character/create": answeredAtOnce("/api/v1/omni/character/create", characterOutputs),
};
