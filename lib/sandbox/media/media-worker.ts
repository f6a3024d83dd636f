import { Worker } from "node:worker_threads";
import { resolveAsset } from "./resolve-asset.ts";

export type MediaJob =
  | { kind: "png"; svg: string }
  /** Width and height are those of the SVG, in even pixels. */
  | { kind: "mp4"; svg: string; width: number; height: number; frames: number; framesPerSecond: number };

/**
 * Drawing and encoding live in a worker for two reasons: the video encoder installs its own `uncaughtException` handler,
 * and the memory that their WebAssembly once took (about 70 MB) only comes back when the thread ends. The worker is made
 * from this text and not from a file because a bundled sandbox has no such file beside it.
 */
const WORKER_SOURCE = `
const { readFileSync } = require("node:fs");
const { parentPort, workerData } = require("node:worker_threads");
let drawing;
async function draw(svg) {
  drawing ??= (async () => {
    const { Resvg, initWasm } = require(workerData.resvg);
    await initWasm(readFileSync(workerData.resvgWasm));
    const options = { font: { fontBuffers: [readFileSync(workerData.font)], defaultFontFamily: "DejaVu Sans" } };
    return (source) => new Resvg(source, options);
  })();
  const picture = (await drawing)(svg);
  const image = picture.render();
  picture.free();
  return image;
}
async function makePng({ svg }) {
  const image = await draw(svg);
  const bytes = image.asPng();
  image.free();
  return bytes;
}
async function makeMp4({ svg, width, height, frames, framesPerSecond }) {
  const image = await draw(svg);
  const rgba = image.pixels;
  image.free();
  const { createH264MP4Encoder } = require(workerData.h264);
  const encoder = await createH264MP4Encoder();
  // 10 is the quickest; of a still picture with one moving square it makes no larger file than 0, in a third of the time.
  Object.assign(encoder, { width, height, frameRate: framesPerSecond, quantizationParameter: 33, groupOfPictures: framesPerSecond, speed: 10 });
  encoder.initialize();
  // A white square that crosses the picture shows that the video really runs.
  const side = Math.max(4, Math.floor(Math.min(width, height) / 12));
  const frame = new Uint8Array(rgba.length);
  for (let index = 0; index < frames; index++) {
    frame.set(rgba);
    const left = Math.floor(((width - side) * index) / Math.max(1, frames - 1));
    for (let y = height - side; y < height; y++) frame.fill(255, (y * width + left) * 4, (y * width + left + side) * 4);
    encoder.addFrameRgba(frame);
  }
  encoder.finalize();
  const bytes = encoder.FS.readFile(encoder.outputFilename).slice();
  encoder.FS.unlink(encoder.outputFilename);
  encoder.delete();
  return bytes;
}
parentPort.on("message", async (job) => {
  try {
    const bytes = await (job.kind === "png" ? makePng(job) : makeMp4(job));
    parentPort.postMessage({ bytes }, [bytes.buffer]);
  } catch (error) {
    parentPort.postMessage({ problem: String(error) });
  }
});
`;

/** Long enough that a row of pictures shares one worker, short enough that a resting sandbox is small. Real time. */
const IDLE_MS = 2_000;

let worker: Worker | undefined;
let waiting = 0;
let queue: Promise<unknown> = Promise.resolve();
let idleTimer: NodeJS.Timeout | undefined;

/**
 * Makes one file in the worker, one at a time. An idle worker does not keep the process alive and ends after two seconds.
 *
 * @throws Error when the job cannot be done; the next job gets a new worker if this one died.
 */
export async function runMediaJob(job: MediaJob): Promise<Uint8Array> {
  waiting += 1;
  clearTimeout(idleTimer);
  const made = queue.then(() => runAlone(job));
  queue = made.catch(() => undefined);
  try {
    return await made;
  } finally {
    waiting -= 1;
    if (waiting === 0) rest();
  }
}

function rest(): void {
  worker?.unref();
  clearTimeout(idleTimer);
  idleTimer = setTimeout(() => {
    const idle = worker;
    worker = undefined;
    // The worker has nothing to lose; how its end goes interests nobody.
    idle?.terminate().catch(() => undefined);
  }, IDLE_MS);
  idleTimer.unref();
}

function startWorker(): Worker {
  return new Worker(WORKER_SOURCE, {
    eval: true,
    execArgv: [],
    env: {},
    resourceLimits: { maxYoungGenerationSizeMb: 8 },
    workerData: {
      resvg: resolveAsset("@resvg/resvg-wasm"),
      resvgWasm: resolveAsset("@resvg/resvg-wasm/index_bg.wasm"),
      font: resolveAsset("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"),
      h264: resolveAsset("h264-mp4-encoder"),
    },
  });
}

function runAlone(job: MediaJob): Promise<Uint8Array> {
  worker ??= startWorker();
  const current = worker;
  current.ref();
  return new Promise((resolve, reject) => {
    const settle = (answer: { bytes: Uint8Array } | { problem: string }) => {
      stopListening();
      if ("bytes" in answer) resolve(answer.bytes);
      else reject(new Error(`the media worker failed: ${answer.problem}`));
    };
    const die = (reason: unknown) => {
      stopListening();
      if (worker === current) worker = undefined;
      reject(new Error("the media worker died", { cause: reason }));
    };
    const stopListening = () => {
      current.off("message", settle).off("error", die).off("exit", die);
    };
    current.on("message", settle).on("error", die).on("exit", die);
    current.postMessage(job);
  });
}
