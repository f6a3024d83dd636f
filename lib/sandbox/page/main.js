// @ts-check
/** The page: keeps the state, talks to the sandbox and wires the parts together. */

import * as api from "./api.js";
import { askAboutFiles, splitIntoAlbums } from "./attachments.js";
import { createChatView } from "./chat-view.js";
import { acceptDrops, createComposer } from "./composer.js";
import { coalesce, followEvents } from "./connection.js";
import { el, textButton } from "./dom.js";
import { createLayout } from "./layout.js";
import { copyText, showAlert, showError, showNotice, showToast } from "./notices.js";
import { createOutbox } from "./outbox.js";
import { createPanel } from "./panel.js";
import { askPayment } from "./pay.js";
import { askProfile, createUserList } from "./users.js";

/** @import { Attachment, Chat, SendKind, Toast, User } from "./types.js" */

const DEFAULT_USER_ID = 1001;
/** The end of a chat action is no event, so the page asks now and then whether it still goes on. */
const TYPING_CHECK_MS = 2500;
const NAMES = ["Анна", "Борис", "Вера", "Глеб", "Дарья", "Егор", "Жанна", "Иван", "Ксения", "Лев"];

const state = {
  userId: userIdFromHash(),
  /** @type {User[]} */
  users: [],
  /** @type {Chat | undefined} */
  chat: undefined,
  /** @type {unknown} */
  chatError: undefined,
  offsetMs: 0,
  /** As the server tells it: the difference of two clocks would be off by the time of an answer. */
  offsetSeconds: 0,
  /** @type {Set<number>} */
  unread: new Set(),
  /** @type {Map<number, string>} */
  drafts: new Map(),
  /** Texts of toasts already shown, with their number; undefined before the first look at this chat. */
  /** @type {Map<string, number> | undefined} */
  toasts: undefined,
};
let chatAbort = new AbortController();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let typingTimer;

const nowMs = () => Date.now() + state.offsetMs;

const outbox = createOutbox({ nowMs, onChange: drawChatOf, onSent: refreshChatOf });
const chatView = createChatView({
  onTap: tapButton,
  onPay: (messageId) => void payInvoice(messageId),
  onStartLink: (payload) => sendText(payload === "" ? "/start" : `/start ${payload}`, undefined),
  onCommand: (command) => sendText(command, undefined),
  onCopy: (text) => void copyText(text),
  onReply: (message) => composer.setReply(message),
  onRetry: outbox.retry,
  onDiscard: outbox.discard,
});
const composer = createComposer({
  onText: sendText,
  onFiles: (files, kind, caption) => void sendFiles(files, kind, caption),
  async loadCommands() {
    await introduce(currentUser());
    return api.fetchCommands(state.userId);
  },
});
const users = createUserList({
  onSelect: selectUser,
  onNew: () => void createUser(),
  onClose: () => layout.closeUsers(),
});
const panel = createPanel({
  onClose: () => layout.closeDrawers(),
  advance,
  credit: async (userId, kopecks) => {
    await api.creditUser(userId, kopecks);
    await refreshPanel();
  },
  setBlocked,
  editProfile,
  reset,
  onCallsOpen: () => void refreshPanel(),
  onFaultsOpen: () => void refreshPanel(),
  setFault: (name, parameters) => api.setFault(name, parameters).finally(refreshPanel),
  clearFaults: () => api.clearFaults().finally(refreshPanel),
  userId: () => state.userId,
});
const layout = createLayout(
  { users: users.element, chat: chatView.element, composer: composer.element, panel: panel.element },
  { onRetry: reconnect, onPanelOpen: () => void refreshPanel(), onUsersOpen: () => users.focusCurrent() },
);
const startButton = textButton("Начать", () => sendText("/start", undefined), { class: "start", testId: "start" });
layout.bottom.prepend(startButton);
document.body.append(layout.element);

