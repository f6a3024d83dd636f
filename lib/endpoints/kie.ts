import * as z from "zod";
import { answer, receiveWebhook } from "../http/receive.ts";
import { secretsEqual } from "../http/secrets.ts";
import { parseCallback, verifyCallbackSignature } from "../kie/callback.ts";
import type { App } from "../services/app.ts";
import { receiveCallback } from "../services/generation/receive-callback.ts";

/** A signature older, or newer, than this is a replay. */
const MAX_SKEW_SECONDS = 300;
const MAX_ID_LENGTH = 64;

/**
 * KIE's callback. The URL carries the generation's id and token (404 for a wrong pair, nothing more is said); with an
 * HMAC key configured, a missing, bad or old signature is 401. KIE waits 15 s for the 200.
 */
export async function kieCallback(request: Request, app: App): Promise<Response> {
  const { searchParams } = new URL(request.url);
  const generationId = searchParams.get("generation") ?? "";
  const token = searchParams.get("token") ?? "";
  return await receiveWebhook(request, {
    log: app.log,
    verify: (incoming, body) => isSigned(app, incoming, body),
    schema: z.looseObject({}),
    about: () => ({ generationId: generationId.slice(0, MAX_ID_LENGTH) }),
    run: async (body) => {
      if (generationId === "" || generationId.length > MAX_ID_LENGTH || token === "")
        return answer(404, { error: "unknown" });
      const result = await receiveCallback(app, {
        generationId,
        hasToken: (expected) => secretsEqual(token, expected),
        hint: parseCallback(body),
      });
      switch (result) {
        case "accepted":
          return answer(200, { code: 200, msg: "success" });
        case "task-mismatch":
          return answer(400, { error: "another task" });
        case "unknown":
          return answer(404, { error: "unknown" });
      }
    },
  });
}

function isSigned(app: App, request: Request, body: string): boolean {
  const keys = app.config.KIE_WEBHOOK_HMAC_KEY?.split(",").map((key) => key.trim());
  if (keys === undefined) return true;
  const taskId = parseCallback(safeJson(body)).taskId;
  const timestamp = request.headers.get("x-webhook-timestamp");
  const signature = request.headers.get("x-webhook-signature");
  if (taskId === null || timestamp === null || signature === null) return false;
  return verifyCallbackSignature({
    taskId,
    timestamp,
    signature,
    key: keys,
    now: app.clock.now(),
    maxSkewSeconds: MAX_SKEW_SECONDS,
  });
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
