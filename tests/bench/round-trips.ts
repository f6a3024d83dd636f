import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RecordedCall } from "../../lib/sandbox/context.ts";
import { startPostgres } from "../../lib/sandbox/postgres.ts";
import { type Sandbox, startSandbox } from "../../lib/sandbox/sandbox.ts";

/** What one step cost, counted from the sandbox's recorded calls, in their order. */
export interface StepCost {
  /** Database round trips before the user saw the answer, and how many of them changed something. */
  databaseBefore: number;
  writesBefore: number;
  databaseAfter: number;
  /** Bot API calls up to and with the one that showed the answer. Calls that ride in the HTTP response are none. */
  telegramBefore: number;
  telegramAfter: number;
  kieBefore: number;
  kieAfter: number;
  queueBefore: number;
  queueAfter: number;
  /** True when answerCallbackQuery came in the webhook's response. */
  answeredInResponse: boolean;
}

/** Calls that put something before the user's eyes. */
const VISIBLE = /^(sendMessage|sendPhoto|sendMediaGroup|editMessage)/;

/**
 * Runs one step and counts.
 * @param shownBy which visible call ends the waiting: the first, or the second (a result rings, then becomes the media).
 */
export async function costOf(sandbox: Sandbox, step: () => Promise<unknown>, shownBy: 1 | 2 = 1): Promise<StepCost> {
  await sandbox.idle();
  sandbox.context.calls.clear();
  await step();
  await sandbox.idle();
  const calls = sandbox.context.calls.list();
  const own = calls.filter((call) => call.inWebhookResponse !== true);
  const visible = own.flatMap((call, index) =>
    call.service === "telegram" && VISIBLE.test(call.method) ? [index] : [],
  );
  const shownAt = visible[shownBy - 1] ?? own.length;
  const before = own.slice(0, shownAt + 1);
  const after = own.slice(shownAt + 1);
  const of = (some: readonly RecordedCall[], service: RecordedCall["service"]) =>
    some.filter((call) => call.service === service);
  return {
    databaseBefore: of(before, "database").length,
    writesBefore: of(before, "database").filter((call) => !/^select\b/i.test(call.method)).length,
    databaseAfter: of(after, "database").length,
    telegramBefore: of(before, "telegram").length,
    telegramAfter: of(after, "telegram").length,
    kieBefore: of(before, "kie").length,
    kieAfter: of(after, "kie").length,
    queueBefore: of(before, "qstash").length,
    queueAfter: of(after, "qstash").length,
    answeredInResponse: calls.some((call) => call.method === "answerCallbackQuery" && call.inWebhookResponse === true),
  };
}

/** A person of the simulated Telegram; only what the measured paths need. */
export interface Visitor {
  says(text: string): Promise<void>;
  /** Taps the button whose text or data contains `label`, on the newest message that has it. */
  taps(label: string): Promise<void>;
  /** The same tap as the last one, also when the button is gone. */
  tapsAgain(): Promise<void>;
}

export function visit(sandbox: Sandbox, userId: number): Visitor {
  const { telegram } = sandbox;
  let last: { messageId: number; data: string } | undefined;
  return {
    async says(text) {
      await telegram.userSends(userId, { text });
    },
    async taps(label) {
      const messages = telegram.chat(userId)?.messages ?? [];
      for (const { messageId, from, keyboard } of messages.toReversed()) {
        const button = keyboard
          ?.flat()
          .find(({ text, data }) => from === "bot" && (text.includes(label) || data?.includes(label)));
        if (button?.data === undefined) continue;
        last = { messageId, data: button.data };
        await telegram.userTaps(userId, messageId, button.data);
        return;
      }
      throw new Error(`no button «${label}»`);
    },
    async tapsAgain() {
      if (last === undefined) throw new Error("nothing was tapped yet");
      await telegram.userTaps(userId, last.messageId, last.data, { force: true });
    },
  };
}

/** The measured paths, in the order of the dialogue. */
export interface PathCosts {
  start: StepCost;
  menuTap: StepCost;
  /** The same tap again: nothing changes. */
  idleTap: StepCost;
  openModel: StepCost;
  prompt: StepCost;
  parameter: StepCost;
  confirm: StepCost;
  callback: StepCost;
}

/** One person from /start to the delivered result; every step is counted on its own. */
export async function measurePaths(sandbox: Sandbox, userId: number): Promise<PathCosts> {
  const person = visit(sandbox, userId);
  // The first step of a new person also makes the wallet; the budgets are about everybody else.
  await person.says("/start");
  const start = await costOf(sandbox, () => person.says("/start"));
  const menuTap = await costOf(sandbox, () => person.taps("categories"));
  const idleTap = await costOf(sandbox, () => person.tapsAgain());
  await person.taps("category:image");
  const openModel = await costOf(sandbox, () => person.taps("z-image"));
  const prompt = await costOf(sandbox, () => person.says("Море на рассвете"));
  await person.taps("param_input:aspect_ratio");
  const parameter = await costOf(sandbox, () => person.taps("set_param:aspect_ratio"));
  const confirm = await costOf(sandbox, () => person.taps("Создать"));
  const task = sandbox.kie.tasks().at(-1);
  if (task === undefined) throw new Error("no task was created");
  const callback = await costOf(sandbox, () => sandbox.kie.finish(task.taskId), 2);
  return { start, menuTap, idleTap, openModel, prompt, parameter, confirm, callback };
}
