/** What the simulated Telegram remembers of payments: invoices, questions to the bot, and the list of transactions. */
import type { TelegramStarTransaction } from "@gramio/types/objects";
import type { SandboxStore } from "../context.ts";

/** An invoice that can be paid: a message's (key `<chat>:<message>`) or a link's (key = the URL). */
export interface StoredInvoice {
  title: string;
  description: string;
  payload: string;
  stars: number;
  /** Empty: forwarded copies can be paid by anybody. Absent for links, which are open to everybody anyway. */
  startParameter?: string;
  /** The first payment takes the button away; who had the form open before can still pay. */
  isPaid: boolean;
}

/** A `pre_checkout_query` under way. */
export interface StoredCheckout {
  id: string;
  userId: number;
  atMs: number;
  answer?: { ok: true } | { ok: false; message: string };
}

const COLLECTIONS = {
  invoices: "telegram:invoices",
  checkouts: "telegram:checkouts",
  transactions: "telegram:star-transactions",
} as const;

export class PaymentsState {
  readonly #store: SandboxStore;

  constructor(store: SandboxStore) {
    this.#store = store;
  }

  invoice = (key: string): StoredInvoice | undefined => this.#store.get<StoredInvoice>(COLLECTIONS.invoices, key);
  putInvoice = (key: string, invoice: StoredInvoice): void => this.#store.put(COLLECTIONS.invoices, key, invoice);

  checkout = (id: string): StoredCheckout | undefined => this.#store.get<StoredCheckout>(COLLECTIONS.checkouts, id);
  putCheckout = (checkout: StoredCheckout): void => this.#store.put(COLLECTIONS.checkouts, checkout.id, checkout);

  /** In the order in which they happened. A refund has the id of its payment. */
  transactions = (): TelegramStarTransaction[] =>
    this.#store.list<TelegramStarTransaction>(COLLECTIONS.transactions).map(({ document }) => document);
  addTransaction = (transaction: TelegramStarTransaction): void =>
    this.#store.put(
      COLLECTIONS.transactions,
      `${transaction.id}:${transaction.receiver === undefined ? "in" : "out"}`,
      transaction,
    );

  clear(): void {
    for (const collection of Object.values(COLLECTIONS)) {
      for (const { id } of this.#store.list(collection)) this.#store.delete(collection, id);
    }
  }
}
