import * as z from "zod";
import type { RunMode } from "../shared/run-mode.ts";

/** `1`, `true`, `yes` and `on` are on, in any case; everything else, and absence, is off. */
const flag = z.lazy(() =>
  z
    .string()
    .optional()
    .transform((value) => ["1", "true", "yes", "on"].includes((value ?? "").trim().toLowerCase())),
);

const positiveInteger = (fallback: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,8}$/, "a whole number from 1")
    .optional()
    .transform((value) => (value === undefined ? fallback : Number(value)));

const wholeNumber = (fallback: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, "a whole number from 0")
    .optional()
    .transform((value) => (value === undefined ? fallback : Number(value)));

const kopecks = (fallback: bigint) =>
  z
    .string()
    .regex(/^\d{1,15}$/, "a whole number of kopecks")
    .optional()
    .transform((value) => (value === undefined ? fallback : BigInt(value)));

/** Zero is refused: it would give everything away. */
const decimal = z.lazy(() =>
  z.string().regex(/^(?=.*[1-9])\d{1,6}(\.\d{1,8})?$/, "a decimal number above 0, with a point"),
);
const url = z.lazy(() => z.url({ protocol: /^https?$/ }).transform((value) => value.replace(/\/+$/, "")));
const secret = z.lazy(() => z.string().min(8, "at least 8 characters"));

/** What each variable looks like; printed beside its name when it is missing or malformed. */
const EXAMPLES: Record<string, string> = {
  TELEGRAM_BOT_TOKEN: "123456789:AAExampleTokenFromBotFather0123456789",
  TELEGRAM_WEBHOOK_SECRET: "a-long-random-string-of-A-Za-z0-9_-",
  KIE_API_KEY: "the key from kie.ai/api-key",
  DATABASE_URL: "postgres://user:password@ep-name.eu-central-1.aws.neon.tech/neondb",
  ADMIN_ID: "111111111,222222222",
  CREDIT_TO_RUB_RATE: "0.39295",
  PRICE_MULTIPLIER: "2",
  STARS_TO_RUB: "1.5",
  QSTASH_TOKEN: "the QSTASH_TOKEN of console.upstash.com",
  QSTASH_CURRENT_SIGNING_KEY: "sig_…",
  QSTASH_NEXT_SIGNING_KEY: "sig_…",
  BANK_REQUISITES: "Банк: Т-Банк\\nКарта: 2200 0000 0000 0000\\nПолучатель: Иван И.",
  BANK_SBP_LINK: "https://qr.nspk.ru/AS000000000000?type=02&sum={amount}&cur=RUB",
  RECEIPT_OCR_DATA: "ocr",
  PUBLIC_URL: "https://bot.example.com",
  TELEGRAM_API_ROOT: "https://api.telegram.org",
  TELEGRAM_BOT_USERNAME: "my_pictures_bot",
  KIE_BASE_URL: "https://api.kie.ai",
  KIE_UPLOAD_URL: "https://kieai.redpandaai.co",
  DATABASE_HTTP_ENDPOINT: "https://api.eu-central-1.aws.neon.tech/sql",
  QSTASH_URL: "https://qstash.upstash.io",
  WELCOME_BONUS_KOPECKS: "5000",
  CONFIRM_FROM_KOPECKS: "2000",
  FREE_MODELS: "z-image",
  FREE_PER_DAY: "3",
  FREE_PER_HOUR: "3",
  REFERRAL_BONUS_KOPECKS: "5000",
  REFERRAL_MONTHLY_LIMIT: "50",
  MAX_RUNNING_PER_USER: "3",
  MAX_QUEUED_PER_USER: "30",
  MAX_BATCH: "20",
  KIE_CREATES_PER_10_SECONDS: "18",
  KIE_CATALOGUE_GAP_MS: "1100",
  CATALOG_SYNC_HOURS: "24",
  ARCHIVE_S3_ENDPOINT: "https://storage.yandexcloud.net",
  ARCHIVE_S3_REGION: "ru-central1",
  ARCHIVE_S3_BUCKET: "my-bot-results",
  ARCHIVE_S3_ACCESS_KEY_ID: "the id of a static access key",
  ARCHIVE_S3_SECRET_ACCESS_KEY: "its secret",
  ARCHIVE_S3_PREFIX: "results",
  HEALTH_TOKEN: "a-long-random-string",
  LOG_LEVEL: "info",
};

