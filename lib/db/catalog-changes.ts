import { sql } from "drizzle-orm";
import * as z from "zod";
import { type CatalogChange, catalogChangeSchema, completionSchema } from "../catalog/live/changes.ts";
import type { Proposal, ProposalStatus, SyncFacts, TodayFacts } from "../conversation/admin/types.ts";
import { todayJson, todayRow } from "./admin-users.ts";
import { catalogRevision, revisionJson } from "./catalog-revision.ts";
import type { Database } from "./client.ts";
import { momentJson } from "./rows.ts";

const STATUSES = ["proposed", "approved", "ignored", "rolled-back"] as const satisfies readonly ProposalStatus[];

/** Of `catalog_changes c`. */
const proposalJson = sql`jsonb_build_object('id', c.id, 'status', c.status, 'payload', c.payload, 'completion', c.completion, 'created_at', c.created_at)`;

const proposalRow = z.lazy(() =>
  z
    .object({
      id: z.string(),
      status: z.enum(STATUSES),
      payload: catalogChangeSchema,
      completion: completionSchema,
      created_at: momentJson,
    })
    .transform(
      (row): Proposal => ({
        id: row.id,
        status: row.status,
        change: row.payload,
        completion: row.completion,
        createdAt: row.created_at,
        fault: null,
      }),
    ),
);

const syncRow = z.lazy(() =>
  z
    .object({
      started_at: momentJson,
      finished_at: momentJson.nullable(),
      total: z.number(),
      read: z.number(),
    })
    .transform(
      (row): SyncFacts => ({
        startedAt: row.started_at,
        finishedAt: row.finished_at,
        read: row.read,
        total: row.total,
      }),
    ),
);

export interface AdminRead {
  catalogRevision: number;
  sync: SyncFacts | null;
  counts: Record<ProposalStatus, number>;
  waiting: Partial<Record<CatalogChange["kind"], number>>;
  proposals: readonly Proposal[];
  proposal: Proposal | null;
  today?: TodayFacts;
}

const adminSchema = z.lazy(() =>
  z.object({
    revision: revisionJson,
    sync: syncRow.nullable(),
    counts: z.partialRecord(z.enum(STATUSES), z.number()).nullable(),
    waiting: z.record(z.string(), z.number()).nullable(),
    proposals: z.array(z.unknown()).nullable(),
    proposal: z.unknown(),
    today: todayRow.nullable(),
  }),
);

/**
 * What the admin screens show of the sync and its proposals, in one statement. Rows that this program can not read are
 * left out.
 */
export async function readAdminFacts(
  database: Database,
  wanted: {
    proposals?: { status: ProposalStatus; page: number; size: number };
    proposalId?: string;
    todaySince?: Date;
  },
): Promise<AdminRead> {
  const { proposals, proposalId } = wanted;
  const [row] = await database.read(sql`
    select ${catalogRevision} as revision,
      (select jsonb_build_object('started_at', s.started_at, 'finished_at', s.finished_at, 'total', s.total,
          'read', (select count(*) from kie_models m where m.read_by = s.id))
        from catalog_syncs s order by s.started_at desc, s.id desc limit 1) as sync,
      (select jsonb_object_agg(n.status, n.many) from (
        select status, count(*) as many from catalog_changes where kind = 'change' group by status) n) as counts,
      (select jsonb_object_agg(n.kind, n.many) from (
        select payload ->> 'kind' as kind, count(*) as many from catalog_changes
        where kind = 'change' and status = 'proposed' group by 1) n) as waiting,
      ${
        proposals === undefined
          ? sql`null::jsonb`
          : sql`(select jsonb_agg(page.item) from (
              select ${proposalJson} as item from catalog_changes c where c.kind = 'change' and c.status = ${proposals.status}
              order by c.created_at desc, c.id limit ${proposals.size}::int offset ${proposals.size * proposals.page}::int) page)`
      } as proposals,
      ${
        proposalId === undefined
          ? sql`null::jsonb`
          : sql`(select ${proposalJson} from catalog_changes c where c.kind = 'change' and c.id = ${proposalId})`
      } as proposal,
      ${wanted.todaySince === undefined ? sql`null::jsonb` : todayJson(wanted.todaySince)} as today`);
  const read = adminSchema.parse(row);
  return {
    catalogRevision: read.revision,
    sync: read.sync,
    counts: { proposed: 0, approved: 0, ignored: 0, "rolled-back": 0, ...read.counts },
    waiting: read.waiting ?? {},
    proposals: (read.proposals ?? []).flatMap((item) => readable(item) ?? []),
    proposal: readable(read.proposal),
    ...(read.today === null ? {} : { today: read.today }),
  };
}

function readable(item: unknown): Proposal | null {
  const parsed = proposalRow.safeParse(item);
  return parsed.success ? parsed.data : null;
}

const judgedRow = z.lazy(() =>
  z.object({ revision: revisionJson, proposal: z.unknown(), print: z.string().nullable() }),
);

/** A change as it stands, to be judged by what is in force. */
export interface ProposalRead {
  /** Null when it is not there, or can not be read. */
  proposal: Proposal | null;
  catalogRevision: number;
  /** Of the change and its completion: what was judged is what is approved. */
  fingerprint: string;
}

/** What `ProposalRead.fingerprint` says, of a row of `catalog_changes`. */
export const fingerprint = sql`md5(payload::text || completion::text)`;

export async function readProposal(database: Database, proposalId: string): Promise<ProposalRead> {
  const [row] = await database.read(sql`
    select ${catalogRevision} as revision, ${proposalJson} as proposal, ${fingerprint} as print
    from (select 1) one left join catalog_changes c on c.id = ${proposalId} and c.kind = 'change'`);
  const read = judgedRow.parse(row);
  return { proposal: readable(read.proposal), catalogRevision: read.revision, fingerprint: read.print ?? "" };
}
