import { sql } from "drizzle-orm";
import type { UploadRef } from "../shared/media.ts";
import type { Database } from "./client.ts";
import { NO_FILE } from "./rows.ts";

/**
 * Remembers a user's file. The same id again changes nothing.
 *
 * @param input.telegramFileId where its bytes can be had again; null when Telegram has none that bots may download.
 * @param input.stored its link at KIE, where it has one already.
 */
export async function saveUpload(
  database: Database,
  input: {
    userId: number;
    telegramFileId: string | null;
    upload: UploadRef;
    stored?: { url: string; expiresAt: Date };
    now: Date;
  },
): Promise<void> {
  const { upload, stored } = input;
  await database.query(sql`
    insert into uploads (id, user_id, telegram_file_id, kind, format, mime, size_bytes, width, height, duration_seconds, kie_url, kie_expires_at, created_at)
    values (${upload.uploadId}, ${input.userId}::bigint, ${input.telegramFileId ?? NO_FILE}, ${upload.kind}, ${upload.format}, ${upload.mime},
      ${upload.sizeBytes}::int, ${upload.width ?? null}::int, ${upload.height ?? null}::int, ${upload.durationSeconds ?? null}::float8,
      ${stored?.url ?? null}, ${stored?.expiresAt.toISOString() ?? null}::timestamptz, ${input.now.toISOString()}::timestamptz)
    on conflict (id) do nothing`);
}
