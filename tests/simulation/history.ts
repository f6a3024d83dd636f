import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";

export interface Event {
  /** Virtual seconds since the world began. */
  at: number;
  /** What happened, in a line. */
  text: string;
  /** Ids of people, generations and tasks that it names. */
  about: string;
}

/** What happened in a world, in order. */
export interface History {
  add(text: string, about?: string): void;
  /** The last events that name one of these. */
  lastOf(ids: readonly string[], limit: number): string[];
  /** The same for the same history, and practically never for another one. */
  hash(): string;
  size(): number;
  all(): readonly Event[];
}

const PIECE = 65_536;

export function createHistory(nowSeconds: () => number): History {
  const events: Event[] = [];
  const hash = createHash("sha256");
  /** Not hashed yet: many short pieces cost more than a few long ones. */
  let fresh = "";
  return {
    add: (text, about = "") => {
      const event = { at: nowSeconds(), text, about };
      events.push(event);
      fresh += `${event.at} ${text} ${about}\n`;
      if (fresh.length < PIECE) return;
      hash.update(fresh);
      fresh = "";
    },
    lastOf: (ids, limit) =>
      events
        .filter(({ text, about }) => ids.length === 0 || ids.some((id) => about.includes(id) || text.includes(id)))
        .slice(-limit)
        .map(({ at, text }) => `${at.toFixed(3).padStart(10)} ${text}`),
    hash: () => hash.copy().update(fresh).digest("hex").slice(0, 16),
    size: () => events.length,
    all: () => events,
  };
}

/** The whole of it as text, a line for each event. */
export function writeHistory(file: string, history: History): void {
  const lines = history
    .all()
    .map(({ at, text, about }) => `${at.toFixed(3).padStart(10)} ${text} ${about.replaceAll("\n", "\\n")}`);
  writeFileSync(file, `${lines.map((line) => line.trimEnd()).join("\n")}\n`);
}
