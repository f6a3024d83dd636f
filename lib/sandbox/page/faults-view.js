// @ts-check
/** The list of faults in the panel: what can go wrong around the bot, by service, with how often it did. */

import { el, textButton, whileBusy } from "./dom.js";
import { showError } from "./notices.js";

/** @import { Fault } from "./types.js" */

const SERVICES = /** @type {const} */ ([
  ["kie", "KIE"],
  ["telegram", "Telegram"],
  ["qstash", "QStash"],
  ["database", "База данных"],
]);

/**
 * @param {object} actions
 * @param {(name: string, parameters: object) => Promise<void>} actions.onSet
 * @param {() => Promise<void>} actions.onClear
 * @param {() => number} actions.userId Whom a fault of one person is about.
 */
export function createFaultsView({ onSet, onClear, userId }) {
  const groups = new Map(SERVICES.map(([service]) => [service, el("div", { class: "faults" })]));
  const clear = textButton("Убрать все сбои", () => void whileBusy(clear, () => onClear().catch(showError)), {
    class: "tonal",
    testId: "faults-clear",
  });
  const element = el(
    "div",
    {},
    ...SERVICES.map(([service, label]) =>
      el(
        "details",
        { class: "fault-group" },
        el("summary", { text: label, testId: `faults-${service}` }),
        groups.get(service),
      ),
    ),
    el("div", { class: "chips" }, clear),
  );
  let drawn = "";

  /** @param {Fault} fault */
  function control(fault) {
    const { name, label, kind, value, choices } = fault;
    const set = (/** @type {object} */ parameters) => void onSet(name, parameters).catch(showError);
    const attrs = { "aria-label": label };
    if (kind === "switch") {
      return el("input", {
        testId: name,
        attrs: { ...attrs, type: "checkbox", checked: value === true },
        on: { change: (event) => set({ on: event.target.checked }) },
      });
    }
    if (kind === "choice") {
      const options = (choices ?? []).map((choice) =>
        el("option", { text: choice, attrs: { value: choice, selected: choice === value } }),
      );
      const on = { change: (/** @type {any} */ event) => set({ value: event.target.value }) };
      return el("select", { class: "field", testId: name, attrs, on }, ...options);
    }
    if (kind === "number" || kind === "text") {
      const shown = value === null ? "" : String(value);
      const read = (/** @type {string} */ text) =>
        kind === "text" ? text : text.trim() === "" ? null : Number(text.replace(",", "."));
      return el("input", {
        class: "field",
        testId: name,
        attrs: { ...attrs, value: shown, placeholder: kind === "number" ? "нет" : "", autocomplete: "off" },
        on: {
          change: (event) => {
            event.target.blur();
            set({ value: read(event.target.value) });
          },
        },
      });
    }
    const isPersonal = fault.takes.includes("userId");
    const text = kind === "shots" ? "+1" : "Сделать";
    const parameters = () => (isPersonal ? { userId: userId() } : {});
    return textButton(text, () => set(parameters()), { class: "tonal small", testId: name, attrs });
  }

  /** @param {Fault} fault */
  function row(fault) {
    const isCounted = fault.kind === "shots" || fault.kind === "action";
    const waiting = isCounted && fault.value !== null && fault.value !== 0 ? `ждёт: ${fault.value}` : "";
    const seen = fault.injected > 0 ? `было: ${fault.injected}` : "";
    return el(
      "div",
      { class: "fault" },
      el("span", { class: "fault-label", text: fault.label }),
      el("span", { class: "secondary tiny", text: [waiting, seen].filter(Boolean).join(", ") }),
      control(fault),
    );
  }

  return {
    element,
    /** @param {Fault[]} list */
    render(list) {
      // Only a change redraws, and never under the hands of somebody who types.
      const next = JSON.stringify(list);
      const typing = element.querySelector("input.field:focus");
      if (next === drawn || typing) return;
      drawn = next;
      const focused = document.activeElement?.getAttribute("data-testid");
      for (const [service, group] of groups) {
        group.replaceChildren(...list.filter((fault) => fault.service === service).map(row));
      }
      const again = [...element.querySelectorAll("[data-testid]")].find(
        (node) => node.getAttribute("data-testid") === focused,
      );
      if (again instanceof HTMLElement) again.focus();
    },
  };
}
