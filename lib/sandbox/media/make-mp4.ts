import { runMediaJob } from "./media-worker.ts";
import { textSvg } from "./text-svg.ts";

export interface Mp4Request {
  seconds: number;
  /** Pixels; rounded down to even numbers, as H.264 4:2:0 needs. */
  width: number;
  height: number;
  text?: string;
}

const FRAMES_PER_SECOND = 12;
const SMALLEST_SIDE = 16;

/** A silent H.264 MP4 that Chromium plays: the text, and a white square that crosses the picture once. 0.1 to 1 s. */
export function makeMp4({ seconds, text = "", ...size }: Mp4Request): Promise<Uint8Array> {
  const width = evenSide(size.width);
  const height = evenSide(size.height);
  const frames = Math.max(1, Math.round(seconds * FRAMES_PER_SECOND));
  const svg = textSvg({ text, width, height });
  return runMediaJob({ kind: "mp4", svg, width, height, frames, framesPerSecond: FRAMES_PER_SECOND });
}

const evenSide = (pixels: number): number => Math.max(SMALLEST_SIDE, pixels - (pixels % 2));
