CREATE TABLE "conversations" (
	"user_id" bigint PRIMARY KEY NOT NULL,
	"revision" integer NOT NULL,
	"state" jsonb NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "generations" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" bigint NOT NULL,
	"entry_key" text NOT NULL,
	"values" jsonb NOT NULL,
	"mode" text NOT NULL,
	"state" text NOT NULL,
	"price_kopecks" bigint NOT NULL,
	"held_main" bigint NOT NULL,
	"held_bonus" bigint NOT NULL,
	"posted_kopecks" bigint,
	"loss" boolean DEFAULT false NOT NULL,
	"callback_token" text NOT NULL,
	"task_id" text,
	"attempt" integer DEFAULT 0 NOT NULL,
	"looks" integer DEFAULT 0 NOT NULL,
	"extended" boolean DEFAULT false NOT NULL,
	"failure" text,
	"failure_code" text,
	"credits_consumed" double precision,
	"status_message_id" integer,
	"done_message_id" integer,
	"delivery_attempts" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp (3) with time zone,
	"due_at" timestamp (3) with time zone,
	"deadline_at" timestamp (3) with time zone NOT NULL,
	"last_look_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"submitted_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"told_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" bigint NOT NULL,
	"kind" text NOT NULL,
	"payload" jsonb NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"sent_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "outputs" (
	"generation_id" text NOT NULL,
	"position" integer NOT NULL,
	"kind" text NOT NULL,
	"url" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"title" text,
	"duration_seconds" double precision,
	"external_id" text,
	"file_id" text,
	"sent_as" text,
	"message_id" integer,
	CONSTRAINT "outputs_generation_id_position_pk" PRIMARY KEY("generation_id","position")
);
--> statement-breakpoint
CREATE TABLE "rate_buckets" (
	"name" text PRIMARY KEY NOT NULL,
	"window_start" timestamp (3) with time zone NOT NULL,
	"used" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"key" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "transfers" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" bigint NOT NULL,
	"kind" text NOT NULL,
	"kopecks" bigint NOT NULL,
	"source" text NOT NULL,
	"destination" text NOT NULL,
	"generation_id" text,
	"reason" text,
	"actor_id" bigint,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "transfers_positive" CHECK ("transfers"."kopecks" > 0),
	CONSTRAINT "transfers_two_accounts" CHECK ("transfers"."source" <> "transfers"."destination")
);
--> statement-breakpoint
CREATE TABLE "updates" (
	"update_id" bigint PRIMARY KEY NOT NULL,
	"user_id" bigint,
	"status" text NOT NULL,
	"attempts" integer NOT NULL,
	"error" text,
	"received_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "uploads" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" bigint NOT NULL,
	"telegram_file_id" text NOT NULL,
	"kind" text NOT NULL,
	"format" text NOT NULL,
	"mime" text NOT NULL,
	"size_bytes" integer NOT NULL,
	"width" integer,
	"height" integer,
	"duration_seconds" double precision,
	"kie_url" text,
	"kie_expires_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" bigint PRIMARY KEY NOT NULL,
	"first_name" text NOT NULL,
	"username" text,
	"language" text NOT NULL,
	"reachable" boolean DEFAULT true NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "usual_times" (
	"entry_key" text PRIMARY KEY NOT NULL,
	"p50_seconds" double precision NOT NULL,
	"p90_seconds" double precision NOT NULL,
	"samples" integer NOT NULL,
	"computed_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "wallets" (
	"user_id" bigint PRIMARY KEY NOT NULL,
	"main" bigint DEFAULT 0 NOT NULL,
	"bonus" bigint DEFAULT 0 NOT NULL,
	"held" bigint DEFAULT 0 NOT NULL,
	"debt" bigint DEFAULT 0 NOT NULL,
	"queued" integer DEFAULT 0 NOT NULL,
	"running" integer DEFAULT 0 NOT NULL,
	"spent" bigint DEFAULT 0 NOT NULL,
	"spent_month" text DEFAULT '' NOT NULL,
	"spend_limit" bigint,
	"banned" boolean DEFAULT false NOT NULL,
	CONSTRAINT "wallets_not_negative" CHECK ("wallets"."main" >= 0 and "wallets"."bonus" >= 0 and "wallets"."held" >= 0),
	CONSTRAINT "wallets_debt_not_negative" CHECK ("wallets"."debt" >= 0),
	CONSTRAINT "wallets_counters_not_negative" CHECK ("wallets"."queued" >= 0 and "wallets"."running" >= 0 and "wallets"."spent" >= 0)
);
--> statement-breakpoint
CREATE INDEX "generations_user" ON "generations" USING btree ("user_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "generations_due" ON "generations" USING btree ("due_at") WHERE "generations"."due_at" is not null;--> statement-breakpoint
CREATE INDEX "generations_queue" ON "generations" USING btree ("user_id","created_at") WHERE "generations"."state" = 'queued';--> statement-breakpoint
CREATE INDEX "generations_finished" ON "generations" USING btree ("finished_at");--> statement-breakpoint
CREATE INDEX "outbox_due" ON "outbox" USING btree ("due_at") WHERE "outbox"."due_at" is not null;--> statement-breakpoint
CREATE INDEX "transfers_user" ON "transfers" USING btree ("user_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "transfers_generation" ON "transfers" USING btree ("generation_id");--> statement-breakpoint
CREATE INDEX "updates_received_at" ON "updates" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "uploads_created_at" ON "uploads" USING btree ("created_at");