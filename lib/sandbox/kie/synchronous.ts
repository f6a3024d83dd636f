import { spacedTime } from "./shapes/shape.ts";
import { type KieTask, resultObjectOf } from "./task.ts";

type Members = Readonly<Record<string, unknown>>;

const pick = (from: Members, names: readonly string[]): Members =>
  Object.fromEntries(names.map((name) => [name, from[name]]));

const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  "suno/generate-persona": ["personaId", "name", "description"],
  "suno/get-timestamped-lyrics": ["alignedWords", "waveformData", "hootCer", "isStreamed"],
  "suno/voice-check": ["isAvailable"],
  "omni/audio/create": ["kieAudioId", "name"],
  "omni/character/create": ["characterId", "characterName", "imageUrl", "bodyImageUrl"],
};

/** `data` of an endpoint that answers at once. @see https://docs.kie.ai */
export function synchronousData(task: KieTask, creditsLeft: number): Members {
  const made = resultObjectOf(task);
  const { model, sentinels } = task;
  const data = model === "suno/style" ? styleData(task, creditsLeft) : pick(made, ANSWERS[model] ?? []);
  return sentinels.extra ? { ...data, sandboxExtra: true } : data;
}

/** The one dedicated answer that tells what it cost. `oldnames:` gives the members as they were recorded. */
function styleData(task: KieTask, creditsRemaining: number): Members {
  const { taskId, input, credits, createdAt, sentinels } = task;
  return {
    taskId,
    param: JSON.stringify(input),
    result: resultObjectOf(task).result,
    creditsConsumed: credits,
    creditsRemaining,
    successFlag: sentinels.oldNames ? "成功" : "1",
    errorCode: null,
    [sentinels.oldNames ? "errorMsg" : "errorMessage"]: "",
    createTime: spacedTime(createdAt),
  };
}