const refreshUsers = coalesce(
  guarded(async () => {
    state.users = await api.fetchUsers();
    drawUsers();
  }),
);
const refreshClock = coalesce(
  guarded(async () => {
    readNow(await api.fetchClock());
  }),
);
const refreshPanel = coalesce(loadPanel);
const refreshChat = coalesce(loadChat);

const events = followEvents({
  onChange(userId) {
    if (userId === undefined || userId === state.userId) void refreshChat();
    else state.unread.add(userId);
    void refreshUsers();
    if (layout.isPanelShown()) void refreshPanel();
  },
  onStatus(isOnline) {
    layout.showConnection(isOnline);
    if (isOnline) refreshAll();
  },
});

addEventListener("hashchange", () => {
  const userId = userIdFromHash();
  if (userId !== state.userId) openChat(userId);
});
acceptDrops(layout.chat, (files) => void sendFiles(files, undefined, composer.getText().trim()));
setInterval(drawClock, 1000);
openChat(state.userId);
refreshAll();

function refreshAll() {
  void refreshClock();
  void refreshUsers();
  void refreshChat();
  if (layout.isPanelShown()) void refreshPanel();
}

function reconnect() {
  events.retry();
  refreshAll();
}

/**
 * A background refresh never rejects: a lost connection shows in the banner, a refusal in a notice.
 *
 * @param {() => Promise<void>} load
 */
function guarded(load) {
  return async () => {
    try {
      await load();
    } catch (error) {
      if (error instanceof api.ConnectionLost) layout.showConnection(false);
      else showError(error);
    }
  };
}

function userIdFromHash() {
  const userId = Number(new URLSearchParams(location.hash.slice(1)).get("u"));
  return Number.isSafeInteger(userId) && userId > 0 ? userId : DEFAULT_USER_ID;
}

/** @returns {User} */
function currentUser() {
  const known = state.users.find((user) => user.userId === state.userId);
  return known ?? { userId: state.userId, firstName: defaultName(state.userId), languageCode: "ru" };
}

/** @param {number} userId */
function defaultName(userId) {
  return NAMES[(userId - DEFAULT_USER_ID) % NAMES.length] ?? `Пользователь ${userId}`;
}

/** @param {number} userId */
function selectUser(userId) {
  layout.closeUsers();
  if (userId === state.userId) return;
  location.hash = `u=${userId}`;
}

/** @param {number} userId */
function openChat(userId) {
  state.drafts.set(state.userId, composer.getText());
  state.userId = userId;
  state.chat = undefined;
  state.chatError = undefined;
  state.toasts = undefined;
  state.unread.delete(userId);
  chatAbort.abort();
  chatAbort = new AbortController();
  composer.setReply(undefined);
  composer.setText(state.drafts.get(userId) ?? "");
  chatView.clear();
  drawChat();
  drawUsers();
  void refreshChat();
  if (layout.isPanelShown()) void refreshPanel();
}

async function loadChat() {
  const { userId } = state;
  try {
    const chat = await api.fetchChat(userId, chatAbort.signal);
    if (userId !== state.userId) return;
    state.chat = chat;
    state.chatError = undefined;
    showNewToasts(chat.toasts);
  } catch (error) {
    if (userId !== state.userId || (error instanceof DOMException && error.name === "AbortError")) return;
    if (error instanceof api.ConnectionLost) layout.showConnection(false);
    if (state.chat && !(error instanceof api.ConnectionLost)) showError(error);
    state.chatError = error;
  }
  drawChat();
}

/** @param {number} userId */
async function refreshChatOf(userId) {
  if (userId === state.userId) await refreshChat();
  void refreshUsers();
}

/** @param {number} userId */
function drawChatOf(userId) {
  if (userId === state.userId) drawChat();
}

