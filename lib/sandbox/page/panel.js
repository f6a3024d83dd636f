// @ts-check
/** The panel "Песочница": what a user of Telegram can not do, but a person who tries the bot needs. */

import { createCallsView } from "./calls-view.js";
import { el, iconButton, textButton, whileBusy } from "./dom.js";
import { createFaultsView } from "./faults-view.js";
import { formatFullDate, formatKopecks, formatShift, formatTimeWithSeconds, parseShift } from "./format.js";
import { icon } from "./icons.js";
import { askConfirmation, showError, showNotice } from "./notices.js";
import { avatar } from "./users.js";

/** @import { Call, Fault, User, Wallet } from "./types.js" */

const SHIFTS = /** @type {const} */ ([
  ["+1 мин", 60],
  ["+10 мин", 600],
  ["+1 ч", 3600],
  ["+1 день", 86_400],
]);

/**
 * @param {object} actions Each rejects with an error whose message is for a person.
 * @param {() => void} actions.onClose
 * @param {(seconds: number) => Promise<void>} actions.advance
 * @param {(userId: number, kopecks: number) => Promise<void>} actions.credit
 * @param {(isBlocked: boolean) => Promise<void>} actions.setBlocked
 * @param {() => Promise<void>} actions.editProfile
 * @param {() => Promise<void>} actions.reset
 * @param {() => void} actions.onCallsOpen
 * @param {() => void} actions.onFaultsOpen
 * @param {(name: string, parameters: object) => Promise<void>} actions.setFault
 * @param {() => Promise<void>} actions.clearFaults
 * @param {() => number} actions.userId Whose chat is open.
 */
