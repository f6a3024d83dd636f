import * as z from "zod";
import { QSTASH_FAULT_KINDS, QSTASH_SIGNERS, type QstashFaultKind } from "../qstash/faults.ts";
import type { QstashSimulator } from "../qstash/simulator.ts";
import { entriesOf, type FaultEntry, SHOTS, TIMES } from "./entry.ts";

const LABELS: Readonly<Record<QstashFaultKind, string>> = {
  "publish-lost-request": "Публикация: обрыв, не принята",
  "publish-lost-answer": "Публикация: принята, ответ потерян",
  "publish-server-error": "Публикация: ошибка 500",
  "publish-burst-limit": "Публикация: 429, слишком часто",
  late: "Доставка опоздает на минуту",
  swallowed: "Сообщение пропадёт",
  "deliver-twice": "Доставка дважды",
  "deliver-together": "Две доставки сразу",
  unreachable: "Доставка не дойдёт, повтор",
  "answer-lost": "Доставлено, ответ потерян, повтор",
};

/** Everything that can go wrong with the simulated QStash. */
export function qstashEntries(qstash: QstashSimulator): FaultEntry[] {
  const { flag, amount, choice, shots, action } = entriesOf("qstash");
  const { faults } = qstash;
  const counted = (name: string) => () => faults.injected()[name] ?? 0;
  const limit = z.int().nonnegative().nullable();
  return [
    flag({
      name: "down",
      label: "QStash не работает",
      get: () => faults.down,
      set: (on) => {
        faults.down = on;
      },
      injected: counted("down"),
    }),
    flag({
      name: "dailyQuotaExceeded",
      label: "Дневная квота исчерпана (429)",
      get: () => faults.dailyQuotaExceeded,
      set: (on) => {
        faults.dailyQuotaExceeded = on;
      },
      injected: counted("daily-quota"),
    }),
    flag({
      name: "schedules-paused",
      label: "Расписания на паузе",
      get: () => qstash.schedules().length > 0 && qstash.schedules().every(({ isPaused }) => isPaused),
      set: qstash.pauseSchedules,
      injected: () => 0,
    }),
    amount({
      name: "dailyLimit",
      label: "Сообщений в день, не больше",
      schema: limit,
      get: () => faults.dailyLimit,
      set: (value) => {
        faults.dailyLimit = value;
      },
      injected: counted("daily-quota"),
    }),
    amount({
      name: "burstLimit",
      label: "Публикаций в секунду, не больше",
      schema: limit,
      get: () => faults.burstLimit,
      set: (value) => {
        faults.burstLimit = value;
      },
      injected: counted("burst-limit"),
    }),
    choice({
      name: "signedWith",
      label: "Ключ подписи",
      choices: QSTASH_SIGNERS,
      get: () => faults.signedWith,
      set: (value) => {
        faults.signedWith = value;
      },
      injected: () => QSTASH_SIGNERS.reduce((sum, signer) => sum + counted(`signed-${signer}`)(), 0),
    }),
    ...QSTASH_FAULT_KINDS.map((kind) =>
      shots({
        name: kind,
        label: LABELS[kind],
        takes: { ...SHOTS, about: z.string().optional(), seconds: z.number().positive().max(1_000_000).optional() },
        left: () => faults.left(kind),
        arm: (options) => faults.next(kind, options),
        injected: counted(kind),
      }),
    ),
    shots({
      name: "reversed",
      label: "Сообщения в обратном порядке",
      takes: TIMES,
      left: () => faults.left("reversed"),
      arm: ({ times = 2 }) => faults.reverse(times),
      injected: counted("reversed"),
    }),
    action({
      name: "retry-dead-letters",
      label: "Отправить снова всё из очереди недоставленных",
      value: () => qstash.deadLetters().length,
      run: () => {
        for (const { dlqId } of qstash.deadLetters()) qstash.retryDeadLetter(dlqId);
      },
      injected: counted("buried"),
    }),
  ];
}
