import type { Fault, FaultClass } from "./fault.ts";

/** One row: every condition that is present must hold. The first row that matches wins. */
export interface FaultRow extends FaultClass {
  system: Fault["system"];
  /** Numbers are exact codes, a pair is a range with both ends, `null` is "no code". */
  codes?: readonly (number | null | readonly [number, number])[];
  /** First characters of an SQLSTATE; `null` is "none". Postgres only. */
  sqlStates?: readonly (string | null)[];
  /** Searched in the message or description. */
  text?: RegExp;
}

type Verdict = Pick<FaultClass, "retry" | "cause" | "alertAdmins">;
const quiet = (retry: FaultClass["retry"], cause: FaultClass["cause"] = "other"): Verdict => ({
  retry,
  cause,
  alertAdmins: false,
});
const alarming = (retry: FaultClass["retry"], cause: FaultClass["cause"] = "other"): Verdict => ({
  retry,
  cause,
  alertAdmins: true,
});

/** Written by `readNoAnswer`, and by drivers when no request left. */
const NOT_SENT = /not sent|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT/;
const TIMED_OUT = /timed? ?out|timeout|ETIMEDOUT/i;
const CERTIFICATE = /\b(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)|certificate/i;

/** The account is empty, whatever code says so: the lyrics service answers 429 for it. */
const NO_CREDITS = /insufficient (credit|balance|fund)|credits? (is|are|insufficient|not enough)|not enough credits/i;
const NO_SUCH_MODEL = /model name you specified is not supported|page does not exist|not published|no such model/i;
const TOO_LONG = /too long|maximum length|exceeds? the (max|limit)|characters? (max|limit)/i;
const CONTENT_POLICY =
  /content polic|violat|flagged|moderat|inappropriate|sensitive|nsfw|unsafe|prohibited|copyright|safety (system|filter|polic|check)|matche?s? (an )?existing work|rejected by flow|usage polic/i;
const INPUT_NOT_FETCHED =
  /(fail(ed)? to|can ?not|can't|could not|couldn't|unable to) (fetch|download|access|load|retrieve|read|open)|fetch(ing)? (the )?(image|file|video|audio|url|media)\b.*fail|(image|file|video|audio|url|link)s?\b.{0,40}(not accessible|unreachable|inaccessible|expired|not be (fetched|downloaded|accessed))|(invalid|wrong|broken) (image|file|video|audio|media)? ?url|url is (wrong|invalid)/i;

/** KIE: docs.kie.ai for codes and texts, read in 2026-10. The same rows read create, record and callback answers. */
const KIE: readonly FaultRow[] = [
  {
    system: "kie",
    name: "kie-no-answer",
    codes: [null],
    text: /^(not sent|timed out|connection dropped)/,
    ...quiet("unknown-outcome", "no-answer"),
  },
  { system: "kie", name: "kie-no-credits", text: NO_CREDITS, ...alarming("never", "no-credits") },
  { system: "kie", name: "kie-no-credits", codes: [402], ...alarming("never", "no-credits") },
  { system: "kie", name: "kie-unauthorized", codes: [401, 403], ...alarming("never", "authorization") },
  { system: "kie", name: "kie-rate-limited", codes: [429, 430, 550], ...quiet("later", "rate-limited") },
  { system: "kie", name: "kie-key-cap", codes: [433], ...alarming("never", "key-cap") },
  { system: "kie", name: "kie-maintenance", codes: [455], ...quiet("later", "maintenance") },
  { system: "kie", name: "kie-feature-off", codes: [505], ...alarming("never", "maintenance") },
  { system: "kie", name: "kie-no-such-model", codes: [404], ...alarming("never") },
  { system: "kie", name: "kie-no-such-model", text: NO_SUCH_MODEL, ...alarming("never") },
  {
    system: "kie",
    name: "kie-too-long",
    codes: [400, 413, 422],
    text: TOO_LONG,
    ...quiet("never", "wrong-parameters"),
  },
  { system: "kie", name: "kie-content-policy", text: CONTENT_POLICY, ...quiet("never", "content-policy") },
  { system: "kie", name: "kie-content-policy", codes: [413], ...quiet("never", "content-policy") },
  { system: "kie", name: "kie-input-not-fetched", codes: [451], ...quiet("never", "input-not-fetched") },
  { system: "kie", name: "kie-input-not-fetched", text: INPUT_NOT_FETCHED, ...quiet("never", "input-not-fetched") },
  { system: "kie", name: "kie-timeout", codes: [408], ...quiet("later", "timeout") },
  { system: "kie", name: "kie-timeout", codes: [null, [500, 599]], text: TIMED_OUT, ...quiet("later", "timeout") },
  { system: "kie", name: "kie-already-exists", codes: [409], ...quiet("never") },
  { system: "kie", name: "kie-generation-failed", codes: [501, 531], ...quiet("later", "generation-failed") },
  { system: "kie", name: "kie-wrong-parameters", codes: [400, 405, 422], ...quiet("never", "wrong-parameters") },
  { system: "kie", name: "kie-server", codes: [[500, 599]], ...quiet("later", "server") },
  { system: "kie", name: "kie-generation-failed", codes: [null], ...quiet("later", "generation-failed") },
  { system: "kie", name: "kie-other", ...quiet("never") },
];

