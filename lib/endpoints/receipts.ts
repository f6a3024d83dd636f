import { answer, receiveWebhook } from "../http/receive.ts";
import { receiptJobSchema } from "../queue/jobs.ts";
import type { App } from "../services/app.ts";
import { readReceipt } from "../services/receipts/read.ts";

/** Deliveries of the queue, signed: reads the named receipt. A failure (500) is delivered again. */
export function receiptDelivery(request: Request, app: App): Promise<Response> {
  return receiveWebhook(request, {
    log: app.log,
    verify: (incoming, body) =>
      app.queue.verify({ body, signature: incoming.headers.get("upstash-signature"), endpoint: "receipts" }),
    schema: receiptJobSchema,
    about: ({ receiptId }) => ({ receiptId }),
    run: async ({ receiptId }) => answer(200, { ok: true, result: await readReceipt(app, receiptId) }),
  });
}
