import { approvalFault } from "../../catalog/live/approve.ts";
import type { CatalogSetting } from "../../catalog/live/changes.ts";
import type { AdminOrder } from "../../conversation/admin/types.ts";
import { readProposal } from "../../db/catalog-changes.ts";
import {
  approveChange,
  completeChange,
  ignoreChange,
  prepareRevision,
  rollBackChange,
  saveSettingChange,
} from "../../db/catalog-decisions.ts";
import { randomId } from "../../shared/ids.ts";
import type { App } from "../app.ts";
import { liveCatalog } from "./current.ts";
import { orderSync } from "./sync.ts";

/** What admins order about the catalog. */
export type CatalogOrder = Extract<AdminOrder, { kind: "sync-now" | "complete" | "decide" | "set" }>;

/** How often an approval that met another decision is read, checked and tried again. */
const MAX_TRIES = 5;

/** Does it once: a repeat, or an order that came too late, changes nothing. @returns whether anything changed. */
export async function decide(app: App, adminId: number, order: CatalogOrder): Promise<boolean> {
  switch (order.kind) {
    case "sync-now":
      return await orderSync(app, "admin");
    case "complete":
      return await completeChange(app.database, order);
    case "set":
      return await set(app, adminId, order.setting);
    case "decide": {
      const decision = { proposalId: order.proposalId, adminId, now: app.clock.now() };
      switch (order.decision) {
        case "approve":
          return await approve(app, decision);
        case "ignore":
          return await ignoreChange(app.database, decision);
        case "roll-back":
          return (await rollBackChange(app.database, decision)) !== null;
      }
    }
  }
}

/** Only what fits into the catalog as it is now, checked again whenever another decision came in between. */
async function approve(app: App, decision: { proposalId: string; adminId: number; now: Date }): Promise<boolean> {
  for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
    const { proposal, catalogRevision, fingerprint } = await readProposal(app.database, decision.proposalId);
    if (proposal === null || proposal.status === "approved") return false;
    const { live } = await liveCatalog(app, catalogRevision);
    const { change, completion } = proposal;
    const fault = approvalFault(app.catalogCache.base, live, change, completion);
    if (fault !== null) {
      app.log.info("catalog.not-approved", { proposalId: proposal.id, fault });
      return false;
    }
    if (live.revision === 0) await prepareRevision(app.database, decision.now);
    const checked = { revision: live.revision, fingerprint };
    if ((await approveChange(app.database, { ...decision, checked })) !== null) return true;
  }
  return false;
}

async function set(app: App, adminId: number, setting: CatalogSetting): Promise<boolean> {
  const { catalog } = app.catalogCache.known;
  const isAboutUs =
    setting.kind === "route"
      ? catalog.summary(setting.family) !== undefined
      : catalog.entry(setting.entry) !== undefined;
  if (!isAboutUs) return false;
  const now = app.clock.now();
  await prepareRevision(app.database, now);
  return (await saveSettingChange(app.database, { id: randomId(16), setting, adminId, now })) !== null;
}
