import type { Localized } from "../shared/localized.ts";
import type { UploadRef } from "../shared/media.ts";
import type { Scalar } from "./entry.ts";

/** One item of a list param: field name → value. */
export type ListItem = Record<string, Scalar>;

/** The value of one param: scalar for text, choice, toggle and number; uploads for media (also for one file); items for lists. */
export type ParamValue = Scalar | readonly UploadRef[] | readonly ListItem[];

/** What a draft holds: param name → value. Absent = not chosen (the default, if any, was filled in at opening). */
export type ParamValues = Readonly<Record<string, ParamValue>>;

/** Why a value, or a set of values, can not be sent. `param` is the param's `name`. Numbers are for the text. */
export type ValueProblem =
  | { code: "missing"; param: string }
  | { code: "too-long"; param: string; limit: number; actual: number }
  | { code: "too-short"; param: string; limit: number; actual: number }
  | { code: "not-an-option"; param: string }
  | { code: "not-a-number"; param: string; min: number; max: number; step: number }
  | { code: "out-of-range"; param: string; min: number; max: number; step: number }
  | { code: "wrong-media"; param: string; accepts: "image" | "video" | "audio" }
  | { code: "wrong-format"; param: string; formats: readonly string[]; actual: string }
  | { code: "file-too-large"; param: string; limitMegabytes: number; actualMegabytes: number }
  | { code: "too-many-items"; param: string; limit: number }
  | { code: "too-few-items"; param: string; limit: number }
  | { code: "duration-out-of-range"; param: string; minSeconds: number; maxSeconds: number; actualSeconds: number }
  | { code: "picture-size"; param: string; minSide?: number; maxSide?: number; maxMegapixels?: number }
  | { code: "rule"; param: string | null; say: Localized };
