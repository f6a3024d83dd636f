import { CATEGORIES } from "../catalog/categories.ts";
import { MEDIA_KINDS } from "../shared/media.ts";
import { moneyParts, readMoneyParts } from "./money/codec.ts";
import { SETTINGS_CHANGES } from "./settings-changes.ts";
import type { ButtonAction, OutputJob } from "./types.ts";

/** Telegram's limit for `callback_data`. */
const MAX_BYTES = 64;

type ActionKind = ButtonAction["kind"];
type ActionOf<Kind extends ActionKind> = Extract<ButtonAction, { kind: Kind }>;

/** How one kind of action is written after its name, and read back. `read` gets the parts between the colons. */
interface Codec<Action> {
  write(action: Action): (string | number)[];
  read(parts: readonly string[]): Action | null;
}

const bare = <Kind extends ActionKind>(action: ActionOf<Kind>): Codec<ActionOf<Kind>> => ({
  write: () => [],
  read: (parts) => (parts.length === 0 ? action : null),
});

const ofGeneration = <Action extends { generationId: string }>(
  make: (generationId: string) => Action,
): Codec<Action> => ({
  write: (action) => [action.generationId],
  read: ([generationId = "", ...rest]) => (rest.length === 0 && isKey(generationId) ? make(generationId) : null),
});

const ofBatch = <Action extends { batchId: string }>(make: (batchId: string) => Action): Codec<Action> => ({
  write: (action) => [action.batchId],
  read: ([batchId = "", ...rest]) => (rest.length === 0 && isKey(batchId) ? make(batchId) : null),
});

const ofParam = <Action extends { param: string }>(make: (param: string) => Action): Codec<Action> => ({
  write: (action) => [action.param],
  read: ([param = "", ...rest]) => (rest.length === 0 && isName(param) ? make(param) : null),
});

const isKey = (text: string): boolean => /^[a-z0-9-]{1,48}$/.test(text);
const isName = (text: string): boolean => /^[\w-]{1,48}$/.test(text);
const index = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : null;
/** Page numbers are left out when they are zero. */
const pageOf = (text: string | undefined): number | null => (text === undefined ? 0 : index(text));
const written = (page: number): number[] => (page === 0 ? [] : [page]);
const oneOf = <Value extends string>(values: readonly Value[], text: string | undefined): Value | undefined =>
  values.find((value) => value === text);

const OUTPUT_JOBS: readonly OutputJob[] = ["animate", "edit", "upscale"];

