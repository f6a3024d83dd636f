/**
 * Writes bot-api.generated.json from the pinned @gramio/types: `node lib/sandbox/telegram/generate-schema.ts`.
 *
 * TypeScript 7 has no compiler API for JavaScript, so this reads the declaration files itself. They are machine-made
 * and regular: interfaces of commented fields, and aliases of unions. Anything else stops the script.
 */
import { readFileSync, writeFileSync } from "node:fs";
import type { BotApiSchema, Field, Fields, Limit, NamedType, TypeNode } from "./schema-types.ts";

/** The declarations say `number` for both; these are the Bot API's Float fields among what a bot sends. */
const FLOAT_FIELDS = new Set([
  "latitude",
  "longitude",
  "horizontal_accuracy",
  "x_shift",
  "y_shift",
  "scale",
  "main_frame_timestamp",
  "duration_limit",
  "temperature",
  "x_percentage",
  "y_percentage",
  "width_percentage",
  "height_percentage",
  "rotation_angle",
  "corner_radius_percentage",
  "cover_frame_timestamp",
]);

interface Token {
  kind: "comment" | "string" | "number" | "word" | "sign";
  text: string;
}

const TOKEN =
  /\/\*\*(?<comment>[\s\S]*?)\*\/|\/\/[^\n]*|"(?<string>[^"]*)"|(?<number>\d+)|(?<word>[A-Za-z_][\w.]*)|(?<sign>[{}[\]()<>|?:;,=&*])|\s+/gy;

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  for (const match of source.matchAll(TOKEN)) {
    end = match.index + match[0].length;
    const groups = match.groups ?? {};
    for (const kind of ["comment", "string", "number", "word", "sign"] as const) {
      const text = groups[kind];
      if (text !== undefined) tokens.push({ kind, text });
    }
  }
  if (end !== source.length) throw new Error(`cannot read the declarations at ${source.slice(end, end + 60)}`);
  return tokens;
}

class DeclarationReader {
  readonly types = new Map<string, NamedType>();
  #tokens: Token[] = [];
  #position = 0;

  read(source: string): void {
    this.#tokens = tokenize(source).filter((token) => token.text !== ";" && token.text !== ",");
    this.#position = 0;
    while (this.#position < this.#tokens.length) {
      if (!this.#takeIf("export")) {
        this.#position += 1;
        continue;
      }
      if (this.#takeIf("interface")) this.#interface();
      else if (this.#takeIf("type")) this.#alias();
    }
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#position];
  }

  #take(): Token {
    const token = this.#tokens[this.#position];
    if (token === undefined) throw new Error("the declarations end in the middle");
    this.#position += 1;
    return token;
  }

  #takeIf(text: string): boolean {
    const token = this.#peek();
    if (token?.text !== text || token.kind === "string" || token.kind === "comment") return false;
    this.#position += 1;
    return true;
  }

  #expect(text: string): void {
    if (!this.#takeIf(text)) throw new Error(`expected ${text}, found ${this.#peek()?.text}`);
  }

