import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../../../lib/db/client.ts";
import { recordOutcome } from "../../../lib/db/generations.ts";
import { holdForGeneration } from "../../../lib/db/holds.ts";
import { credit, setSpendLimit } from "../../../lib/db/wallets.ts";
import { addSeconds } from "../../../lib/shared/clock.ts";
import { claim, claimOf, expectMoneyAddsUp, holdOf, NOW, outcomeOf } from "../../races/money.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { openDirect } from "../../support/direct-database.ts";
import { chargeBack, debit, refund, topUp } from "../../support/ledger-moves.ts";
import { createRandom } from "../../support/random.ts";
import { FAULTS, type Fault, MoneyModel, nextOperation, type Operation } from "./money-model.ts";

const SEQUENCES = Number(process.env["SEQUENCES"] ?? 3_000);
const SEED = Number(process.env["SEED"] ?? Date.now() % 1_000_000_000);
const CONNECTIONS = 4;

let db: TestDatabase;
let direct: ReturnType<typeof openDirect>;
let database: Database;
beforeAll(async () => {
  db = await createTestDatabase();
  // Nobody pulls the plug of this machine here; crashes are of the processes that ask.
  await db.rows(`alter database ${new URL(db.url).pathname.slice(1)} set synchronous_commit = off`);
  direct = openDirect(db.url, CONNECTIONS);
  database = direct.database;
});
afterAll(async () => {
  await direct.end();
  await db.drop();
});

test(
  "E2: every sequence of money operations, with repeats, lost answers and crashes at every step, ends as the model says",
  async () => {
    console.info(`money sequences: SEED=${SEED} SEQUENCES=${SEQUENCES}`);
    await makePeople(SEQUENCES);
    const models: MoneyModel[] = [];
    let statements = 0;
    let next = 1;
    const worker = async (): Promise<void> => {
      for (let userId = next++; userId <= SEQUENCES; userId = next++) {
        const model = new MoneyModel(userId);
        models.push(model);
        const taken = await runSequence(model);
        // Read after the wait: other workers count, too.
        statements += taken;
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, worker));
    await expectSame(models);
    // The comparison reads everything, and no statistics are there yet.
    await db.rows("analyze");
    await expectMoneyAddsUp(db);
    console.info(`money sequences: ${statements} statements`);
  },
  Math.max(120_000, SEQUENCES * 15),
);

/** @returns how many statements it took. */
async function runSequence(model: MoneyModel): Promise<number> {
  const random = createRandom(SEED * 100_003 + model.userId);
  const length = 2 + random.below(6);
  const done: string[] = [];
  let statements = 0;
  for (let step = 0; step <= length; step += 1) {
    const operation: Operation =
      step === 0
        ? {
            kind: "topup",
            cause: 0,
            kopecks: BigInt(100 + random.below(900)),
            bonusKopecks: BigInt(1 + random.below(300)),
          }
        : nextOperation(random, model);
    const fault = random.pick(FAULTS);
    // Two days a step: sequences cross the end of a month.
    const now = addSeconds(NOW, step * 2 * 86_400);
    done.push(
      `${JSON.stringify(operation, (_key, value) => (typeof value === "bigint" ? Number(value) : value))} ${fault}`,
    );
    try {
      statements += await runOperation(model, operation, fault, now);
    } catch (error) {
      throw new Error(`SEED=${SEED}, sequence ${model.userId}:\n${done.join("\n")}`, { cause: error });
    }
  }
  return statements;
}

async function runOperation(model: MoneyModel, operation: Operation, fault: Fault, now: Date): Promise<number> {
  if (fault === "dies-before") return 0;
  const run = statementOf(model, operation, now);
  if (run === null) return 0;
  const expected = model.apply(operation, now);
  if (fault === "twice-at-once") {
    const answers = await Promise.all([run(), run()]);
    expect(answers.toSorted()).toEqual([expected, model.apply(operation, now)].toSorted());
    return 2;
  }
  const answer = await run();
  // Whoever died after the statement never saw its answer.
  if (fault !== "dies-after") expect(answer).toBe(expected);
  if (fault !== "answer-lost") return 1;
  expect(await run()).toBe(model.apply(operation, now));
  return 2;
}

let lastUpdateId = 0;

