import { sql } from "drizzle-orm";
import type { UploadRef } from "../shared/media.ts";
import type { Database } from "./client.ts";

/** Remembers a user's file. The same id again changes nothing. */
export async function saveUpload(
  database: Database,
  input: { userId: number; telegramFileId: string; upload: UploadRef; now: Date },
): Promise<void> {
  const { upload } = input;
  await database.query(sql`
    insert into uploads (id, user_id, telegram_file_id, kind, format, mime, size_bytes, width, height, duration_seconds, created_at)
    values (${upload.uploadId}, ${input.userId}::bigint, ${input.telegramFileId}, ${upload.kind}, ${upload.format}, ${upload.mime},
      ${upload.sizeBytes}::int, ${upload.width ?? null}::int, ${upload.height ?? null}::int, ${upload.durationSeconds ?? null}::float8,
      ${input.now.toISOString()}::timestamptz)
    on conflict (id) do nothing`);
}