const MEDIA_REFUSED =
  /wrong (remote )?file[ _]?id|wrong http url|wrong url|url_invalid|failed to get http url|wrong type of the web page|webpage_(curl_failed|media_empty)|media_(empty|invalid)|photo_(invalid_dimensions|ext_invalid|save_file_invalid|content_url_empty)|image_process_failed|video_(content_type|file)_invalid|document_invalid|file is too big|file must be non-empty|file_reference|too large|can't (upload|use) (file|this)|type of file mismatch/i;

/** Telegram: wording of the telegram-bot-api server; a code of `null` is a call without an answer. */
const TELEGRAM: readonly FaultRow[] = [
  { system: "telegram", name: "telegram-not-sent", codes: [null], text: NOT_SENT, ...quiet("later") },
  { system: "telegram", name: "telegram-no-answer", codes: [null], ...quiet("unknown-outcome") },
  { system: "telegram", name: "telegram-blocked", codes: [403], ...quiet("never") },
  {
    system: "telegram",
    name: "telegram-chat-gone",
    codes: [400],
    text: /chat not found|user not found|peer_id_invalid|chat_id is empty/i,
    ...quiet("never"),
  },
  {
    system: "telegram",
    name: "telegram-chat-migrated",
    codes: [400],
    text: /upgraded to a supergroup/i,
    ...quiet("never"),
  },
  {
    system: "telegram",
    name: "telegram-not-modified",
    codes: [400],
    text: /message is not modified|message_not_modified/i,
    ...quiet("never"),
  },
  {
    system: "telegram",
    name: "telegram-message-gone",
    codes: [400],
    text: /message to (edit|delete|be replied|reply) not found|message can't be (edited|deleted)|message_id_invalid|message identifier is not specified/i,
    ...quiet("never"),
  },
  {
    system: "telegram",
    name: "telegram-no-text",
    codes: [400],
    text: /there is no (text|caption) in the message/i,
    ...quiet("never"),
  },
  {
    system: "telegram",
    name: "telegram-query-too-old",
    codes: [400],
    text: /query is too old|query id is invalid|query_id_invalid/i,
    ...quiet("never"),
  },
  {
    system: "telegram",
    name: "telegram-already-refunded",
    codes: [400],
    text: /charge_already_refunded/i,
    ...quiet("never"),
  },
  { system: "telegram", name: "telegram-media-refused", codes: [400], text: MEDIA_REFUSED, ...quiet("never") },
  { system: "telegram", name: "telegram-media-refused", codes: [413], ...quiet("never") },
  {
    system: "telegram",
    name: "telegram-bad-entities",
    codes: [400],
    text: /can't parse (entities|message text|caption)|entity_|entities_/i,
    ...alarming("never"),
  },
  {
    system: "telegram",
    name: "telegram-too-long",
    codes: [400],
    text: /(text|caption|message) is too long|message_too_long|media_caption_too_long/i,
    ...alarming("never"),
  },
  { system: "telegram", name: "telegram-token-revoked", codes: [401, 404], ...alarming("never") },
  { system: "telegram", name: "telegram-conflict", codes: [409], ...alarming("later") },
  { system: "telegram", name: "telegram-flood", codes: [429], ...quiet("later") },
  { system: "telegram", name: "telegram-server", codes: [[500, 599]], ...quiet("unknown-outcome") },
  { system: "telegram", name: "telegram-other", ...quiet("never") },
];