function drawChat() {
  const { chat, userId } = state;
  const confirmed = chat?.messages ?? [];
  const unconfirmed = outbox.unconfirmed(userId, confirmed);
  const isEmpty = confirmed.length === 0 && unconfirmed.length === 0;
  chatView.render([...confirmed, ...unconfirmed], nowMs());
  chatView.showState(isEmpty ? emptyState() : null);
  startButton.hidden = !isEmpty || chat === undefined;
  layout.showTyping(chat?.typing);
  panel.renderBlocked(isBlocked());
  clearTimeout(typingTimer);
  if (chat?.typing) typingTimer = setTimeout(() => void refreshChat(), TYPING_CHECK_MS);
}

function emptyState() {
  if (state.chat) {
    return el(
      "div",
      { class: "greeting" },
      el("strong", { text: "Здесь пока пусто" }),
      el("span", { text: "Нажмите «Начать», чтобы бот поздоровался, или просто напишите ему." }),
    );
  }
  if (state.chatError === undefined)
    return el("div", { class: "spinner", attrs: { role: "status", "aria-label": "Загружаем чат" } });
  const reason = state.chatError instanceof Error ? state.chatError.message : "";
  return el(
    "div",
    { class: "greeting", testId: "chat-error" },
    el("strong", { text: "Не удалось загрузить чат" }),
    el("span", { text: reason }),
    textButton("Повторить", reconnect),
  );
}

function isBlocked() {
  return state.chat?.blocked ?? currentUser().blocked ?? false;
}

function drawUsers() {
  const current = currentUser();
  const isKnown = state.users.some(({ userId }) => userId === current.userId);
  users.render(isKnown ? state.users : [current, ...state.users], state.userId, state.unread);
  layout.showUser(current);
  document.title = `${current.firstName} · Песочница бота`;
}

/**
 * The chat carries all of its toasts; only those that came since the last look are shown.
 *
 * @param {Toast[]} toasts
 */
function showNewToasts(toasts) {
  const seen = state.toasts;
  const counts = new Map();
  for (const toast of toasts) {
    const key = JSON.stringify([toast.at, toast.messageId, toast.text, toast.alert]);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    if (!seen || (seen.get(key) ?? 0) >= counts.get(key) || toast.text === "") continue;
    if (toast.alert) showAlert(toast.text);
    else showToast(toast.text);
  }
  state.toasts = counts;
}

function newestMessageId() {
  return (state.chat?.messages ?? []).reduce((highest, { messageId }) => Math.max(highest, messageId), 0);
}

/**
 * A person the server has not met is introduced first, with the name the page shows.
 *
 * @param {User} user
 */
async function introduce(user) {
  if (state.users.some(({ userId }) => userId === user.userId)) return;
  await api.saveProfile(user.userId, {
    firstName: user.firstName,
    username: user.username ?? "",
    languageCode: user.languageCode,
  });
}

/**
 * @param {string} text
 * @param {number | undefined} replyTo
 */
function sendText(text, replyTo) {
  const user = currentUser();
  void outbox.add(user.userId, { text, replyTo }, newestMessageId(), async () => {
    await introduce(user);
    await api.sendText(user.userId, text, replyTo);
  });
}

/**
 * @param {File[]} files
 * @param {SendKind | undefined} kind
 * @param {string} words
 */
async function sendFiles(files, kind, words) {
  const answer = await askAboutFiles(files, kind, words);
  if (!answer) return composer.focus();
  const replyTo = composer.takeReply();
  composer.setText("");
  const user = currentUser();
  let { caption } = answer;
  for (const album of splitIntoAlbums(answer.attachments)) {
    await sendAlbum(user, album, caption, replyTo);
    caption = "";
  }
}

/**
 * The parts go one after another, as Telegram would deliver them; a failed one does not hold back the rest.
 *
 * @param {User} user
 * @param {Attachment[]} album
 * @param {string} caption
 * @param {number | undefined} replyTo
 */
