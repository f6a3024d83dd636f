import { sql } from "drizzle-orm";
import * as z from "zod";
import { credit } from "../db/wallets.ts";
import type { App } from "../services/app.ts";
import { randomId } from "../shared/ids.ts";
import type { SandboxContext } from "./context.ts";
import { json, readJson } from "./http.ts";
import { catalogueRoutes } from "./kie/catalogue-control.ts";
import type { KieControl } from "./kie/control.ts";

/** At most a year at once: a slip of the finger must not run a million re-checks. */
const MAX_ADVANCE_SECONDS = 366 * 86_400;

const advanceSchema = z.strictObject({ advanceSeconds: z.number().positive().max(MAX_ADVANCE_SECONDS) });
const creditSchema = z.strictObject({
  userId: z.int().positive(),
  kopecks: z
    .union([z.int(), z.string().regex(/^\d{1,12}$/)])
    .transform(Number)
    .pipe(z.int().positive().max(1_000_000_000_000)),
});

export interface ControlOptions {
  app: App;
  kie: KieControl;
  /** Resolves when no deferred work of the product is under way. */
  idle: () => Promise<void>;
  /** Takes every fault back: the reset itself needs a healthy database. */
  clearFaults: () => void;
  /** Empties the simulators and installs the product again. */
  reset: () => Promise<void>;
}

/** Clock, money, recorded calls and reset: the part of the JSON API that is not about chats. 400 names the wrong field. */
export function createControlApi(
  context: SandboxContext,
  options: ControlOptions,
): { handle(request: Request): Promise<Response | undefined> } {
  const { app } = options;
  const routes: Readonly<Record<string, (request: Request) => Promise<Response>>> = {
    ...catalogueRoutes(options.kie),
    "GET /sandbox/clock": async () => json(clockView(context)),
    "POST /sandbox/clock": async (request) => {
      const { advanceSeconds } = advanceSchema.parse(await readJson(request));
      // What a tap has just begun belongs to the time before, what the advance began to the time after.
      await options.idle();
      await context.clock.advance(advanceSeconds);
      await options.idle();
      return json(clockView(context));
    },
    "POST /sandbox/credit": async (request) => {
      const { userId, kopecks } = creditSchema.parse(await readJson(request));
      const balance = await credit(app.database, {
        id: `sandbox:${randomId(12)}`,
        userId,
        kopecks: BigInt(kopecks),
        account: "main",
        source: "sandbox",
        reason: null,
        now: app.clock.now(),
      });
      return json({
        balance: { mainKopecks: balance.mainKopecks.toString(), bonusKopecks: balance.bonusKopecks.toString() },
      });
    },
    "GET /sandbox/wallets": async () => {
      const rows = await app.database.read(
        sql`select user_id, main::text, bonus::text, held::text from wallets order by user_id limit 1000`,
      );
      return json({
        wallets: rows.map((row) => ({
          userId: Number(row["user_id"]),
          mainKopecks: row["main"],
          bonusKopecks: row["bonus"],
          heldKopecks: row["held"],
        })),
      });
    },
    "GET /sandbox/calls": async () => json({ calls: context.calls.list() }),
    "POST /sandbox/reset": async () => {
      options.clearFaults();
      // Row triggers guard the ledger against edits, not against throwing the whole play away.
      const tables = await app.database.query(
        sql`select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`,
      );
      await app.database.query(sql`truncate ${sql.raw(tables.map((table) => String(table["name"])).join(", "))}`);
      await options.reset();
      return json({ ok: true });
    },
  };
  return {
    async handle(request) {
      const { pathname } = new URL(request.url);
      const route = routes[`${request.method} ${pathname}`];
      if (route === undefined) return undefined;
      try {
        return await route(request);
      } catch (error) {
        if (error instanceof z.ZodError) return json({ error: problemOf(error) }, 400);
        if (error instanceof SyntaxError) return json({ error: "The body must be JSON" }, 400);
        context.note(`${request.method} ${pathname} failed: ${String(error)}`);
        return json({ error: "The sandbox failed; its terminal says why" }, 500);
      }
    },
  };
}

function clockView(context: SandboxContext): { now: string; offsetSeconds: number } {
  const now = context.clock.now();
  return { now: now.toISOString(), offsetSeconds: Math.round((now.getTime() - Date.now()) / 1000) };
}

function problemOf(error: z.ZodError): string {
  const [issue] = error.issues;
  return `${issue?.path.join(".") || "body"}: ${issue?.message ?? "is malformed"}`;
}
