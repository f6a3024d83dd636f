import { randomId } from "../../shared/ids.ts";
import type { MediaKind } from "../../shared/media.ts";
import { measureSeconds } from "../media/measure-seconds.ts";
import { sniffMedia } from "../media/sniff-media.ts";
import type { KieWorld } from "./world.ts";

/** An uploaded file as it lies in the store, under its `filePath`. */
export interface UploadDocument {
  filePath: string;
  blobId: string;
  fileName: string;
  /** The names the product gave, as far as it gave any: `fileName`, the multipart file's name, the source URL's. */
  givenNames: string[];
  kind: MediaKind | "document" | "unknown";
  format: string;
  mime: string;
  sizeBytes: number;
  seconds?: number;
  /** Epoch milliseconds, virtual. */
  uploadedAt: number;
  expiresAt: number;
}

export interface NewUpload {
  bytes: Uint8Array;
  uploadPath: string;
  fileName?: string;
  givenNames: string[];
  declaredMime?: string;
}

const HOUR_MS = 3_600_000;
const ACCOUNT_FOLDER = "kieai/136592";
const EXTENSIONS: Readonly<Record<string, string>> = { jpeg: "jpg" };

export function uploadUrl(world: KieWorld, filePath: string): string {
  return `${world.context.origin}${world.options.filesPrefix}/${filePath.split("/").map(encodeURIComponent).join("/")}`;
}

/** Keeps a file; the same path and name replace the older one, whose links then show the new file. */
export async function keepUpload(world: KieWorld, upload: NewUpload): Promise<UploadDocument> {
  const { bytes, givenNames, declaredMime } = upload;
  const sniffed = sniffMedia(bytes);
  const extension = EXTENSIONS[sniffed?.format ?? ""] ?? sniffed?.format ?? "bin";
  const fileName = upload.fileName || `${randomId(16)}.${extension}`;
  const filePath = [ACCOUNT_FOLDER, upload.uploadPath, fileName].join("/");
  const seconds = sniffed && sniffed.kind !== "image" ? await measureSeconds(bytes) : undefined;
  const uploadedAt = world.now();
  const document: UploadDocument = {
    filePath,
    blobId: `kie-upload/${filePath}`,
    fileName,
    givenNames,
    kind: sniffed?.kind ?? "unknown",
    format: sniffed?.format ?? "unknown",
    mime: sniffed?.mime ?? (declaredMime || "application/octet-stream"),
    sizeBytes: bytes.length,
    ...(seconds === undefined ? {} : { seconds }),
    uploadedAt,
    expiresAt: uploadedAt + lifeMs(world),
  };
  world.context.store.transaction(() => {
    world.context.store.putBlob(document.blobId, bytes);
    world.put("uploads", filePath, document);
  });
  return document;
}

function lifeMs(world: KieWorld): number {
  const left = world.uploadsToLose();
  if (left === 0) return world.switches().uploadLifeHours * HOUR_MS;
  world.loseUploads(left - 1);
  world.counts.hit("upload-gone");
  return 0;
}

/** A living upload by its path below the files prefix; one past its time is deleted on the way. */
export function findUpload(world: KieWorld, filePath: string): UploadDocument | undefined {
  const document = world.get<UploadDocument>("uploads", filePath);
  if (!document || world.now() < document.expiresAt) return document;
  world.counts.hit("upload-expired");
  world.delete("uploads", filePath);
  world.context.store.deleteBlob(document.blobId);
  return undefined;
}
