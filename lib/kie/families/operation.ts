import type { OutputKind } from "../../shared/media.ts";
import type { Envelope } from "../envelope.ts";
import type { LookOutcome, LookTask, StartOutcome, StartTask, TaskOutput } from "../gateway.ts";

/** One question to KIE. `fields` are the JSON body of a POST and the query of a GET. */
export interface Ask {
  method: "GET" | "POST";
  /** Below the API's base URL, with a leading slash. */
  path: string;
  fields: Record<string, unknown>;
}

export interface LinkOptions {
  /** Whether `http:` links in a reply are believed (the sandbox). */
  allowHttp: boolean;
}

export interface ReadOptions extends LinkOptions {
  /** What the model makes: a record tells links, not kinds. */
  output: OutputKind;
}

/**
 * How one model id is started and looked at: all that differs between the endpoints. Readers get the envelope with its
 * message already cleaned, and never throw.
 */
export interface Operation {
  start: {
    ask(task: StartTask): Ask;
    /** What an answer means only here; null: what it means everywhere. */
    read?(reply: Envelope, task: StartTask, options: LinkOptions): StartOutcome | null;
  };
  /** Null: everything is said in the answer to `start`. */
  look: {
    ask(task: LookTask): Ask;
    /** What an answer that is no record means only here; null: what it means everywhere. */
    read?(reply: Envelope, options: ReadOptions): LookOutcome | null;
    /** The outcome in the `data` of an envelope with code 200, or null when that is no record at all. */
    record(data: unknown, options: ReadOptions): LookOutcome | null;
  } | null;
}

/** Where an operation's record is, and how it is read. */
export type RecordRoute = NonNullable<Operation["look"]>;

/** The model's own fields lie flat beside `callBackUrl`, which a user's text can not replace. */
export const postFlat =
  (path: string) =>
  ({ input, callBackUrl }: StartTask): Ask => ({ method: "POST", path, fields: { ...input, callBackUrl } });

/** As `postFlat`, and `model` names which of several at one endpoint. */
export const postModel =
  (path: string) =>
  ({ input, model, callBackUrl }: StartTask): Ask => ({
    method: "POST",
    path,
    fields: { ...input, model, callBackUrl },
  });

/** Asks with `?taskId=`. */
export const getRecord =
  (path: string) =>
  ({ taskId }: LookTask): Ask => ({ method: "GET", path, fields: { taskId } });

/**
 * An operation whose answer is its result. An answer without anything in it has no outputs: nothing will follow.
 *
 * @param read the outputs in `data`, which is of any shape.
 */
export function answeredAtOnce(
  path: string,
  read: (data: unknown, options: LinkOptions) => TaskOutput[],
  creditsOf: (data: unknown) => number | null = () => null,
): Operation {
  return {
    start: {
      // Nobody is called back, and the field is not known there.
      ask: ({ input }) => ({ method: "POST", path, fields: { ...input } }),
      read: ({ code, data }, _task, options) => {
        const outputs = read(data, options);
        // 409 says that it exists already, perhaps with it.
        if (code !== 200 && !(code === 409 && outputs.length > 0)) return null;
        return { kind: "finished", taskId: null, outputs, creditsConsumed: creditsOf(data) };
      },
    },
    look: null,
  };
}