  /** Generic declarations are about answers, which nobody validates. */
  #skipGeneric(): boolean {
    if (this.#peek()?.text !== "<") return false;
    while (this.#position < this.#tokens.length && this.#peek()?.text !== "export") this.#position += 1;
    return true;
  }

  #interface(): void {
    const name = this.#take().text;
    if (this.#skipGeneric()) return;
    this.#expect("{");
    this.types.set(name, { fields: this.#fields() });
  }

  #fields(): Fields {
    const fields: Fields = {};
    let comment = "";
    while (!this.#takeIf("}")) {
      const token = this.#take();
      if (token.kind === "comment") {
        comment = token.text;
        continue;
      }
      const optional = this.#takeIf("?");
      this.#expect(":");
      const type = this.#type(token.text);
      const limit = limitOf(comment, type);
      fields[token.text] = {
        type,
        ...(optional ? {} : { required: true as const }),
        ...(limit ? { limit } : {}),
      };
      comment = "";
    }
    return fields;
  }

  #alias(): void {
    const name = this.#take().text;
    if (this.#skipGeneric()) return;
    this.#expect("=");
    this.types.set(name, { alias: this.#type(name) });
  }

  #type(fieldName: string): TypeNode {
    this.#takeIf("|");
    const members: TypeNode[] = [];
    do {
      const member = this.#member(fieldName);
      if (member !== undefined) members.push(member);
    } while (this.#takeIf("|"));
    const [only] = members;
    if (only === undefined) throw new Error(`${fieldName} has no type`);
    return members.length === 1 ? only : { union: members };
  }

  #member(fieldName: string): TypeNode | undefined {
    let type = this.#primary(fieldName);
    while (type !== undefined && this.#peek()?.text === "[") {
      this.#expect("[");
      this.#expect("]");
      type = { array: type };
    }
    return type;
  }

  #primary(fieldName: string): TypeNode | undefined {
    const token = this.#take();
    if (token.kind === "string") return { const: token.text };
    if (token.kind === "number") return { const: Number(token.text) };
    if (token.text === "(") {
      const inner = this.#type(fieldName);
      this.#expect(")");
      return inner;
    }
    if (token.text === "{") {
      // `{ toJSON(): X }` and `{ toString(): string }` are conveniences of that library, not of the Bot API.
      while (!this.#takeIf("}")) this.#position += 1;
      return undefined;
    }
    switch (token.text) {
      case "string":
      case "boolean":
        return token.text;
      case "number":
        return FLOAT_FIELDS.has(fieldName) ? "float" : "integer";
      case "true":
        return { const: true };
      case "false":
        return { const: false };
      case "Blob":
        return "file";
      case "Exclude":
        return this.#updateNames();
      default:
        return { ref: token.text.replace(/^Objects\./, "") };
    }
  }

  /** `Exclude<keyof TelegramUpdate, "update_id">`, the only computed type that parameters use. */
  #updateNames(): TypeNode {
    while (!this.#takeIf(">")) this.#position += 1;
    return { ref: "UpdateName" };
  }
}

function limitOf(comment: string, type: TypeNode): Limit | undefined {
  const make = (unit: Limit["unit"], match: RegExpMatchArray | null): Limit | undefined =>
    match ? { unit, min: Number(match[1]), max: Number(match[2]) } : undefined;
  if (type === "string") {
    return (
      make("characters", comment.match(/(\d+)-(\d+) characters(?! after entit)/i)) ??
      make("bytes", comment.match(/(\d+)-(\d+) bytes/i))
    );
  }
  if (typeof type === "object" && "array" in type) {
    return make("items", comment.match(/(?:list of|must include) (\d+)-(\d+) /i));
  }
  if (type === "integer" || type === "float") {
    return make("value", comment.match(/(?:between|[,;]|must be) (\d+)-(\d+)(?=[.;,) ]|\s*$)/i));
  }
  return undefined;
}

function referencesOf(type: TypeNode): string[] {
  if (typeof type === "string" || "const" in type) return [];
  if ("ref" in type) return [type.ref];
  if ("array" in type) return referencesOf(type.array);
  return type.union.flatMap(referencesOf);
}

/** The schema that the installed @gramio/types describes. @throws when the declarations have another form than known. */
export function generateSchema(): BotApiSchema {
  const folder = new URL("../../../node_modules/@gramio/types/out/", import.meta.url);
  const text = (name: string): string => readFileSync(new URL(name, folder), "utf8");
  const reader = new DeclarationReader();
  reader.read(text("objects.d.ts"));
  const update = reader.types.get("TelegramUpdate");
  if (!update || !("fields" in update)) throw new Error("TelegramUpdate is missing");
  const updateNames = Object.keys(update.fields).filter((name) => name !== "update_id");
  reader.types.set("UpdateName", { alias: { union: updateNames.map((name) => ({ const: name })) } });
  reader.read(text("params.d.ts"));

  const methods: Record<string, Fields> = {};
  const types: Record<string, NamedType> = {};
  const collect = (name: string): void => {
    if (types[name]) return;
    const type = reader.types.get(name);
    if (!type) throw new Error(`unknown type ${name}`);
    types[name] = type;
    const inside = "fields" in type ? Object.values(type.fields).map((field: Field) => field.type) : [type.alias];
    inside.flatMap(referencesOf).forEach(collect);
  };
  for (const [, name = ""] of text("methods.d.ts").matchAll(/^ {4}(\w+): CallAPI/gm)) {
    const params = reader.types.get(`${name.charAt(0).toUpperCase()}${name.slice(1)}Params`);
    const fields = params && "fields" in params ? params.fields : {};
    methods[name] = fields;
    for (const field of Object.values(fields)) referencesOf(field.type).forEach(collect);
  }
  const version = text("index.d.ts").match(/Based on Bot API v(.+)/)?.[1] ?? "unknown";
  return { version, methods, types };
}

if (import.meta.main) {
  const schema = generateSchema();
  writeFileSync(new URL("./bot-api.generated.json", import.meta.url), `${JSON.stringify(schema)}\n`);
  const methods = Object.keys(schema.methods).length;
  console.log(`Bot API ${schema.version}: ${methods} methods, ${Object.keys(schema.types).length} types`);
}