const environmentSchema = z.lazy(() =>
  z.object({
    TELEGRAM_BOT_TOKEN: z.string().regex(/^\d{3,20}:[\w-]{10,}$/, "the token that BotFather gave"),
    TELEGRAM_WEBHOOK_SECRET: z.string().regex(/^[A-Za-z0-9_-]{16,256}$/, "16 to 256 characters of A-Z a-z 0-9 _ -"),
    TELEGRAM_API_ROOT: url.default("https://api.telegram.org"),
    TELEGRAM_BOT_USERNAME: z
      .string()
      .regex(/^\w{3,32}$/)
      .optional(),

    KIE_API_KEY: secret,
    KIE_BASE_URL: url.default("https://api.kie.ai"),
    KIE_UPLOAD_URL: url.default("https://kieai.redpandaai.co"),
    /** One key, or two separated by a comma while the key is being changed. */
    KIE_WEBHOOK_HMAC_KEY: z.string().min(1).optional(),

    DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, "a postgres:// connection string"),
    /** Full URL of the SQL-over-HTTP endpoint; only a Neon-compatible proxy needs it. */
    DATABASE_HTTP_ENDPOINT: url.optional(),

    QSTASH_TOKEN: secret,
    QSTASH_URL: url.optional(),
    QSTASH_CURRENT_SIGNING_KEY: secret,
    QSTASH_NEXT_SIGNING_KEY: secret,
    SWEEP_CRON: z.string().default("*/5 * * * *"),

    ADMIN_ID: z
      .string()
      .regex(/^\s*\d{1,15}(\s*,\s*\d{1,15})*\s*$/, "Telegram user ids separated by commas")
      .transform((value) => value.split(",").map((id) => Number(id.trim()))),
    CREDIT_TO_RUB_RATE: decimal,
    PRICE_MULTIPLIER: decimal.default("2"),
    /** Roubles that one Telegram Star is worth; absent = no payments in Stars. */
    STARS_TO_RUB: decimal.optional(),
    WELCOME_BONUS_KOPECKS: kopecks(0n),
    CONFIRM_FROM_KOPECKS: kopecks(2_000n),

    /** Catalog entries whose cheapest generation is free a few times a day. */
    FREE_MODELS: z
      .string()
      .regex(/^\s*[a-z0-9-]+(\s*,\s*[a-z0-9-]+)*\s*$/, "keys of catalog entries separated by commas")
      .default("z-image")
      .transform((value) => value.split(",").map((key) => key.trim())),
    /** Per user and day in Moscow; 0 = no free tier. */
    FREE_PER_DAY: wholeNumber(0),
    FREE_PER_HOUR: positiveInteger(3),

    /** What a friend and who invited them get each, after the friend's first paid top-up; 0 = off. */
    REFERRAL_BONUS_KOPECKS: kopecks(0n),
    /** Rewards of one referrer in a month. */
    REFERRAL_MONTHLY_LIMIT: positiveInteger(50),

    /** Lines like "Карта: 2200 …"; absent = no bank transfers. A line break may be written as \n. */
    BANK_REQUISITES: z.string().max(900, "at most 900 characters").optional(),
    /** Link of an SBP QR code; `{amount}` becomes the sum in kopecks. */
    BANK_SBP_LINK: z
      .url({ protocol: /^https$/ })
      .refine((link) => link.includes("{amount}"), "an https link with {amount} in it")
      .optional(),
    /** Folder with `<language>.traineddata.gz` of Tesseract, eng among them; absent = the English of npm. */
    RECEIPT_OCR_DATA: z.string().optional(),

    PUBLIC_URL: url,
    TEST_MODE: flag,
    DRY_RUN: flag,
    ALLOW_REAL_GENERATION: flag,
    KIE_STUB: flag,

    MAX_RUNNING_PER_USER: positiveInteger(3),
    MAX_QUEUED_PER_USER: positiveInteger(30),
    /** Generations that are bought together. More than may wait are refused all the same. */
    MAX_BATCH: positiveInteger(20).pipe(z.number().min(2, "at least 2").max(100, "at most 100")),
    KIE_CREATES_PER_10_SECONDS: positiveInteger(18),
    /** Between two questions to KIE's catalogue, which takes one per second and account (docs.kie.ai). */
    KIE_CATALOGUE_GAP_MS: wholeNumber(1_100),
    /** 0: only when it is asked for. */
    CATALOG_SYNC_HOURS: wholeNumber(24),

    /** A store for copies of results: all of it, or none. */
    ARCHIVE_S3_ENDPOINT: url.optional(),
    ARCHIVE_S3_REGION: z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/, "a region's name")
      .optional(),
    ARCHIVE_S3_BUCKET: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "a bucket's name")
      .optional(),
    ARCHIVE_S3_ACCESS_KEY_ID: z.string().optional(),
    ARCHIVE_S3_SECRET_ACCESS_KEY: secret.optional(),
    /** Folders before every key. */
    ARCHIVE_S3_PREFIX: z
      .string()
      .regex(/^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/, "names of A-Z a-z 0-9 _ - with slashes between them")
      .optional(),

    HEALTH_TOKEN: z.string().min(16, "at least 16 characters").optional(),
    LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),
  }),
);

export type Config = z.infer<typeof environmentSchema> & {
  /** What a generation may do, decided from the switches. */
  mode: RunMode;
  /** True when the built-in mock answers instead of KIE. */
  mockKie: boolean;
  botId: number;
  /** Null where none is set up. */
  archive: ArchiveConfig | null;
};

/** An S3-compatible store; `prefix` is "" where none is wanted. */
interface ArchiveConfig {
  endpoint: string;
  region: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
  prefix: string;
}

