import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { request as ask, createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import S3rver from "@20minutes/s3rver";
import { DUMMY_ACCOUNT } from "@20minutes/s3rver/lib/models/account.js";

/** An S3-compatible store on this machine, with one bucket, that checks signatures. */
export interface TestStore {
  /** For the configuration of a world. */
  environment: Record<string, string>;
  /** Keys and bytes of everything in the bucket. */
  objects(): Promise<{ key: string; bytes: Buffer }[]>;
  /** Requests that reached the store: `PUT /results/…`. */
  requests: string[];
  /** While a number, every request is answered with this status; while "drop", its connection is cut. */
  fault: number | "drop" | null;
  end(): Promise<void>;
}

const BUCKET = "results";
const OBJECT = "._S3rver_object";

const ACCESS_KEY = { id: "TESTACCESSKEY0001", secret: "test-secret-access-key-0001" };

/** The store stands behind a small door, which counts, and breaks on demand. */
export async function startStore(): Promise<TestStore> {
  const directory = await mkdtemp(join(tmpdir(), "archive-"));
  const server = new S3rver({
    port: 0,
    address: "127.0.0.1",
    silent: true,
    directory,
    configureBuckets: [{ name: BUCKET }],
  });
  DUMMY_ACCOUNT.createKeyPair(ACCESS_KEY.id, ACCESS_KEY.secret);
  const { port } = await server.run();
  const store: TestStore = {
    environment: {},
    requests: [],
    fault: null,
    async objects() {
      const names = await readdir(join(directory, BUCKET), { recursive: true });
      const keys = names.filter((name) => name.endsWith(OBJECT)).map((name) => name.slice(0, -OBJECT.length));
      return await Promise.all(
        keys.sort().map(async (key) => ({ key, bytes: await readFile(join(directory, BUCKET, `${key}${OBJECT}`)) })),
      );
    },
    async end() {
      door.closeAllConnections();
      await new Promise((resolve) => door.close(resolve));
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
  const door = createServer((request, response) => {
    store.requests.push(`${request.method} ${request.url?.replace(/\?.*/, "")}`);
    if (store.fault === "drop") return void request.socket.destroy();
    if (store.fault !== null) return void response.writeHead(store.fault).end();
    // The headers go through as they are: the signature covers the host's name.
    const { method, url: path, headers } = request;
    const inside = ask({ port, host: "127.0.0.1", method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    inside.on("error", () => request.socket.destroy());
    request.pipe(inside);
  });
  await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
  const address = door.address();
  if (address === null || typeof address === "string") throw new Error("the store has no port");
  store.environment = {
    ARCHIVE_S3_ENDPOINT: `http://127.0.0.1:${address.port}`,
    ARCHIVE_S3_REGION: "us-east-1",
    ARCHIVE_S3_BUCKET: BUCKET,
    ARCHIVE_S3_ACCESS_KEY_ID: ACCESS_KEY.id,
    ARCHIVE_S3_SECRET_ACCESS_KEY: ACCESS_KEY.secret,
    ARCHIVE_S3_PREFIX: "bot/files",
  };
  return store;
}
