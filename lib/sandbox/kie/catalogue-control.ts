import * as z from "zod";
import { json, readJson } from "../http.ts";
import { alterationsSchema } from "./catalogue-alterations.ts";
import { newsScenario } from "./catalogue-scenario.ts";
import type { KieControl } from "./control.ts";

const scenarioSchema = z.strictObject({ scenario: z.literal("news") });
const rateSchema = z.strictObject({
  model: z.string().min(1),
  /** null: nobody uses it; left out: as usual again. */
  rate: z.number().min(0).max(1).nullable().optional(),
});

/**
 * What a person or a test may do to the simulated catalogue over the sandbox's JSON API: alterations
 * (`{"add": [], "remove": [], "change": []}`) or a ready-made day of news (`{"scenario": "news"}`), and success rates.
 */
export function catalogueRoutes(kie: KieControl): Readonly<Record<string, (request: Request) => Promise<Response>>> {
  return {
    "GET /sandbox/kie/catalogue": async () => json(kie.catalogue()),
    "POST /sandbox/kie/catalogue": async (request) => {
      const body = await readJson(request);
      const scenario = scenarioSchema.safeParse(body);
      kie.alterCatalogue(scenario.success ? newsScenario() : alterationsSchema.parse(body));
      return json(kie.catalogue());
    },
    "POST /sandbox/kie/catalogue/reset": async () => {
      kie.resetCatalogue();
      return json(kie.catalogue());
    },
    "POST /sandbox/kie/success-rate": async (request) => {
      const { model, rate } = rateSchema.parse(await readJson(request));
      kie.setSuccessRate(model, rate);
      return json({ ok: true });
    },
  };
}
