import * as z from "zod";
import type { Service } from "../context.ts";

/** One fault as the JSON API and the page show it. */
export interface FaultView {
  /** `telegram.lost-answer`; what `POST /sandbox/faults` calls it. */
  name: string;
  service: Service;
  /** Russian, for the page. */
  label: string;
  /**
   * `switch`: on until it is switched off. `shots`: hits the next `times` calls. `number`, `text`, `choice`: a lasting
   * value. `action`: happens at once.
   */
  kind: "switch" | "shots" | "number" | "text" | "choice" | "action";
  /** On or off, how many shots are left, the value, or what an action would act on. */
  value: boolean | number | string | null;
  choices?: readonly string[];
  /** How often it was injected since the last reset. */
  injected: number;
  /** What `POST` takes beside `name`. */
  takes: string[];
}

export interface FaultEntry {
  name: string;
  view(): FaultView;
  /** @throws ZodError or RangeError naming what is wrong with the parameters. */
  apply(parameters: unknown): void | Promise<void>;
}

interface Common {
  name: string;
  label: string;
  injected: () => number;
}

interface Shaped<Shape extends z.ZodRawShape> extends Common {
  kind: FaultView["kind"];
  schema: z.ZodObject<Shape>;
  value: () => FaultView["value"];
  apply: (parameters: z.output<z.ZodObject<Shape>>) => void | Promise<void>;
  choices?: readonly string[];
}

function entry<Shape extends z.ZodRawShape>(service: Service, shaped: Shaped<Shape>): FaultEntry {
  const { name, label, kind, schema, value, injected, apply, choices } = shaped;
  const fullName = `${service}.${name}`;
  return {
    name: fullName,
    view: () => ({
      name: fullName,
      service,
      label,
      kind,
      value: value(),
      ...(choices === undefined ? {} : { choices }),
      injected: injected(),
      takes: Object.keys(schema.shape),
    }),
    apply: (parameters) => apply(schema.parse(parameters)),
  };
}

/** What counts calls: how many go wrong. */
export const TIMES = { times: z.int().min(1).max(1_000_000).optional() };
/** The same, and how many pass before. */
export const SHOTS = { ...TIMES, skip: z.int().min(0).max(1_000_000).optional() };

interface ShotsOf<Shape extends z.ZodRawShape> extends Common {
  /** What `POST` takes. */
  takes: Shape;
  left: () => number;
  arm: (parameters: z.output<z.ZodObject<Shape>>) => void;
}

/** Builders of entries of one service. */
export const entriesOf = (service: Service) => ({
  flag: (one: Common & { get: () => boolean; set: (on: boolean) => void }): FaultEntry =>
    entry(service, {
      ...one,
      kind: "switch",
      schema: z.strictObject({ on: z.boolean() }),
      value: one.get,
      apply: ({ on }) => one.set(on),
    }),
  amount: (
    one: Common & { get: () => number | null; set: (value: number | null) => void; schema: z.ZodType<number | null> },
  ): FaultEntry =>
    entry(service, {
      ...one,
      kind: "number",
      schema: z.strictObject({ value: one.schema }),
      value: one.get,
      apply: ({ value }) => one.set(value),
    }),
  text: (one: Common & { get: () => string; set: (value: string) => void }): FaultEntry =>
    entry(service, {
      ...one,
      kind: "text",
      schema: z.strictObject({ value: z.string() }),
      value: one.get,
      apply: ({ value }) => one.set(value),
    }),
  choice: <const Choice extends string>(
    one: Common & { choices: readonly Choice[]; get: () => Choice; set: (value: Choice) => void },
  ): FaultEntry =>
    entry(service, {
      ...one,
      kind: "choice",
      schema: z.strictObject({ value: z.enum(one.choices) }),
      value: one.get,
      apply: ({ value }) => one.set(value),
    }),
  shots: <Shape extends z.ZodRawShape>({ takes, left, arm, ...one }: ShotsOf<Shape>): FaultEntry =>
    entry(service, { ...one, kind: "shots", schema: z.strictObject(takes), value: left, apply: arm }),
  action: (one: Common & { value?: () => FaultView["value"]; run: () => void | Promise<void> }): FaultEntry =>
    entry(service, {
      ...one,
      kind: "action",
      schema: z.strictObject({}),
      value: one.value ?? (() => null),
      apply: one.run,
    }),
  /** An action on one person. */
  personal: (one: Common & { run: (userId: number) => void | Promise<void> }): FaultEntry =>
    entry(service, {
      ...one,
      kind: "action",
      schema: z.strictObject({ userId: z.int().positive() }),
      value: () => null,
      apply: ({ userId }) => one.run(userId),
    }),
});
