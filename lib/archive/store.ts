import { createHmac } from "node:crypto";

/** Where copies of results are kept: an S3-compatible store that the operator pays for. */
export interface ArchiveSettings {
  /** Without the bucket, for example `https://storage.yandexcloud.net`. */
  endpoint: string;
  region: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** Put before every key; "" = none. */
  prefix: string;
}

/** The store did not do it. `code`: S3's own word (`NoSuchBucket`, `SignatureDoesNotMatch` …), or why nobody answered. */
export class ArchiveFailure extends Error {
  override readonly name = "ArchiveFailure";
  /** HTTP status; null when nobody answered. */
  readonly status: number | null;
  readonly code: string;
  constructor(operation: string, status: number | null, code: string) {
    super(`archive ${operation}: ${status ?? "no answer"} ${code}`);
    this.status = status;
    this.code = code;
  }
}

export interface Archive {
  /** The same for the same place, so that a repeated copy overwrites itself. The owner's id can not be read from it. */
  keyOf(place: { userId: number; generationId: string; position: number; extension: string }): string;
  /** Stores a file under a key. Safe to repeat. @throws ArchiveFailure */
  put(key: string, file: { bytes: Uint8Array; mime: string }): Promise<void>;
  /** A stored file. @returns null when there is none. @throws ArchiveFailure, also for one above `maxBytes`. */
  get(key: string, maxBytes: number): Promise<Uint8Array | null>;
  /** A link that anybody can open until it expires. Made without asking the store. */
  link(key: string, lifeSeconds: number): Promise<string>;
  /** Whether the bucket is there and opens with our key. @throws ArchiveFailure */
  check(signal: AbortSignal): Promise<void>;
}

const TIMEOUT_MS = 60_000;

/**
 * The client of the store: SigV4, paths of the form `endpoint/bucket/key`, which every S3-compatible service takes. A
 * signature holds for minutes around the store's own clock, so it is made by the system's, whatever ours says.
 */
export function createArchive(settings: ArchiveSettings): Archive {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey, prefix } = settings;
  const root = `${endpoint}/${bucket}`;
  // Read when a file is copied or linked: few steps do.
  const client = async () => {
    const { AwsClient } = await import("aws4fetch");
    return new AwsClient({ accessKeyId, secretAccessKey, region, service: "s3", retries: 0 });
  };

  async function ask(operation: string, url: string, init: RequestInit): Promise<Response> {
    let response: Response;
    try {
      response = await (await client()).fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), ...init });
    } catch (error) {
      throw new ArchiveFailure(operation, null, error instanceof Error ? error.name : "unknown error");
    }
    if (response.ok || (operation === "get" && response.status === 404)) return response;
    const said = /<Code>(\w{1,60})<\/Code>/.exec(await response.text().catch(() => ""))?.[1];
    throw new ArchiveFailure(operation, response.status, said ?? (response.statusText || "refused"));
  }

  return {
    keyOf({ userId, generationId, position, extension }) {
      const owner = createHmac("sha256", secretAccessKey).update(`user:${userId}`).digest("hex").slice(0, 24);
      return [...(prefix === "" ? [] : [prefix]), owner, generationId, `${position}.${extension}`].join("/");
    },

    async put(key, { bytes, mime }) {
      const body = new Uint8Array(bytes);
      await ask("put", `${root}/${key}`, { method: "PUT", body, headers: { "content-type": mime } });
    },

    async get(key, maxBytes) {
      const response = await ask("get", `${root}/${key}`, { method: "GET" });
      if (response.status === 404) {
        await response.body?.cancel();
        return null;
      }
      const size = Number(response.headers.get("content-length") ?? 0);
      if (size > maxBytes) {
        await response.body?.cancel();
        throw new ArchiveFailure("get", response.status, "TooLarge");
      }
      return new Uint8Array(await response.arrayBuffer());
    },

    async link(key, lifeSeconds) {
      const url = new URL(`${root}/${key}`);
      url.searchParams.set("X-Amz-Expires", String(lifeSeconds));
      return (await (await client()).sign(url, { method: "GET", aws: { signQuery: true } })).url;
    },

    async check(signal) {
      await ask("check", root, { method: "HEAD", signal });
    },
  };
}
