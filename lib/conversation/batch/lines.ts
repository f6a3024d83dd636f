/** Prompts out of what a person typed or sent as a file, in their order. Never throws. */
export function readLines(text: string, format: "txt" | "csv" = "txt"): string[] {
  const lines = format === "csv" ? firstColumn(text) : text.split(/\r\n|[\n\r\u2028\u2029]/);
  return withoutNumbers(lines.map((line) => line.trim()).filter((line) => line !== ""));
}

/** "1. " or "2) " before every line is a numbered list; before some of them it is a part of the prompt. */
function withoutNumbers(lines: readonly string[]): string[] {
  const number = /^\d{1,4}[.)]\s+(?=\S)/;
  return lines.every((line) => number.test(line)) ? lines.map((line) => line.replace(number, "")) : [...lines];
}

/** What the column of the prompts is called. */
const HEADERS: ReadonlySet<string> = new Set(["prompt", "prompts", "промпт", "промт", "запрос", "text", "текст"]);

/** The column with a known header, else the first one. A file whose rows differ in width is a list of plain lines. */
function firstColumn(text: string): string[] {
  const table = rowsOf(text, delimiterOf(text));
  const named = table[0]?.cells.findIndex((cell) => HEADERS.has(cell.trim().toLowerCase())) ?? -1;
  const body = named < 0 ? table : table.slice(1);
  // A comma inside of a prompt that nobody put into quotes must not cut it.
  const isTable = table.every(({ cells }) => cells.length === table[0]?.cells.length);
  return body.map(({ cells, raw }) =>
    isTable ? (cells[Math.max(named, 0)] ?? "") : cells.length === 1 ? (cells[0] ?? "") : raw,
  );
}

/** Excel writes semicolons in Russian; the first line decides. */
function delimiterOf(text: string): string {
  const [first = ""] = text
    .trimStart()
    .replace(/"[^"]*"/g, "")
    .split(/[\n\r]/);
  return ["\t", ";"].find((delimiter) => first.includes(delimiter)) ?? ",";
}

interface Row {
  cells: readonly string[];
  /** As it stands in the file. */
  raw: string;
}

/** Cells in quotes may hold delimiters, line breaks and doubled quotes (RFC 4180). Empty rows are left out. */
function rowsOf(text: string, delimiter: string): Row[] {
  const table: Row[] = [];
  let cells: string[] = [];
  let cell = "";
  let raw = "";
  let isQuoted = false;
  const endRow = () => {
    cells.push(cell);
    if (raw.trim() !== "") table.push({ cells, raw });
    [cells, cell, raw] = [[], "", ""];
  };
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if (isQuoted) {
      raw += sign;
      if (sign !== '"') cell += sign;
      else if (text.charAt(at + 1) === '"') {
        cell += sign;
        at += 1;
      } else isQuoted = false;
    } else if (sign === "\n" || sign === "\r") endRow();
    else {
      raw += sign;
      if (sign === delimiter) {
        cells.push(cell);
        cell = "";
      } else if (sign === '"' && cell.trim() === "") {
        isQuoted = true;
        cell = "";
      } else cell += sign;
    }
  }
  endRow();
  return table;
}
