import type { Catalog } from "../../../lib/catalog/load.ts";
import { adminPart } from "../../../lib/conversation/admin/part.ts";
import type { AdminFacts } from "../../../lib/conversation/admin/types.ts";
import type { BatchFacts, BatchOrder } from "../../../lib/conversation/batch/types.ts";
import { seenPrice } from "../../../lib/conversation/draft.ts";
import { HISTORY_PAGE_SIZE } from "../../../lib/conversation/history-screens.ts";
import type { Needs } from "../../../lib/conversation/render.ts";
import { changedSettings, type SettingsChange } from "../../../lib/conversation/settings-changes.ts";
import type { Draft, Facts, GenerationFacts, HoldRefusal } from "../../../lib/conversation/types.ts";
import { PAUSE_CAUSES } from "../../../lib/generation/breaker.ts";
import type { GenerationState } from "../../../lib/generation/states.ts";
import { addSeconds } from "../../../lib/shared/clock.ts";
import { LANGUAGES } from "../../../lib/shared/localized.ts";
import { OUTPUT_KINDS } from "../../../lib/shared/media.ts";
import { createRandom, type Random } from "../../support/random.ts";
import type { Luck, TalkAction, Vocabulary } from "./talk-actions.ts";

const START = new Date("2026-11-20T11:03:00Z");

/** The person's rows, as far as a dialogue reads them, and what the statements do to them. */
export class Person {
  readonly #catalog: Catalog;
  readonly #generations: GenerationFacts[] = [];
  readonly #batches: Omit<BatchFacts, "items">[] = [];
  readonly #fixed: Pick<Facts, "confirmFromKopecks" | "mode" | "usualSecondsOf" | "maxBatch" | "admin">;
  #user: Facts["user"];
  readonly #random: Random;
  #now = START;
  #wallet: Facts["wallet"];
  #multiplier = "2";
  #offer: { percent: number | null; freeLeft: number } = { percent: null, freeLeft: 0 };
  #ids = 0;

