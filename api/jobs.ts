import { serve } from "../lib/app.ts";
import { jobDelivery } from "../lib/endpoints/jobs.ts";

/** Deliveries of the queue: delayed re-checks and the sweeper's schedule. */
export const POST = (request: Request): Promise<Response> => serve((app) => jobDelivery(request, app));
