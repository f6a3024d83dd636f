CREATE TABLE "batches" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" bigint NOT NULL,
	"kind" text NOT NULL,
	"size" integer NOT NULL,
	"remaining" integer NOT NULL,
	"status_message_id" integer,
	"shown_at" timestamp (3) with time zone,
	"done_message_id" integer,
	"delivery_attempts" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp (3) with time zone,
	"due_at" timestamp (3) with time zone,
	"told_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rate_windows" (
	"name" text PRIMARY KEY NOT NULL,
	"taken_at" timestamp (3) with time zone[] NOT NULL
);
--> statement-breakpoint
DROP INDEX "generations_queue";--> statement-breakpoint
ALTER TABLE "generations" ADD COLUMN "batch_id" text;--> statement-breakpoint
ALTER TABLE "generations" ADD COLUMN "batch_position" integer;--> statement-breakpoint
ALTER TABLE "generations" ADD COLUMN "priority" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "generations" ADD COLUMN "rate_waiting" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "generations" ADD COLUMN "archive_due_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "generations" ADD COLUMN "archive_attempts" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "outputs" ADD COLUMN "preview_url" text;--> statement-breakpoint
ALTER TABLE "outputs" ADD COLUMN "archive_key" text;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "data_saver" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "batches_due" ON "batches" USING btree ("due_at") WHERE "batches"."due_at" is not null;--> statement-breakpoint
CREATE INDEX "batches_user" ON "batches" USING btree ("user_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "generations_line" ON "generations" USING btree ("priority","created_at","id") WHERE "generations"."rate_waiting";--> statement-breakpoint
CREATE INDEX "generations_batch" ON "generations" USING btree ("batch_id","batch_position") WHERE "generations"."batch_id" is not null;--> statement-breakpoint
CREATE INDEX "generations_archive" ON "generations" USING btree ("archive_due_at") WHERE "generations"."archive_due_at" is not null;--> statement-breakpoint
CREATE INDEX "generations_queue" ON "generations" USING btree ("user_id","priority","created_at","id") WHERE "generations"."state" = 'queued';