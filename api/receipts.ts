import { serve } from "../lib/app.ts";
import { receiptDelivery } from "../lib/endpoints/receipts.ts";

/** Deliveries of the queue that ask for a receipt to be read: heavy, so alone. */
export const POST = (request: Request): Promise<Response> => serve((app) => receiptDelivery(request, app));
