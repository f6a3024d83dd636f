import { join } from "node:path";
import type { RecordedCall } from "../../lib/sandbox/context.ts";
import { startPostgres } from "../../lib/sandbox/postgres.ts";
import { type Sandbox, startSandbox } from "../../lib/sandbox/sandbox.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import type { BenchSection, Reading } from "./section.ts";

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
  // Telegram fetches results from KIE's file server; that is not the product's call.
  const own = calls.filter((call) => call.inWebhookResponse !== true && !call.method.includes("/kie-files/"));
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

/** One line of the bench: what a path cost, and whether it kept its budget. */
export interface RoundTrips {
  path: string;
  databaseBefore: number;
  databaseAfter: number;
  telegramBefore: number;
  /** In words, as the design says it. */
  budget: string;
  ok: boolean;
}

interface Budget {
  path: string;
  cost: (costs: PathCosts) => StepCost;
  databaseBefore: number;
  databaseAfter: number;
  telegramBefore: number;
}

const BUDGETS: readonly Budget[] = [
  { path: "menu tap", cost: (c) => c.menuTap, databaseBefore: 2, databaseAfter: 0, telegramBefore: 1 },
  { path: "menu tap, nothing changes", cost: (c) => c.idleTap, databaseBefore: 1, databaseAfter: 0, telegramBefore: 1 },
  { path: "open a model", cost: (c) => c.openModel, databaseBefore: 2, databaseAfter: 0, telegramBefore: 1 },
  { path: "parameter set", cost: (c) => c.parameter, databaseBefore: 2, databaseAfter: 0, telegramBefore: 1 },
  {
    path: "confirm, then leaving the queue",
    cost: (c) => c.confirm,
    databaseBefore: 2,
    databaseAfter: 3,
    telegramBefore: 1,
  },
  { path: "callback → result", cost: (c) => c.callback, databaseBefore: 3, databaseAfter: 1, telegramBefore: 2 },
];

const dialogueSteps = ({ start, openModel, prompt, parameter, confirm }: PathCosts): readonly StepCost[] => [
  start,
  openModel,
  prompt,
  parameter,
  confirm,
];

/** /start, a model, a prompt, a parameter, ✅: all round trips of the five updates, before and after the user's eyes. */
export function dialogueOf(costs: PathCosts): { before: number; inAll: number } {
  const steps = dialogueSteps(costs);
  const before = steps.reduce((sum, cost) => sum + cost.databaseBefore, 0);
  return { before, inAll: before + steps.reduce((sum, cost) => sum + cost.databaseAfter, 0) };
}

export const DIALOGUE_BUDGET = { before: 9, inAll: 14 };

function judge(costs: PathCosts): RoundTrips[] {
  const paths = BUDGETS.map((budget): RoundTrips => {
    const { databaseBefore, databaseAfter, telegramBefore, kieBefore, queueBefore } = budget.cost(costs);
    const isBeforeKept = databaseBefore <= budget.databaseBefore && telegramBefore <= budget.telegramBefore;
    const isOutsideLater = budget.path.startsWith("callback") || kieBefore + queueBefore === 0;
    return {
      path: budget.path,
      databaseBefore,
      databaseAfter,
      telegramBefore,
      budget: `≤ ${budget.databaseBefore} + ${budget.databaseAfter} database, ≤ ${budget.telegramBefore} Telegram`,
      ok: isBeforeKept && isOutsideLater && databaseAfter <= budget.databaseAfter,
    };
  });
  const { before, inAll } = dialogueOf(costs);
  return [
    ...paths,
    {
      path: "dialogue of five updates",
      databaseBefore: before,
      databaseAfter: inAll - before,
      telegramBefore: dialogueSteps(costs).reduce((sum, cost) => sum + cost.telegramBefore, 0),
      budget: `≤ ${DIALOGUE_BUDGET.before} database, ≤ ${DIALOGUE_BUDGET.inAll} in all`,
      ok: before <= DIALOGUE_BUDGET.before && inAll <= DIALOGUE_BUDGET.inAll,
    },
  ];
}

/** Starts a sandbox with a database of its own, walks the paths once and counts. Counts do not vary, so once is enough. */
export async function measureRoundTrips(): Promise<RoundTrips[]> {
  const folder = await temporaryFolder("bot-bench");
  const note = () => undefined;
  const postgres = await startPostgres({ dataDirectory: join(folder.path, "data"), note });
  try {
    await postgres.createDatabase("bench");
    const sandbox = await startSandbox({
      port: 0,
      storeFile: ":memory:",
      databaseUrl: postgres.url("bench"),
      root: new URL("../../", import.meta.url),
      environment: { LOG_LEVEL: "error" },
      note,
      writeLog: note,
    });
    try {
      return judge(await measurePaths(sandbox, 4_001));
    } finally {
      await sandbox.stop();
    }
  } finally {
    await postgres.stop();
    await folder.remove();
  }
}

/** For `npm run bench`: each number beside its budget. */
export const roundTrips: BenchSection = {
  name: "round-trips",
  title: "Database round trips and Bot API calls per path, counted",
  async run() {
    const paths = await measureRoundTrips();
    return paths.flatMap(({ path, databaseBefore, databaseAfter, telegramBefore }): Reading[] => {
      const budget = BUDGETS.find((one) => one.path === path);
      const limits = budget ?? {
        databaseBefore: DIALOGUE_BUDGET.before,
        databaseAfter: DIALOGUE_BUDGET.inAll - DIALOGUE_BUDGET.before,
        telegramBefore: 5,
      };
      const reading = (what: string, value: number, limit: number): Reading => ({
        name: `${path}: ${what}`,
        value,
        unit: "calls",
        budget: limit,
      });
      return [
        reading("database before the user's eyes", databaseBefore, limits.databaseBefore),
        reading("database afterwards", databaseAfter, limits.databaseAfter),
        reading("Telegram before the user's eyes", telegramBefore, limits.telegramBefore),
      ];
    });
  },
};
