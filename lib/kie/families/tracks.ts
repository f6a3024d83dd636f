import type { FileOutput } from "../gateway.ts";
import { safeReplyUrl } from "../reply-url.ts";
import type { LinkOptions } from "./operation.ts";
import { firstSafeUrl, isObject, lengthSeconds, listOf, membersOf, notes, textOf } from "./reading.ts";

/** A song's words. Suno puts a mark there where nobody sings. */
function lyricsOf(prompt: unknown): string {
  const text = textOf(prompt);
  return /^\[?instrumental\]?$/i.test(text) ? "" : text;
}

/**
 * Suno's songs: `audio_url` in market records and callbacks, `audioUrl` in the dedicated record (docs.kie.ai), and so
 * with the cover. One whose file is not there yet is played from its stream; one without a link is dropped.
 */
export function trackOutputs(value: unknown, options: LinkOptions): FileOutput[] {
  return listOf(value).flatMap((item): FileOutput[] => {
    const track = membersOf(item);
    const links = [track.audio_url, track.audioUrl, track.stream_audio_url, track.streamAudioUrl];
    const url = firstSafeUrl(links, options);
    if (url === null) return [];
    const previewUrl = firstSafeUrl([track.image_url, track.imageUrl], options);
    const durationSeconds = lengthSeconds(track.duration);
    const text = lyricsOf(track.prompt);
    return [
      {
        kind: "audio",
        url,
        ...(previewUrl === null ? {} : { previewUrl }),
        ...notes(track.title, track.id),
        ...(durationSeconds === null ? {} : { durationSeconds }),
        ...(text === "" ? {} : { text }),
      },
    ];
  });
}

/** Whether a song among these has no file yet, only a stream or nothing at all. */
export const hasUnfinishedTrack = (value: unknown, { allowHttp }: LinkOptions): boolean =>
  listOf(value).some((item) => isObject(item) && safeReplyUrl(item.audioUrl ?? item.audio_url, allowHttp) === null);
