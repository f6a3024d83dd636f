import { readFile } from "node:fs/promises";

const PREFIX = "/page/";

/** A file of the page lies flat in its directory: a name can then not lead out of it, however it is encoded. */
const FILE_NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*\.(css|html|js|svg)$/;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

const COMMON_HEADERS = {
  "cache-control": "no-cache",
  "x-content-type-options": "nosniff",
  // Text of the bot is shown here: even if it became markup by mistake, it could not run.
  "content-security-policy":
    "default-src 'self'; img-src * data: blob:; media-src * data: blob:; object-src 'none'; base-uri 'none'",
};

export interface PageOptions {
  /** Where the page's files lie; ends with a slash. Default: `page/` beside this file. */
  directory?: URL;
}

export interface Page {
  /**
   * Answers `GET` and `HEAD` of `/` (index.html) and `/page/<file>`.
   *
   * @returns undefined when the path is not the page's, so that the caller goes on; 404 for an unknown file of the page
   *   or a name that tries to leave its directory; 405 for another method. Never throws for a missing file.
   */
  handle(request: Request): Promise<Response | undefined>;
}

/** The chat page of the sandbox: static files, read at each request so that an edit shows on reload. */
export function createPage(options: PageOptions = {}): Page {
  const directory = options.directory ?? new URL("./page/", import.meta.url);
  return {
    async handle(request) {
      const { pathname } = new URL(request.url);
      if (pathname !== "/" && !pathname.startsWith(PREFIX)) return undefined;
      if (request.method !== "GET" && request.method !== "HEAD") {
        return new Response("Method not allowed", { status: 405, headers: { allow: "GET, HEAD" } });
      }
      const fileName = pathname === "/" ? "index.html" : pathname.slice(PREFIX.length);
      return serveFile(directory, fileName, request.method === "HEAD");
    },
  };
}

async function serveFile(directory: URL, fileName: string, isHead: boolean): Promise<Response> {
  const extension = FILE_NAME.exec(fileName)?.[1];
  const contentType = extension === undefined ? undefined : CONTENT_TYPES[extension];
  const bytes = contentType === undefined ? undefined : await readIfPresent(new URL(fileName, directory));
  if (contentType === undefined || bytes === undefined) {
    return new Response("Not found", { status: 404, headers: COMMON_HEADERS });
  }
  const headers = { ...COMMON_HEADERS, "content-type": contentType, "content-length": String(bytes.byteLength) };
  return new Response(isHead ? null : bytes, { headers });
}

async function readIfPresent(file: URL): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return new Uint8Array(await readFile(file));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
