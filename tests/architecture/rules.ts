import { posix } from "node:path";

/** A source file: its path from the project's root, with `/`, and its text. */
export interface SourceFile {
  path: string;
  text: string;
}

/** What a folder of lib (or `api`, or a file directly in lib) may import. Nothing else: not listed is forbidden. */
interface Permission {
  /** Folders of lib, or files directly in it. Its own folder is always allowed. */
  folders: readonly string[];
  /** Packages, with `node:` ones; a trailing `/*` stands for all of a package's entries. */
  packages: readonly string[];
}

const permit = (folders: readonly string[], packages: readonly string[] = []): Permission => ({ folders, packages });

/** Pure folders: data in, data out. */
const PURE = ["shared", "i18n", "catalog", "ledger", "generation", "conversation", "faults"] as const;
/** One SDK each; strangers to one another. */
const ADAPTERS = ["db", "kie", "telegram", "queue", "media", "receipts", "archive"] as const;

/**
 * Imports point down: api → app and endpoints → bot → services → pure folders and adapters. The allow-list fails
 * closed: a folder, an import or a package that is not here is a violation.
 */
const PERMISSIONS: Readonly<Record<string, Permission>> = {
  api: permit(["app.ts", "endpoints"]),
  "app.ts": permit(
    ["archive", "catalog", "config", "db", "http", "kie", "media", "queue", "services", "shared", "telegram"],
    ["@vercel/functions"],
  ),
  endpoints: permit(["bot", "db", "http", "kie", "queue", "services", "shared", "telegram"], ["zod"]),
  bot: permit(["conversation", "db", "i18n", "services", "shared", "telegram"], ["telegraf", "zod"]),
  services: permit([...PURE, ...ADAPTERS, "config"], ["node:util"]),

  shared: permit([], ["node:crypto"]),
  catalog: permit(["shared"], ["zod"]),
  // Texts name what they talk about by its types.
  i18n: permit(["catalog", "faults", "generation", "ledger", "shared"]),
  conversation: permit(["catalog", "faults", "generation", "i18n", "ledger", "shared"], ["zod"]),
  ledger: permit(["shared"]),
  generation: permit(["catalog", "faults", "shared"]),
  faults: permit([]),

  config: permit(["shared"], ["zod"]),
  http: permit(["shared"], ["node:crypto", "zod"]),
  // Rows are typed by the pure folders whose values they hold.
  db: permit(
    ["catalog", "conversation", "faults", "generation", "ledger", "shared"],
    ["@neondatabase/serverless", "drizzle-orm", "drizzle-orm/*", "zod"],
  ),
  kie: permit(["faults", "shared"], ["ky", "node:crypto", "node:zlib", "zod"]),
  telegram: permit(
    ["conversation", "faults", "shared"],
    ["@gramio/types", "node:dns", "node:http", "node:https", "node:net", "telegraf", "telegraf/*", "zod"],
  ),
  queue: permit(["faults"], ["@upstash/qstash", "node:crypto", "zod"]),
  archive: permit([], ["aws4fetch", "node:crypto"]),
  media: permit(["shared"], ["image-size", "mediabunny", "qrcode"]),
  receipts: permit(
    ["ledger"],
    ["node:fs", "node:module", "node:path", "node:url", "node:worker_threads", "node:zlib", "tesseract.js", "unpdf"],
  ),

  // Programs of the operator: they see everything but the sandbox.
  deploy: permit(
    ["app.ts", "bot", "config", "conversation", "db", "services", "shared", "telegram"],
    [
      "@neondatabase/serverless",
      "drizzle-orm/*",
      "esbuild",
      "node:child_process",
      "node:events",
      "node:fs",
      "node:fs/promises",
      "node:path",
      "node:stream",
      "node:url",
      "zod",
    ],
  ),
  // The outside world in small: it starts the product, and nothing of the product knows it.
  sandbox: permit(
    ["app.ts", "bot", "config", "db", "deploy", "endpoints", "services", "shared", "telegram"],
    ["@gramio/types/*", "drizzle-orm", "esbuild", "mediabunny", "node:*", "pg", "wasm-media-encoders", "zod"],
  ),
};