  constructor(seed: number, vocabulary: Vocabulary, catalog: Catalog) {
    const random = createRandom(seed ^ 0x51ed270b);
    this.#random = random;
    this.#catalog = catalog;
    this.#wallet = {
      mainKopecks: random.pick([0n, 300n, 12_800n, 100_000_000n]),
      bonusKopecks: random.pick([0n, 5_000n]),
      heldKopecks: 0n,
      debtKopecks: 0n,
    };
    this.#user = {
      id: 1,
      language: random.pick(LANGUAGES),
      firstName: random.pick(["Анна", "", "Я".repeat(64)]),
      isNew: random.below(6) === 0,
    };
    this.#fixed = {
      ...(random.below(12) === 0 ? { admin: adminPart(NO_NEWS) } : {}),
      confirmFromKopecks: random.pick([0n, 2_000n, 2_000n, 100_000_000n]),
      mode: random.pick(["real", "real", "real", "real", "dry-run", "test"]),
      usualSecondsOf: random.below(2) === 0 ? {} : Object.fromEntries(vocabulary.entries.map((key) => [key, USUAL])),
      ...(random.below(6) === 0 ? {} : { maxBatch: random.pick([2, 10, 20]) }),
    };
    for (let past = random.below(3); past > 0; past -= 1) {
      this.#generations.push(this.#finished(random.pick(vocabulary.entries)));
    }
  }

  /** Facts for what a step or a screen asks for, as the services read them. */
  facts(needs: Needs): Facts {
    const { generationId, batchId, history } = needs;
    const free = this.#offer.freeLeft > 0 ? this.#catalog.entryKeys() : [];
    return {
      ...this.#fixed,
      user: this.#user,
      now: this.#now,
      newId: () => {
        this.#ids += 1;
        return `draft${String(this.#ids).padStart(7, "0")}`;
      },
      wallet: this.#wallet,
      pricing: { creditToRub: "0.39295", multiplier: this.#multiplier },
      offers: {
        promos:
          this.#offer.percent === null
            ? []
            : [{ code: "CODE1", kind: "discount", percent: this.#offer.percent, generationsLeft: null, until: null }],
        free: { entryKeys: free, perDay: 3, perHour: 3, usedToday: 3 - this.#offer.freeLeft, usedThisHour: 0 },
      },
      money: {
        starsToRub: "1.3",
        requisites: "Карта 0000",
        hasBankQr: false,
        bank: null,
        operations: { items: [], next: null },
        spendLimitKopecks: null,
        spentThisMonthKopecks: 0n,
        canInvite: true,
        referral: null,
      },
      ...(generationId === undefined ? {} : { generation: this.generation(generationId) }),
      waiting: this.#waiting(),
      undelivered: this.#generations.filter(({ state }) => state === "undeliverable").length,
      ...(batchId === undefined ? {} : { batch: this.batch(batchId) }),
      ...(history === undefined ? {} : { history: this.#history() }),
      ...(needs.ledgerOf === undefined
        ? {}
        : { ledgerLines: [{ kind: "hold", kopecks: 63n, account: "main", at: this.#now }] }),
    };
  }

  generation(generationId: string): GenerationFacts | null {
    return this.#generations.find((each) => each.generationId === generationId) ?? null;
  }

  /** What the world does to a person beside the dialogue. */
  change(action: Extract<TalkAction, { do: "wait" | "reprice" | "purse" | "offer" }>): void {
    switch (action.do) {
      case "wait":
        this.#now = addSeconds(this.#now, action.seconds);
        return;
      case "reprice":
        this.#multiplier = action.multiplier;
        return;
      case "purse": {
        const { mainKopecks, bonusKopecks, debtKopecks } = action;
        this.#wallet = { ...this.#wallet, mainKopecks, bonusKopecks, debtKopecks };
        return;
      }
      case "offer":
        this.#offer = { percent: action.percent, freeLeft: action.freeLeft };
        return;
    }
  }

  /** One of the person's generations is in another state from now on; null where there is none. */
  move(choice: number, state: GenerationState): GenerationFacts | null {
    const before = this.#generations[choice % this.#generations.length];
    if (before === undefined) return null;
    const isOver = !["queued", "submitting", "submitted"].includes(state);
    const hasOutputs = ["succeeded", "delivered", "undeliverable"].includes(state);
    const after: GenerationFacts = {
      ...before,
      state,
      ahead: state === "queued" ? choice % 3 : null,
      finishedAt: isOver ? this.#now : null,
      outputs: hasOutputs ? this.#outputs() : [],
      isRateWaiting: choice % 5 === 0,
      pause: choice % 7 === 0 ? { cause: this.#random.pick(PAUSE_CAUSES), retryAt: addSeconds(this.#now, 600) } : null,
      extendedUntil: choice % 6 === 0 ? addSeconds(this.#now, 3_600) : null,
      failure: state === "failed" ? this.#random.pick(["content-policy", "server", "timeout"]) : null,
    };
    this.#replace(before, after);
    return after;
  }

  batch(batchId: string): BatchFacts | null {
    const found = this.#batches.find((each) => each.batchId === batchId);
    if (found === undefined) return null;
    return { ...found, items: this.#generations.filter((each) => isItemOf(each, batchId)) };
  }

  /** What the statement of a hold answers. */
  hold(draft: Draft, luck: Luck): HoldAnswer {
    const price = seenPrice(draft) ?? 0n;
    const refused = this.#refusal(draft.id, price, luck);
    if (refused !== null) return refused;
    if (draft.offer?.kind === "free") this.#offer = { ...this.#offer, freeLeft: this.#offer.freeLeft - 1 };
    this.#take(price);
    this.#generations.push(this.#ordered(draft, price));
    return { kind: "held" };
  }

  /** The same for many: all of them, or none. */
  holdBatch(order: BatchOrder, luck: Luck): HoldAnswer {
    const price = order.items.reduce((sum, item) => sum + item.kopecks, 0n);
    const refused = this.#refusal(order.id, price, luck);
    if (refused !== null) return refused;
    this.#take(price);
    this.#batches.push({ batchId: order.id, kind: order.kind, createdAt: this.#now, isTold: false });
    for (const [place, item] of order.items.entries()) {
      const id = `${order.id}${String(place).padStart(2, "0")}`;
      this.#generations.push(this.#ordered({ id, ...item }, item.kopecks));
    }
    return { kind: "held" };
  }

  settle(change: SettingsChange): void {
    this.#user = { ...this.#user, ...changedSettings[change] };
  }

  /** Takes out of the queue what waits there; nothing else changes. */
  cancel(is: { generationId: string } | { batchId: string }): void {
    for (const each of this.#generations) {
      const isMeant = "batchId" in is ? isItemOf(each, is.batchId) : each.generationId === is.generationId;
      if (!isMeant || each.state !== "queued") continue;
      this.#replace(each, { ...each, state: "cancelled", ahead: null, finishedAt: this.#now });
      this.#take(-each.priceKopecks);
    }
  }

  #refusal(id: string, price: bigint, luck: Luck): Exclude<HoldAnswer, { kind: "held" }> | null {
    const { mainKopecks, bonusKopecks, debtKopecks = 0n } = this.#wallet;
    const availableKopecks = mainKopecks + bonusKopecks;
    const isCharged = this.#fixed.mode === "real";
    if (luck === "lost" || this.generation(id) !== null || this.batch(id) !== null) return { kind: "lost" };
    if (isCharged && debtKopecks > 0n) return { kind: "refused", refusal: { code: "debt", kopecks: debtKopecks } };
    if ((isCharged && availableKopecks < price) || luck === "low-balance") {
      return { kind: "refused", refusal: { code: "low-balance", availableKopecks } };
    }
    return luck === "held" ? null : { kind: "refused", refusal: refusalOf(luck) };
  }

  #take(kopecks: bigint): void {
    if (this.#fixed.mode !== "real") return;
    const { mainKopecks, bonusKopecks, heldKopecks } = this.#wallet;
    const fromBonus = bonusKopecks < kopecks ? bonusKopecks : kopecks;
    this.#wallet = {
      ...this.#wallet,
      mainKopecks: mainKopecks - (kopecks - fromBonus),
      bonusKopecks: bonusKopecks - fromBonus,
      heldKopecks: heldKopecks + kopecks,
    };
  }

  #ordered({ id, entryKey, values }: Pick<Draft, "id" | "entryKey" | "values">, priceKopecks: bigint): GenerationFacts {
    return {
      generationId: id,
      entryKey,
      values,
      state: "queued",
      priceKopecks,
      chargedKopecks: null,
      mode: this.#fixed.mode,
      createdAt: this.#now,
      submittedAt: null,
      finishedAt: null,
      ahead: 0,
      usualSeconds: this.#fixed.usualSecondsOf?.[entryKey] ?? null,
      failure: null,
      taskId: null,
      outputs: [],
    };
  }

  #finished(entryKey: string): GenerationFacts {
    const values = { prompt: "Поезд едет вдоль моря" };
    const id = `gen${String(this.#generations.length).padStart(9, "0")}`;
    const ordered = this.#ordered({ id, entryKey, values }, 2_358n);
    return { ...ordered, state: "delivered", taskId: "task-1", finishedAt: this.#now, outputs: this.#outputs() };
  }

  #outputs(): GenerationFacts["outputs"] {
    return Array.from({ length: 1 + this.#random.below(3) }, (_each, position) => {
      const kind = this.#random.pick(OUTPUT_KINDS);
      const isWords = kind === "text";
      return {
        position,
        kind,
        url: isWords ? null : `https://files.example/${position}`,
        expiresAt: addSeconds(this.#now, 86_400),
        text: isWords ? "слово ".repeat(900) : null,
        title: this.#random.below(2) === 0 ? null : "Название ".repeat(20),
        durationSeconds: kind === "audio" || kind === "video" ? 61.5 : null,
        externalId: this.#random.below(2) === 0 ? null : "track1",
      };
    });
  }

  #waiting(): NonNullable<Facts["waiting"]> {
    const queued = this.#generations.filter(({ state }) => state === "queued");
    return { count: queued.length, generation: queued.length === 1 ? (queued[0] ?? null) : null };
  }

  #history(): NonNullable<Facts["history"]> {
    const items = this.#generations.toReversed().slice(0, HISTORY_PAGE_SIZE);
    return { items, next: this.#generations.length > HISTORY_PAGE_SIZE ? "1763636580000-gen" : null };
  }

  #replace(before: GenerationFacts, after: GenerationFacts): void {
    this.#generations[this.#generations.indexOf(before)] = after;
  }
}

/** `lost`: somebody else was first. */
export type HoldAnswer = { kind: "held" } | { kind: "lost" } | { kind: "refused"; refusal: HoldRefusal };

function isItemOf({ generationId }: GenerationFacts, batchId: string): boolean {
  return generationId.length === batchId.length + 2 && generationId.startsWith(batchId);
}

/** An admin on whose pages there is nothing: what they show is tested beside them. */
const NO_NEWS: AdminFacts = {
  sync: null,
  counts: { proposed: 0, approved: 0, ignored: 0, "rolled-back": 0 },
  waiting: {},
  proposals: [],
  proposal: null,
};

const USUAL = { p50: 40, p90: 200 };

function refusalOf(luck: Exclude<Luck, "held" | "lost" | "low-balance">): HoldRefusal {
  switch (luck) {
    case "paused":
      return { code: "paused", cause: "no-credits", retryAt: addSeconds(START, 600) };
    case "banned":
      return { code: "banned" };
    case "debt":
      return { code: "debt", kopecks: 700n };
    case "queue-full":
      return { code: "queue-full", limit: 3 };
    case "spend-limit":
      return { code: "spend-limit", limitKopecks: 10_000n };
  }
}
