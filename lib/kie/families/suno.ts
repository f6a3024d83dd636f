import type { Envelope } from "../envelope.ts";
import type { StartOutcome } from "../gateway.ts";
import { answeredAtOnce, type Operation, postFlat, type RecordRoute } from "./operation.ts";
import { membersOf, numberOrNull, textOf } from "./reading.ts";
import { SUNO_RECORDS } from "./suno-records.ts";
import { personaOutputs, readableOutputs, timedLyricsOutputs } from "./words.ts";

/** What is made once per song answers a repeat with a refusal that may name the first task (docs.kie.ai). */
function readRepeated({ code, data }: Envelope): StartOutcome | null {
  const taskId = textOf(membersOf(data).taskId);
  const isRepeated = (code === 400 || code === 409) && taskId !== "" && taskId.length <= 200;
  return isRepeated ? { kind: "created", taskId } : null;
}

/** Lyrics still count by an older table of codes (docs.kie.ai): 429 is an empty account there, as 402 elsewhere. */
function readLyricsRefusal({ code, message }: Envelope): StartOutcome | null {
  if (code === 429) return { kind: "refused", code: 402, message, isUnknownModel: false };
  return code === 430 ? { kind: "busy", code, message } : null;
}

const task = (path: string, look: RecordRoute, start: Partial<Operation["start"]> = {}): Operation => ({
  start: { ask: postFlat(path), ...start },
  look,
});

/** `successFlag` is a word in Chinese in live answers: the text itself tells, and an error stands under code 200. */
const style = answeredAtOnce(
  "/api/v1/style/generate",
  (data, options) => readableOutputs(textOf(membersOf(data).result), options),
  (data) => numberOrNull(membersOf(data).creditsConsumed),
);

function readStyle(...given: Parameters<NonNullable<Operation["start"]["read"]>>): StartOutcome | null {
  const answer = style.start.read?.(...given) ?? null;
  if (answer?.kind !== "finished" || answer.outputs.length > 0) return answer;
  const { errorCode, errorMessage, errorMsg } = membersOf(given[0].data);
  const message = textOf(errorMessage) || textOf(errorMsg);
  if (message === "") return answer;
  return { kind: "refused", code: numberOrNull(errorCode) || 500, message, isUnknownModel: false };
}

const { music, lyrics, wav, stems, midi, mp4, coverImage, phrase, voice } = SUNO_RECORDS;

/**
 * Suno's own endpoints (docs.kie.ai): where each operation is started and looked at. Bodies are flat and in camel case;
 * Suno's version is a field of the request (`model`), not the operation's id.
 */
export const SUNO: Readonly<Record<string, Operation>> = {
  "suno/generate": task("/api/v1/generate", music),
  "suno/extend": task("/api/v1/generate/extend", music),
  "suno/upload-cover": task("/api/v1/generate/upload-cover", music),
  "suno/upload-extend": task("/api/v1/generate/upload-extend", music),
  "suno/add-instrumental": task("/api/v1/generate/add-instrumental", music),
  "suno/add-vocals": task("/api/v1/generate/add-vocals", music),
  "suno/mashup": task("/api/v1/generate/mashup", music),
  "suno/sounds": task("/api/v1/generate/sounds", music),
  "suno/replace-section": task("/api/v1/generate/replace-section", music),
  "suno/lyrics": task("/api/v1/lyrics", lyrics, { read: readLyricsRefusal }),
  "suno/wav": task("/api/v1/wav/generate", wav, { read: readRepeated }),
  "suno/vocal-removal": task("/api/v1/vocal-removal/generate", stems),
  "suno/midi": task("/api/v1/midi/generate", midi, { read: readRepeated }),
  "suno/mp4": task("/api/v1/mp4/generate", mp4, { read: readRepeated }),
  "suno/cover-image": task("/api/v1/suno/cover/generate", coverImage, { read: readRepeated }),
  "suno/generate-persona": answeredAtOnce("/api/v1/generate/generate-persona", personaOutputs),
  "suno/get-timestamped-lyrics": answeredAtOnce("/api/v1/generate/get-timestamped-lyrics", timedLyricsOutputs),
  "suno/style": { ...style, start: { ...style.start, read: readStyle } },
  "suno/voice-validate": task("/api/v1/voice/validate", phrase),
  "suno/voice-regenerate": task("/api/v1/voice/regenerate", phrase, {
    ask: ({ input, callBackUrl }) => ({
      method: "POST",
      path: "/api/v1/voice/regenerate",
      // The field's name has lost a letter in KIE's schema.
      fields: { ...input, calBackUrl: callBackUrl },
    }),
  }),
  "suno/voice-generate": task("/api/v1/voice/generate", voice),
  "suno/voice-check": answeredAtOnce("/api/v1/voice/check-voice", readableOutputs),
};