/** Imports of one file that its folder may not have. */
const FILE_PERMISSIONS: Readonly<Record<string, Permission>> = {
  "lib/catalog/load.ts": permit([], ["node:fs", "node:url"]),
  "lib/catalog/build-index.ts": permit([], ["node:fs", "node:url"]),
  "lib/catalog/command.ts": permit([], ["node:events", "node:fs", "node:util"]),
};

/** Packages that have one home, with the named exceptions. Already said by the list above; this keeps the list honest. */
const HOMES: readonly { packages: RegExp; homes: readonly RegExp[] }[] = [
  {
    packages: /^(drizzle-orm(\/|$)|@neondatabase\/)/,
    homes: [/^lib\/db\//, /^lib\/deploy\/migrate\.ts$/, /^lib\/sandbox\//],
  },
  { packages: /^ky(\/|$)/, homes: [/^lib\/kie\//] },
  { packages: /^telegraf(\/|$)/, homes: [/^lib\/telegram\//, /^lib\/bot\//] },
  { packages: /^@upstash\/qstash(\/|$)/, homes: [/^lib\/queue\//] },
  { packages: /^aws4fetch(\/|$)/, homes: [/^lib\/archive\//] },
];

interface Ban {
  what: string;
  pattern: RegExp;
  /** Files it does not hold for, each for a reason that the file gives. */
  except: readonly RegExp[];
}

const SANDBOX = /^lib\/sandbox\//;
const BANS: readonly Ban[] = [
  { what: "the process's clock", pattern: /\bDate\.now\b|\bperformance\.now\b/, except: [SANDBOX, /^lib\/deploy\//] },
  {
    what: "the process's clock",
    pattern: /\bnew Date\(\s*\)|\bDate\(\s*\)/,
    except: [SANDBOX, /^lib\/shared\/clock\.ts$/],
  },
  { what: "unseeded randomness", pattern: /\bMath\.random\b/, except: [] },
  {
    what: "randomness of its own",
    pattern: /\brandom(?:Bytes|UUID|Int)\b|\bgetRandomValues\b/,
    except: [SANDBOX, /^lib\/shared\/ids\.ts$/],
  },
  {
    what: "the environment",
    pattern: /\bprocess\s*(?:\?\.|\.|\[\s*["'])\s*env\b/,
    except: [/^lib\/config\/environment\.ts$/],
  },
];
/** Only for pure folders: nothing of the outside, whatever it is called. */
const PURE_BAN: Ban = {
  what: "the outside world",
  pattern:
    /(?:=>?|\(|,|\bawait|\breturn)\s*fetch\(|\bsetTimeout\(|\bsetInterval\(|\bnew WebSocket\(|\bprocess\.|\bglobalThis\b/,
  except: [/^lib\/catalog\/(?:build-index|command)\.ts$/],
};
const SQL_CLOCK =
  /\b(?:now|clock_timestamp|statement_timestamp|transaction_timestamp)\s*\(\s*\)|\bcurrent_(?:timestamp|date|time)\b/i;
const MAX_LINES = 400;
/** One table per language: what belongs together is the whole language, and the type of one is made from the other. */
const TEXT_TABLES = /^lib\/i18n\/(?:ru|en)\.ts$/;
/** Stands in for a package whose importers want its default export. */
const DEFAULT_EXPORTS = /^lib\/deploy\/node-fetch\.ts$/;

/** Everything about these files that the rules forbid: one sentence per violation, beginning with the file. */
export function violationsOf(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => [
    ...importViolations(file),
    ...banViolations(file),
    ...sqlViolations(file),
    ...shapeViolations(file),
  ]);
}

/** Every module that a file names, statically or not; types count, because they tie folders together as well. */
export function importsOf(text: string): string[] {
  const code = withoutComments(text);
  const specifiers = [
    ...code.matchAll(/^\s*(?:import|export)\b[^;"'`]*?\bfrom\s*["']([^"']+)["']/gm),
    ...code.matchAll(/^\s*import\s*["']([^"']+)["']/gm),
    ...code.matchAll(/\b(?:import|require|require\.resolve|import\.meta\.resolve)\s*\(\s*["'`]([^"'`]+)["'`]/g),
  ].map((match) => match[1] ?? "");
  return [...new Set(specifiers)];
}

/** Comments blanked out, line by line, so that words in them are no code. Strings stay as they are. */
function withoutComments(text: string): string {
  return text.replace(
    /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)|\/\*[\s\S]*?\*\/|(?<![:\\])\/\/[^\n]*/g,
    (all, string?: string) => string ?? all.replace(/[^\n]/g, " "),
  );
}

/** The unit of the allow-list that a path belongs to; null outside of api and lib. */
function unitOf(path: string): string | null {
  const [top, second, third] = path.split("/");
  if (top === "api") return "api";
  if (top !== "lib" || second === undefined) return null;
  return third === undefined && !second.endsWith(".ts") ? null : second;
}

function importViolations({ path, text }: SourceFile): string[] {
  const unit = unitOf(path);
  const permission = unit === null ? undefined : PERMISSIONS[unit];
  if (unit === null || permission === undefined) return [`${path}: no rule knows its folder`];
  const own = FILE_PERMISSIONS[path] ?? permit([]);
  const folders = [...permission.folders, ...own.folders];
  const packages = [...permission.packages, ...own.packages];
  return importsOf(text).flatMap((specifier) => {
    if (!specifier.startsWith(".")) {
      const home = HOMES.find((rule) => rule.packages.test(specifier));
      if (home !== undefined && !home.homes.some((place) => place.test(path))) {
        return [`${path}: ${specifier} has another home`];
      }
      return packages.some((allowed) => covers(allowed, specifier)) ? [] : [`${path}: may not import ${specifier}`];
    }
    const target = posix.normalize(posix.join(posix.dirname(path), specifier));
    const to = unitOf(target);
    if (to === null) return [`${path}: imports ${target}, outside of lib`];
    return to === unit || folders.includes(to) ? [] : [`${path}: may not import ${target}`];
  });
}

function covers(allowed: string, specifier: string): boolean {
  if (allowed.endsWith("*")) return specifier.startsWith(allowed.slice(0, -1));
  return allowed === specifier;
}

function banViolations({ path, text }: SourceFile): string[] {
  const code = withoutComments(text);
  const isPure = PURE.some((folder) => path.startsWith(`lib/${folder}/`));
  return [...BANS, ...(isPure ? [PURE_BAN] : [])]
    .filter((ban) => !ban.except.some((place) => place.test(path)))
    .flatMap((ban) => {
      const found = ban.pattern.exec(code);
      return found === null ? [] : [`${path}:${lineOf(code, found.index)}: reads ${ban.what} (${found[0]})`];
    });
}

/** The clock in SQL is looked for in template strings only: `clock.now()` is how everybody else asks for the time. */
function sqlViolations({ path, text }: SourceFile): string[] {
  const code = withoutComments(text);
  return [
    ...code.matchAll(/\bsql(?:\.raw)?(?:<[^>]*>)?\s*\(?\s*(?:`((?:[^`\\]|\\.)*)`|"((?:[^"\\\n]|\\.)*)")/g),
  ].flatMap((match) => {
    const statement = (match[1] ?? match[2] ?? "").replace(/\$\{[^}]*\}/g, "?");
    const found = SQL_CLOCK.exec(statement);
    return found === null ? [] : [`${path}:${lineOf(code, match.index)}: asks the database for the time (${found[0]})`];
  });
}

function shapeViolations({ path, text }: SourceFile): string[] {
  const violations: string[] = [];
  const code = withoutComments(text);
  const hasDefault = /^\s*export\s+default\b|\bas\s+default\b/m.test(code);
  if (hasDefault && !DEFAULT_EXPORTS.test(path)) violations.push(`${path}: has a default export`);
  const lines = text.split("\n").length - 1;
  if (path.startsWith("lib/") && lines > MAX_LINES && !TEXT_TABLES.test(path))
    violations.push(`${path}: has ${lines} lines, more than ${MAX_LINES}`);
  return violations;
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
