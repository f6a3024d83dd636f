import { productionApp } from "../lib/app.ts";
import { kieCallback } from "../lib/endpoints/kie.ts";

/** KIE's callback. */
export const POST = (request: Request): Promise<Response> => kieCallback(request, productionApp().app);
