import { lookup } from "node:dns";
import type { IncomingMessage, RequestOptions } from "node:http";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { FileTooLarge, readLimited } from "./download.ts";

export interface DownloadRules {
  /**
   * Hosts (and their subdomains) that may be asked; empty or absent = any public host. An entry is a bare host name.
   */
  allowedHosts?: readonly string[];
  /** Allows http and private addresses: for the sandbox, whose whole world is 127.0.0.1. Never in production. */
  allowHttp: boolean;
  timeoutMs: number;
  maxBytes: number;
}

/** The file could not be had. `message` names the reason and the host, never the path or the query. */
export class DownloadRefused extends Error {
  override readonly name = "DownloadRefused";
  /** The HTTP status that the host answered with; null when it did not answer, or was not asked. */
  readonly status: number | null;
  constructor(message: string, status: number | null = null) {
    super(message);
    this.status = status;
  }
}

const MAX_REDIRECTS = 3;

/** Everything that is not the public internet: RFC 6890 and friends. */
const NOT_PUBLIC = new BlockList();
for (const [network, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const) {
  NOT_PUBLIC.addSubnet(network, bits, "ipv4");
}
/** Inside 2000::/3, but tunnels that can name a private IPv4 address, or documentation. */
for (const [network, bits] of [
  ["2001::", 32],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const) {
  NOT_PUBLIC.addSubnet(network, bits, "ipv6");
}
const GLOBAL_IPV6 = new BlockList();
GLOBAL_IPV6.addSubnet("2000::", 3, "ipv6");

/** Whether an IP address belongs to the public internet. Anything that is no address at all does not. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !NOT_PUBLIC.check(address, "ipv4");
  // IPv4 in IPv6 clothes (::ffff:…, 64:ff9b::…) lies outside 2000::/3 and is refused with the rest.
  return family === 6 && GLOBAL_IPV6.check(address, "ipv6") && !NOT_PUBLIC.check(address, "ipv6");
}

/**
 * Resolves a name and refuses it when any of its addresses is private. The connection then uses these very addresses: a
 * second look-up could be answered differently (DNS rebinding).
 */
const publicLookup: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error !== null || first === undefined) return done(error ?? new Error("no address"), "", 0);
    if (!addresses.every(({ address }) => isPublicAddress(address))) {
      return done(new DownloadRefused(`${hostname} is not a public host`), "", 0);
    }
    return options.all === true ? done(null, addresses) : done(null, first.address, first.family);
  });
};

const isAllowedHost = (host: string, allowedHosts: readonly string[]): boolean =>
  allowedHosts.length === 0 ||
  allowedHosts.some((allowed) => host === allowed.toLowerCase() || host.endsWith(`.${allowed.toLowerCase()}`));

function check(url: URL, rules: DownloadRules): void {
  const host = url.hostname.toLowerCase();
  const plainHttp = url.protocol === "http:" && rules.allowHttp;
  if (url.protocol !== "https:" && !plainHttp) throw new DownloadRefused(`${url.protocol} is not allowed`);
  if (url.username !== "" || url.password !== "") throw new DownloadRefused(`${host}: a link with a password`);
  if (!isAllowedHost(host, rules.allowedHosts ?? [])) throw new DownloadRefused(`${host} is not an allowed host`);
  const literal = host.startsWith("[") ? host.slice(1, -1) : host;
  // An address needs no look-up, so it is checked here.
  if (!rules.allowHttp && isIP(literal) !== 0 && !isPublicAddress(literal)) {
    throw new DownloadRefused(`${host} is not a public host`);
  }
}

async function ask(
  method: "GET" | "HEAD",
  url: URL,
  rules: DownloadRules,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const options: RequestOptions = {
    method,
    signal,
    // Where KIE keeps its files, bare library agents are answered with 403.
    headers: { "user-agent": "Mozilla/5.0 (compatible; KieTelegramBot/1.0)", accept: "*/*" },
    ...(rules.allowHttp ? {} : { lookup: publicLookup }),
    // A pooled socket would belong to an earlier look-up.
    agent: false,
  };
  // Imported when a file is fetched: few steps do, and the two modules are a part of every cold start otherwise.
  const { request: send } = await (url.protocol === "https:" ? import("node:https") : import("node:http"));
  return new Promise((resolve, reject) => {
    send(url, options, resolve).on("error", reject).end();
  });
}

/**
 * Fetches a file whose address came out of somebody's reply: public https hosts only, every redirect checked again, size
 * and time capped, no cookies and no keys sent.
 *
 * @throws DownloadRefused (rules, HTTP status, no answer) or FileTooLarge.
 */
export async function safeDownload(link: string, rules: DownloadRules): Promise<Uint8Array> {
  return await follow("GET", link, rules, async (response, host) => {
    const sizeBytes = announcedSize(response);
    if (response.statusCode !== 200 || (sizeBytes ?? 0) > rules.maxBytes) {
      response.destroy();
      throw response.statusCode === 200
        ? new FileTooLarge(rules.maxBytes, sizeBytes)
        : refusedWith(response.statusCode, host);
    }
    return await readLimited(response, rules.maxBytes);
  });
}

/**
 * The size of such a file as its host tells it, in bytes, without fetching it; null when the host does not say.
 *
 * @throws DownloadRefused
 */
export async function safeSize(link: string, rules: Omit<DownloadRules, "maxBytes">): Promise<number | null> {
  return await follow("HEAD", link, { ...rules, maxBytes: 0 }, async (response, host) => {
    response.destroy();
    if (response.statusCode !== 200) throw refusedWith(response.statusCode, host);
    return announcedSize(response);
  });
}

const refusedWith = (status: number | undefined, host: string): DownloadRefused =>
  new DownloadRefused(`${host}: HTTP ${status ?? 0}`, status ?? null);

function announcedSize({ headers }: IncomingMessage): number | null {
  const announced = headers["content-length"];
  return announced === undefined || !/^\d{1,15}$/.test(announced) ? null : Number(announced);
}

/** Asks, goes where redirects lead, and hands over the first answer that is none. */
async function follow<T>(
  method: "GET" | "HEAD",
  link: string,
  rules: DownloadRules,
  read: (response: IncomingMessage, host: string) => Promise<T>,
): Promise<T> {
  const signal = AbortSignal.timeout(rules.timeoutMs);
  if (!URL.canParse(link)) throw new DownloadRefused("not a link");
  let url = new URL(link);
  try {
    for (let redirects = 0; ; redirects++) {
      check(url, rules);
      const response = await ask(method, url, rules, signal);
      const status = response.statusCode ?? 0;
      const { location } = response.headers;
      if (status >= 300 && status < 400 && location !== undefined) {
        response.destroy();
        if (redirects >= MAX_REDIRECTS) throw new DownloadRefused(`${url.hostname}: too many redirects`);
        if (!URL.canParse(location, url.href)) throw new DownloadRefused(`${url.hostname}: a broken redirect`);
        url = new URL(location, url.href);
        continue;
      }
      return await read(response, url.hostname);
    }
  } catch (error) {
    if (error instanceof DownloadRefused || error instanceof FileTooLarge) throw error;
    const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "no answer";
    throw new DownloadRefused(`${url.hostname}: ${signal.aborted ? "timed out" : code}`);
  }
}
