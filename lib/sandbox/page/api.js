// @ts-check
/** The sandbox's JSON API. Every function throws `ConnectionLost` when the server can not be reached and `ApiError` when it refuses. */

/** @import { Attachment, Call, Chat, Command, Fault, Profile, User, Wallet } from "./types.js" */

export class ConnectionLost extends Error {
  constructor() {
    super("Нет связи с песочницей");
    this.name = "ConnectionLost";
  }
}

export class ApiError extends Error {
  /**
   * @param {string} message
   * @param {number} status
   */
  constructor(message, status) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }
}

/**
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<any>}
 */
async function call(path, init) {
  let response;
  let text;
  try {
    response = await fetch(`/sandbox/${path}`, init);
    text = await response.text();
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ConnectionLost();
  }
  const body = parseJson(text);
  if (!response.ok) throw new ApiError(refusal(body, text, response.status), response.status);
  return body ?? {};
}

/** @param {string} text */
function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * @param {any} body
 * @param {string} text
 * @param {number} status
 */
function refusal(body, text, status) {
  const said = body?.error?.message ?? body?.error ?? body?.description ?? body?.message ?? text;
  return typeof said === "string" && said !== "" && said.length < 300 ? said : `Ошибка ${status}`;
}

/**
 * @param {string} path
 * @param {unknown} body
 */
const post = (path, body) =>
  call(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** @returns {Promise<User[]>} */
export const fetchUsers = async () => (await call("chats")).users ?? [];

/**
 * A user the server has not met yet has an empty chat.
 *
 * @param {number} userId
 * @param {AbortSignal} signal
 * @returns {Promise<Chat>}
 */
export async function fetchChat(userId, signal) {
  try {
    const chat = await call(`chats/${userId}`, { signal });
    return { ...chat, messages: chat.messages ?? [], toasts: chat.toasts ?? [] };
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return { messages: [], toasts: [] };
    throw error;
  }
}

/**
 * @param {number} userId
 * @returns {Promise<Command[]>}
 */
export const fetchCommands = async (userId) => (await call(`chats/${userId}/commands`)).commands ?? [];

/**
 * @param {number} userId
 * @param {string} text
 * @param {number | undefined} replyTo
 */
export const sendText = (userId, text, replyTo) =>
  post(`chats/${userId}/messages`, { text, ...(replyTo !== undefined && { replyTo }) });

/**
 * @param {number} userId
 * @param {Attachment} attachment
 * @param {{caption: string, replyTo: number | undefined, mediaGroupId: string | undefined}} options
 */
export function sendFile(userId, attachment, { caption, replyTo, mediaGroupId }) {
  const form = new FormData();
  form.set("file", attachment.file, attachment.file.name);
  form.set("kind", attachment.kind);
  form.set("caption", caption);
  if (replyTo !== undefined) form.set("replyTo", String(replyTo));
  if (mediaGroupId !== undefined) form.set("mediaGroupId", mediaGroupId);
  return call(`chats/${userId}/messages`, { method: "POST", body: form });
}

/**
 * @param {number} userId
 * @param {number} messageId
 * @param {string} data
 */
export const tapButton = (userId, messageId, data) => post(`chats/${userId}/taps`, { messageId, data });

/**
 * @param {number} userId
 * @param {number} messageId Of the invoice.
 * @returns {Promise<{status: "paid" | "refused" | "timed-out"}>} A refusal is also told as a window of the chat.
 */
export const payInvoice = (userId, messageId) => post(`chats/${userId}/pay`, { messageId });

/**
 * @param {number} userId
 * @param {Profile} profile
 */
export const saveProfile = (userId, profile) => post(`chats/${userId}/profile`, profile);

/** @param {number} userId */
export const blockBot = (userId) => post(`chats/${userId}/block`, {});

/** @param {number} userId */
export const unblockBot = (userId) => post(`chats/${userId}/unblock`, {});

/** @returns {Promise<{now: string, offsetSeconds?: number}>} */
export const fetchClock = () => call("clock");

/**
 * @param {number} advanceSeconds
 * @returns {Promise<{now: string}>}
 */
export const advanceClock = (advanceSeconds) => post("clock", { advanceSeconds });

/**
 * @param {number} userId
 * @param {number} kopecks
 */
export const creditUser = (userId, kopecks) => post("credit", { userId, kopecks });

/** @returns {Promise<Wallet[]>} */
export const fetchWallets = async () => (await call("wallets")).wallets ?? [];

/** @returns {Promise<Call[]>} */
export const fetchCalls = async () => (await call("calls")).calls ?? [];

/** @returns {Promise<Fault[]>} */
export const fetchFaults = async () => (await call("faults")).faults ?? [];

/**
 * @param {string} name
 * @param {object} parameters
 */
export const setFault = (name, parameters) => post("faults", { name, ...parameters });

export const clearFaults = () => post("faults/clear", {});

export const resetSandbox = () => post("reset", {});
