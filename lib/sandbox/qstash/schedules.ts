import type { SandboxContext } from "../context.ts";
import { type Cron, parseCron } from "./cron.ts";
import { type MessageOrder, toMultiHeaders } from "./message.ts";

const SCHEDULES = "qstash.schedules";

/** Times are virtual epoch milliseconds. */
export interface Schedule {
  scheduleId: string;
  cron: string;
  order: MessageOrder;
  createdAt: number;
  isPaused: boolean;
  lastScheduleTime?: number | undefined;
  nextScheduleTime: number;
}

/**
 * Posts a message at each occurrence of a cron expression (UTC). Under a long `advance` virtual time stops at every
 * occurrence and each fires once. Occurrences that passed while the process was dead are made up for by one.
 */
export function createSchedules(context: SandboxContext, post: (order: MessageOrder, scheduleId: string) => void) {
  const { clock, store } = context;
  const timers = new Map<string, { cancel(): void }>();
  let isStopped = false;

  function save(schedule: Schedule): void {
    store.put<Schedule>(SCHEDULES, schedule.scheduleId, schedule);
    arm(schedule);
  }

  function arm(schedule: Schedule): void {
    timers.get(schedule.scheduleId)?.cancel();
    timers.delete(schedule.scheduleId);
    if (schedule.isPaused || isStopped) return;
    const due = new Date(schedule.nextScheduleTime);
    timers.set(
      schedule.scheduleId,
      clock.at(due, () => fire(schedule.scheduleId)),
    );
  }

  function fire(scheduleId: string): void {
    const schedule = store.get<Schedule>(SCHEDULES, scheduleId);
    const cron = schedule === undefined ? undefined : parseCron(schedule.cron);
    if (schedule === undefined || cron === undefined || schedule.isPaused || isStopped) return;
    store.transaction(() => {
      post(schedule.order, scheduleId);
      const now = clock.now();
      save({ ...schedule, lastScheduleTime: now.getTime(), nextScheduleTime: cron.next(now).getTime() });
    });
  }

  return {
    /** Creates, or replaces the one of the same id. */
    put: (scheduleId: string, cronText: string, cron: Cron, order: MessageOrder) => {
      const known = store.get<Schedule>(SCHEDULES, scheduleId);
      const now = clock.now();
      save({
        scheduleId,
        cron: cronText,
        order,
        createdAt: known?.createdAt ?? now.getTime(),
        isPaused: known?.isPaused ?? false,
        lastScheduleTime: known?.lastScheduleTime,
        nextScheduleTime: cron.next(now).getTime(),
      });
    },
    find: (scheduleId: string) => store.get<Schedule>(SCHEDULES, scheduleId),
    list: () => store.list<Schedule>(SCHEDULES).map(({ document }) => document),
    delete: (scheduleId: string) => {
      timers.get(scheduleId)?.cancel();
      timers.delete(scheduleId);
      store.delete(SCHEDULES, scheduleId);
    },
    setPaused: (schedule: Schedule, isPaused: boolean) => {
      const next = parseCron(schedule.cron)?.next(clock.now()).getTime() ?? schedule.nextScheduleTime;
      save({ ...schedule, isPaused, nextScheduleTime: next });
    },
    start: () => {
      for (const { document } of store.list<Schedule>(SCHEDULES)) {
        if (!timers.has(document.scheduleId)) arm(document);
      }
    },
    stop: () => {
      isStopped = true;
      for (const timer of timers.values()) timer.cancel();
      timers.clear();
    },
    reset: () => {
      for (const timer of timers.values()) timer.cancel();
      timers.clear();
      for (const { id } of store.list(SCHEDULES)) store.delete(SCHEDULES, id);
    },
  };
}

/** A schedule as the API shows it. */
export function describeSchedule(schedule: Schedule): Record<string, unknown> {
  const { order, ...rest } = schedule;
  return {
    ...rest,
    destination: order.url,
    method: order.method,
    header: toMultiHeaders(order.headers),
    body: Buffer.from(order.bodyBase64, "base64").toString(),
    retries: order.maxRetries,
    delay: order.delaySeconds,
    callback: order.callback,
    failureCallback: order.failureCallback,
    retryDelayExpression: order.retryDelayExpression,
    ...(order.labels === undefined ? {} : { label: order.labels[0], labels: order.labels }),
  };
}
