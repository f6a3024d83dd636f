/** What kind of file something is, for inputs and outputs alike. */
export const MEDIA_KINDS = ["image", "video", "audio"] as const;
export type MediaKind = (typeof MEDIA_KINDS)[number];

/** Answers in words: shown as a message, as a subtitle file with a time for each line, or as notes in a MIDI file. */
export const WORD_KINDS = ["text", "timed-lyrics", "midi"] as const;
export type WordKind = (typeof WORD_KINDS)[number];

/** What a model can make. */
export const OUTPUT_KINDS = [...MEDIA_KINDS, ...WORD_KINDS] as const;
export type OutputKind = (typeof OUTPUT_KINDS)[number];

/** Facts read from the bytes of a file. Nothing here is the sender's claim. */
export interface MediaFacts {
  kind: MediaKind;
  /** Lower case, as KIE's docs name formats: png, jpeg, webp, gif, bmp, tiff, mp4, mov, webm, mkv, mp3, wav, ogg, aac, m4a, flac. */
  format: string;
  mime: string;
  sizeBytes: number;
  width?: number;
  height?: number;
  /** Present for audio and video, measured, not declared. */
  durationSeconds?: number;
}

/** A file of the user that a draft refers to: a row of `uploads`. */
export interface UploadRef extends MediaFacts {
  uploadId: string;
}

/** Telegram gives bots no larger file (getFile); counted in millions of bytes, to be on the safe side. */
export const TELEGRAM_FILE_MEGABYTES = 20;
