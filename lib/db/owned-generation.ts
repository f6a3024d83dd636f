import { type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import { LANGUAGES, type Language } from "../shared/localized.ts";
import { catalogRevision, revisionJson } from "./catalog-revision.ts";
import { type GenerationWithOutputs, generationWithOutputs } from "./generation-json.ts";
import { kopecksJson, type UploadRow, uploadRow } from "./rows.ts";

/** A generation with its owner: enough to submit, look, deliver or tell without another read. */
export interface OwnedGeneration extends GenerationWithOutputs {
  owner: {
    language: Language;
    firstName: string;
    reachable: boolean;
    /** Large files are offered by a button instead of being sent at once. */
    dataSaver: boolean;
    wallet: { mainKopecks: bigint; bonusKopecks: bigint; heldKopecks: bigint };
  };
  uploads: readonly UploadRow[];
  /** Of what lay over the catalog's files when the generation was read. */
  catalogRevision: number;
}

/** What a statement with `ownerColumns` and `uploads` brings; made at first use, because schemas cost time to make. */
export const ownerShape = () => ({
  language: z.enum(LANGUAGES),
  first_name: z.string(),
  reachable: z.boolean(),
  data_saver: z.boolean(),
  main: kopecksJson,
  bonus: kopecksJson,
  held: kopecksJson,
  uploads: z.array(uploadRow).nullish(),
  catalog_revision: revisionJson,
});

type OwnerRow = z.output<z.ZodObject<ReturnType<typeof ownerShape>>>;

export function ownership(row: OwnerRow): Pick<OwnedGeneration, "owner" | "uploads" | "catalogRevision"> {
  return {
    owner: {
      language: row.language,
      firstName: row.first_name,
      reachable: row.reachable,
      dataSaver: row.data_saver,
      wallet: { mainKopecks: row.main, bonusKopecks: row.bonus, heldKopecks: row.held },
    },
    uploads: row.uploads ?? [],
    catalogRevision: row.catalog_revision,
  };
}

/** Reads `item`, the owner's columns and `uploads` of a statement's row. */
export const ownedSchema = z.lazy(() =>
  z
    .object({ item: generationWithOutputs, ...ownerShape() })
    .transform((row): OwnedGeneration => ({ ...row.item, ...ownership(row) })),
);

/** Of a statement that joins `users u` and `wallets w`. */
export const ownerColumns = sql`u.language, u.first_name, u.reachable, u.data_saver, w.main::text as main, w.bonus::text as bonus, w.held::text as held, ${catalogRevision} as catalog_revision`;

/** JSON of the files that a generation's values name: `{"uploadId": "…"}` at any depth. Files of others are left out. */
export function uploadsOf(alias: SQL): SQL {
  return sql`(select jsonb_agg(to_jsonb(f)) from uploads f where f.user_id = ${alias}.user_id
    and f.id in (select jsonb_path_query(${alias}."values", '$.**.uploadId') #>> '{}'))`;
}
