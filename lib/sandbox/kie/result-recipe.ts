/** The recipe of a result file; the bytes are made when somebody first asks for them. */
export interface ResultFile {
  /** Last part of its URL: `0.png`. */
  name: string;
  blobId: string;
  format: "png" | "jpeg" | "mp4" | "mp3" | "wav";
  text: string;
  width: number;
  height: number;
  seconds: number;
  seed: number;
  /** Grown to this size when given. */
  sizeBytes?: number;
}

/** A track as the market record and the old Suno callbacks have it. @see https://docs.kie.ai */
export interface Song {
  id: string;
  title: string;
  duration: number;
  audio_url: string;
  stream_audio_url: string;
  image_url: string;
  model_name: string;
  /** The lyrics; empty for an instrumental. */
  prompt: string;
  tags: string;
  createTime: number;
}

/** One part of a song taken apart. */
export interface Stem {
  id: string;
  url: string;
  /** Its field in the record is `<field>Url`; absent for a stem asked for by name. */
  field?: string;
  group: string;
  duration: number;
}

/** What a finished task holds. */
export interface TaskResult {
  files: ResultFile[];
  /** The object behind `resultJson`. */
  json: Record<string, unknown>;
  /** Present for Suno's music operations. */
  songs?: Song[];
  /** Present for a song taken apart. */
  stems?: Stem[];
  /** What was taken apart. */
  originUrl?: string;
  /** A still of a video, where the family tells one. */
  pictureUrl?: string;
  /** The place of the song that it was made of, among the tracks of its task. */
  musicIndex?: number;
}