/** PostgreSQL, Appendix A of its manual, and what the HTTP driver says when there is no SQLSTATE. */
const POSTGRES: readonly FaultRow[] = [
  { system: "postgres", name: "postgres-serialization", sqlStates: ["40001"], ...quiet("later") },
  { system: "postgres", name: "postgres-deadlock", sqlStates: ["40P01"], ...quiet("later") },
  { system: "postgres", name: "postgres-outcome-unknown", sqlStates: ["40003", "08007"], ...quiet("unknown-outcome") },
  { system: "postgres", name: "postgres-starting", sqlStates: ["57P03"], ...quiet("later") },
  {
    system: "postgres",
    name: "postgres-cancelled",
    sqlStates: ["57014", "55P03", "25P03", "25P04"],
    ...quiet("later"),
  },
  { system: "postgres", name: "postgres-stopped", sqlStates: ["57P"], ...quiet("unknown-outcome") },
  { system: "postgres", name: "postgres-not-connected", sqlStates: ["08001", "08004"], ...quiet("later") },
  { system: "postgres", name: "postgres-connection-lost", sqlStates: ["08"], ...quiet("unknown-outcome") },
  { system: "postgres", name: "postgres-duplicate", sqlStates: ["23505"], ...quiet("never") },
  { system: "postgres", name: "postgres-check", sqlStates: ["23514"], ...quiet("never") },
  { system: "postgres", name: "postgres-constraint", sqlStates: ["23"], ...quiet("never") },
  { system: "postgres", name: "postgres-overloaded", sqlStates: ["53"], ...alarming("later") },
  { system: "postgres", name: "postgres-read-only", sqlStates: ["25006"], ...alarming("later") },
  { system: "postgres", name: "postgres-unauthorized", sqlStates: ["28", "3D", "42501"], ...alarming("never") },
  { system: "postgres", name: "postgres-not-sent", sqlStates: [null], text: NOT_SENT, ...quiet("later") },
  {
    system: "postgres",
    name: "postgres-quota",
    sqlStates: [null],
    text: /quota|exceeded the .*limit|endpoint is disabled/i,
    ...alarming("later"),
  },
  { system: "postgres", name: "postgres-no-answer", sqlStates: [null], ...quiet("unknown-outcome") },
  { system: "postgres", name: "postgres-internal", sqlStates: ["XX", "58"], ...alarming("later") },
  { system: "postgres", name: "postgres-bug", ...alarming("never") },
];

const QSTASH: readonly FaultRow[] = [
  { system: "qstash", name: "qstash-not-sent", codes: [null], text: NOT_SENT, ...quiet("later") },
  { system: "qstash", name: "qstash-no-answer", codes: [null], ...quiet("unknown-outcome") },
  { system: "qstash", name: "qstash-unauthorized", codes: [401, 403], ...alarming("never") },
  { system: "qstash", name: "qstash-quota", codes: [429], ...alarming("later") },
  { system: "qstash", name: "qstash-server", codes: [[500, 599]], ...quiet("unknown-outcome") },
  { system: "qstash", name: "qstash-refused", ...alarming("never") },
];

const NETWORK: readonly FaultRow[] = [
  { system: "network", name: "network-certificate", text: CERTIFICATE, ...alarming("never", "no-answer") },
  { system: "network", name: "network-not-sent", text: NOT_SENT, ...quiet("later", "no-answer") },
  { system: "network", name: "network-timeout", text: TIMED_OUT, ...quiet("unknown-outcome", "no-answer") },
  { system: "network", name: "network-dropped", ...quiet("unknown-outcome", "no-answer") },
];

/** Everything the outside can answer wrongly. Each system's last row catches what no other row knows. */
export const FAULT_TABLE: readonly FaultRow[] = [...KIE, ...TELEGRAM, ...POSTGRES, ...QSTASH, ...NETWORK];
