import { spendingMonth } from "../../../lib/ledger/settlement.ts";
import type { Random } from "../../support/random.ts";

type Account = "main" | "bonus";

/** One movement of money, or one change of what guards it, as a service asks the database for it. */
export type Operation =
  | { kind: "credit"; cause: number; kopecks: bigint; account: Account }
  /** A paid top-up with its bonus: two credits in one statement. */
  | { kind: "topup"; cause: number; kopecks: bigint; bonusKopecks: bigint }
  | { kind: "debit"; cause: number; kopecks: bigint; account: Account }
  | { kind: "chargeback"; cause: number; kopecks: bigint }
  | { kind: "hold"; slot: number; kopecks: bigint; revision: number }
  | { kind: "claim"; slot: number }
  /** Posts so many quarters of the hold; none is a void of a success without outputs. */
  | { kind: "finish"; slot: number; quarters: bigint }
  | { kind: "fail"; slot: number }
  | { kind: "refund"; slot: number }
  | { kind: "limit"; kopecks: bigint | null }
  | { kind: "ban"; isBanned: boolean };

export interface ModelGeneration {
  id: string;
  state: "queued" | "submitting" | "succeeded" | "failed" | "returned";
  heldMain: bigint;
  heldBonus: bigint;
  postedMain: bigint;
  postedBonus: bigint;
  createdAt: Date;
}

const lesser = (one: bigint, other: bigint) => (one < other ? one : other);

/** One person's money in memory: plain sums, no SQL, and every transfer that must be there. */
export class MoneyModel {
  readonly userId: number;
  main = 0n;
  bonus = 0n;
  held = 0n;
  debt = 0n;
  spent = 0n;
  spentMonth = "";
  limit: bigint | null = null;
  isBanned = false;
  revision = 1;
  /** `kind kopecks source>destination`, by id. */
  readonly transfers = new Map<string, string>();
  readonly generations = new Map<number, ModelGeneration>();

  constructor(userId: number) {
    this.userId = userId;
  }

  count(state: ModelGeneration["state"]): number {
    return [...this.generations.values()].filter((generation) => generation.state === state).length;
  }