async function sendAlbum(user, album, caption, replyTo) {
  const mediaGroupId = album.length > 1 ? crypto.randomUUID() : undefined;
  /** @type {Promise<unknown>} */
  let previous = Promise.resolve();
  const afterId = newestMessageId();
  const sendings = album.map((attachment, index) => {
    const options = { caption: index === 0 ? caption : "", replyTo, mediaGroupId };
    const before = previous;
    const sending = outbox.add(user.userId, { attachment, ...options }, afterId, async () => {
      await before;
      await introduce(user);
      await api.sendFile(user.userId, attachment, options);
    });
    previous = sending;
    return sending;
  });
  await Promise.all(sendings);
}

/**
 * @param {number} messageId
 * @param {string} data
 */
async function tapButton(messageId, data) {
  const { userId } = state;
  try {
    await api.tapButton(userId, messageId, data);
  } catch (error) {
    showError(error);
  }
  await refreshChatOf(userId);
}

/** @param {number} messageId */
async function payInvoice(messageId) {
  const { userId } = state;
  const invoice = state.chat?.messages.find((message) => message.messageId === messageId);
  if (!invoice || !(await askPayment(invoice))) return;
  try {
    const { status } = await api.payInvoice(userId, messageId);
    if (status === "paid") showNotice("Оплачено");
  } catch (error) {
    showError(error);
  }
  await refreshChatOf(userId);
}

async function createUser() {
  const userId = Math.max(DEFAULT_USER_ID, ...state.users.map((user) => user.userId)) + 1;
  const profile = await askProfile({
    title: "Новый пользователь",
    confirm: "Создать",
    profile: { firstName: defaultName(userId), username: "", languageCode: "ru" },
  });
  if (!profile) return;
  try {
    await api.saveProfile(userId, profile);
    await refreshUsers();
    selectUser(userId);
  } catch (error) {
    showError(error);
  }
}

async function editProfile() {
  const user = currentUser();
  const profile = await askProfile({
    title: "Профиль",
    confirm: "Сохранить",
    profile: { firstName: user.firstName, username: user.username ?? "", languageCode: user.languageCode },
  });
  if (!profile) return;
  await api.saveProfile(user.userId, profile);
  await refreshUsers();
}

/** @param {boolean} blocks */
async function setBlocked(blocks) {
  await introduce(currentUser());
  await (blocks ? api.blockBot(state.userId) : api.unblockBot(state.userId));
  showNotice(blocks ? "Бот заблокирован" : "Бот разблокирован");
  await Promise.all([refreshChat(), refreshUsers()]);
}

/** @param {{now: string, offsetSeconds?: number}} clock */
function readNow(clock) {
  const now = Date.parse(clock.now);
  if (Number.isFinite(now)) state.offsetMs = now - Date.now();
  state.offsetSeconds = clock.offsetSeconds ?? Math.round(state.offsetMs / 1000);
  drawClock();
}

function drawClock() {
  panel.renderClock(nowMs(), state.offsetSeconds);
}

/** @param {number} seconds */
async function advance(seconds) {
  readNow(await api.advanceClock(seconds));
  await Promise.all([refreshChat(), refreshPanel()]);
}

async function loadPanel() {
  try {
    const [wallets] = await Promise.all([api.fetchWallets(), refreshClock()]);
    panel.renderWallets(wallets, state.users, state.userId);
    if (panel.isCallsOpen()) panel.renderCalls(await api.fetchCalls());
    if (panel.isFaultsOpen()) panel.renderFaults(await api.fetchFaults());
  } catch (error) {
    if (error instanceof api.ConnectionLost) layout.showConnection(false);
    panel.renderWalletsError(error instanceof Error ? error.message : "Не удалось загрузить");
  }
}

async function reset() {
  await api.resetSandbox();
  outbox.clear();
  state.drafts.clear();
  state.unread.clear();
  openChat(state.userId);
  refreshAll();
  showNotice("Песочница сброшена");
}
