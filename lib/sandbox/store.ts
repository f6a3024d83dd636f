import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { SandboxStore } from "./context.ts";

/** Raise it when the tables change: an older file is then put aside and a fresh one begun. */
const LAYOUT = 1;

const SCHEMA = `
  create table documents (
    sequence integer primary key autoincrement,
    collection text not null,
    id text not null,
    document text not null,
    unique (collection, id)
  ) strict;
  create table counters (name text primary key, value integer not null) strict, without rowid;
  create table blobs (id text primary key, bytes blob not null) strict;
  pragma user_version = ${LAYOUT};
`;

/**
 * Opens the sandbox's memory: a SQLite file whose committed writes survive `kill -9` (a power cut may lose the last
 * ones: `synchronous = normal`). The folder is made when missing. A file of another layout, or one that is no database,
 * is renamed to `<file>.old` and a fresh one takes its place.
 *
 * @param file a path, or `:memory:` for a store that dies with the process.
 * @throws when the file cannot be written.
 */
export function openStore(file: string | ":memory:", note: (line: string) => void = console.error): SandboxStore {
  return createStore(openDatabase(file, note));
}

function openDatabase(file: string, note: (line: string) => void): DatabaseSync {
  if (file !== ":memory:") mkdirSync(dirname(file), { recursive: true });
  const known = file !== ":memory:" && existsSync(file);
  if (known && !isOfThisLayout(file)) {
    for (const suffix of ["", "-wal", "-shm"]) {
      rmSync(`${file}.old${suffix}`, { force: true });
      if (existsSync(file + suffix)) renameSync(file + suffix, `${file}.old${suffix}`);
    }
    note(`The sandbox's memory in ${file} was written by another version; it was put aside as ${file}.old.`);
  }
  const database = new DatabaseSync(file, { timeout: 5_000 });
  database.exec("pragma journal_mode = wal; pragma synchronous = normal;");
  // Two processes may open a new file at once: the one that comes second finds the tables made.
  database.exec("begin immediate");
  if (layoutOf(database) === 0) database.exec(SCHEMA);
  database.exec("commit");
  return database;
}

function layoutOf(database: DatabaseSync): number {
  return Number(database.prepare("pragma user_version").get()?.user_version);
}

function isOfThisLayout(file: string): boolean {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: 5_000 });
    const empty = database.prepare("select 1 from sqlite_schema").get() === undefined;
    return empty || layoutOf(database) === LAYOUT;
  } catch (error) {
    // 26 is SQLITE_NOTADB, 11 is SQLITE_CORRUPT. Anything else (locked, no permission) is not the file's fault.
    if (error instanceof Error && "errcode" in error && (error.errcode === 26 || error.errcode === 11)) return false;
    throw error;
  } finally {
    database?.close();
  }
}

function createStore(database: DatabaseSync): SandboxStore {
  const select = database.prepare("select document from documents where collection = ? and id = ?");
  const upsert = database.prepare(`insert into documents (collection, id, document) values (?, ?, ?)
    on conflict (collection, id) do update set document = excluded.document`);
  const remove = database.prepare("delete from documents where collection = ? and id = ?");
  const selectAll = database.prepare("select id, document from documents where collection = ? order by sequence");
  const increment = database.prepare(`insert into counters (name, value) values (?, 1)
    on conflict (name) do update set value = value + 1 returning value`);
  const selectBlob = database.prepare("select bytes from blobs where id = ?");
  const upsertBlob = database.prepare(
    "insert into blobs (id, bytes) values (?, ?) on conflict (id) do update set bytes = excluded.bytes",
  );
  const removeBlob = database.prepare("delete from blobs where id = ?");
  let depth = 0;

  return {
    get: (collection, id) => {
      const row = select.get(collection, id);
      return row === undefined ? undefined : JSON.parse(String(row.document));
    },
    put: (collection, id, document) => {
      const text = JSON.stringify(document);
      if (text === undefined) throw new TypeError(`${collection}/${id}: only a JSON value can be stored`);
      upsert.run(collection, id, text);
    },
    delete: (collection, id) => {
      remove.run(collection, id);
    },
    list: (collection) =>
      selectAll.all(collection).map((row) => ({ id: String(row.id), document: JSON.parse(String(row.document)) })),
    next: (counter) => Number(increment.get(counter)?.value),
    getBlob: (id) => {
      const bytes = selectBlob.get(id)?.bytes;
      return bytes instanceof Uint8Array ? bytes : undefined;
    },
    putBlob: (id, bytes) => {
      upsertBlob.run(id, bytes);
    },
    deleteBlob: (id) => {
      removeBlob.run(id);
    },
    transaction: (work) => {
      // A savepoint inside a transaction: an inner failure that the outer work survives takes only its own writes along.
      const [begin, commit, rollback] =
        depth === 0
          ? ["begin immediate", "commit", "rollback"]
          : [`savepoint s${depth}`, `release s${depth}`, `rollback to s${depth}; release s${depth}`];
      database.exec(begin);
      depth += 1;
      try {
        const value = work();
        if (value instanceof Promise) {
          // Whatever it still does would run outside of the transaction; its own failure must not crash the process.
          value.catch(() => undefined);
          throw new TypeError("the work of a store transaction must be synchronous");
        }
        database.exec(commit);
        return value;
      } catch (error) {
        database.exec(rollback);
        throw error;
      } finally {
        depth -= 1;
      }
    },
    clear: () => {
      database.exec("delete from documents; delete from counters; delete from blobs;");
    },
    close: () => {
      if (database.isOpen) database.close();
    },
  };
}
