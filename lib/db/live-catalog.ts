import { sql } from "drizzle-orm";
import * as z from "zod";
import {
  catalogChangeSchema,
  completionSchema,
  type EntryHealth,
  HEALTH_MARKS,
  type LiveCatalog,
  type Override,
  settingSchema,
} from "../catalog/live/changes.ts";
import { catalogRevision, revisionJson } from "./catalog-revision.ts";
import type { Database } from "./client.ts";

/** A row that this program can not read: left out, and worth a line in the log. */
export interface BadRow {
  changeId: string;
  /** Where it does not fit, without its values. */
  problem: string;
}

const rowSchema = z.lazy(() =>
  z.object({
    id: z.string(),
    kind: z.enum(["change", "setting"]),
    payload: z.unknown(),
    completion: z.unknown(),
  }),
);

const healthRow = z.lazy(() =>
  z
    .object({ entry_key: z.string(), mark: z.enum(HEALTH_MARKS), hidden: z.boolean() })
    .transform((row): EntryHealth => ({ entryKey: row.entry_key, mark: row.mark, isHidden: row.hidden })),
);

/** Everything that lies over the catalog's files, in the order of approval. One statement. */
export async function readLiveCatalog(database: Database): Promise<{ live: LiveCatalog; problems: readonly BadRow[] }> {
  const [row] = await database.read(sql`
    select ${catalogRevision} as revision,
      (select jsonb_agg(jsonb_build_object('id', c.id, 'kind', c.kind, 'payload', c.payload, 'completion', c.completion)
        order by c.decided_at, c.id) from catalog_changes c where c.status = 'approved') as overrides,
      (select jsonb_agg(jsonb_build_object('entry_key', h.entry_key, 'mark', h.mark, 'hidden', h.hidden)
        order by h.entry_key) from model_health h) as health`);
  const read = z
    .object({
      revision: revisionJson,
      overrides: z.array(rowSchema).nullable(),
      health: z.array(healthRow).nullable(),
    })
    .parse(row);
  const overrides: Override[] = [];
  const problems: BadRow[] = [];
  for (const each of read.overrides ?? []) {
    const parsed = overrideOf(each);
    if ("problem" in parsed) problems.push({ changeId: each.id, problem: parsed.problem });
    else overrides.push(parsed);
  }
  return { live: { revision: read.revision, overrides, health: read.health ?? [] }, problems };
}

function overrideOf(row: z.output<typeof rowSchema>): Override | { problem: string } {
  if (row.kind === "setting") {
    const setting = settingSchema.safeParse(row.payload);
    return setting.success
      ? { id: row.id, kind: "setting", setting: setting.data }
      : { problem: placesOf(setting.error) };
  }
  const change = catalogChangeSchema.safeParse(row.payload);
  if (!change.success) return { problem: placesOf(change.error) };
  const completion = completionSchema.safeParse(row.completion);
  if (!completion.success) return { problem: placesOf(completion.error) };
  return { id: row.id, kind: "change", change: change.data, completion: completion.data };
}

function placesOf(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join(".")}: ${issue.code}`).join(", ");
}
