import { neon, neonConfig } from "@neondatabase/serverless";
import { Client, QstashError, Receiver } from "@upstash/qstash";
import { waitUntil } from "@vercel/functions";
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/neon-http";
import { disableTypes, imageSize } from "image-size";
import ky from "ky";
import { Composer, Context, Telegram, TelegramError } from "telegraf";
import { bold, code, italic, join, quote } from "telegraf/format";
import * as z from "zod";

/**
 * The yardstick of a cold start: what the functions import from packages when they are loaded, and nothing of ours. The
 * bench says so when a package is missing here.
 */
export const GET = (): Response => {
  const used = [neon, neonConfig, Client, QstashError, Receiver, waitUntil, sql, drizzle, disableTypes, imageSize, ky];
  const telegraf = [Composer, Context, Telegram, TelegramError, bold, code, italic, join, quote];
  return Response.json([...used, ...telegraf, schemas].length);
};

/** Kinds of schemas that the functions use: the bundler leaves the other kinds out. */
const schemas = [
  z.string,
  z.number,
  z.int,
  z.boolean,
  z.literal,
  z.enum,
  z.unknown,
  z.url,
  z.object,
  z.looseObject,
  z.strictObject,
  z.array,
  z.record,
  z.union,
  z.discriminatedUnion,
  z.coerce.number,
  z.iso.date,
];
