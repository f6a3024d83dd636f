import { secretsOf } from "../../lib/config/config.ts";
import { texts } from "../../lib/i18n/index.ts";
import { MONEY_INVARIANTS } from "../support/money-invariants.ts";
import { PROMPT_MARK } from "./people.ts";
import { checkRules } from "./rules.ts";
import type { Violation, World } from "./world.ts";

/** A generation, as far as the checks read it. */
interface Row {
  id: string;
  user_id: string;
  state: string;
  posted_kopecks: string | null;
  held: string;
  loss: boolean;
  task_id: string | null;
  told: boolean;
  attempts: number;
  reachable: boolean;
  outputs: number;
  links: number;
  words: number;
  /** KIE answers some questions in the create call itself, and makes no task of them. */
  at_once: boolean;
  prompt: string;
  batch_id: string | null;
}

const GENERATIONS = `
  select g.id, g.user_id::text, g.state, g.posted_kopecks::text, (g.held_main + g.held_bonus)::text as held, g.loss, g.task_id,
    g.told_at is not null as told, g.delivery_attempts as attempts, u.reachable, g.batch_id,
    (select count(*)::int from outputs o where o.generation_id = g.id) as outputs,
    (select count(*)::int from outputs o where o.generation_id = g.id and o.sent_as = 'link') as links,
    (select count(*)::int from outputs o where o.generation_id = g.id and o.url is null) as words,
    exists (select 1 from outputs o where o.generation_id = g.id and o.kind = 'timed-lyrics') as at_once,
    coalesce(g."values" ->> 'prompt', g."values" ->> 'text', '') as prompt
  from generations g join users u on u.id = g.user_id order by g.created_at, g.id`;

const FINAL = new Set(["delivered", "failed", "returned", "expired", "undeliverable", "cancelled"]);
const MONEY_BACK = new Set(["failed", "returned", "expired", "cancelled"]);

/** What is still owed to somebody, or null when nothing is. */
export async function nothingOwed({
  database,
  qstash,
  telegram,
}: World): Promise<{ detail: string; ids: string[] } | null> {
  const { rows } = await database.query(`
    select 'generation' as what, id, state from generations
      where state not in ('delivered', 'failed', 'returned', 'expired', 'undeliverable', 'cancelled') or told_at is null or due_at is not null
    union all select 'outbox', id, kind from outbox where due_at is not null
    union all select 'batch', id, kind from batches where due_at is not null or told_at is null`);
  if (rows.length > 0) {
    const detail = rows.map(({ what, id, state }) => `${what} ${id} ${state}`).join(", ");
    return { detail, ids: rows.map(({ id }) => String(id)) };
  }
  if (telegram.pendingUpdateCount() > 0) return { detail: "an update is never taken", ids: [] };
  const jobs = qstash.pending().filter(({ body }) => !body.includes("sweep"));
  return jobs.length > 0 ? { detail: `jobs are never done: ${jobs[0]?.body}`, ids: [] } : null;
}

/** What people got. */
export interface Tally {
  generations: number;
  deliveries: number;
  failuresTold: number;
  cancelled: number;
  /** Of the generations, those that were bought together. */
  inBatches: number;
  /** Messages that came once more than needed; never more than `excuses`. */
  duplicates: number;
  /** How often nobody could know whether a message had arrived, or that could not be stored. */
  excuses: number;
  /** Results that came after the money was returned, and were delivered free. */
  lateSuccesses: number;
}

export interface Verdict extends Tally {
  violations: Violation[];
}

