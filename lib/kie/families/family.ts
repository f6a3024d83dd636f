import type { MediaKind } from "../../shared/media.ts";
import type { LookOutcome, StartTask } from "../gateway.ts";

export interface ReadOptions {
  /** What the model makes: a record tells links, not kinds. */
  output: MediaKind;
  /** Whether `http:` links in a reply are believed (the sandbox). */
  allowHttp: boolean;
}

/** What differs between the families of endpoints: paths, the shape of a request and the shape of a record. */
export interface Family {
  start: {
    /** Below the API's base URL, with a leading slash. */
    path: string;
    body(task: StartTask): Record<string, unknown>;
  };
  look: {
    /** Asked with `?taskId=`. */
    path: string;
    /** The outcome in the envelope's `data`, or null when that is no record at all. */
    parse(data: unknown, options: ReadOptions): LookOutcome | null;
    /** Whether the message of a refusing envelope only says that the task is not done yet. */
    isPending(message: string): boolean;
  };
}