const ARCHIVE_NAMES = [
  "ARCHIVE_S3_ENDPOINT",
  "ARCHIVE_S3_REGION",
  "ARCHIVE_S3_BUCKET",
  "ARCHIVE_S3_ACCESS_KEY_ID",
  "ARCHIVE_S3_SECRET_ACCESS_KEY",
] as const;

/** Names under which hosting marketplaces put the same thing. */
const ALIASES: Record<string, readonly string[]> = {
  DATABASE_URL: ["POSTGRES_URL", "NEON_DATABASE_URL", "STORAGE_DATABASE_URL", "STORAGE_URL"],
  QSTASH_TOKEN: ["STORAGE_QSTASH_TOKEN", "UPSTASH_QSTASH_TOKEN"],
  QSTASH_URL: ["STORAGE_QSTASH_URL", "UPSTASH_QSTASH_URL"],
  QSTASH_CURRENT_SIGNING_KEY: ["STORAGE_QSTASH_CURRENT_SIGNING_KEY", "UPSTASH_QSTASH_CURRENT_SIGNING_KEY"],
  QSTASH_NEXT_SIGNING_KEY: ["STORAGE_QSTASH_NEXT_SIGNING_KEY", "UPSTASH_QSTASH_NEXT_SIGNING_KEY"],
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** Wrong configuration: one sentence per variable, none with a value in it. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`Configuration: ${problems.join("; ")}`);
    this.problems = problems;
  }
}

/**
 * Reads the configuration. An empty variable counts as absent.
 * @throws ConfigError naming every missing or malformed variable with an example.
 */
export function readConfig(environment: Environment): Config {
  const present: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && value.trim() !== "") present[name] = value.trim();
  }
  for (const [name, aliases] of Object.entries(ALIASES)) {
    const alias = aliases.find((candidate) => present[candidate] !== undefined);
    if (present[name] === undefined && alias !== undefined) present[name] = present[alias] ?? "";
  }
  const vercelDomain = present["VERCEL_PROJECT_PRODUCTION_URL"];
  if (present["PUBLIC_URL"] === undefined && vercelDomain !== undefined) {
    present["PUBLIC_URL"] = `https://${vercelDomain}`;
  }

  const parsed = environmentSchema.safeParse(present);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => {
      const name = String(issue.path[0]);
      const example = EXAMPLES[name] === undefined ? "" : ` (for example ${EXAMPLES[name]})`;
      return present[name] === undefined
        ? `${name} is missing${example}`
        : `${name} is malformed: ${issue.message}${example}`;
    });
    throw new ConfigError([...new Set(problems)]);
  }
  const values = parsed.data;
  return {
    ...values,
    ...runMode(values),
    botId: Number(values.TELEGRAM_BOT_TOKEN.split(":")[0]),
    archive: archiveOf(values),
  };
}

/** @throws ConfigError naming what is missing where only a part is set. */
function archiveOf(values: z.infer<typeof environmentSchema>): ArchiveConfig | null {
  const [endpoint, region, bucket, accessKeyId, secretAccessKey] = ARCHIVE_NAMES.map((name) => values[name]);
  if (endpoint && region && bucket && accessKeyId && secretAccessKey) {
    return { endpoint, region, bucket, accessKeyId, secretAccessKey, prefix: values.ARCHIVE_S3_PREFIX ?? "" };
  }
  const missing = ARCHIVE_NAMES.filter((name) => values[name] === undefined);
  if (missing.length === ARCHIVE_NAMES.length) return null;
  throw new ConfigError(
    missing.map((name) => `${name} is missing: an archive needs all of ARCHIVE_S3_* (for example ${EXAMPLES[name]})`),
  );
}

/**
 * The mock never charges: a stub that took money for mock pictures would sell nothing. Without any switch nothing real
 * happens.
 */
function runMode(values: { TEST_MODE: boolean; DRY_RUN: boolean; ALLOW_REAL_GENERATION: boolean; KIE_STUB: boolean }): {
  mode: RunMode;
  mockKie: boolean;
} {
  if (values.TEST_MODE) return { mode: "test", mockKie: true };
  if (values.DRY_RUN || values.KIE_STUB || !values.ALLOW_REAL_GENERATION) return { mode: "dry-run", mockKie: true };
  return { mode: "real", mockKie: false };
}

/** Values that must never appear in a log line. */
export function secretsOf(config: Config): string[] {
  return [
    config.TELEGRAM_BOT_TOKEN,
    config.TELEGRAM_WEBHOOK_SECRET,
    config.KIE_API_KEY,
    ...(config.KIE_WEBHOOK_HMAC_KEY?.split(",").map((key) => key.trim()) ?? []),
    config.DATABASE_URL,
    config.QSTASH_TOKEN,
    config.QSTASH_CURRENT_SIGNING_KEY,
    config.QSTASH_NEXT_SIGNING_KEY,
    ...(config.archive === null ? [] : [config.archive.accessKeyId, config.archive.secretAccessKey]),
    ...(config.HEALTH_TOKEN === undefined ? [] : [config.HEALTH_TOKEN]),
  ];
}
