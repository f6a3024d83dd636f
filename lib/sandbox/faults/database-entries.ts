import * as z from "zod";
import { DATABASE_FAULT_KINDS, type DatabaseFaultKind, type DatabaseFaults } from "../database-faults.ts";
import { entriesOf, type FaultEntry, SHOTS } from "./entry.ts";

const LABELS: Readonly<Record<DatabaseFaultKind, string>> = {
  "drop-after-commit": "Выполнено, ответ потерян",
  "lost-request": "Обрыв до выполнения",
  "fail-before": "Ответ 503, не выполнено",
  slow: "Медленно (1 с)",
  "pool-exhausted": "Нет свободных подключений (53300)",
  "sql-error": "Ошибка SQL (40001)",
};

/** Everything that can go wrong between the product and its database. */
export function databaseEntries(faults: DatabaseFaults): FaultEntry[] {
  const { flag, amount, shots } = entriesOf("database");
  const counted = (name: string) => () => faults.injected()[name] ?? 0;
  return [
    flag({
      name: "refused-connection",
      label: "База недоступна",
      get: () => faults.refusesConnections,
      set: (on) => {
        faults.refusesConnections = on;
      },
      injected: counted("refused-connection"),
    }),
    amount({
      name: "delay",
      label: "Задержка каждого запроса, мс",
      schema: z.int().min(0).max(60_000),
      get: () => faults.delayMs,
      set: (value) => {
        faults.delayMs = value ?? 0;
      },
      injected: counted("delay"),
    }),
    ...DATABASE_FAULT_KINDS.map((kind) =>
      shots({
        name: kind,
        label: LABELS[kind],
        takes: {
          ...SHOTS,
          sql: z.string().min(1).optional(),
          delayMs: z.int().min(0).max(60_000).optional(),
          code: z.string().optional(),
        },
        left: () => faults.left(kind),
        arm: (options) => faults.next(kind, options),
        injected: counted(kind),
      }),
    ),
  ];
}
