import { serve } from "../lib/app.ts";
import { health } from "../lib/endpoints/health.ts";

/** State of the installation. */
export const GET = (request: Request): Promise<Response> => serve((app) => health(request, app));
/** The status alone, for monitors. */
export const HEAD = (request: Request): Promise<Response> => GET(request);