export function createPanel(actions) {
  /**
   * @param {string} label
   * @param {() => Promise<unknown>} work
   * @param {{class?: string, testId?: string}} [options]
   */
  function action(label, work, options = {}) {
    const button = textButton(label, () => void whileBusy(button, () => work().catch(showError)), options);
    return button;
  }

  const now = el("p", { class: "clock", testId: "clock", attrs: { "aria-live": "off" } });
  const offset = el("p", { class: "secondary" });
  const shift = el("input", {
    class: "field",
    testId: "clock-input",
    attrs: { placeholder: "90 мин, 2 ч, 3 дня", "aria-label": "На сколько перевести часы", autocomplete: "off" },
  });
  const move = el("button", { class: "button", text: "Перевести", attrs: { type: "submit" } });
  const shiftForm = el("form", { class: "inline-form" }, shift, move);
  shiftForm.addEventListener("submit", (event) => {
    event.preventDefault();
    const seconds = parseShift(shift.value);
    if (seconds === undefined) return showNotice("Напишите, например: 90 мин, 2 ч или 3 дня");
    void whileBusy(move, () =>
      actions
        .advance(seconds)
        .then(() => (shift.value = ""))
        .catch(showError),
    );
  });

  const wallets = el("div", { class: "wallets", testId: "wallets" });
  let walletsDrawn = "";
  /** A selector of the focused button that still finds it after a redraw. */
  function focusPath() {
    const button = document.activeElement?.getAttribute("data-testid");
    const wallet = document.activeElement?.closest(".wallet")?.getAttribute("data-testid");
    return button && wallet ? `[data-testid="${wallet}"] [data-testid="${button}"]` : "";
  }
  const blocked = el("p", { class: "secondary" });
  const blockButton = action("Заблокировать", () => actions.setBlocked(true), {
    class: "flat danger",
    testId: "block",
  });
  const unblockButton = action("Разблокировать", () => actions.setBlocked(false), { class: "flat", testId: "unblock" });
  const calls = createCallsView();
  const callsSection = el(
    "details",
    { class: "panel-section" },
    el("summary", { text: "Последние вызовы", testId: "calls-open" }),
    calls.element,
  );
  callsSection.addEventListener("toggle", () => {
    if (callsSection.open) actions.onCallsOpen();
  });

  const faults = createFaultsView({ onSet: actions.setFault, onClear: actions.clearFaults, userId: actions.userId });
  const faultsSection = el(
    "details",
    { class: "panel-section" },
    el("summary", { text: "Сбои", testId: "faults-open" }),
    faults.element,
  );
  faultsSection.addEventListener("toggle", () => {
    if (faultsSection.open) actions.onFaultsOpen();
  });

  const header = el(
    "header",
    { class: "side-header" },
    el("h2", { text: "Песочница" }),
    iconButton("Закрыть", icon("close"), actions.onClose),
  );
  const element = el(
    "aside",
    { class: "panel", testId: "panel", attrs: { "aria-label": "Песочница" } },
    header,
    el(
      "div",
      { class: "panel-body" },
      section(
        "Время бота",
        now,
        offset,
        el(
          "div",
          { class: "chips" },
          ...SHIFTS.map(([label, seconds]) =>
            action(label, () => actions.advance(seconds), { class: "tonal", testId: `clock-${seconds}` }),
          ),
        ),
        shiftForm,
      ),
      section("Балансы", wallets),
      section(
        "Этот пользователь",
        blocked,
        el(
          "div",
          { class: "chips" },
          action("Изменить профиль", actions.editProfile, { class: "tonal", testId: "profile-edit" }),
          blockButton,
          unblockButton,
        ),
      ),
      faultsSection,
      callsSection,
      section(
        "Сброс",
        el("p", { class: "secondary", text: "Чаты, балансы, генерации и время вернутся к началу." }),
        el(
          "div",
          { class: "chips" },
          action("Сбросить песочницу", confirmReset, { class: "flat danger", testId: "reset" }),
        ),
      ),
    ),
  );

  async function confirmReset() {
    const isConfirmed = await askConfirmation({
      title: "Сбросить песочницу?",
      text: "Все чаты, балансы и генерации будут удалены. Вернуть их нельзя.",
      confirm: "Сбросить",
      isDangerous: true,
    });
    if (isConfirmed) await actions.reset();
  }

  return {
    element,
    isCallsOpen: () => callsSection.open,
    isFaultsOpen: () => faultsSection.open,
    /** @param {Fault[]} list */
    renderFaults: (list) => faults.render(list),
    /**
     * @param {number} nowMs Virtual time.
     * @param {number} offsetSeconds
     */
    renderClock(nowMs, offsetSeconds) {
      now.textContent = `${formatTimeWithSeconds(nowMs)}, ${formatFullDate(new Date(nowMs))}`;
      const shifted =
        offsetSeconds >= 1 ? `Впереди настоящего на ${formatShift(offsetSeconds)}` : "Идёт вместе с настоящим";
      offset.textContent = `${shifted} · Москва`;
    },
    /**
     * @param {Wallet[]} list
     * @param {User[]} users
     * @param {number} currentId
     */
    renderWallets(list, users, currentId) {
      // Only a change redraws: a button that is being pressed keeps its state and its focus.
      const next = JSON.stringify([list, users.map(({ userId, firstName }) => [userId, firstName]), currentId]);
      if (next === walletsDrawn) return;
      walletsDrawn = next;
      const focused = wallets.contains(document.activeElement) ? focusPath() : "";
      const known = new Map(list.map((wallet) => [wallet.userId, wallet]));
      const ids = [...new Set([currentId, ...users.map(({ userId }) => userId), ...known.keys()])];
      wallets.replaceChildren(
        ...ids.map((userId) => {
          const user = users.find((other) => other.userId === userId) ?? {
            userId,
            firstName: `Пользователь ${userId}`,
          };
          const credit = (/** @type {number} */ kopecks) => () => actions.credit(userId, kopecks);
          return el(
            "div",
            { class: userId === currentId ? "wallet current" : "wallet", testId: `wallet-${userId}` },
            el("div", { class: "wallet-head" }, avatar(user), walletText(user.firstName, known.get(userId))),
            el(
              "div",
              { class: "chips" },
              action("+100 ₽", credit(10_000), { class: "tonal", testId: "credit-100" }),
              action("+1000 ₽", credit(100_000), { class: "tonal", testId: "credit-1000" }),
            ),
          );
        }),
      );
      if (focused) /** @type {HTMLElement | null} */ (wallets.querySelector(focused))?.focus();
    },
    /** @param {string} text */
    renderWalletsError(text) {
      walletsDrawn = "";
      wallets.replaceChildren(el("p", { class: "secondary", text }));
    },
    /** @param {boolean} isBlocked */
    renderBlocked(isBlocked) {
      blocked.textContent = isBlocked
        ? "Бот заблокирован: его сообщения не доходят."
        : "Блокировка показывает, как бот ведёт себя, когда его остановили.";
      blockButton.hidden = isBlocked;
      unblockButton.hidden = !isBlocked;
    },
    /** @param {Call[]} list */
    renderCalls: (list) => calls.render(list),
  };
}

/**
 * @param {string} title
 * @param {...Node} children
 */
const section = (title, ...children) =>
  el("section", { class: "panel-section" }, el("h3", { text: title }), ...children);

/**
 * @param {string} name
 * @param {Wallet | undefined} wallet
 */
function walletText(name, wallet) {
  const main = wallet ? formatKopecks(wallet.mainKopecks) : "0,00 ₽";
  const rest = [];
  if (wallet && wallet.bonusKopecks !== "0") rest.push(`бонус ${formatKopecks(wallet.bonusKopecks)}`);
  if (wallet && wallet.heldKopecks !== "0") rest.push(`в резерве ${formatKopecks(wallet.heldKopecks)}`);
  return el(
    "div",
    { class: "user-body" },
    el("div", { class: "user-line" }, el("span", { class: "ellipsis", text: name }), el("strong", { text: main })),
    rest.length > 0 ? el("span", { class: "secondary tiny", text: rest.join(", ") }) : null,
  );
}