  /** Does it, and says what the database must answer. */
  apply(operation: Operation, now: Date): string {
    switch (operation.kind) {
      case "credit": {
        const { cause, kopecks, account } = operation;
        return this.#credit([{ id: `c:${this.userId}:${cause}`, kind: "credit", kopecks, source: "sandbox", account }]);
      }
      case "topup": {
        const { cause, kopecks, bonusKopecks } = operation;
        return this.#credit([
          { id: `star:${this.userId}:${cause}`, kind: "credit", kopecks, source: "stars", account: "main" },
          {
            id: `promo:${this.userId}:${cause}`,
            kind: "credit",
            kopecks: bonusKopecks,
            source: "promo",
            account: "bonus",
          },
        ]);
      }
      case "debit": {
        const { cause, kopecks, account } = operation;
        const id = `d:${this.userId}:${cause}`;
        if (this.transfers.has(id) || this[account] < kopecks) return "nothing";
        this[account] -= kopecks;
        this.#note(id, "adjust", kopecks, account, "admin");
        return "applied";
      }
      case "chargeback":
        return this.#chargeBack(`b:${this.userId}:${operation.cause}`, operation.kopecks);
      case "hold":
        return this.#hold(operation, now);
      case "claim": {
        const generation = this.generations.get(operation.slot);
        if (generation?.state !== "queued") return "not-queued";
        generation.state = "submitting";
        return "claimed";
      }
      case "finish": {
        const generation = this.generations.get(operation.slot);
        if (generation?.state !== "submitting") return "nothing";
        generation.state = "succeeded";
        const charge = ((generation.heldMain + generation.heldBonus) * operation.quarters) / 4n;
        this.#settle(generation, charge);
        return "applied";
      }
      case "fail": {
        const generation = this.generations.get(operation.slot);
        if (generation?.state !== "queued" && generation?.state !== "submitting") return "nothing";
        generation.state = generation.state === "queued" ? "returned" : "failed";
        this.#settle(generation, 0n);
        return "applied";
      }
      case "refund": {
        const generation = this.generations.get(operation.slot);
        if (generation === undefined) return "nothing";
        const parts = [
          { account: "main" as const, kopecks: generation.postedMain },
          { account: "bonus" as const, kopecks: generation.postedBonus },
        ].filter((part) => part.kopecks > 0n);
        return this.#credit(
          parts.map((part) => ({
            ...part,
            id: `gen:${generation.id}:refund:${part.account}`,
            kind: "refund",
            source: "revenue",
          })),
        );
      }
      case "limit":
        this.limit = operation.kopecks;
        return "done";
      case "ban":
        this.isBanned = operation.isBanned;
        return "done";
    }
  }

  #note(id: string, kind: string, kopecks: bigint, source: string, destination: string): void {
    if (this.transfers.has(id)) throw new Error(`the model made ${id} twice`);
    this.transfers.set(id, `${kind} ${kopecks} ${source}>${destination}`);
  }

  #credit(rows: readonly { id: string; kind: string; kopecks: bigint; source: string; account: Account }[]): string {
    const fresh = rows.filter((row) => !this.transfers.has(row.id));
    for (const { id, kind, kopecks, source, account } of fresh) {
      this.#note(id, kind, kopecks, source, account);
      this[account] += kopecks;
      this.#payDebt(`${id}:debt`, account, kopecks);
    }
    return fresh.length > 0 ? "applied" : "nothing";
  }

  #payDebt(id: string, account: Account, most: bigint): void {
    const paid = lesser(this.debt, most);
    if (paid === 0n) return;
    this.debt -= paid;
    this[account] -= paid;
    this.#note(id, "adjust", paid, account, "debt");
  }

  #chargeBack(id: string, kopecks: bigint): string {
    if (this.transfers.has(id)) return "nothing";
    const fromMain = lesser(kopecks, this.main);
    const fromBonus = lesser(kopecks - fromMain, this.bonus);
    const parts = { main: fromMain, bonus: fromBonus, debt: kopecks - fromMain - fromBonus };
    this.main -= parts.main;
    this.bonus -= parts.bonus;
    this.debt += parts.debt;
    let name = id;
    for (const account of ["main", "bonus", "debt"] as const) {
      if (parts[account] === 0n) continue;
      this.#note(name === id ? id : `${id}:${account}`, "adjust", parts[account], account, "stars");
      name = "";
    }
    return "applied";
  }

  #hold({ slot, kopecks, revision }: Extract<Operation, { kind: "hold" }>, now: Date): string {
    const month = spendingMonth(now);
    const spent = this.spentMonth === month ? this.spent : 0n;
    if (revision !== this.revision || this.generations.has(slot)) return "stale";
    if (this.isBanned) return "banned";
    if (this.debt > 0n) return "debt";
    if (this.main + this.bonus < kopecks) return "low-balance";
    if (this.limit !== null && spent + kopecks > this.limit) return "spend-limit";
    const heldBonus = lesser(this.bonus, kopecks);
    const heldMain = kopecks - heldBonus;
    const id = `s${this.userId}-${slot}`;
    this.generations.set(slot, {
      id,
      state: "queued",
      heldMain,
      heldBonus,
      postedMain: 0n,
      postedBonus: 0n,
      createdAt: now,
    });
    this.bonus -= heldBonus;
    this.main -= heldMain;
    this.held += kopecks;
    this.spent = spent + kopecks;
    this.spentMonth = month;
    this.revision += 1;
    if (heldMain > 0n) this.#note(`gen:${id}:hold:main`, "hold", heldMain, "main", "held");
    if (heldBonus > 0n) this.#note(`gen:${id}:hold:bonus`, "hold", heldBonus, "bonus", "held");
    return "held";
  }

  #settle(generation: ModelGeneration, charge: bigint): void {
    const { id, heldMain, heldBonus } = generation;
    generation.postedBonus = lesser(heldBonus, charge);
    generation.postedMain = charge - generation.postedBonus;
    const back = { main: heldMain - generation.postedMain, bonus: heldBonus - generation.postedBonus };
    this.held -= heldMain + heldBonus;
    if (this.spentMonth === spendingMonth(generation.createdAt)) this.spent -= back.main + back.bonus;
    if (generation.postedMain > 0n) this.#note(`gen:${id}:post:main`, "post", generation.postedMain, "held", "revenue");
    if (generation.postedBonus > 0n) {
      this.#note(`gen:${id}:post:bonus`, "post", generation.postedBonus, "held", "revenue");
    }
    for (const account of ["main", "bonus"] as const) {
      if (back[account] === 0n) continue;
      this.#note(`gen:${id}:void:${account}`, "void", back[account], "held", account);
      this[account] += back[account];
      this.#payDebt(`gen:${id}:void:${account}:debt`, account, back[account]);
    }
  }
}

/** What happens around a statement: an answer that is lost is asked for again, a process that died asks no more. */
export const FAULTS = [
  "none",
  "none",
  "none",
  "none",
  "answer-lost",
  "twice-at-once",
  "dies-after",
  "dies-before",
] as const;
export type Fault = (typeof FAULTS)[number];

/** The next operation of a sequence. Causes and slots are few, so that the same comes again later. */
export function nextOperation(random: Random, model: MoneyModel): Operation {
  const cause = random.below(3);
  const slot = random.below(3);
  const account = random.pick<Account>(["main", "bonus"]);
  const kopecks = BigInt(1 + random.below(500));
  const known = model.generations.get(slot);
  switch (random.below(16)) {
    case 0:
      return { kind: "credit", cause, kopecks, account };
    case 1:
    case 2:
      return { kind: "topup", cause, kopecks, bonusKopecks: 1n + kopecks / 5n };
    case 3:
      return { kind: "debit", cause, kopecks, account };
    case 4:
    case 5:
      return { kind: "chargeback", cause, kopecks };
    case 6:
      return { kind: "limit", kopecks: random.below(3) === 0 ? null : kopecks };
    case 7:
      return { kind: "ban", isBanned: random.below(3) === 0 };
    case 8:
      return { kind: "refund", slot };
    default:
      if (known?.state === "queued") return random.below(4) === 0 ? { kind: "fail", slot } : { kind: "claim", slot };
      if (known?.state === "submitting") {
        return random.below(4) === 0
          ? { kind: "fail", slot }
          : { kind: "finish", slot, quarters: BigInt(random.below(5)) };
      }
      if (known !== undefined && random.below(2) === 0) return { kind: "refund", slot };
      // Now and then the tap is of an older card.
      return { kind: "hold", slot, kopecks, revision: model.revision - (random.below(12) === 0 ? 1 : 0) };
  }
}
