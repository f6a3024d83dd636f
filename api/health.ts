import { productionApp } from "../lib/app.ts";
import { health } from "../lib/endpoints/health.ts";

/** State of the installation. */
export const GET = (request: Request): Promise<Response> => health(request, productionApp().app);
