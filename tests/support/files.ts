import { BufferTarget, EncodedAudioPacketSource, EncodedPacket, OggOutputFormat, Output } from "mediabunny";
import { makeMp3 } from "../../lib/sandbox/media/make-mp3.ts";
import { makeMp4 } from "../../lib/sandbox/media/make-mp4.ts";
import { makePng } from "../../lib/sandbox/media/make-png.ts";
import { makeWav } from "../../lib/sandbox/media/make-wav.ts";
import type { UserFile } from "../../lib/sandbox/telegram/index.ts";

/**
 * Files that people of the journeys send. All are real media of a few kilobytes, as small as the models' limits allow,
 * and each maker names what Telegram would do with the file: a photo, a voice message, a document.
 */

const made = new Map<string, Promise<UserFile>>();

/** Drawing and encoding take longer than most of what the tests do with a file: each is made once. */
function once(name: string, make: () => Promise<UserFile>): Promise<UserFile> {
  const file = made.get(name) ?? make();
  made.set(name, file);
  return file;
}

/** A PNG sent as a photo; different texts give different bytes. 320 × 320 pixels satisfy every model. */
export function photo(text = "кот", side = 320): Promise<UserFile> {
  return once(`photo ${side} ${text}`, async () => ({
    bytes: await makePng({ text, width: side, height: side }),
    fileName: "photo.png",
    mime: "image/png",
    kind: "photo",
  }));
}

/** The same picture sent "without compression". */
export async function pictureDocument(text = "кот", fileName = "Отпуск 2026.png"): Promise<UserFile> {
  return { ...(await photo(text)), fileName, kind: "document" };
}

/** A GIF of one pixel, sent as a document: a picture whose format most models do not take. */
export function gif(): UserFile {
  const bytes = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");
  return { bytes: new Uint8Array(bytes), fileName: "dot.gif", mime: "image/gif", kind: "document" };
}

/** A picture as a phone keeps it, 320 × 320, sent as a document: headers only, no pixels. */
export function heic(): UserFile {
  const box = (type: string, ...parts: Uint8Array[]): Uint8Array => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), ...parts]);
    const size = Buffer.alloc(4);
    size.writeUInt32BE(body.length + 4);
    return Buffer.concat([size, body]);
  };
  const numbers = (...values: number[]): Uint8Array => {
    const bytes = Buffer.alloc(values.length * 4);
    for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
    return bytes;
  };
  const size = box("ispe", numbers(0, 320, 320));
  const bytes = Buffer.concat([
    box("ftyp", Buffer.from("heic"), numbers(0), Buffer.from("mif1heic")),
    box("meta", numbers(0), box("iprp", box("ipco", size))),
  ]);
  return { bytes: new Uint8Array(bytes), fileName: "IMG_0001.HEIC", mime: "image/heic", kind: "document" };
}

/** A document that is neither picture nor sound nor video, nor plain text. */
export function officeDocument(): UserFile {
  const bytes = new TextEncoder().encode("Список покупок: хлеб, молоко, чай, ещё чай и печенье к чаю.");
  return { bytes, fileName: "list.odt", mime: "application/vnd.oasis.opendocument.text", kind: "document" };
}

/** A text file or a table, as bytes or as words in UTF-8. */
export function wordsFile(content: string | Uint8Array, fileName = "prompts.txt"): UserFile {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return { bytes, fileName, mime: fileName.endsWith(".csv") ? "text/csv" : "text/plain", kind: "document" };
}

/** An H.264 MP4 of 64 × 64 pixels sent as a video; the declared duration is the real one, rounded. */
export function video(seconds = 2): Promise<UserFile> {
  return once(`video ${seconds}`, async () => ({
    bytes: await makeMp4({ seconds, width: 64, height: 64, text: "" }),
    fileName: "clip.mp4",
    mime: "video/mp4",
    kind: "video",
    declaredDurationSeconds: Math.round(seconds),
  }));
}

/** An MP3 sent as a music file. */
export function song(seconds = 3): Promise<UserFile> {
  return once(`song ${seconds}`, async () => ({
    bytes: await makeMp3({ seconds, seed: 1 }),
    fileName: "song.mp3",
    mime: "audio/mpeg",
    kind: "audio",
    declaredDurationSeconds: Math.round(seconds),
  }));
}

/** A WAV sent as a document. */
export function wavDocument(seconds = 3): UserFile {
  return { bytes: makeWav({ seconds }), fileName: "voice.wav", mime: "audio/wav", kind: "document" };
}

/** 20 ms of silence in Opus, mono. */
const SILENT_OPUS_FRAME = new Uint8Array([0xf8, 0xff, 0xfe]);
const FRAME_SECONDS = 0.02;
/** OpusHead: version 1, one channel, no samples skipped, 48 kHz, no gain, mapping 0. @see RFC 7845, 5.1 */
const OPUS_HEAD = new Uint8Array([...Buffer.from("OpusHead"), 1, 1, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0]);

/**
 * A voice message: Opus in Ogg, as Telegram records it.
 *
 * @param seconds What the packets really last.
 * @param declaredSeconds What the sender's app claims; the truth by default.
 */
export async function voice(seconds = 3, declaredSeconds = Math.round(seconds)): Promise<UserFile> {
  const target = new BufferTarget();
  const output = new Output({ format: new OggOutputFormat(), target });
  const source = new EncodedAudioPacketSource("opus");
  output.addAudioTrack(source);
  await output.start();
  for (let frame = 0; frame < Math.round(seconds / FRAME_SECONDS); frame += 1) {
    const packet = new EncodedPacket(SILENT_OPUS_FRAME, "key", frame * FRAME_SECONDS, FRAME_SECONDS);
    await source.add(packet, {
      decoderConfig: { codec: "opus", numberOfChannels: 1, sampleRate: 48_000, description: OPUS_HEAD },
    });
  }
  await output.finalize();
  if (target.buffer === null) throw new Error("the muxer wrote nothing");
  return {
    bytes: new Uint8Array(target.buffer),
    fileName: "voice.ogg",
    mime: "audio/ogg",
    kind: "voice",
    declaredDurationSeconds: declaredSeconds,
  };
}
