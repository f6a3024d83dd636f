import type { FindingAction } from "./finding-types.ts";

/** What stands first in the data of a button about the comparison of the books: `admin:fd:…`. */
export const FINDINGS = "fd";

const LETTERS = { repair: "r", dismiss: "d" } as const;
const isId = (text: string): boolean => /^[0-9a-z]{1,16}$/.test(text);

/** The parts after `admin:fd`; `readFindingParts` reads them back. */
export function findingParts(action: FindingAction): string[] {
  switch (action.kind) {
    case "list":
      return [];
    case "now":
      return ["now"];
    case "open":
      return [action.isConfirming ? "c" : "o", action.findingId];
    case "repair":
    case "dismiss":
      return [LETTERS[action.kind], action.findingId];
  }
}

/** What `findingParts` wrote; null for anything else. */
export function readFindingParts([name, findingId, ...rest]: readonly string[]): FindingAction | null {
  if (rest.length > 0) return null;
  if (name === undefined) return { kind: "list" };
  if (findingId === undefined) return name === "now" ? { kind: "now" } : null;
  if (!isId(findingId)) return null;
  switch (name) {
    case "o":
    case "c":
      return { kind: "open", findingId, isConfirming: name === "c" };
    case LETTERS.repair:
      return { kind: "repair", findingId };
    case LETTERS.dismiss:
      return { kind: "dismiss", findingId };
    default:
      return null;
  }
}
