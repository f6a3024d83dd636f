import type { DeadLetter } from "./message.ts";

const FILTERS = ["messageIds", "dlqIds", "url", "label", "scheduleId", "flowControlKey", "count", "cursor"];

/** A filter that is not understood would select too much, so it is refused. */
export function unknownFilter(query: URLSearchParams): string | undefined {
  const unknown = [...query.keys()].find((name) => !FILTERS.includes(name));
  return unknown === undefined ? undefined : `the sandbox cannot filter by ${unknown}`;
}

/** Whether a message fits every filter of the query; several values of one filter are alternatives. */
export function matches(
  message: Pick<DeadLetter, "url" | "labels" | "scheduleId" | "flowControlKey">,
  id: string,
  idName: string,
  query: URLSearchParams,
): boolean {
  const fits = (name: string, values: (string | undefined)[]) => {
    const wanted = query.getAll(name);
    return wanted.length === 0 || wanted.some((value) => values.includes(value));
  };
  return (
    fits(idName, [id]) &&
    fits("url", [message.url]) &&
    fits("label", message.labels ?? []) &&
    fits("scheduleId", [message.scheduleId]) &&
    fits("flowControlKey", [message.flowControlKey])
  );
}
