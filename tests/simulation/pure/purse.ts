import type { Account, UserAccount } from "../../../lib/ledger/accounts.ts";
import type { LedgerLineKind, Settlement } from "../../../lib/ledger/settlement.ts";
import { must } from "./explore.ts";

interface Movement {
  id: string;
  kind: LedgerLineKind;
  kopecks: bigint;
  source: Account;
  destination: Account;
}

const lesser = (one: bigint, other: bigint) => (one < other ? one : other);

/**
 * One person's wallet row and ledger as the statements keep them: the row is moved by the figures of a decision, the
 * ledger by its transfers, so that the two can disagree when the decision is wrong.
 */
export class Purse {
  readonly row: Record<UserAccount, bigint> = { main: 0n, bonus: 0n, held: 0n, debt: 0n };
  readonly ledger = new Map<string, Movement>();
  /** Σ of the ledger by account; a debt is money that the person owes. */
  readonly #sums: Record<UserAccount, bigint> = { main: 0n, bonus: 0n, held: 0n, debt: 0n };

  /** @returns false when the cause was known already: then nothing moved. */
  credit(id: string, kopecks: bigint, account: "main" | "bonus", from: { kind: "credit" | "refund"; source: Account }) {
    if (this.ledger.has(id)) return false;
    this.#note({ id, kind: from.kind, kopecks, source: from.source, destination: account });
    this.row[account] += kopecks;
    this.#payDebt(`${id}:debt`, account, kopecks);
    return true;
  }

  chargeBack(id: string, kopecks: bigint): void {
    if (this.ledger.has(`${id}:main`) || this.ledger.has(`${id}:bonus`) || this.ledger.has(`${id}:debt`)) return;
    let left = kopecks;
    for (const account of ["main", "bonus"] as const) {
      const part = lesser(left, this.row[account]);
      this.#take(`${id}:${account}`, part, account);
      left -= part;
    }
    if (left === 0n) return;
    this.#note({ id: `${id}:debt`, kind: "adjust", kopecks: left, source: "debt", destination: "stars" });
    this.row.debt += left;
  }

  /** An admin takes money back: all of it, or nothing. */
  adjust(id: string, kopecks: bigint, account: "main" | "bonus"): void {
    if (!this.ledger.has(id) && this.row[account] >= kopecks) this.#take(id, kopecks, account);
  }

  /** @returns what was held of each account, or null where a guard says no. */
  hold(generationId: string, kopecks: bigint): { heldMain: bigint; heldBonus: bigint } | null {
    if (this.row.debt > 0n || this.row.main + this.row.bonus < kopecks) return null;
    const heldBonus = lesser(this.row.bonus, kopecks);
    const held = { main: kopecks - heldBonus, bonus: heldBonus };
    for (const account of ["main", "bonus"] as const) {
      if (held[account] === 0n) continue;
      const id = `gen:${generationId}:hold:${account}`;
      this.#note({ id, kind: "hold", kopecks: held[account], source: account, destination: "held" });
      this.row[account] -= held[account];
      this.row.held += held[account];
    }
    return { heldMain: held.main, heldBonus: held.bonus };
  }

  /** As the statement of an outcome does it: what comes back pays a debt at once. */
  settle(generationId: string, settlement: Settlement): void {
    const { postedKopecks, mainBack, bonusBack } = settlement;
    for (const transfer of settlement.transfers) this.#note(transfer);
    this.row.held -= postedKopecks + mainBack + bonusBack;
    for (const [account, back] of [["main", mainBack] as const, ["bonus", bonusBack] as const]) {
      this.row[account] += back;
      this.#payDebt(`gen:${generationId}:void:${account}:debt`, account, back);
    }
  }

  check(): void {
    for (const account of ["main", "bonus", "held", "debt"] as const) {
      const sum = account === "debt" ? -this.#sums.debt : this.#sums[account];
      must(this.row[account] >= 0n, "no balance is negative", () => `${account} ${this.row[account]}`);
      must(
        sum === this.row[account],
        "Σ transfers = balances",
        () => `${account}: transfers say ${sum}, the wallet ${this.row[account]}`,
      );
    }
    must(
      this.row.debt === 0n || this.row.main + this.row.bonus === 0n,
      "a debt is paid before anything is spent",
      () => `debt ${this.row.debt} beside ${this.row.main} and ${this.row.bonus}`,
    );
  }

  #take(id: string, kopecks: bigint, account: "main" | "bonus"): void {
    if (kopecks === 0n) return;
    this.#note({ id, kind: "adjust", kopecks, source: account, destination: "admin" });
    this.row[account] -= kopecks;
  }

  #payDebt(id: string, account: "main" | "bonus", most: bigint): void {
    const paid = lesser(this.row.debt, most);
    if (paid <= 0n) return;
    this.#note({ id, kind: "adjust", kopecks: paid, source: account, destination: "debt" });
    this.row.debt -= paid;
    this.row[account] -= paid;
  }

  #note(movement: Movement): void {
    const { id, kopecks, source, destination } = movement;
    must(!this.ledger.has(id), "a transfer is made once", () => id);
    must(kopecks > 0n, "a transfer moves money", () => `${id}: ${kopecks}`);
    this.ledger.set(id, movement);
    if (isOfUser(source)) this.#sums[source] -= kopecks;
    if (isOfUser(destination)) this.#sums[destination] += kopecks;
  }
}

function isOfUser(account: Account): account is UserAccount {
  return account === "main" || account === "bonus" || account === "held" || account === "debt";
}
