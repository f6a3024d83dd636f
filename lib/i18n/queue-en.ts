import { formatNumber, NBSP } from "./format.ts";
import type { QueueTexts } from "./queue-ru.ts";

const number = (value: number): string => formatNumber(value, "en");

/** Waiting, cancelling, pauses of selling and what could not be delivered, in English. */
export const queueEn: QueueTexts = {
  buttons: {
    cancel: "✖️ Cancel",
    stopWaiting: "🙈 Stop waiting",
    undelivered: (count) => `📥 Get what was not delivered: ${number(count)}`,
  },

  cancelled: (sum) => `Cancelled, ${sum} is back on your balance.`,
  cancelledFree: "Cancelled, no money was taken.",
  cancelledToast: "Cancelled",
  tooLate:
    "It was sent already: Kie.ai can not be stopped. The result will come here by itself, or the money goes back.",
  stopped:
    "Kie.ai can not be stopped: the job was sent and is paid from your hold. There is no need to wait: the result will come here by itself, or the money goes back.",

  own: "It starts as soon as one of yours is finished.",
  ownRunning: (count) =>
    `In the queue. ${number(count)}${NBSP}of yours ${count === 1 ? "is" : "are"} being made already: this one starts as soon as there is room.`,
  line: (ahead) =>
    ahead === 0
      ? "You are the first in everybody's line to Kie.ai."
      : `${number(ahead)}${NBSP}before you in everybody's line to Kie.ai.`,
  lineWhy: "Kie.ai takes a limited number of jobs, so the line moves every few seconds.",

  paused: {
    "no-credits": "Nothing can be started now, and the reason is on our side: our account at Kie.ai is empty.",
    authorization: "Nothing can be started now, and the reason is on our side: Kie.ai does not accept our key.",
    "key-cap": "Nothing can be started now, and the reason is on our side: our key's limit at Kie.ai is used up.",
    maintenance: "Kie.ai is under maintenance, nothing can be started.",
    failures: "Most jobs at Kie.ai are failing right now, so we do not start new ones.",
  },
  retryAt: (time) => `We check again at ${time}.`,
  retryNow: "We check again within minutes.",
  cardWaits: "The card stays, no money was taken.",
  queuedWaits: "We start by ourselves as soon as things work, or give the money back.",

  longer: (range) =>
    `Longer than usual: it usually takes ${range}. Kie.ai is still working, the result will come by itself.`,
  extended: (time) => `Kie.ai is still working. We wait until ${time}, then the money goes back.`,

  waitingOne: "No card is open. One generation waits in the queue and can still be cancelled.",
  waitingMany: (count) => `No card is open. ${number(count)} generations wait in the queue. Open the one to cancel.`,

  undelivered: (count) => `Results not delivered: ${number(count)}.`,
  undeliveredElsewhere: (count) => `Results not delivered: ${number(count)}. Get them from the menu: /start`,
  delivering: "Sending",
  nothingUndelivered: "Everything is delivered",
};
