import { makeJpeg } from "../media/make-jpeg.ts";
import { makeMp3 } from "../media/make-mp3.ts";
import { makeMp4 } from "../media/make-mp4.ts";
import { makePng } from "../media/make-png.ts";
import { makeWav } from "../media/make-wav.ts";
import { padMedia } from "../media/pad-media.ts";
import type { Answered } from "./envelope.ts";
import type { ResultFile } from "./result-recipe.ts";
import { findUpload } from "./uploads.ts";
import type { KieWorld } from "./world.ts";

export interface FoundFile {
  kind: "image" | "video" | "audio" | "document" | "unknown";
  format: string;
  sizeBytes?: number;
  seconds?: number;
  givenNames: string[];
}

const HOUR_MS = 3_600_000;
/** @see https://docs.kie.ai */
export const LINK_LIFE_MS = 20 * 60_000;
const MIMES = {
  png: "image/png",
  jpeg: "image/jpeg",
  mp4: "video/mp4",
  mp3: "audio/mpeg",
  wav: "audio/wav",
} as const;
const KINDS = { png: "image", jpeg: "image", mp4: "video", mp3: "audio", wav: "audio" } as const;
const MAKERS: Readonly<Record<ResultFile["format"], (file: ResultFile) => Promise<Uint8Array>>> = {
  png: makePng,
  jpeg: async (file) => makeJpeg(file),
  mp4: makeMp4,
  mp3: makeMp3,
  wav: async (file) => makeWav(file),
};
const RESULTS = "results";
const LINKS = "links";

export function resultUrl(world: KieWorld, taskId: string, fileName: string): string {
  return `${world.context.origin}${world.options.filesPrefix}/${RESULTS}/${taskId}/${fileName}`;
}

export function linkUrl(world: KieWorld, token: string): string {
  return `${world.context.origin}${world.options.filesPrefix}/${LINKS}/${token}`;
}

/** The path below the files prefix, or `undefined` for a URL of somebody else. */
export function ownFilePath(world: KieWorld, url: string): string | undefined {
  const root = `${world.context.origin}${world.options.filesPrefix}/`;
  if (!url.startsWith(root)) return undefined;
  try {
    return decodeURIComponent(url.slice(root.length).replace(/[?#].*$/s, ""));
  } catch {
    return undefined;
  }
}

/** A living upload or result of our own, without its bytes. */
export function findFile(world: KieWorld, path: string): FoundFile | undefined {
  const upload = findUpload(world, path);
  if (upload) return upload;
  const result = findResult(world, path);
  return result && { kind: KINDS[result.format], format: result.format, seconds: result.seconds, givenNames: [] };
}

/** Serves uploads, results and download links: no key, HEAD, GET and single ranges. */
export async function handleFile(world: KieWorld, request: Request, path: string): Promise<Answered> {
  const response = await serve(world, request, path);
  const bytes = Number(response.headers.get("content-length") ?? 0);
  return { response, body: null, answer: { status: response.status, bytes } };
}

async function serve(world: KieWorld, request: Request, path: string): Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD") return new Response("Method not allowed", { status: 405 });
  if (world.switches().filesNeedUserAgent && !request.headers.get("user-agent")) {
    world.counts.hit("file-without-user-agent");
    return new Response("error code: 1010", { status: 403 });
  }
  const file = await load(world, path);
  return file ? inPart(request, file.bytes, file.mime) : new Response("Not found", { status: 404 });
}

async function load(world: KieWorld, path: string): Promise<{ bytes: Uint8Array; mime: string } | undefined> {
  if (path.startsWith(`${LINKS}/`)) {
    const link = world.get<{ path: string; expiresAt: number }>("links", path.slice(LINKS.length + 1));
    return link && world.now() < link.expiresAt ? load(world, link.path) : undefined;
  }
  const upload = findUpload(world, path);
  if (upload) {
    const bytes = world.context.store.getBlob(upload.blobId);
    return bytes && { bytes, mime: upload.mime };
  }
  const result = findResult(world, path);
  if (!result) return undefined;
  const bytes = world.context.store.getBlob(result.blobId) ?? (await make(world, result));
  const mime = MIMES[result.format];
  return { bytes: result.sizeBytes ? padMedia(bytes, mime, result.sizeBytes) : bytes, mime };
}

function findResult(world: KieWorld, path: string): ResultFile | undefined {
  const [folder, taskId = "", name] = path.split("/");
  const task = folder === RESULTS ? world.task(taskId) : undefined;
  const file = task?.result.files.find((candidate) => candidate.name === name);
  if (!task || !file) return undefined;
  const { outcome, sentinels } = task;
  // The first track of a song is there before the task has ended, and a forged callback points at a file that works.
  const exists = outcome ? outcome.state === "success" || sentinels.badCallback : world.now() >= task.generatingAt;
  if (!exists) return undefined;
  if (outcome && world.now() >= outcome.completedAt + world.switches().resultLifeHours * HOUR_MS) {
    world.context.store.deleteBlob(file.blobId);
    world.counts.hit("result-expired");
    return undefined;
  }
  return file;
}

/** Makers are deterministic, so two requests at once only do the same work twice. */
async function make(world: KieWorld, file: ResultFile): Promise<Uint8Array> {
  const bytes = await MAKERS[file.format](file);
  world.context.store.putBlob(file.blobId, bytes);
  return bytes;
}

function inPart(request: Request, bytes: Uint8Array, mime: string): Response {
  const headers = { "content-type": mime, "accept-ranges": "bytes", "access-control-allow-origin": "*" };
  const respond = (part: Uint8Array, status: number, more: Record<string, string> = {}) => {
    const body = request.method === "HEAD" ? null : new Uint8Array(part);
    return new Response(body, { status, headers: { ...headers, ...more, "content-length": String(part.length) } });
  };
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get("range") ?? "");
  if (!range || (!range[1] && !range[2])) return respond(bytes, 200);
  const size = bytes.length;
  // "-500" asks for the last 500 bytes.
  const first = range[1] ? Number(range[1]) : Math.max(0, size - Number(range[2]));
  const last = range[1] && range[2] ? Math.min(Number(range[2]), size - 1) : size - 1;
  if (first > last) return respond(new Uint8Array(), 416, { "content-range": `bytes */${size}` });
  return respond(bytes.subarray(first, last + 1), 206, { "content-range": `bytes ${first}-${last}/${size}` });
}
