import { sql } from "drizzle-orm";
import * as z from "zod";

/** Row of `settings` that says which revision of the catalog is in force: `{"revision": 7}`. */
export const CATALOG = "catalog";

/** The revision in force, as a column of any statement; null before the first decision. */
export const catalogRevision = sql`(select (value ->> 'revision')::int from settings where key = ${CATALOG})`;

/** Reads `catalogRevision`: 0 is the catalog of the files. */
export const revisionJson = z.lazy(() =>
  z
    .number()
    .nullable()
    .transform((revision) => revision ?? 0),
);
