import * as z from "zod";
import type { ParamValues } from "../catalog/param-values.ts";
import type { LedgerLine } from "../conversation/types.ts";
import { FAILURE_CAUSES } from "../faults/causes.ts";
import { GENERATION_STATES } from "../generation/states.ts";
import { KIE_APIS } from "../shared/kie-api.ts";
import { LANGUAGES } from "../shared/localized.ts";
import { MEDIA_KINDS, OUTPUT_KINDS } from "../shared/media.ts";
import { RUN_MODES } from "../shared/run-mode.ts";

/**
 * Rows as statements give them: whole rows travel as `to_jsonb(…)`, so that one statement can bring several tables.
 * Kopecks arrive as JSON numbers or text, moments as text. Schemas are `lazy`: building them is a third of what the
 * program itself adds to a cold start, and a menu tap needs few of them.
 */
export const kopecksJson = z.lazy(() => z.union([z.number().int(), z.string()]).transform((value) => BigInt(value)));
export const momentJson = z.lazy(() => z.string().transform((value) => new Date(value)));

export const userRow = z.lazy(() =>
  z
    .object({
      id: z.number(),
      first_name: z.string(),
      username: z.string().nullable(),
      language: z.enum(LANGUAGES),
      reachable: z.boolean(),
      data_saver: z.boolean(),
      created_at: momentJson,
    })
    .transform((row) => ({
      id: row.id,
      firstName: row.first_name,
      username: row.username,
      language: row.language,
      reachable: row.reachable,
      dataSaver: row.data_saver,
      createdAt: row.created_at,
    })),
);
export type UserRow = z.output<typeof userRow>;

export const walletRow = z.lazy(() =>
  z
    .object({
      main: kopecksJson,
      bonus: kopecksJson,
      held: kopecksJson,
      debt: kopecksJson,
      queued: z.number(),
      running: z.number(),
      banned: z.boolean(),
      spent: kopecksJson,
      spent_month: z.string(),
      spend_limit: kopecksJson.nullable(),
    })
    .transform((row) => ({
      mainKopecks: row.main,
      bonusKopecks: row.bonus,
      heldKopecks: row.held,
      debtKopecks: row.debt,
      queued: row.queued,
      running: row.running,
      isBanned: row.banned,
      /** Held or posted in `spentMonth` (`2026-11`); of another month than now nothing counts. */
      spentKopecks: row.spent,
      spentMonth: row.spent_month,
      spendLimitKopecks: row.spend_limit,
    })),
);
export type WalletRow = z.output<typeof walletRow>;

export const outputRow = z.lazy(() =>
  z
    .object({
      position: z.number(),
      kind: z.enum(OUTPUT_KINDS),
      url: z.string().nullable(),
      text: z.string().nullable(),
      expires_at: momentJson,
      title: z.string().nullable(),
      duration_seconds: z.number().nullable(),
      external_id: z.string().nullable(),
      file_id: z.string().nullable(),
      sent_as: z.string().nullable(),
      message_id: z.number().nullable(),
      preview_url: z.string().nullable(),
      archive_key: z.string().nullable(),
    })
    .transform((row) => ({
      position: row.position,
      kind: row.kind,
      url: row.url,
      text: row.text,
      expiresAt: row.expires_at,
      title: row.title,
      durationSeconds: row.duration_seconds,
      externalId: row.external_id,
      fileId: row.file_id,
      sentAs: row.sent_as,
      messageId: row.message_id,
      /** A picture of it that the provider made: of any format and size, and gone when the provider deletes it. */
      previewUrl: row.preview_url,
      archiveKey: row.archive_key,
    })),
);
export type OutputRow = z.output<typeof outputRow>;

