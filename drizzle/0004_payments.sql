CREATE TABLE "findings" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"payload" jsonb NOT NULL,
	"status" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"decided_at" timestamp (3) with time zone,
	"decided_by" bigint
);
--> statement-breakpoint
CREATE TABLE "free_uses" (
	"user_id" bigint NOT NULL,
	"day" text NOT NULL,
	"used" integer NOT NULL,
	"hour" text NOT NULL,
	"used_in_hour" integer NOT NULL,
	"returned" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "free_uses_user_id_day_pk" PRIMARY KEY("user_id","day")
);
--> statement-breakpoint
CREATE TABLE "promo_attempts" (
	"user_id" bigint PRIMARY KEY NOT NULL,
	"window_start" timestamp (3) with time zone NOT NULL,
	"attempts" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "promo_codes" (
	"code" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"kopecks" bigint,
	"percent" integer,
	"generations" integer,
	"days" integer,
	"newcomers_only" boolean DEFAULT false NOT NULL,
	"cap" integer,
	"used" integer DEFAULT 0 NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"closed_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"created_by" bigint
);
--> statement-breakpoint
CREATE TABLE "promo_uses" (
	"code" text NOT NULL,
	"user_id" bigint NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"generations_left" integer,
	"until" timestamp (3) with time zone,
	CONSTRAINT "promo_uses_user_id_code_pk" PRIMARY KEY("user_id","code")
);
--> statement-breakpoint
CREATE TABLE "referrals" (
	"friend_id" bigint PRIMARY KEY NOT NULL,
	"referrer_id" bigint NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"rewarded_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "bank_requests" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" bigint NOT NULL,
	"kopecks" bigint NOT NULL,
	"pay_kopecks" bigint NOT NULL,
	"status" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"receipt_at" timestamp (3) with time zone,
	"credited_kopecks" bigint,
	"reason" text,
	"decided_at" timestamp (3) with time zone,
	"decided_by" bigint
);
--> statement-breakpoint
CREATE TABLE "receipts" (
	"id" text PRIMARY KEY NOT NULL,
	"request_id" text NOT NULL,
	"user_id" bigint NOT NULL,
	"telegram_file_id" text NOT NULL,
	"file_unique_id" text NOT NULL,
	"kind" text NOT NULL,
	"sha256" text NOT NULL,
	"picture_hash" text,
	"status" text NOT NULL,
	"reading" jsonb,
	"score" integer,
	"duplicates" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"operation_number" text,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "star_charges" (
	"id" text PRIMARY KEY NOT NULL,
	"order_id" text,
	"user_id" bigint NOT NULL,
	"stars" integer NOT NULL,
	"kopecks" bigint NOT NULL,
	"status" text NOT NULL,
	"source" text NOT NULL,
	"paid_at" timestamp (3) with time zone NOT NULL,
	"refunded_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "star_orders" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" bigint NOT NULL,
	"kopecks" bigint NOT NULL,
	"stars" integer NOT NULL,
	"status" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"paid_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE INDEX "findings_status" ON "findings" USING btree ("status","created_at");--> statement-breakpoint
CREATE INDEX "free_uses_day" ON "free_uses" USING btree ("day");--> statement-breakpoint
CREATE INDEX "referrals_referrer" ON "referrals" USING btree ("referrer_id","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "bank_requests_one_open" ON "bank_requests" USING btree ("user_id") WHERE "bank_requests"."status" = 'pending';--> statement-breakpoint
CREATE UNIQUE INDEX "bank_requests_sum" ON "bank_requests" USING btree ("pay_kopecks") WHERE "bank_requests"."status" = 'pending';--> statement-breakpoint
CREATE INDEX "bank_requests_status" ON "bank_requests" USING btree ("status","created_at");--> statement-breakpoint
CREATE INDEX "bank_requests_user" ON "bank_requests" USING btree ("user_id","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "receipts_request" ON "receipts" USING btree ("request_id");--> statement-breakpoint
CREATE INDEX "receipts_sha256" ON "receipts" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "receipts_file" ON "receipts" USING btree ("file_unique_id");--> statement-breakpoint
CREATE INDEX "receipts_operation" ON "receipts" USING btree ("operation_number") WHERE "receipts"."operation_number" is not null;--> statement-breakpoint
CREATE INDEX "receipts_created_at" ON "receipts" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "star_charges_user" ON "star_charges" USING btree ("user_id","paid_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "star_charges_paid_at" ON "star_charges" USING btree ("paid_at");--> statement-breakpoint
CREATE INDEX "star_orders_user" ON "star_orders" USING btree ("user_id","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "star_orders_open" ON "star_orders" USING btree ("expires_at") WHERE "star_orders"."status" = 'open';