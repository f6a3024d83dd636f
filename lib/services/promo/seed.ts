import { insertPromos, type NewPromo } from "../../db/promo-codes.ts";
import type { App } from "../app.ts";

const NOTHING = {
  kopecks: null,
  percent: null,
  generations: null,
  days: null,
  cap: null,
  expiresAt: null,
  createdBy: null,
};

/** The codes that every installation has from the beginning. */
const SEEDED: readonly NewPromo[] = [
  { ...NOTHING, code: "NEWUSER10", kind: "discount", percent: 10, days: 7, newcomersOnly: false },
  { ...NOTHING, code: "FIRSTGEN", kind: "bonus", kopecks: 5_000n, newcomersOnly: true },
  { ...NOTHING, code: "WELCOME", kind: "discount", percent: 15, generations: 1, newcomersOnly: true },
];

/** Writes the codes of the beginning. Safe to repeat: what an admin closed meanwhile stays closed. */
export async function seedPromos(app: App): Promise<string> {
  const made = await insertPromos(app.database, SEEDED, app.clock.now());
  return made.length === 0 ? "already there" : made.join(", ");
}