export const generationRow = z.lazy(() =>
  z
    .object({
      id: z.string(),
      user_id: z.number(),
      entry_key: z.string(),
      values: z.custom<ParamValues>((value) => typeof value === "object" && value !== null),
      mode: z.enum(RUN_MODES),
      state: z.enum(GENERATION_STATES),
      price_kopecks: kopecksJson,
      held_main: kopecksJson,
      held_bonus: kopecksJson,
      posted_kopecks: kopecksJson.nullable(),
      loss: z.boolean(),
      callback_token: z.string(),
      api: z.enum(KIE_APIS),
      task_id: z.string().nullable(),
      attempt: z.number(),
      looks: z.number(),
      extended: z.boolean(),
      failure: z.enum(FAILURE_CAUSES).nullable(),
      failure_code: z.string().nullable(),
      status_message_id: z.number().nullable(),
      done_message_id: z.number().nullable(),
      delivery_attempts: z.number(),
      lease_until: momentJson.nullable(),
      due_at: momentJson.nullable(),
      deadline_at: momentJson,
      last_look_at: momentJson.nullable(),
      created_at: momentJson,
      submitted_at: momentJson.nullable(),
      finished_at: momentJson.nullable(),
      told_at: momentJson.nullable(),
      batch_id: z.string().nullable(),
      batch_position: z.number().nullable(),
      priority: z.number(),
      rate_waiting: z.boolean(),
    })
    .transform((row) => ({
      id: row.id,
      userId: row.user_id,
      entryKey: row.entry_key,
      values: row.values,
      mode: row.mode,
      state: row.state,
      priceKopecks: row.price_kopecks,
      heldMain: row.held_main,
      heldBonus: row.held_bonus,
      postedKopecks: row.posted_kopecks,
      loss: row.loss,
      callbackToken: row.callback_token,
      api: row.api,
      taskId: row.task_id,
      attempt: row.attempt,
      looks: row.looks,
      isExtended: row.extended,
      failure: row.failure,
      failureCode: row.failure_code,
      statusMessageId: row.status_message_id,
      doneMessageId: row.done_message_id,
      deliveryAttempts: row.delivery_attempts,
      leaseUntil: row.lease_until,
      dueAt: row.due_at,
      deadlineAt: row.deadline_at,
      lastLookAt: row.last_look_at,
      createdAt: row.created_at,
      submittedAt: row.submitted_at,
      finishedAt: row.finished_at,
      toldAt: row.told_at,
      batchId: row.batch_id,
      batchPosition: row.batch_position,
      priority: row.priority,
      isRateWaiting: row.rate_waiting,
    })),
);
export type GenerationRow = z.output<typeof generationRow>;

/** What `uploads.telegram_file_id` holds where there is none. */
export const NO_FILE = "";

export const uploadRow = z.lazy(() =>
  z
    .object({
      id: z.string(),
      telegram_file_id: z.string(),
      kind: z.enum(MEDIA_KINDS),
      format: z.string(),
      mime: z.string(),
      size_bytes: z.number(),
      width: z.number().nullable(),
      height: z.number().nullable(),
      duration_seconds: z.number().nullable(),
      kie_url: z.string().nullable(),
      kie_expires_at: momentJson.nullable(),
    })
    .transform((row) => ({
      id: row.id,
      /** Null for a result that Telegram can not give back: only KIE's link leads to its bytes. */
      telegramFileId: row.telegram_file_id === NO_FILE ? null : row.telegram_file_id,
      format: row.format,
      mime: row.mime,
      kieUrl: row.kie_url,
      kieExpiresAt: row.kie_expires_at,
    })),
);
export type UploadRow = z.output<typeof uploadRow>;

export const usualRow = z.lazy(() =>
  z
    .object({ p50_seconds: z.number(), p90_seconds: z.number() })
    .transform((row) => ({ p50: row.p50_seconds, p90: row.p90_seconds })),
);

export const ledgerLineRow = z.lazy(() =>
  z
    .object({
      kind: z.enum(["credit", "hold", "post", "void", "refund", "adjust"]),
      kopecks: kopecksJson,
      id: z.string(),
      created_at: momentJson,
    })
    .transform(
      (row): LedgerLine => ({
        kind: row.kind,
        kopecks: row.kopecks,
        // Movements of one generation name the account they concern: `gen:…:post:bonus`, `gen:…:void:bonus:debt`.
        account: /:bonus(:debt)?$/.test(row.id) ? "bonus" : "main",
        at: row.created_at,
      }),
    ),
);
