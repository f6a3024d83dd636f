import { expect } from "vitest";
import type { Catalog } from "../../../lib/catalog/load.ts";
import { readAdminParts } from "../../../lib/conversation/admin/callback-parts.ts";
import { advance } from "../../../lib/conversation/advance.ts";
import { decodeAction, encodeAction } from "../../../lib/conversation/callback-data.ts";
import { renderScreen } from "../../../lib/conversation/render.ts";
import { initialState } from "../../../lib/conversation/state.ts";
import type {
  ButtonAction,
  ConversationState,
  DialogueEvent,
  Facts,
  GenerationFacts,
  OutputFacts,
  RichText,
  Transition,
  View,
} from "../../../lib/conversation/types.ts";
import { spanText } from "../../../lib/conversation/view-parts.ts";
import type { UploadRef } from "../../../lib/shared/media.ts";
import { memoryCatalog } from "./fixture-catalog.ts";

export const NOW = new Date("2026-11-20T11:03:00Z");

let ids = 0;
export function makeFacts(overrides: Partial<Facts> = {}): Facts {
  return {
    now: NOW,
    newId: () => {
      ids += 1;
      return `draft${String(ids).padStart(7, "0")}`;
    },
    user: { id: 1, language: "ru", firstName: "Anna", isNew: false },
    wallet: { mainKopecks: 12_800n, bonusKopecks: 0n, heldKopecks: 0n },
    pricing: { creditToRub: "0.39295", multiplier: "2" },
    confirmFromKopecks: 2_000n,
    mode: "real",
    ...overrides,
  };
}

export function makeUpload(fields: Partial<UploadRef> = {}): UploadRef {
  return {
    uploadId: "upload1",
    kind: "image",
    format: "jpeg",
    mime: "image/jpeg",
    sizeBytes: 200_000,
    width: 1024,
    height: 768,
    ...fields,
  };
}

export function makeGeneration(fields: Partial<GenerationFacts> = {}): GenerationFacts {
  return {
    generationId: "gen000000001",
    entryKey: "movie-text",
    values: { prompt: "Поезд едет вдоль моря", resolution: "1080p", duration: 5, sound: false },
    state: "delivered",
    priceKopecks: 2_358n,
    chargedKopecks: 2_358n,
    mode: "real",
    createdAt: NOW,
    submittedAt: NOW,
    finishedAt: new Date(NOW.getTime() + 52_000),
    ahead: null,
    usualSeconds: { p50: 40, p90: 70 },
    failure: null,
    taskId: "task-1",
    outputs: [makeOutput()],
    ...fields,
  };
}

export function makeOutput(fields: Partial<OutputFacts> = {}): OutputFacts {
  return {
    position: 0,
    kind: "video",
    url: "https://files.example/1.mp4",
    expiresAt: new Date("2026-11-21T11:03:00Z"),
    text: null,
    title: null,
    durationSeconds: null,
    externalId: null,
    ...fields,
  };
}

export function textOf(text: RichText | undefined): string {
  return (text ?? []).map(spanText).join("");
}

export function labels(view: View): string[] {
  return view.keyboard.flat().map((each) => each.text);
}

/** What Telegram accepts, and what our own decoder must understand. */
export function checkView(view: View, revision: number): void {
  const text = textOf(view.text);
  expect(text.trim().length).toBeGreaterThan(0);
  expect(text.length).toBeLessThanOrEqual(4096);
  const buttons = view.keyboard.flat();
  expect(buttons.length).toBeGreaterThan(0);
  expect(buttons.length).toBeLessThanOrEqual(100);
  for (const row of view.keyboard) expect(row.length).toBeLessThanOrEqual(8);
  for (const each of buttons) {
    expect(each.text.trim()).not.toBe("");
    if (!("action" in each)) continue;
    const data = encodeAction(each.action, revision);
    expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
    expect(decodeAction(data)).toEqual({ action: each.action, revision });
    if (each.action.kind === "admin") expect(readAdminParts(each.action.parts)).not.toBeNull();
  }
}

/** One user's conversation, driven by events and pressed by label; every screen is checked on the way. */
export class Dialogue {
  state: ConversationState = initialState();
  revision = 1;
  facts: Facts;
  last: Transition | null = null;
  readonly catalog: Catalog;
  #nextMessageId = 100;

  constructor(facts: Facts = makeFacts(), catalog: Catalog = memoryCatalog()) {
    this.facts = facts;
    this.catalog = catalog;
  }

  get view(): View {
    return renderScreen(this.state, this.facts, this.catalog, this.last?.notice);
  }

  get text(): string {
    return textOf(this.view.text);
  }

  get labels(): string[] {
    return labels(this.view);
  }

  happen(event: DialogueEvent): Transition {
    const transition = advance(this.state, event, this.facts, this.catalog, this.revision);
    this.last = transition;
    const isNewMessage = transition.show === "send";
    if (isNewMessage) this.#nextMessageId += 1;
    this.state = isNewMessage ? { ...transition.state, messageId: this.#nextMessageId } : transition.state;
    this.revision += 1;
    checkView(this.view, this.revision);
    return transition;
  }

  command(name: string): Transition {
    return this.happen({ kind: "command", name, argument: "" });
  }

  say(text: string): Transition {
    return this.happen({ kind: "text", text });
  }

  give(upload: Partial<UploadRef> = {}, caption = "", albumId?: string): Transition {
    const event = { kind: "media" as const, upload: makeUpload(upload), caption };
    return this.happen(albumId === undefined ? event : { ...event, albumId });
  }

  tap(action: ButtonAction, at: { revision?: number; messageId?: number } = {}): Transition {
    const messageId = at.messageId ?? this.state.messageId ?? 1;
    return this.happen({ kind: "tap", action, revision: at.revision ?? this.revision, messageId });
  }

  /** Presses the first button whose label holds `part`. */
  press(part: string): Transition {
    const found = this.view.keyboard.flat().find((each) => each.text.includes(part));
    if (found === undefined || !("action" in found)) {
      throw new Error(`no button "${part}" among: ${this.labels.join(" | ")}`);
    }
    return this.tap(found.action);
  }

  get values() {
    return this.state.draft?.values ?? {};
  }
}
