import { fileURLToPath } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import { extractReading } from "./extract.ts";
import { decodeGreyPng, type GreyPicture, toReadable } from "./grey.ts";
import { pictureHash } from "./picture-hash.ts";

/** What the thread is started with. */
export interface ReadJob {
  kind: "picture" | "pdf";
  bytes: Uint8Array;
  /** Folder with `<language>.traineddata.gz`, and which of them are used. */
  data: { folder: string; languages: readonly string[] };
}

/** What it answers, once. */
export interface ReadResult {
  text: string;
  pictureHash: string | null;
}

/** A receipt has one page or two; a book is none. */
const MAX_PAGES = 10;

/**
 * Reads one file in a thread of its own and ends with it. Strangers' files go through WebAssembly and a PDF reader here:
 * what hangs is stopped from outside, what throws where nobody waits (the text reader does) ends this thread only, and
 * its memory comes back.
 */
async function work(job: ReadJob): Promise<ReadResult> {
  return job.kind === "pdf" ? { text: await pdfText(job.bytes), pictureHash: null } : await pictureText(job);
}

async function pdfText(bytes: Uint8Array): Promise<string> {
  const { extractTextItems, getDocumentProxy } = await import("unpdf");
  const document = await getDocumentProxy(bytes);
  if (document.numPages > MAX_PAGES) throw new RangeError("too many pages");
  const { items } = await extractTextItems(document);
  return items.map((page) => byLines(page)).join("\n");
}

/** Words at one height are one line: a label and its value often stand far apart in the file. */
function byLines(items: readonly { str: string; x: number; y: number; height: number }[]): string {
  const lines: { y: number; words: { x: number; str: string }[] }[] = [];
  for (const { str, x, y, height } of items) {
    if (str.trim() === "") continue;
    const line = lines.find((candidate) => Math.abs(candidate.y - y) <= Math.max(1, height / 3));
    if (line === undefined) lines.push({ y, words: [{ x, str }] });
    else line.words.push({ x, str });
  }
  return lines
    .toSorted((a, b) => b.y - a.y)
    .map(({ words }) =>
      words
        .toSorted((a, b) => a.x - b.x)
        .map(({ str }) => str)
        .join(" "),
    )
    .join("\n");
}

async function pictureText({ bytes, data }: ReadJob): Promise<ReadResult> {
  const { createWorker, OEM, PSM } = (await import("tesseract.js")).default;
  const reader = await createWorker([...data.languages], OEM.LSTM_ONLY, {
    langPath: data.folder,
    gzip: true,
    // It would write next to the program.
    cacheMethod: "none",
    // Without it every refusal is also thrown where nobody can catch it; the promise below rejects as well.
    errorHandler: () => undefined,
    ...workerPath(),
  });
  const seen = await reader.recognize(Buffer.from(bytes), {}, { text: false, imageGrey: true });
  const picture = greyOf(seen.data.imageGrey);
  const readable = Buffer.from(toReadable(picture));
  let text = (await reader.recognize(readable)).data.text;
  if (extractReading(text).sums.length === 0) {
    // A large sum alone on a screen is taken for an ornament, unless words may stand anywhere.
    await reader.setParameters({ tessedit_pageseg_mode: PSM.SPARSE_TEXT });
    text = `${text}\n${(await reader.recognize(readable)).data.text}`;
  }
  await reader.terminate();
  return { text, pictureHash: pictureHash(picture) };
}

/** Beside the bundle its thread has a file of its own; from sources the package finds it. */
function workerPath(): { workerPath?: string } {
  if (import.meta.url.endsWith(".ts")) return {};
  return { workerPath: fileURLToPath(new URL("tesseract-worker.mjs", import.meta.url)) };
}

function greyOf(dataUrl: string | null): GreyPicture {
  return decodeGreyPng(Buffer.from(dataUrl?.split(",")[1] ?? "", "base64"));
}

if (parentPort !== null) {
  const job: ReadJob = workerData;
  parentPort.postMessage(await work(job));
}
