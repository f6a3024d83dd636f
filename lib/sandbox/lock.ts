import { DatabaseSync } from "node:sqlite";

/**
 * Makes sure that only one sandbox works on a data folder: two would pull the database from under each other. The lock
 * is the operating system's, so it ends with the process however that ends.
 *
 * @throws Error with a sentence for a person when another process holds it.
 */
export function lockDataFolder(folder: string): { release(): void } {
  const database = new DatabaseSync(`${folder}/lock.sqlite`);
  try {
    database.exec("begin exclusive");
  } catch {
    database.close();
    throw new Error(
      `Another sandbox is running on ${folder}. Stop it first, or choose another folder: SANDBOX_DATA=/some/folder npm start`,
    );
  }
  return { release: () => database.close() };
}
