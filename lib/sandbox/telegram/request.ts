/** Reads the parameters of a call out of an HTTP message: JSON, urlencoded, multipart, or the query string. */
import { violation } from "./errors.ts";

export interface GivenParams {
  values: Record<string, unknown>;
  /** Uploads by part name; `attach://name` refers to them. */
  parts: Map<string, File>;
}

/**
 * @param message a request of the bot, or the response of its webhook.
 * @throws BotApiError when the body is not what its content type says.
 */
export async function readParamsOf(message: Request | Response): Promise<GivenParams> {
  const parts = new Map<string, File>();
  const values: Record<string, unknown> = {};
  if (message instanceof Request) {
    for (const [name, value] of new URL(message.url).searchParams) values[name] = value;
  }
  const contentType = message.headers.get("content-type") ?? "";
  if (/^(multipart\/form-data|application\/x-www-form-urlencoded)/i.test(contentType)) {
    for (const [name, value] of await readForm(message)) {
      values[name] = value;
      if (value instanceof File) parts.set(name, value);
    }
    // Parts that only serve `attach://` are no parameters.
    const references = JSON.stringify(values);
    for (const name of parts.keys()) if (references.includes(`attach://${name}`)) delete values[name];
    return { values, parts };
  }
  const text = await message.text();
  if (text.trim() === "") return { values, parts };
  const body = parseObject(text);
  if (!body) throw violation("can't parse the request's JSON object");
  return { values: { ...values, ...body }, parts };
}

async function readForm(message: Request | Response): Promise<FormData> {
  try {
    return await message.formData();
  } catch (error) {
    throw violation(`can't parse the form: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** The same parameters for the record of calls: uploads become `{file, bytes}`. */
export function describeParams({ values, parts }: GivenParams): Record<string, unknown> {
  const described: Record<string, unknown> = {};
  for (const [name, value] of [...Object.entries(values), ...parts]) {
    described[name] = value instanceof File ? { file: value.name, bytes: value.size } : value;
  }
  return described;
}