/** The product's statement for an operation; null where a service would not ask for one. */
function statementOf(model: MoneyModel, operation: Operation, now: Date): (() => Promise<string>) | null {
  const { userId } = model;
  const said = (isApplied: boolean) => (isApplied ? "applied" : "nothing");
  switch (operation.kind) {
    case "credit": {
      const { cause, kopecks, account } = operation;
      const id = `c:${userId}:${cause}`;
      return async () =>
        said((await credit(database, { id, userId, kopecks, account, source: "sandbox", reason: null, now })).applied);
    }
    case "topup": {
      const { cause, kopecks, bonusKopecks } = operation;
      const input = { cause: `${userId}:${cause}`, userId, kopecks, bonusKopecks, now };
      return async () => said(await topUp(database, input));
    }
    case "debit": {
      const { cause, kopecks, account } = operation;
      const input = { id: `d:${userId}:${cause}`, userId, kopecks, account, destination: "admin", now } as const;
      return async () => said(await debit(database, input));
    }
    case "chargeback": {
      const { cause, kopecks } = operation;
      const input = { id: `b:${userId}:${cause}`, userId, kopecks, destination: "stars", now } as const;
      return async () => said(await chargeBack(database, input));
    }
    case "hold": {
      lastUpdateId += 1;
      const { slot, kopecks, revision } = operation;
      const input = holdOf(userId, `s${userId}-${slot}`, {
        updateId: lastUpdateId,
        expectedRevision: revision,
        holdKopecks: kopecks,
        now,
      });
      return async () => {
        const answer = await holdForGeneration(database, input);
        return answer.kind === "refused" ? answer.refusal.code : answer.kind;
      };
    }
    case "claim": {
      const rate = { name: `rate-${userId}`, limit: 1_000, windowSeconds: 10 };
      return () => claim(database, claimOf(`s${userId}-${operation.slot}`, { runningLimit: 9, rate, now }));
    }
    case "finish":
    case "fail": {
      const known = model.generations.get(operation.slot);
      if (known === undefined) return null;
      const { state, heldMain, heldBonus, createdAt } = known;
      const event = operation.kind === "finish" ? "finished" : state === "queued" ? "queue-expired" : "errored";
      const charge = operation.kind === "finish" ? ((heldMain + heldBonus) * operation.quarters) / 4n : 0n;
      const input = outcomeOf(known, event, { charge, now, createdAt });
      if (input === null || (operation.kind === "finish" && state !== "submitting")) return null;
      return async () => said((await recordOutcome(database, input)) !== null);
    }
    case "refund": {
      const generationId = `s${userId}-${operation.slot}`;
      return async () => said(await refund(database, { generationId, now }));
    }
    case "limit":
      return async () => {
        await setSpendLimit(database, { userId, kopecks: operation.kopecks });
        return "done";
      };
    case "ban":
      return async () => {
        await database.query(sql`update wallets set banned = ${operation.isBanned} where user_id = ${userId}::bigint`);
        return "done";
      };
  }
}

/** People with a dialogue and an empty wallet. */
async function makePeople(count: number): Promise<void> {
  const at = NOW.toISOString();
  await db.rows(
    "insert into users (id, first_name, language, created_at) select n, 'Анна', 'ru', $2 from generate_series(1, $1::int) n",
    [count, at],
  );
  await db.rows(
    `insert into conversations (user_id, revision, state, updated_at)
     select n, 1, '{"v":1,"screen":{"kind":"menu"},"messageId":5,"draft":null,"pending":null,"albumId":null}', $2 from generate_series(1, $1::int) n`,
    [count, at],
  );
  await db.rows("insert into wallets (user_id) select n from generate_series(1, $1::int) n", [count]);
}

async function expectSame(models: readonly MoneyModel[]): Promise<void> {
  const wallets = new Map(
    (
      await db.rows(
        "select user_id, concat_ws(' ', main, bonus, held, debt, queued, running, spent, spent_month, coalesce(spend_limit, -1), banned) as money from wallets",
      )
    ).map((row) => [Number(row["user_id"]), row["money"]]),
  );
  const transfers = new Map<number, string[]>();
  for (const row of await db.rows("select user_id, id, kind, kopecks, source, destination from transfers")) {
    const userId = Number(row["user_id"]);
    const lines = transfers.get(userId) ?? [];
    lines.push(`${row["id"]} ${row["kind"]} ${row["kopecks"]} ${row["source"]}>${row["destination"]}`);
    transfers.set(userId, lines);
  }
  for (const model of models) {
    const { main, bonus, held, debt, spent, spentMonth, limit, isBanned, userId } = model;
    const counters = `${model.count("queued")} ${model.count("submitting")}`;
    const wanted = [main, bonus, held, debt, counters, spent, spentMonth, limit ?? -1n, isBanned ? "t" : "f"].join(" ");
    if (wallets.get(userId) !== wanted)
      throw new Error(`SEED=${SEED}, sequence ${userId}: ${wallets.get(userId)} is not ${wanted}`);
    const lines = [...model.transfers].map(([id, line]) => `${id} ${line}`).toSorted();
    const found = (transfers.get(userId) ?? []).toSorted();
    if (lines.join("\n") !== found.join("\n")) expect(found, `SEED=${SEED}, sequence ${userId}`).toEqual(lines);
  }
}