/** The vocabulary. A new action does not compile until it has its row. */
const CODECS: { [Kind in ActionKind]: Codec<ActionOf<Kind>> } = {
  menu: bare({ kind: "menu" }),
  categories: bare({ kind: "categories" }),
  category: {
    write: (action) => [action.category, ...written(action.page)],
    read([name, pageText, ...rest]) {
      const category = oneOf(CATEGORIES, name);
      const page = pageOf(pageText);
      return category === undefined || page === null || rest.length > 0 ? null : { kind: "category", category, page };
    },
  },
  model: {
    write: (action) => [action.family],
    read: ([family = "", ...rest]) => (rest.length === 0 && isKey(family) ? { kind: "model", family } : null),
  },
  mode: {
    write: (action) => [action.family, action.mode],
    read: ([family = "", mode = "", ...rest]) =>
      rest.length === 0 && isKey(family) && isKey(mode) ? { kind: "mode", family, mode } : null,
  },
  accepting: {
    write: ({ media, page, category }) =>
      category === undefined ? [media, ...written(page)] : [media, page, category],
    read([name, pageText, categoryName, ...rest]) {
      const media = oneOf(MEDIA_KINDS, name);
      const page = pageOf(pageText);
      if (media === undefined || page === null || rest.length > 0) return null;
      if (categoryName === undefined) return { kind: "accepting", media, page };
      const category = oneOf(CATEGORIES, categoryName);
      return category === undefined ? null : { kind: "accepting", media, page, category };
    },
  },
  try: bare({ kind: "try" }),
  balance: bare({ kind: "balance" }),
  history: {
    write: (action) => (action.before === null ? [] : [action.before]),
    // A cursor is the service's own text and may hold colons.
    read: (parts) => ({ kind: "history", before: parts.length === 0 ? null : parts.join(":") }),
  },
  help: bare({ kind: "help" }),
  open: ofGeneration((generationId) => ({ kind: "open", generationId })),
  again: ofGeneration((generationId) => ({ kind: "again", generationId })),
  edit: ofGeneration((generationId) => ({ kind: "edit", generationId })),
  other_media: ofGeneration((generationId) => ({ kind: "other_media", generationId })),
  receipt: ofGeneration((generationId) => ({ kind: "receipt", generationId })),
  links: ofGeneration((generationId) => ({ kind: "links", generationId })),
  resend: ofGeneration((generationId) => ({ kind: "resend", generationId })),
  refresh: ofGeneration((generationId) => ({ kind: "refresh", generationId })),
  cancel_generation: ofGeneration((generationId) => ({ kind: "cancel_generation", generationId })),
  stop_waiting: ofGeneration((generationId) => ({ kind: "stop_waiting", generationId })),
  undelivered: bare({ kind: "undelivered" }),
  refresh_batch: ofBatch((batchId) => ({ kind: "refresh_batch", batchId })),
  cancel_rest: ofBatch((batchId) => ({ kind: "cancel_rest", batchId })),
  batch_again: {
    write: ({ batchId, failed }) => (failed ? [batchId, "failed"] : [batchId]),
    read([batchId = "", which, ...rest]) {
      if (!isKey(batchId) || rest.length > 0) return null;
      if (which === undefined) return { kind: "batch_again", batchId };
      return which === "failed" ? { kind: "batch_again", batchId, failed: true } : null;
    },
  },
  more: {
    write: (action) => [action.generationId, action.position],
    read: ([generationId = "", place, ...rest]) => {
      const position = index(place);
      return !isKey(generationId) || position === null || rest.length > 0
        ? null
        : { kind: "more", generationId, position };
    },
  },
  follow: {
    write: (action) => [action.generationId, action.position, action.entry],
    read: ([generationId = "", place, entry = "", ...rest]) => {
      const position = index(place);
      return !isKey(generationId) || position === null || !isKey(entry) || rest.length > 0
        ? null
        : { kind: "follow", generationId, position, entry };
    },
  },
  use: {
    write: (action) => [action.generationId, action.position, action.job],
    read: ([generationId = "", place, jobName, ...rest]) => {
      const position = index(place);
      const job = oneOf(OUTPUT_JOBS, jobName);
      return !isKey(generationId) || position === null || job === undefined || rest.length > 0
        ? null
        : { kind: "use", generationId, position, job };
    },
  },
  original: ofGeneration((generationId) => ({ kind: "original", generationId })),
  send_files: ofGeneration((generationId) => ({ kind: "send_files", generationId })),
  settings: {
    write: ({ change }) => (change === null ? [] : [change]),
    read([name, ...rest]) {
      if (rest.length > 0) return null;
      if (name === undefined) return { kind: "settings", change: null };
      const change = oneOf(SETTINGS_CHANGES, name);
      return change === undefined ? null : { kind: "settings", change };
    },
  },
  notify: {
    write: (action) => [action.entry],
    read: ([entry = "", ...rest]) => (rest.length === 0 && isKey(entry) ? { kind: "notify", entry } : null),
  },
  admin: {
    write: ({ parts }) => [...parts],
    read: (parts) => (parts.length > 0 ? { kind: "admin", parts } : null),
  },
  money: {
    write: ({ action }) => moneyParts(action),
    read(parts) {
      const action = readMoneyParts(parts);
      return action === null ? null : { kind: "money", action };
    },
  },
  found_page: {
    write: (action) => [action.page],
    read([pageText, ...rest]) {
      const page = index(pageText);
      return page === null || rest.length > 0 ? null : { kind: "found_page", page };
    },
  },
  use_query: bare({ kind: "use_query" }),
  param_input: ofParam((param) => ({ kind: "param_input", param })),
  param_page: {
    write: (action) => [action.param, action.page],
    read([param = "", pageText, ...rest]) {
      const page = index(pageText);
      return !isName(param) || page === null || rest.length > 0 ? null : { kind: "param_page", param, page };
    },
  },
  set_param: {
    write: (action) => [action.param, action.value],
    read: ([param = "", ...value]) =>
      isName(param) && value.length > 0 ? { kind: "set_param", param, value: value.join(":") } : null,
  },
  clear_param: ofParam((param) => ({ kind: "clear_param", param })),
  item_field: {
    write: (action) => [action.param, action.index, action.field, ...written(action.page)],
    read([param = "", item, field = "", pageText, ...rest]) {
      const position = index(item);
      const page = pageOf(pageText);
      if (!isName(param) || !isName(field) || position === null || page === null || rest.length > 0) return null;
      return { kind: "item_field", param, index: position, field, page };
    },
  },
  set_item_field: {
    write: (action) => [action.param, action.index, action.field, action.value],
    read([param = "", item, field = "", ...value]) {
      const position = index(item);
      if (!isName(param) || !isName(field) || position === null || value.length === 0) return null;
      return { kind: "set_item_field", param, index: position, field, value: value.join(":") };
    },
  },
  remove_item: {
    write: (action) => [action.param, action.index],
    read([param = "", item, ...rest]) {
      const position = index(item);
      return !isName(param) || position === null || rest.length > 0
        ? null
        : { kind: "remove_item", param, index: position };
    },
  },
  move_item: {
    write: (action) => [action.param, action.index, action.to],
    read([param = "", item, place, ...rest]) {
      const [position, to] = [index(item), index(place)];
      return !isName(param) || position === null || to === null || rest.length > 0
        ? null
        : { kind: "move_item", param, index: position, to };
    },
  },
  share_out: ofParam((param) => ({ kind: "share_out", param })),
  append: ofParam((param) => ({ kind: "append", param })),
  example: bare({ kind: "example" }),
  done: bare({ kind: "done" }),
  advanced: bare({ kind: "advanced" }),
  switch: {
    write: (action) => [action.entry],
    read: ([entry = "", ...rest]) => (rest.length === 0 && isKey(entry) ? { kind: "switch", entry } : null),
  },
  batch: {
    write: ({ wish }) => (wish === undefined ? [] : [wish]),
    read([wish, ...rest]) {
      if (rest.length > 0) return null;
      if (wish === undefined) return { kind: "batch" };
      const times = index(wish);
      return wish === "lines" ? { kind: "batch", wish } : times === null ? null : { kind: "batch", wish: times };
    },
  },
  compare: {
    write: ({ entry }) => (entry === undefined ? [] : [entry]),
    read([entry, ...rest]) {
      if (rest.length > 0) return null;
      return entry === undefined ? { kind: "compare" } : isKey(entry) ? { kind: "compare", entry } : null;
    },
  },
  card: bare({ kind: "card" }),
  show_price_confirmation: bare({ kind: "show_price_confirmation" }),
  confirm: bare({ kind: "confirm" }),
  cancel: bare({ kind: "cancel" }),
};

