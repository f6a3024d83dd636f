// @ts-check
/** The last calls the bot made to the outside, newest first. */

import { el } from "./dom.js";
import { formatTimeWithSeconds } from "./format.js";
import { copyText } from "./notices.js";

/** @import { Call } from "./types.js" */

const SHOWN = 100;
/** The database is asked many times for each step of the bot, the page's own look at balances included: it is left out at first. */
const SERVICES = [
  ["outside", "Без базы"],
  ["", "Все"],
  ["telegram", "Telegram"],
  ["kie", "KIE"],
  ["qstash", "QStash"],
  ["database", "База"],
];

export function createCallsView() {
  const filter = el("input", {
    class: "field",
    testId: "calls-filter",
    attrs: { type: "search", placeholder: "Метод или текст", "aria-label": "Фильтр вызовов" },
    on: { input: () => draw() },
  });
  const service = el(
    "select",
    { class: "field", attrs: { "aria-label": "Служба" }, on: { change: () => draw() } },
    ...SERVICES.map(([value, label]) => el("option", { text: label ?? "", attrs: { value: value ?? "" } })),
  );
  const list = el("div", { class: "calls", testId: "calls" });
  const element = el("div", {}, el("div", { class: "calls-filter" }, service, filter), list);

  /** @type {Call[]} */
  let calls = [];
  /** @type {Map<string, HTMLElement>} */
  let drawn = new Map();

  function draw() {
    const words = filter.value.trim().toLowerCase();
    const shown = keyed(calls)
      .filter(({ call }) => isOf(call, service.value) && matches(call, words))
      .slice(-SHOWN)
      .reverse();
    const next = new Map(shown.map(({ key, call }) => [key, drawn.get(key) ?? callNode(call)]));
    drawn = next;
    const empty = el("p", {
      class: "secondary",
      text: calls.length === 0 ? "Вызовов пока нет." : "Ничего не нашлось.",
    });
    list.replaceChildren(...(next.size > 0 ? next.values() : [empty]));
  }

  return {
    element,
    /** @param {Call[]} next Oldest first. */
    render(next) {
      calls = next;
      draw();
    },
  };
}

/**
 * A key that stays with its call while the list moves, so that what a person opened stays open.
 *
 * @param {Call[]} calls
 */
function keyed(calls) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  return calls.map((call) => {
    const base = `${call.at}|${call.service}|${call.method}|${call.durationMs}`;
    const count = counts.get(base) ?? 0;
    counts.set(base, count + 1);
    return { key: `${base}|${count}`, call };
  });
}

/**
 * @param {Call} call
 * @param {string} service
 */
const isOf = (call, service) =>
  service === "" || (service === "outside" ? call.service !== "database" : call.service === service);

/**
 * @param {Call} call
 * @param {string} words
 */
function matches(call, words) {
  if (words === "") return true;
  if (`${call.service} ${call.method}`.toLowerCase().includes(words)) return true;
  return JSON.stringify([call.body, call.answer]).toLowerCase().includes(words);
}

/** @param {Call} call */
function callNode(call) {
  const details = el(
    "details",
    { class: "call" },
    el(
      "summary",
      {},
      el("span", { class: `service ${call.service}`, text: call.service }),
      el("span", { class: "ellipsis call-method", text: call.method, attrs: { title: call.method } }),
      call.inWebhookResponse
        ? el("span", { class: "secondary tiny", text: "в ответе", attrs: { title: "В ответе вебхука" } })
        : null,
      el("span", { class: "secondary tiny", text: `${Math.round(call.durationMs)} мс` }),
    ),
  );
  // Bodies may be large and are rarely read: they are drawn when opened.
  details.addEventListener(
    "toggle",
    () =>
      details.append(
        el("p", { class: "secondary tiny", text: `${formatTimeWithSeconds(call.at)} МСК` }),
        ...json("Запрос", call.body),
        ...json("Ответ", call.answer),
      ),
    { once: true },
  );
  return details;
}

/**
 * @param {string} label
 * @param {unknown} value
 */
function json(label, value) {
  const text = JSON.stringify(value, null, 2) ?? "нет";
  return [
    el(
      "div",
      { class: "json-label" },
      el("span", { text: label }),
      el("button", {
        class: "link-button",
        text: "копировать",
        attrs: { type: "button" },
        on: { click: () => void copyText(text) },
      }),
    ),
    el("pre", { class: "json", text, attrs: { tabindex: 0 } }),
  ];
}
