import { expect, test } from "vitest";
import { FAILURE_CAUSES } from "../../../lib/faults/causes.ts";
import { classify } from "../../../lib/faults/classify.ts";
import type { FaultClass } from "../../../lib/faults/fault.ts";
import { FAULT_TABLE } from "../../../lib/faults/table.ts";
import { classifyTelegram } from "../../../lib/telegram/kinds.ts";

type Row = [name: string, retry: FaultClass["retry"], cause: FaultClass["cause"], alertAdmins: boolean];
const row = ({ name, retry, cause, alertAdmins }: FaultClass): Row => [name, retry, cause, alertAdmins];

const kie = (code: number | null, message: string): Row => row(classify({ system: "kie", code, message }));
const telegram = (code: number | null, description: string): Row =>
  row(classify({ system: "telegram", code, description, retryAfterSeconds: null }));
const postgres = (sqlState: string | null, message = ""): Row =>
  row(classify({ system: "postgres", sqlState, message }));
const qstash = (status: number | null, message = ""): Row => row(classify({ system: "qstash", status, message }));
const network = (message: string): Row => row(classify({ system: "network", message }));

test.each<[number | null, string, Row]>([
  [400, "bad request", ["kie-wrong-parameters", "never", "wrong-parameters", false]],
  [401, "You do not have access permissions", ["kie-unauthorized", "never", "authorization", true]],
  [402, "", ["kie-no-credits", "never", "no-credits", true]],
  [403, "error code: 1010", ["kie-unauthorized", "never", "authorization", true]],
  [404, "Not found", ["kie-no-such-model", "never", "other", true]],
  [405, "over limit", ["kie-wrong-parameters", "never", "wrong-parameters", false]],
  [408, "", ["kie-timeout", "later", "timeout", false]],
  [409, "WAV record already exists", ["kie-already-exists", "never", "other", false]],
  [413, "Uploaded audio matches existing work of art", ["kie-content-policy", "never", "content-policy", false]],
  [413, "The prompt is too long", ["kie-too-long", "never", "wrong-parameters", false]],
  [422, "prompt is required", ["kie-wrong-parameters", "never", "wrong-parameters", false]],
  [422, "The model name you specified is not supported. Please verify", ["kie-no-such-model", "never", "other", true]],
  [422, "Page does not exist or is not published", ["kie-no-such-model", "never", "other", true]],
  [422, "url is wrong", ["kie-input-not-fetched", "never", "input-not-fetched", false]],
  [
    429,
    "Your call frequency is too high. Please try again later.",
    ["kie-rate-limited", "later", "rate-limited", false],
  ],
  [429, "Insufficient credits", ["kie-no-credits", "never", "no-credits", true]],
  [430, "too frequent", ["kie-rate-limited", "later", "rate-limited", false]],
  [433, "sub-key quota", ["kie-key-cap", "never", "key-cap", true]],
  [451, "", ["kie-input-not-fetched", "never", "input-not-fetched", false]],
  [455, "maintenance", ["kie-maintenance", "later", "maintenance", false]],
  [500, "Internal server error", ["kie-server", "later", "server", false]],
  [501, "Audio generation failed", ["kie-generation-failed", "later", "generation-failed", false]],
  [503, "", ["kie-server", "later", "server", false]],
  [505, "feature disabled", ["kie-feature-off", "never", "maintenance", true]],
  [
    531,
    "Sorry, the generation failed due to an issue. Your credits have been refunded.",
    ["kie-generation-failed", "later", "generation-failed", false],
  ],
  [550, "connection denied", ["kie-rate-limited", "later", "rate-limited", false]],
  [null, "", ["kie-generation-failed", "later", "generation-failed", false]],
  [null, "timed out", ["kie-no-answer", "unknown-outcome", "no-answer", false]],
  [299, "?", ["kie-other", "never", "other", false]],
])("KIE code %s «%s»", (code, message, expected) => {
  expect(kie(code, message)).toEqual(expected);
});

test.each([
  [400, "Your prompt was flagged by Website as violating content policies."],
  [400, "Your content was flagged by OpenAI as violating content policies"],
  [400, "Inappropriate content detected. Please replace the image or video."],
  [400, "Your prompt was caught by our AI moderator. Please adjust it and try again!"],
  [500, "The input was rejected: NSFW"],
  [501, "sensitive words in lyrics"],
  [null, "blocked by the safety system"],
  [400, "copyrighted lyrics"],
])("failMsg (%s) «%s» is content policy", (code, message) => {
  expect(kie(code, message)[2]).toBe("content-policy");
});

