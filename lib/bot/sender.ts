import type { Sender } from "../db/dialogues.ts";
import type { Person } from "./incoming.ts";

/** The person behind an update. Russian is the default; English is for those whose Telegram speaks it. */
export function senderOf(person: Person): Sender {
  return {
    id: person.id,
    firstName: (person.first_name ?? "").slice(0, 64),
    username: person.username ?? null,
    language: person.language_code?.toLowerCase().startsWith("en") ? "en" : "ru",
  };
}
