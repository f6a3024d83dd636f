import type { Config } from "../../config/config.ts";

/** Where KIE calls back for this generation: its id, and a token that nobody can guess. */
export function callbackUrl(config: Config, generation: { id: string; callbackToken: string }): string {
  return `${config.PUBLIC_URL}/api/kie?generation=${generation.id}&token=${generation.callbackToken}`;
}
