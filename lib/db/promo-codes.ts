import { sql } from "drizzle-orm";
import * as z from "zod";
import type { PromoCodeFacts } from "../conversation/admin/promo-types.ts";
import { PROMO_KINDS } from "../ledger/payments.ts";
import type { Database } from "./client.ts";
import { kopecksJson, momentJson } from "./rows.ts";

const codeRow = z.lazy(() =>
  z
    .object({
      code: z.string(),
      kind: z.enum(PROMO_KINDS),
      kopecks: kopecksJson.nullable(),
      percent: z.number().nullable(),
      generations: z.number().nullable(),
      days: z.number().nullable(),
      newcomers_only: z.boolean(),
      cap: z.number().nullable(),
      used: z.number(),
      expires_at: momentJson.nullable(),
      closed_at: momentJson.nullable(),
      created_at: momentJson,
    })
    .transform(
      (row): PromoCodeFacts => ({
        code: row.code,
        kind: row.kind,
        kopecks: row.kopecks,
        percent: row.percent,
        generations: row.generations,
        days: row.days,
        newcomersOnly: row.newcomers_only,
        cap: row.cap,
        used: row.used,
        expiresAt: row.expires_at,
        closedAt: row.closed_at,
        createdAt: row.created_at,
      }),
    ),
);

/** What a new code is; nobody has used it. */
export interface NewPromo extends Omit<PromoCodeFacts, "used" | "closedAt" | "createdAt"> {
  /** The admin; null for those of the set-up. */
  createdBy: number | null;
}

/** Writes codes; one that exists stays as it is. @returns the codes that were new. */
export async function insertPromos(database: Database, promos: readonly NewPromo[], now: Date): Promise<string[]> {
  const rows = promos.map((promo) => ({
    code: promo.code,
    kind: promo.kind,
    kopecks: promo.kopecks === null ? null : promo.kopecks.toString(),
    percent: promo.percent,
    generations: promo.generations,
    days: promo.days,
    newcomers_only: promo.newcomersOnly,
    cap: promo.cap,
    expires_at: promo.expiresAt?.toISOString() ?? null,
    created_by: promo.createdBy,
  }));
  const made = await database.query(sql`
    insert into promo_codes (code, kind, kopecks, percent, generations, days, newcomers_only, cap, expires_at, created_at, created_by)
    select n.code, n.kind, n.kopecks, n.percent, n.generations, n.days, n.newcomers_only, n.cap, n.expires_at,
      ${now.toISOString()}::timestamptz, n.created_by
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n (code text, kind text, kopecks bigint, percent int,
      generations int, days int, newcomers_only boolean, cap int, expires_at timestamptz, created_by bigint)
    on conflict (code) do nothing returning code`);
  return made.map((row) => z.string().parse(row["code"]));
}

/** Codes that can be entered, or those that are closed or over; the newest first. */
export async function selectPromos(
  database: Database,
  input: { isClosed: boolean; page: number; pageSize: number; now: Date },
): Promise<{ codes: PromoCodeFacts[]; pages: number }> {
  const { isClosed, page, pageSize, now } = input;
  const [row] = await database.read(sql`
    with listed as (
      select * from promo_codes
      where (closed_at is not null or coalesce(expires_at <= ${now.toISOString()}::timestamptz, false)) = ${isClosed}
    ), shown as (
      select * from listed order by created_at desc, code offset ${page * pageSize}::int limit ${pageSize}::int
    )
    select (select count(*)::int from listed) as count,
      (select jsonb_agg(to_jsonb(s) order by s.created_at desc, s.code) from shown s) as codes`);
  const answer = z.object({ count: z.number(), codes: z.array(codeRow).nullable() }).parse(row);
  return { codes: answer.codes ?? [], pages: Math.max(1, Math.ceil(answer.count / pageSize)) };
}

/** One code as it stands, or null. */
export async function selectPromo(database: Database, code: string): Promise<PromoCodeFacts | null> {
  const [row] = await database.read(sql`select to_jsonb(p) as code from promo_codes p where p.code = ${code}`);
  return row === undefined ? null : z.object({ code: codeRow }).parse(row).code;
}

/** Nobody can enter it from now on; what people have of it stays theirs. @returns false when it was not open. */
export async function endPromo(database: Database, code: string, now: Date): Promise<boolean> {
  const rows = await database.query(sql`
    update promo_codes set closed_at = ${now.toISOString()}::timestamptz where code = ${code} and closed_at is null returning code`);
  return rows.length > 0;
}