/** Holds a world that came to rest against everything that must be true then. */
export async function verify(world: World): Promise<Verdict> {
  const { database, history, engine, people, telegram, kie, logLines, config } = world;
  const violations: Violation[] = [];
  const violate = (invariant: string, detail: string, ids: readonly string[] = []) =>
    violations.push({ invariant, detail, history: history.lastOf(ids, 60) });

  for (const [invariant, sql] of Object.entries(MONEY_INVARIANTS)) {
    const { rows } = await database.query(sql);
    for (const row of rows) violate(invariant, JSON.stringify(row), [String(row["id"] ?? row["user_id"])]);
  }
  const { rows } = await database.query<Row>(GENERATIONS);
  const tasks = new Map<string, string[]>();
  for (const { callBackUrl, taskId } of kie.tasks()) {
    const id = /generation=([0-9a-z]+)/.exec(callBackUrl ?? "")?.[1];
    if (id !== undefined) tasks.set(id, [...(tasks.get(id) ?? []), taskId]);
  }
  const outcomes = new Map(kie.tasks().map(({ taskId, state }) => [taskId, state]));

  for (const row of rows) {
    const { id, state } = row;
    const ids = [id, ...(tasks.get(id) ?? [])];
    if (!FINAL.has(state)) violate("every generation is final", `${id} is ${state}`, ids);
    else if (!row.told) violate("every person is told", `${id} is ${state} and nobody was told`, ids);
    if ((tasks.get(id)?.length ?? 0) > 1) violate("one task per generation", `${id} has ${tasks.get(id)?.length}`, ids);
    const posted = BigInt(row.posted_kopecks ?? "0");
    if (posted > 0n && MONEY_BACK.has(state))
      violate("no result, no money", `${id} is ${state} and cost ${posted}`, ids);
    if (posted === 0n && BigInt(row.held) > 0n && state === "delivered" && !row.loss) {
      violate("a result costs its price", `${id} was delivered for nothing`, ids);
    }
    const taskState = row.task_id === null ? undefined : outcomes.get(row.task_id);
    if (state === "failed" && taskState === "success")
      violate("what succeeded is delivered", `${id} failed for us only`, ids);
    const isMade = taskState === "success" || (row.at_once && row.task_id === null);
    if ((state === "delivered" || state === "undeliverable") && !isMade) {
      violate("only KIE's record is believed", `${id} is ${state}, its task ${taskState}`, ids);
    }
    if (row.task_id !== null && !(tasks.get(id) ?? []).includes(row.task_id)) {
      violate("a generation has its own task", `${id} has a task of another one`, ids);
    }
  }

  const duplicates = await checkMessages(world, rows, violate);
  for (const person of people) {
    const extra = duplicates.filter(({ userId }) => userId === person.id);
    const excused = engine.excuses.get(person.id) ?? 0;
    if (sum(extra.map(({ count }) => count)) > excused) {
      const detail = extra.map(({ what, count }) => `${what} ${count} more`).join(", ");
      const ids = extra.flatMap((each) => each.ids);
      violate("nothing is told twice without a reason", `person ${person.id}: ${detail}; ${excused} excused`, ids);
    }
  }
  await checkCharges(world, violate);
  await checkRules(world, violate);
  for (const { method, description } of telegram.violations())
    violate("Telegram is called correctly", `${method}: ${description}`);
  for (const { where, what } of kie.violations()) violate("KIE is called correctly", `${where}: ${what}`);
  const log = logLines.join("\n");
  for (const secret of secretsOf(config)) if (log.includes(secret)) violate("no secret in the log", "a secret");
  const told = logLines.find((line) => line.includes(PROMPT_MARK));
  if (told !== undefined) violate("no prompt in the log", told.slice(0, 300));

  const isTold = (states: readonly string[]) => rows.filter((row) => row.told && states.includes(row.state)).length;
  return {
    generations: rows.length,
    deliveries: isTold(["delivered"]),
    failuresTold: isTold(["failed", "returned", "expired"]),
    cancelled: isTold(["cancelled"]),
    inBatches: rows.filter(({ batch_id }) => batch_id !== null).length,
    duplicates: sum(duplicates.map(({ count }) => count)),
    excuses: sum(engine.excuses.values()),
    lateSuccesses: rows.filter(({ loss }) => loss).length,
    violations,
  };
}

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

/** Something that a person was told more often than needed. */
interface Duplicate {
  userId: number;
  what: string;
  count: number;
  ids: readonly string[];
}

