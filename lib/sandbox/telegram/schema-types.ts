/** Shape of `bot-api.generated.json`, which generate-schema.ts writes and schema.ts reads. */

/** `file` is an upload (`attach://…` or a form part). A plain string other than these names is a key of `types`. */
export type TypeNode =
  | "string"
  | "integer"
  | "float"
  | "boolean"
  | "file"
  | { ref: string }
  | { array: TypeNode }
  | { union: TypeNode[] }
  | { const: string | number | boolean };

export interface Limit {
  /** `characters` are UTF-16 units; `value` is a number's own range, both ends included. */
  unit: "characters" | "bytes" | "items" | "value";
  min: number;
  max: number;
}

export interface Field {
  type: TypeNode;
  required?: true;
  limit?: Limit;
}

export type Fields = Record<string, Field>;

export type NamedType = { fields: Fields } | { alias: TypeNode };

export interface BotApiSchema {
  /** Bot API version, such as `10.3 (24.08.2026)`. */
  version: string;
  /** Method name to its parameters. */
  methods: Record<string, Fields>;
  /** Everything that the parameters refer to. */
  types: Record<string, NamedType>;
}
