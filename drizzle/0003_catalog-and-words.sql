CREATE TABLE "catalog_changes" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"payload" jsonb NOT NULL,
	"completion" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"status" text NOT NULL,
	"sync_id" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"decided_at" timestamp (3) with time zone,
	"decided_by" bigint
);
--> statement-breakpoint
CREATE TABLE "catalog_syncs" (
	"id" text PRIMARY KEY NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone,
	"lease_until" timestamp (3) with time zone,
	"total" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "health_waits" (
	"entry_key" text NOT NULL,
	"user_id" bigint NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "health_waits_entry_key_user_id_pk" PRIMARY KEY("entry_key","user_id")
);
--> statement-breakpoint
CREATE TABLE "kie_models" (
	"model" text PRIMARY KEY NOT NULL,
	"title" text NOT NULL,
	"provider" text NOT NULL,
	"task_types" jsonb NOT NULL,
	"price_text" text,
	"schema" jsonb,
	"success_rate" double precision,
	"listed_by" text NOT NULL,
	"read_by" text,
	"read_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "model_health" (
	"entry_key" text PRIMARY KEY NOT NULL,
	"succeeded" integer NOT NULL,
	"failed" integer NOT NULL,
	"provider_rate" double precision,
	"mark" text NOT NULL,
	"hidden" boolean DEFAULT false NOT NULL,
	"keep_shown" boolean DEFAULT false NOT NULL,
	"computed_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "outputs" ALTER COLUMN "url" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "outputs" ADD COLUMN "text" text;--> statement-breakpoint
CREATE INDEX "catalog_changes_status" ON "catalog_changes" USING btree ("status","created_at","id");