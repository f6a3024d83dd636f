import { serve } from "../lib/app.ts";
import { kieCallback } from "../lib/endpoints/kie.ts";

/** KIE's callback. */
export const POST = (request: Request): Promise<Response> => serve((app) => kieCallback(request, app));