/** What arrived in the chats: every result, every failure. @returns what came once more than it had to. */
async function checkMessages(
  world: World,
  rows: readonly Row[],
  violate: (invariant: string, detail: string, ids?: readonly string[]) => void,
): Promise<Duplicate[]> {
  const t = texts("ru");
  const duplicates: Duplicate[] = [];
  for (const person of world.people) {
    const more = (what: string, count: number, ids: readonly string[]) => {
      if (count > 0) duplicates.push({ userId: person.id, what, count, ids });
    };
    const own = rows.filter(({ user_id }) => Number(user_id) === person.id);
    const arrived = await arrivedFiles(world, person.id);
    const shown = JSON.stringify(world.telegram.chat(person.id)?.messages ?? []);
    const sent = world.sent.filter(({ userId }) => userId === person.id);
    const batchIds = new Set<string>();
    let results = 0;
    for (const row of own) {
      const ids = [row.id, ...(row.task_id === null ? [] : [row.task_id])];
      // Items of a batch are told together, but for those that came after that.
      if (row.batch_id !== null) batchIds.add(row.batch_id);
      if ((row.state === "delivered" || row.state === "undeliverable") && (row.batch_id === null || row.loss))
        results += 1;
      const copies = arrived.get(row.task_id ?? "") ?? new Map<string, number>();
      if (row.state === "delivered") {
        const files = row.outputs - row.words - row.links;
        if (copies.size < files) violate("a paid result arrives", `${row.id}: ${copies.size} of ${files} files`, ids);
        if (row.links > 0 && !shown.includes(row.task_id ?? "?"))
          violate("a paid result arrives", `${row.id}: no link`, ids);
      }
      if (MONEY_BACK.has(row.state) && copies.size > 0)
        violate("a result that arrived is final", `${row.id} is ${row.state}`, ids);
      if (!person.askedAgain.has(row.id)) more(`the result of ${row.id}`, Math.max(0, ...copies.values()) - 1, ids);
      const isFailure = row.state === "failed" || row.state === "returned" || row.state === "expired";
      // As a message quotes it: in one line.
      const words = row.prompt.replace(/\s+/g, " ").slice(0, 40);
      // A screen that a tap asked for reads alike, but carries the dialogue's revision; what is told by itself has none.
      const isTelling = (text: string) =>
        text.includes(t.failure.title) && text.includes("menu~0") && text.includes(words);
      const about = isFailure && words.includes(PROMPT_MARK) ? sent.filter(({ text }) => isTelling(text)) : [];
      const together = own.filter(({ prompt, batch_id }) => prompt === row.prompt && batch_id === null);
      if (
        isFailure &&
        row.batch_id === null &&
        about.length === 0 &&
        row.reachable &&
        !person.hasBlocked &&
        words.includes(PROMPT_MARK)
      ) {
        violate("every failure is told", `${row.id} is ${row.state} and nothing was sent`, ids);
      }
      // The same words may have been tried several times, with several failures.
      if (isFailure && row === together[0]) more(`the failure of ${row.id}`, about.length - together.length, ids);
    }
    const openings = [t.result.done(""), "Готово ", t.batch.result.none("")].map((words) => `"text":"${words}`);
    const rings = sent.filter(
      // What is edited into the result later has no buttons yet; a screen that a tap asked for has.
      ({ method, text }) =>
        method === "sendMessage" &&
        text.includes('"inline_keyboard":[]') &&
        openings.some((opening) => text.includes(opening)),
    ).length;
    more("the ringing", rings - results - batchIds.size, [String(person.id)]);
  }
  return duplicates;
}

/** Per task, per file: how often it stands in the chat. Every made-up file ends with its own name. */
async function arrivedFiles({ telegram }: World, userId: number): Promise<Map<string, Map<string, number>>> {
  const found = new Map<string, Map<string, number>>();
  for (const { media, from } of telegram.chat(userId)?.messages ?? []) {
    if (from !== "bot") continue;
    for (const { url } of media ?? []) {
      const answer = telegram.serveFile(url.split("/").at(-1) ?? "", new Request("http://127.0.0.1:9/"));
      const end = Buffer.from((await answer?.bytes())?.subarray(-120) ?? []).toString("latin1");
      const [, taskId, file] = /kie-result\/([^/]+)\/(.+)$/.exec(end) ?? [];
      if (taskId === undefined || file === undefined) continue;
      const files = found.get(taskId) ?? new Map<string, number>();
      files.set(file, (files.get(file) ?? 0) + 1);
      found.set(taskId, files);
    }
  }
  return found;
}

/** Each Stars payment is credited once, each gift of money too. */
async function checkCharges(
  { telegram, people, database }: World,
  violate: (invariant: string, detail: string, ids?: readonly string[]) => void,
): Promise<void> {
  const { rows } = await database.query<{ id: string; kopecks: string }>(
    "select id, kopecks::text from transfers where kind = 'credit' and (id like 'star:%' or id like 'sim:%')",
  );
  const credited = rows.map(({ id }) => id);
  if (new Set(credited).size < credited.length) violate("each charge is credited once", "one id twice");
  for (const { id: userId } of people) {
    for (const { payment } of telegram.chat(userId)?.messages ?? []) {
      if (payment?.kind !== "paid") continue;
      const found = credited.filter((id) => id.includes(payment.chargeId)).length;
      if (found !== 1)
        violate("each charge is credited once", `${payment.chargeId}: ${found} times`, [payment.chargeId]);
    }
  }
}
