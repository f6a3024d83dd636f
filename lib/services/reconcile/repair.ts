import type { Finding, FindingBody, FindingOrder } from "../../conversation/admin/finding-types.ts";
import { closeFinding, readFinding } from "../../db/findings.ts";
import { repairBalance } from "../../db/wallet-sums.ts";
import type { App } from "../app.ts";
import { advanceGeneration } from "../generation/advance.ts";
import { takePayment, takeRefund } from "../payments/stars.ts";
import { orderReconciliation } from "./run.ts";

/**
 * Does what an admin ordered about the comparison of the books. Everything is guarded where it is done, so that a repeat,
 * or a second admin, changes nothing; what does not work out leaves the finding open.
 *
 * @returns whether something was done.
 */
export async function decideFinding(app: App, input: { adminId: number; order: FindingOrder }): Promise<boolean> {
  const { adminId, order } = input;
  if (order.kind === "now") return await orderReconciliation(app);
  const decision = { findingId: order.findingId, adminId, now: app.clock.now() };
  if (order.kind === "dismiss") return await closeFinding(app.database, { ...decision, status: "dismissed" });
  const finding = await readFinding(app.database, order.findingId);
  if (finding?.status !== "open") return false;
  try {
    return await repair(app, finding, decision);
  } catch (error) {
    app.log.error("reconciliation.not-repaired", { findingId: finding.id, kind: finding.body.kind, error });
    return false;
  }
}

async function repair(
  app: App,
  { body }: Finding,
  decision: { findingId: string; adminId: number; now: Date },
): Promise<boolean> {
  if (body.kind === "balance") return await repairBalance(app.database, { ...decision, userId: body.userId });
  if (!(await putRight(app, body))) return false;
  return await closeFinding(app.database, { ...decision, status: "repaired" });
}

async function putRight(app: App, body: Exclude<FindingBody, { kind: "balance" }>): Promise<boolean> {
  switch (body.kind) {
    case "stale-hold":
      // A look at the record, or the end of the deadline: whatever its state owes, with its money.
      await advanceGeneration(app, body.generationId);
      return true;
    case "credits":
      return false;
    case "stars": {
      const { chargeId, orderId, userId, stars, at, problem } = body;
      if (problem === "unknown") return false;
      const told = { chargeId, orderId, userId, stars, at, source: "reconciliation", updateId: null } as const;
      await (problem === "not-credited" ? takePayment(app, told) : takeRefund(app, told));
      return true;
    }
  }
}
