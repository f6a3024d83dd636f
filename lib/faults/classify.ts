import type { Fault, FaultClass } from "./fault.ts";
import { FAULT_TABLE, type FaultRow } from "./table.ts";

const codeOf = (fault: Fault): number | null => {
  if (fault.system === "kie" || fault.system === "telegram") return fault.code;
  return fault.system === "qstash" ? fault.status : null;
};

const textOf = (fault: Fault): string => (fault.system === "telegram" ? fault.description : fault.message);

function matches(row: FaultRow, fault: Fault): boolean {
  if (row.system !== fault.system) return false;
  if (row.text !== undefined && !row.text.test(textOf(fault))) return false;
  if (row.sqlStates !== undefined) {
    const sqlState = fault.system === "postgres" ? fault.sqlState : null;
    const fits = (start: string | null): boolean =>
      start === null || sqlState === null ? start === sqlState : sqlState.startsWith(start);
    if (!row.sqlStates.some(fits)) return false;
  }
  if (row.codes === undefined) return true;
  const code = codeOf(fault);
  return row.codes.some((wanted) =>
    wanted === null || typeof wanted === "number"
      ? wanted === code
      : code !== null && code >= wanted[0] && code <= wanted[1],
  );
}

/**
 * What a fault means, whoever made it: the one table of lib/faults/table.ts, first matching row. Pure, never throws;
 * what nobody foresaw is its system's last row (`kie-other`, `telegram-other`, `postgres-bug`, `qstash-refused`,
 * `network-dropped`).
 */
export function classify(fault: Fault): FaultClass {
  const row = FAULT_TABLE.find((candidate) => matches(candidate, fault));
  if (row === undefined) throw new Error(`no fault row for ${fault.system}`);
  const { name, retry, cause, alertAdmins } = row;
  return { name, retry, cause, alertAdmins };
}
