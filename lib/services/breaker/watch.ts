import { countFailures, pauseSelling } from "../../db/breaker.ts";
import { isFailing, PROBE_GAPS_SECONDS } from "../../generation/breaker.ts";
import type { App } from "../app.ts";
import { pauseOf, planProbe } from "./open.ts";
import { probeSelling } from "./probe.ts";

/** The sweeper's part: tries where it is time to, and pauses selling where most of what was sold lately fails. */
export async function watchSelling(app: App): Promise<void> {
  if ((await probeSelling(app)) !== "not-paused" || app.config.mode !== "real") return;
  const found = await countFailures(app.database, app.clock.now());
  if (!isFailing(found)) return;
  const pause = pauseOf(app, "failures", { name: "kie-error-rate", code: null });
  const isMine = await pauseSelling(app.database, pause);
  app.log.error("selling.paused", { ...found, isMine });
  if (isMine) await planProbe(app, PROBE_GAPS_SECONDS[0]);
}