test.each([
  [400, "Failed to fetch the image. Kindly verify any access limits set by you or your service provider."],
  [422, "Could not download video_url"],
  [500, "fetching image failed"],
  [501, "The image url is not accessible"],
  [null, "unable to access the file"],
])("failMsg (%s) «%s» is an input that was not fetched", (code, message) => {
  expect(kie(code, message)[2]).toBe("input-not-fetched");
});

test("a slip of words does not become content policy", () => {
  expect(kie(422, "safety_tolerance must be between 0 and 6")[0]).toBe("kie-wrong-parameters");
  expect(kie(500, "upstream timeout")[0]).toBe("kie-timeout");
});

test.each<[number | null, string, Row]>([
  [403, "Forbidden: bot was blocked by the user", ["telegram-blocked", "never", "other", false]],
  [403, "Forbidden: user is deactivated", ["telegram-blocked", "never", "other", false]],
  [403, "Forbidden: bot was kicked from the group chat", ["telegram-blocked", "never", "other", false]],
  [400, "Bad Request: chat not found", ["telegram-chat-gone", "never", "other", false]],
  [
    400,
    "Bad Request: group chat was upgraded to a supergroup chat",
    ["telegram-chat-migrated", "never", "other", false],
  ],
  [
    400,
    "Bad Request: message is not modified: specified new message content",
    ["telegram-not-modified", "never", "other", false],
  ],
  [400, "Bad Request: message to edit not found", ["telegram-message-gone", "never", "other", false]],
  [400, "Bad Request: message can't be edited", ["telegram-message-gone", "never", "other", false]],
  [400, "Bad Request: MESSAGE_ID_INVALID", ["telegram-message-gone", "never", "other", false]],
  [400, "Bad Request: there is no text in the message to edit", ["telegram-no-text", "never", "other", false]],
  [
    400,
    "Bad Request: query is too old and response timeout expired or query ID is invalid",
    ["telegram-query-too-old", "never", "other", false],
  ],
  [400, "Bad Request: CHARGE_ALREADY_REFUNDED", ["telegram-already-refunded", "never", "other", false]],
  [400, "Bad Request: wrong file identifier/HTTP URL specified", ["telegram-media-refused", "never", "other", false]],
  [400, "Bad Request: Wrong HTTP URL specified", ["telegram-media-refused", "never", "other", false]],
  [400, "Bad Request: failed to get HTTP URL content", ["telegram-media-refused", "never", "other", false]],
  [400, "Bad Request: wrong type of the web page content", ["telegram-media-refused", "never", "other", false]],
  [400, "Bad Request: WEBPAGE_CURL_FAILED", ["telegram-media-refused", "never", "other", false]],
  [400, "Bad Request: file is too big", ["telegram-media-refused", "never", "other", false]],
  [413, "Request Entity Too Large", ["telegram-media-refused", "never", "other", false]],
  [400, "Bad Request: can't parse entities: unsupported start tag", ["telegram-bad-entities", "never", "other", true]],
  [400, "Bad Request: message is too long", ["telegram-too-long", "never", "other", true]],
  [400, "Bad Request: MEDIA_CAPTION_TOO_LONG", ["telegram-too-long", "never", "other", true]],
  [401, "Unauthorized", ["telegram-token-revoked", "never", "other", true]],
  [404, "Not Found", ["telegram-token-revoked", "never", "other", true]],
  [409, "Conflict: terminated by other getUpdates request", ["telegram-conflict", "later", "other", true]],
  [429, "Too Many Requests: retry after 5", ["telegram-flood", "later", "other", false]],
  [500, "Internal Server Error", ["telegram-server", "unknown-outcome", "other", false]],
  [502, "Bad Gateway", ["telegram-server", "unknown-outcome", "other", false]],
  [null, "not sent: ECONNREFUSED", ["telegram-not-sent", "later", "other", false]],
  [null, "timed out", ["telegram-no-answer", "unknown-outcome", "other", false]],
  [null, "connection dropped: ECONNRESET", ["telegram-no-answer", "unknown-outcome", "other", false]],
  [400, "Bad Request: BUTTON_DATA_INVALID", ["telegram-other", "never", "other", false]],
])("Telegram %s «%s»", (code, description, expected) => {
  expect(telegram(code, description)).toEqual(expected);
});

test.each([
  [403, "Forbidden", "blocked"],
  [400, "Bad Request: message is not modified", "not-modified"],
  [429, "Too Many Requests", "flood"],
  [502, "Bad Gateway", "unknown-outcome"],
  [null, "timed out", "unknown-outcome"],
  [null, "not sent: ENOTFOUND", "not-sent"],
  [400, "Bad Request: something new", "other"],
])("Telegram %s «%s» is of kind %s", (code, description, kind) => {
  expect(classifyTelegram({ system: "telegram", code, description, retryAfterSeconds: null })).toBe(kind);
});

