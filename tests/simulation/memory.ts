import type { SandboxStore } from "../../lib/sandbox/context.ts";

/**
 * The simulators' memory in Maps: as the store on SQLite, several times quicker, and gone with the world. Documents are
 * kept as text, so that nobody holds a living part of them.
 */
export function openMemory(): SandboxStore {
  const collections = new Map<string, Map<string, string>>();
  const counters = new Map<string, number>();
  const blobs = new Map<string, Uint8Array>();
  /** What takes back the writes of the transactions that are open. */
  let undo: (() => void)[] | undefined;

  const collectionOf = (name: string): Map<string, string> => {
    const known = collections.get(name) ?? new Map<string, string>();
    collections.set(name, known);
    return known;
  };

  /** A row that comes back after a rollback stands last: nothing in a simulator looks at the order of those. */
  function change<Value>(map: Map<string, Value>, key: string, value: Value | undefined): void {
    const before = map.get(key);
    undo?.push(() => (before === undefined ? map.delete(key) : map.set(key, before)));
    if (value === undefined) map.delete(key);
    else map.set(key, value);
  }

  return {
    get: (collection, id) => {
      const text = collections.get(collection)?.get(id);
      return text === undefined ? undefined : JSON.parse(text);
    },
    put: (collection, id, document) => change(collectionOf(collection), id, JSON.stringify(document)),
    delete: (collection, id) => change(collectionOf(collection), id, undefined),
    list: (collection) =>
      [...(collections.get(collection) ?? [])].map(([id, text]) => ({ id, document: JSON.parse(text) })),
    next: (counter) => {
      const value = (counters.get(counter) ?? 0) + 1;
      change(counters, counter, value);
      return value;
    },
    getBlob: (id) => blobs.get(id),
    putBlob: (id, bytes) => change(blobs, id, bytes),
    deleteBlob: (id) => change(blobs, id, undefined),
    transaction: (work) => {
      const outer = undo;
      const own: (() => void)[] = [];
      undo = own;
      try {
        const value = work();
        outer?.push(...own);
        return value;
      } catch (error) {
        undo = undefined;
        for (const takeBack of own.reverse()) takeBack();
        throw error;
      } finally {
        undo = outer;
      }
    },
    clear: () => {
      collections.clear();
      counters.clear();
      blobs.clear();
    },
    close: () => undefined,
  };
}
