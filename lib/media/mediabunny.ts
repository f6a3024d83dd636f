/**
 * The parts of mediabunny that are used, in a module of their own: `timed.ts` loads it on first use, and a bundler can
 * leave out the rest of a large library, which it could not behind `import("mediabunny")` itself.
 */
export {
  ADTS,
  BufferSource,
  EncodedPacketSink,
  FLAC,
  Input,
  MATROSKA,
  MP3,
  MP4,
  OGG,
  QTFF,
  WAVE,
  WEBM,
} from "mediabunny";
