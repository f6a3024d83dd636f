import { readJson } from "../http.ts";
import { type Answered, answered, type Envelope, hasKey } from "./envelope.ts";
import { keepUpload, type NewUpload, type UploadDocument, uploadUrl } from "./uploads.ts";
import { isJsonObject } from "./validate.ts";
import type { KieWorld } from "./world.ts";

/** What came in, and what of it may be written down. */
interface Intake {
  fields: Readonly<Record<string, unknown>>;
  file?: { bytes: Uint8Array; name: string; mime: string };
  problem?: string;
}

const DOWNLOAD_TIMEOUT_MS = 30_000;
const READERS: Readonly<Record<string, (world: KieWorld, request: Request) => Promise<Intake>>> = {
  "/api/file-base64-upload": readBase64,
  "/api/file-stream-upload": readMultipart,
  "/api/file-url-upload": readFromUrl,
};

/** The three upload endpoints. This host uses HTTP codes beside the envelope. @see https://docs.kie.ai */
export async function handleUpload(world: KieWorld, request: Request, path: string): Promise<Answered> {
  const read = READERS[path];
  if (!read) return failure(null, 404, "Not found");
  if (!hasKey(world, request)) return failure(null, 401, "Authentication failed: Invalid API Key");
  if (request.method !== "POST") return failure(null, 405, "Method not allowed");
  const { fields, file, problem } = await read(world, request);
  const written = { ...fields, ...(file ? { file: { file: file.name, bytes: file.bytes.length } } : {}) };
  const uploadPath = textOf(fields.uploadPath);
  if (!uploadPath) return failure(written, 400, "Missing required parameter: uploadPath");
  if (/^\/|\/$|\.\./.test(uploadPath)) {
    world.violate("bad-upload-path", path, "uploadPath must have no slash at its ends and no dots");
    return failure(written, 400, "Invalid parameter: uploadPath");
  }
  if (problem || !file) return failure(written, 400, problem ?? "Missing required parameter: file");
  const fileName = textOf(fields.fileName);
  const upload: NewUpload = {
    bytes: file.bytes,
    uploadPath,
    ...(fileName ? { fileName } : {}),
    givenNames: [fileName, file.name].filter(Boolean),
    declaredMime: file.mime,
  };
  return answered(written, success(world, await keepUpload(world, upload)));
}

function success(world: KieWorld, kept: UploadDocument): Envelope {
  const data = {
    success: true,
    fileName: kept.fileName,
    filePath: kept.filePath,
    downloadUrl: uploadUrl(world, kept.filePath),
    fileSize: kept.sizeBytes,
    mimeType: kept.mime,
    uploadedAt: new Date(kept.uploadedAt).toISOString(),
  };
  return { success: true, code: 200, msg: "File uploaded successfully", data };
}

function failure(body: unknown, code: number, msg: string): Answered {
  return answered(body, { success: false, code, msg }, code);
}

async function readMultipart(_world: KieWorld, request: Request): Promise<Intake> {
  let form: FormData;
  try {
    form = await request.formData();
  } catch {
    return { fields: {}, problem: "Invalid multipart body" };
  }
  const fields: Record<string, unknown> = {};
  let file: Intake["file"];
  for (const [name, value] of form) {
    if (typeof value === "string") fields[name] = value;
    else if (name === "file") file = { bytes: await value.bytes(), name: value.name, mime: value.type };
  }
  return { fields, ...(file ? { file } : {}) };
}

async function readBase64(_world: KieWorld, request: Request): Promise<Intake> {
  const { base64Data, ...fields } = asObject(await readJson(request));
  if (typeof base64Data !== "string" || !base64Data) {
    return { fields, problem: "Missing required parameter: base64Data" };
  }
  const [, mime = "", raw = base64Data] = /^data:([^;,]*);base64,(.*)$/s.exec(base64Data) ?? [];
  if (!/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(raw)) {
    return { fields, problem: "Base64 decoding failed: illegal base64 character" };
  }
  return { fields, file: { bytes: new Uint8Array(Buffer.from(raw, "base64")), name: textOf(fields.fileName), mime } };
}

async function readFromUrl(world: KieWorld, request: Request): Promise<Intake> {
  const fields = asObject(await readJson(request));
  const url = URL.parse(textOf(fields.fileUrl));
  if (!url) return { fields, problem: "Missing required parameter: fileUrl" };
  if (/\/bot\d+:/.test(url.href)) {
    world.violate("token-in-url", "/api/file-url-upload", "fileUrl is a Telegram file URL with the bot's token in it");
    return { fields, problem: "Failed to download the file" };
  }
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS) });
    if (!response.ok) return { fields, problem: `Failed to download the file: HTTP ${response.status}` };
    const mime = response.headers.get("content-type") ?? "";
    return { fields, file: { bytes: await response.bytes(), name: url.pathname.split("/").at(-1) ?? "", mime } };
  } catch {
    return { fields, problem: "Failed to download the file" };
  }
}

const asObject = (value: unknown): Readonly<Record<string, unknown>> => (isJsonObject(value) ? value : {});
const textOf = (value: unknown): string => (typeof value === "string" ? value.trim() : "");
