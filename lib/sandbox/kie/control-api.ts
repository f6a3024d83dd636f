import { json, readJson } from "../http.ts";
import type { KieControl } from "./control.ts";
import { switchesSchema } from "./switches.ts";

const PATH = "/sandbox/kie/switches";

/**
 * `GET /sandbox/kie/switches` tells the lasting faults of the simulated KIE, `POST` changes those that the body names:
 * `{"unknownModels": [{"api": "market", "id": "ai-music-api/generate"}]}`, and `[]` to have them back. 400 names the
 * wrong field. `undefined` for any other path.
 */
export async function handleKieControl(kie: KieControl, request: Request): Promise<Response | undefined> {
  if (new URL(request.url).pathname !== PATH) return undefined;
  if (request.method === "GET") return json(kie.switches());
  if (request.method !== "POST") return json({ error: "GET or POST" }, 405);
  const parsed = switchesSchema.safeParse(await readJson(request));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return json({ error: `${issue?.path.join(".") || "body"}: ${issue?.message ?? "is malformed"}` }, 400);
  }
  const changes = Object.entries(parsed.data).filter(([, value]) => value !== undefined);
  kie.setSwitches(Object.fromEntries(changes));
  return json(kie.switches());
}
