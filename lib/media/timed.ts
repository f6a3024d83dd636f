import type { Input, InputAudioTrack, InputFormat } from "mediabunny";
import type { MediaFacts } from "../shared/media.ts";

type Mediabunny = typeof import("./mediabunny.ts");

/** A day: no header that claims more is worth an answer. */
const MAX_SECONDS = 24 * 60 * 60;

/** Formats by hand: mediabunny's `ALL_FORMATS` includes playlists, which name other files to be fetched. */
function knownFormats(mediabunny: Mediabunny): InputFormat[] {
  const { MP4, QTFF, WEBM, MATROSKA, MP3, WAVE, OGG, ADTS, FLAC } = mediabunny;
  return [MP4, QTFF, WEBM, MATROSKA, MP3, WAVE, OGG, ADTS, FLAC];
}

interface Name {
  format: string;
  mime: string;
}

/** KIE's names. A container that holds no pictures is named as audio: an MP4 with sound only is an M4A. */
function nameOf(mediabunny: Mediabunny, format: InputFormat, hasVideo: boolean): Name | null {
  const { MP4, QTFF, WEBM, MATROSKA, MP3, WAVE, OGG, ADTS, FLAC } = mediabunny;
  const names: readonly [InputFormat, Name, Name][] = [
    [MP4, { format: "mp4", mime: "video/mp4" }, { format: "m4a", mime: "audio/mp4" }],
    [QTFF, { format: "mov", mime: "video/quicktime" }, { format: "m4a", mime: "audio/mp4" }],
    [WEBM, { format: "webm", mime: "video/webm" }, { format: "webm", mime: "audio/webm" }],
    [MATROSKA, { format: "mkv", mime: "video/x-matroska" }, { format: "mkv", mime: "audio/x-matroska" }],
    [MP3, { format: "mp3", mime: "audio/mpeg" }, { format: "mp3", mime: "audio/mpeg" }],
    [WAVE, { format: "wav", mime: "audio/wav" }, { format: "wav", mime: "audio/wav" }],
    [OGG, { format: "ogg", mime: "video/ogg" }, { format: "ogg", mime: "audio/ogg" }],
    [ADTS, { format: "aac", mime: "audio/aac" }, { format: "aac", mime: "audio/aac" }],
    [FLAC, { format: "flac", mime: "audio/flac" }, { format: "flac", mime: "audio/flac" }],
  ];
  const found = names.find(([known]) => known === format);
  return found === undefined ? null : hasVideo ? found[1] : found[2];
}

/**
 * The duration is that of the last packet's end, over all tracks:
 * - MP3: frames are counted; the Xing or VBRI totals are ignored. AAC and FLAC: the end of the last frame that is there.
 * - WAV: at most what the data really holds. A `data` size that claims less is believed: players stop there, too.
 * - Ogg (Opus voice notes, Vorbis): the packets' own lengths are summed, because positions of pages are only claims.
 * - MP4, MOV, WebM, MKV: packet times; the duration in `mvhd`, `mdhd` or `Info` is ignored. The packet times themselves
 *   are the container's word, and every player and KIE go by them.
 */
async function durationOf(
  mediabunny: Mediabunny,
  input: Input,
  format: InputFormat,
  audio: InputAudioTrack | null,
): Promise<number> {
  if (format !== mediabunny.OGG || audio === null) return await input.computeDuration();
  let seconds = 0;
  for await (const packet of new mediabunny.EncodedPacketSink(audio).packets()) seconds += packet.duration;
  return seconds;
}

async function measure(mediabunny: Mediabunny, input: Input, sizeBytes: number): Promise<MediaFacts | null> {
  const format = await input.getFormat();
  const video = await input.getPrimaryVideoTrack();
  const audio = await input.getPrimaryAudioTrack();
  const name = nameOf(mediabunny, format, video !== null);
  if (name === null || (video === null && audio === null)) return null;
  const durationSeconds = await durationOf(mediabunny, input, format, audio);
  if (!Number.isFinite(durationSeconds) || durationSeconds <= 0 || durationSeconds > MAX_SECONDS) return null;
  const facts = { ...name, sizeBytes, durationSeconds };
  if (video === null) return { kind: "audio", ...facts };
  const [width, height] = [await video.getDisplayWidth(), await video.getDisplayHeight()];
  return { kind: "video", ...facts, ...(width > 0 && height > 0 ? { width, height } : {}) };
}

/** Facts of an audio or video file, or null when it is none that can be read. Loads mediabunny on first use: it is large. */
export async function probeTimed(bytes: Uint8Array): Promise<MediaFacts | null> {
  const mediabunny = await import("./mediabunny.ts");
  const source = new mediabunny.BufferSource(new Uint8Array(bytes));
  const input = new mediabunny.Input({ source, formats: knownFormats(mediabunny) });
  try {
    return await measure(mediabunny, input, bytes.byteLength);
  } catch {
    // Foreign bytes make it throw in many ways, RangeError among them; all of them mean "unreadable".
    return null;
  } finally {
    input.dispose();
  }
}
