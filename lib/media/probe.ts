import type { MediaFacts } from "../shared/media.ts";
import { probeTimed } from "./timed.ts";

/** Beyond what Telegram gives or takes; nothing larger is looked at. */
const MAX_PROBED_BYTES = 64 * 1024 * 1024;

/**
 * Reads from the bytes what a file is: kind, format, size in pixels, and for audio and video the duration as summed up
 * from its packets (a header's own claim is not believed; see timed.ts for how far that goes). Pixels and samples are
 * never decoded, so a small file that would unpack to gigabytes costs nothing.
 *
 * @returns null when the bytes are no picture, video or audio that could be read. Never throws.
 */
export async function probeMedia(bytes: Uint8Array): Promise<MediaFacts | null> {
  if (bytes.byteLength < 12 || bytes.byteLength > MAX_PROBED_BYTES) return null;
  // Most updates bring no file.
  const { probePicture } = await import("./picture.ts");
  return probePicture(bytes) ?? (await probeTimed(bytes));
}