test.each<[string | null, string, Row]>([
  ["40001", "", ["postgres-serialization", "later", "other", false]],
  ["40P01", "", ["postgres-deadlock", "later", "other", false]],
  ["40003", "", ["postgres-outcome-unknown", "unknown-outcome", "other", false]],
  ["08007", "", ["postgres-outcome-unknown", "unknown-outcome", "other", false]],
  ["57P03", "", ["postgres-starting", "later", "other", false]],
  ["57P01", "", ["postgres-stopped", "unknown-outcome", "other", false]],
  ["57014", "", ["postgres-cancelled", "later", "other", false]],
  ["55P03", "", ["postgres-cancelled", "later", "other", false]],
  ["08001", "", ["postgres-not-connected", "later", "other", false]],
  ["08006", "", ["postgres-connection-lost", "unknown-outcome", "other", false]],
  ["08P01", "", ["postgres-connection-lost", "unknown-outcome", "other", false]],
  ["23505", "", ["postgres-duplicate", "never", "other", false]],
  ["23514", "", ["postgres-check", "never", "other", false]],
  ["23503", "", ["postgres-constraint", "never", "other", false]],
  ["53300", "", ["postgres-overloaded", "later", "other", true]],
  ["25006", "", ["postgres-read-only", "later", "other", true]],
  ["28P01", "", ["postgres-unauthorized", "never", "other", true]],
  ["3D000", "", ["postgres-unauthorized", "never", "other", true]],
  ["42501", "", ["postgres-unauthorized", "never", "other", true]],
  ["42P01", "", ["postgres-bug", "never", "other", true]],
  ["22P02", "", ["postgres-bug", "never", "other", true]],
  ["XX000", "", ["postgres-internal", "later", "other", true]],
  [null, "not sent: ECONNREFUSED", ["postgres-not-sent", "later", "other", false]],
  [null, "Your account or project has exceeded the compute time quota.", ["postgres-quota", "later", "other", true]],
  [null, "timed out", ["postgres-no-answer", "unknown-outcome", "other", false]],
  [null, "Server error (HTTP status 502)", ["postgres-no-answer", "unknown-outcome", "other", false]],
])("Postgres %s %s", (sqlState, message, expected) => {
  expect(postgres(sqlState, message)).toEqual(expected);
});

test.each<[number | null, string, Row]>([
  [401, "", ["qstash-unauthorized", "never", "other", true]],
  [403, "", ["qstash-unauthorized", "never", "other", true]],
  [429, "", ["qstash-quota", "later", "other", true]],
  [400, "", ["qstash-refused", "never", "other", true]],
  [503, "", ["qstash-server", "unknown-outcome", "other", false]],
  [null, "publish: timed out", ["qstash-no-answer", "unknown-outcome", "other", false]],
  [null, "publish: not sent: ENOTFOUND", ["qstash-not-sent", "later", "other", false]],
])("QStash %s %s", (status, message, expected) => {
  expect(qstash(status, message)).toEqual(expected);
});

test.each<[string, Row]>([
  ["not sent: ECONNREFUSED", ["network-not-sent", "later", "no-answer", false]],
  ["not sent: ENOTFOUND", ["network-not-sent", "later", "no-answer", false]],
  ["not sent: EAI_AGAIN", ["network-not-sent", "later", "no-answer", false]],
  ["not sent: CERT_HAS_EXPIRED", ["network-certificate", "never", "no-answer", true]],
  ["timed out", ["network-timeout", "unknown-outcome", "no-answer", false]],
  ["connection dropped: ECONNRESET", ["network-dropped", "unknown-outcome", "no-answer", false]],
  ["HTTP 502", ["network-dropped", "unknown-outcome", "no-answer", false]],
])("network «%s»", (message, expected) => {
  expect(network(message)).toEqual(expected);
});

test("each system ends in a row that takes everything", () => {
  for (const system of ["kie", "telegram", "postgres", "qstash", "network"] as const) {
    const last = FAULT_TABLE.filter((candidate) => candidate.system === system).at(-1);
    expect([last?.codes, last?.sqlStates, last?.text]).toEqual([undefined, undefined, undefined]);
  }
});

test("every cause of a failure can be the words for something, or is made elsewhere", () => {
  const used = new Set(FAULT_TABLE.map(({ cause }) => cause));
  expect(FAILURE_CAUSES.filter((cause) => !used.has(cause))).toEqual([]);
});
