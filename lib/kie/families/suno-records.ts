import type { MediaKind } from "../../shared/media.ts";
import { midiOutputs } from "./midi.ts";
import { getRecord, type RecordRoute } from "./operation.ts";
import { firstUrlList, linkOutputs, membersOf, textOf } from "./reading.ts";
import { type RecordShape, readNotYet, readRecord, type Verdict, verdictOfWord } from "./record.ts";
import { stemOutputs } from "./stems.ts";
import { hasUnfinishedTrack, trackOutputs } from "./tracks.ts";
import { lyricsOutputs, readableOutputs, voiceOutputs } from "./words.ts";

const recordAt = (path: string, shape: RecordShape): RecordRoute => ({
  ask: getRecord(path),
  read: readNotYet,
  record: (data, options) => readRecord(data, options, shape),
});

/** Files in one member of `response`. */
const filesIn = (member: string, output: MediaKind): RecordShape => ({
  outputs: (response, { allowHttp }) => linkOutputs(firstUrlList(response[member]), { output, allowHttp }),
});

/** The phrase to read aloud is ready before anybody has read it; the word for that is no end by its form. */
function phraseVerdict({ status }: Record<string, unknown>): Verdict {
  const word = textOf(status);
  return word === "wait_validating" ? "success" : verdictOfWord(word);
}

/** Where Suno's operations have their records (docs.kie.ai). */
export const SUNO_RECORDS = {
  music: recordAt("/api/v1/generate/record-info", {
    outputs: (response, options) => trackOutputs(response.sunoData ?? response.data, options),
    isPartial: (response, options) => hasUnfinishedTrack(response.sunoData ?? response.data, options),
  }),
  lyrics: recordAt("/api/v1/lyrics/record-info", { outputs: (response) => lyricsOutputs(response.data) }),
  wav: recordAt("/api/v1/wav/record-info", filesIn("audioWavUrl", "audio")),
  stems: recordAt("/api/v1/vocal-removal/record-info", { outputs: stemOutputs }),
  midi: recordAt("/api/v1/midi/record-info", {
    outputs: (_response, _options, { midiData }) => midiOutputs(midiData),
  }),
  mp4: recordAt("/api/v1/mp4/record-info", filesIn("videoUrl", "video")),
  coverImage: recordAt("/api/v1/suno/cover/record-info", filesIn("images", "image")),
  phrase: recordAt("/api/v1/voice/validate-info", {
    verdict: phraseVerdict,
    outputs: (_response, options, { validateInfo }) => readableOutputs(validateInfo, options),
  }),
  voice: recordAt("/api/v1/voice/record-info", {
    outputs: (_response, _options, record) => voiceOutputs(membersOf(record)),
  }),
} satisfies Record<string, RecordRoute>;