/** On the wire `set_item_field` is shortened: two names and two numbers have to fit beside it. */
const WIRE_NAMES: Readonly<Partial<Record<ActionKind, string>>> = { set_item_field: "set_item" };

const KINDS_BY_WIRE_NAME: ReadonlyMap<string, ActionKind> = new Map(
  ownKeys(CODECS).map((kind) => [WIRE_NAMES[kind] ?? kind, kind]),
);

function ownKeys<Key extends string>(table: Record<Key, unknown>): Key[] {
  const keys: Key[] = [];
  for (const key in table) keys.push(key);
  return keys;
}

/**
 * `callback_data` of a button: `<kind>:<part>:…~<revision in base 36>` (PRODUCT A8).
 *
 * @param revision The revision that the conversation has after the transition that drew the button.
 * @throws RangeError beyond Telegram's 64 bytes; a test over the whole catalog holds that no button gets there.
 */
export function encodeAction(action: ButtonAction, revision: number): string {
  const data = `${[WIRE_NAMES[action.kind] ?? action.kind, ...partsOf(action.kind, action)].join(":")}~${revision.toString(36)}`;
  if (Buffer.byteLength(data) > MAX_BYTES) throw new RangeError(`callback data over ${MAX_BYTES} bytes: ${data}`);
  return data;
}

/** Reads what `encodeAction` wrote; null for anything else, also for buttons of another program. Never throws. */
export function decodeAction(data: string): { action: ButtonAction; revision: number } | null {
  const mark = data.lastIndexOf("~");
  const revisionText = data.slice(mark + 1);
  if (mark < 0 || !/^[0-9a-z]{1,10}$/.test(revisionText)) return null;
  const [name = "", ...parts] = data.slice(0, mark).split(":");
  const kind = KINDS_BY_WIRE_NAME.get(name);
  const action = kind === undefined ? null : CODECS[kind].read(parts);
  return action === null ? null : { action, revision: Number.parseInt(revisionText, 36) };
}

function partsOf<Kind extends ActionKind>(kind: Kind, action: ActionOf<Kind>): (string | number)[] {
  const codecs: { [Each in ActionKind]: Codec<ActionOf<Each>> } = CODECS;
  return codecs[kind].write(action);
}
