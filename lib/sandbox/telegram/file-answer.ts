/** Bytes over HTTP, whole or a range, so that players can seek. */

export interface FileAnswer {
  mime: string;
  /** Offered as the name when a person saves the file. */
  fileName: string | undefined;
  bytes: Uint8Array;
}

/** Understands one `bytes=` range; anything else gets the whole file, an impossible range 416. */
export function serveBytes({ mime, fileName, bytes }: FileAnswer, request: Request): Response {
  const headers: Record<string, string> = { "content-type": mime, "accept-ranges": "bytes" };
  if (fileName !== undefined) {
    headers["content-disposition"] = `inline; filename*=UTF-8''${encodeURIComponent(fileName)}`;
  }
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get("range") ?? "") ?? [];
  if (first === undefined || last === undefined || (first === "" && last === "")) return answer(bytes, 200, headers);
  const start = first === "" ? Math.max(bytes.length - Number(last), 0) : Number(first);
  const end = first === "" || last === "" ? bytes.length - 1 : Math.min(Number(last), bytes.length - 1);
  if (start > end) {
    return answer(new Uint8Array(), 416, { ...headers, "content-range": `bytes */${bytes.length}` });
  }
  const range = { ...headers, "content-range": `bytes ${start}-${end}/${bytes.length}` };
  return answer(bytes.subarray(start, end + 1), 206, range);
}

const answer = (bytes: Uint8Array, status: number, headers: Record<string, string>): Response =>
  new Response(new Uint8Array(bytes), { status, headers: { ...headers, "content-length": String(bytes.length) } });
