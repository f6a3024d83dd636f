import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { ReadJob, ReadResult } from "./read-worker.ts";

/** A file that could not be read: broken, not a picture, too large, or not in time. `message` names nothing of it. */
export class ReceiptUnreadable extends Error {
  override readonly name = "ReceiptUnreadable";
}

export interface ReadOptions {
  /**
   * Folder with Tesseract's data, `<language>.traineddata.gz` each, English among them: all of them are used. Absent: the
   * English of npm, with which Cyrillic letters are read as look-alikes and figures as they are.
   */
  dataFolder?: string | undefined;
  signal: AbortSignal;
}

/** Memory of the thread beside that of its WebAssembly. */
const MAX_HEAP_MB = 512;
/** The thread's own file, next to this one: `.ts` in the project, `.mjs` in a deployed function. */
const IS_BUILT = !import.meta.url.endsWith(".ts");
const WORKER = new URL(IS_BUILT ? "read-worker.mjs" : "read-worker.ts", import.meta.url);
/** In a deployed function the build put the data here. */
const BUILT_DATA = new URL("../ocr/", import.meta.url);
const DATA_FILE = ".traineddata.gz";

/**
 * The text on a picture, and how the picture looks (see `pictureHash`). About a second, 300 MB while it lasts.
 * @throws ReceiptUnreadable
 */
export async function readPicture(bytes: Uint8Array, options: ReadOptions): Promise<ReadResult> {
  return await runThread({ kind: "picture", bytes, data: dataIn(options.dataFolder) }, options.signal);
}

/**
 * The text layer of a PDF, line by line from the top; "" for a scanned one.
 * @throws ReceiptUnreadable
 */
export async function readPdf(bytes: Uint8Array, options: { signal: AbortSignal }): Promise<string> {
  const { text } = await runThread({ kind: "pdf", bytes, data: { folder: "", languages: [] } }, options.signal);
  return text;
}

function dataIn(folder: string | undefined): ReadJob["data"] {
  const chosen = IS_BUILT ? fileURLToPath(BUILT_DATA) : (folder ?? englishFolder());
  const languages = readdirSync(chosen)
    .filter((file) => file.endsWith(DATA_FILE))
    .map((file) => file.slice(0, -DATA_FILE.length));
  // The first is asked first; English is the fallback.
  return { folder: chosen, languages: languages.toSorted((a, b) => Number(a === "eng") - Number(b === "eng")) };
}

function englishFolder(): string {
  return dirname(createRequire(import.meta.url).resolve("@tesseract.js-data/eng/4.0.0_best_int/eng.traineddata.gz"));
}

function runThread(workerData: ReadJob, signal: AbortSignal): Promise<ReadResult> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new ReceiptUnreadable("no time left"));
    const thread = new Worker(WORKER, {
      workerData,
      execArgv: [],
      env: {},
      // What the libraries print may hold parts of the file.
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    const end = (settle: () => void) => {
      signal.removeEventListener("abort", giveUp);
      settle();
      // The thread has nothing to lose; how its end goes interests nobody.
      thread.terminate().catch(() => undefined);
    };
    const giveUp = () => end(() => reject(new ReceiptUnreadable("not read in time")));
    signal.addEventListener("abort", giveUp);
    thread
      .once("message", (result: ReadResult) => end(() => resolve(result)))
      .once("error", (error) => end(() => reject(new ReceiptUnreadable("not readable", { cause: error }))))
      .once("exit", () => end(() => reject(new ReceiptUnreadable("the reader ended"))));
  });
}
