import { answer } from "../http/receive.ts";
import { secretsEqual } from "../http/secrets.ts";
import type { App } from "../services/app.ts";
import { checkHealth } from "../services/health/check.ts";

/**
 * `GET /api/health`: 200 when everything that selling needs answers, else 503. Without the token only `ok` and the mode
 * are told; with `Authorization: Bearer <HEALTH_TOKEN>` the parts. Secrets never.
 */
export async function health(request: Request, app: App): Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD") return answer(405, { error: "use GET" }, { allow: "GET" });
  const bearer = request.headers.get("authorization")?.replace(/^Bearer\s+/i, "");
  const showsDetails = secretsEqual(bearer, app.config.HEALTH_TOKEN);
  const report = await checkHealth(app);
  const status = report.ok ? 200 : 503;
  if (!showsDetails) return answer(status, { ok: report.ok, mode: report.mode });
  return answer(status, { ...report });
}
