import * as z from "zod";
import { KIE_APIS } from "../../shared/kie-api.ts";
import { json, readJson } from "../http.ts";
import type { KieControl } from "./control.ts";
import type { KieSwitches } from "./switches.ts";

const routeSchema = z.strictObject({ api: z.enum(KIE_APIS), id: z.string().min(1) });
const switchesSchema = z
  .strictObject({
    strictFields: z.boolean(),
    callbacksDown: z.boolean(),
    maintenance: z.boolean(),
    keyCapReached: z.boolean(),
    sunoCallbacks: z.enum(["legacy", "playground"]),
    skipSunoStages: z.boolean(),
    repeatSunoComplete: z.boolean(),
    lateSunoText: z.boolean(),
    emptySunoErrors: z.boolean(),
    unknownModels: z.array(routeSchema),
    staleSignatures: z.boolean(),
    filesNeedUserAgent: z.boolean(),
  } satisfies Record<keyof KieSwitches, unknown>)
  .partial();

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
