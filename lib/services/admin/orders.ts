import type { AdminOrder } from "../../conversation/admin/types.ts";
import { adminNewsNotice } from "../../conversation/admin/user-notices.ts";
import type { AdminNews } from "../../conversation/admin/user-types.ts";
import type { RichText } from "../../conversation/types.ts";
import { readPause } from "../../db/breaker.ts";
import type { Language } from "../../shared/localized.ts";
import type { App } from "../app.ts";
import { resume } from "../breaker/probe.ts";
import { decide } from "../catalog/decide.ts";
import { carryOutReceipt } from "../payments/bank-admin.ts";
import { decideFinding } from "../reconcile/repair.ts";
import { carryOutForPromo, carryOutForUser } from "./carry-out.ts";
import { isAdmin } from "./is-admin.ts";

/** Does what an admin ordered, one after the other. @returns what is to be said about it. */
export async function carryOutForAdmin(
  app: App,
  admin: { adminId: number; language: Language },
  orders: readonly AdminOrder[],
): Promise<RichText> {
  const said: RichText[] = [];
  for (const order of orders) {
    const news = await carryOut(app, { adminId: admin.adminId, order });
    if (news !== null) said.push(adminNewsNotice(news, admin.language));
  }
  return said.flat();
}

/**
 * Does what an admin ordered, once. People who are no admins are not listened to.
 *
 * @returns what became of it, where the page that follows does not show it; null = nothing to say.
 */
export async function carryOut(app: App, input: { adminId: number; order: AdminOrder }): Promise<AdminNews | null> {
  const { adminId, order } = input;
  if (!isAdmin(app, adminId)) return null;
  const done = (about: Record<string, unknown>, isDone: boolean) => {
    app.log.info("admin.action", { ...about, actor: adminId, outcome: isDone ? "done" : "nothing" });
    return null;
  };
  switch (order.kind) {
    case "user":
      return await carryOutForUser(app, { adminId, order: order.order });
    case "promo":
      await carryOutForPromo(app, { adminId, order: order.order });
      return null;
    case "finding": {
      const target = "findingId" in order.order ? `finding:${order.order.findingId}` : "books";
      return done(
        { action: `finding-${order.order.kind}`, target },
        await decideFinding(app, { adminId, order: order.order }),
      );
    }
    case "receipt": {
      const about = { action: `receipt-${order.order.kind}`, target: `request:${order.order.requestId}` };
      return done(about, await carryOutReceipt(app, adminId, order.order));
    }
    case "sync-now":
      return done({ action: "sync-now", target: "catalog" }, await decide(app, adminId, order));
    case "resume-selling":
      return done({ action: "resume-selling", target: "selling" }, await resumeNow(app));
    case "complete":
      return done({ action: "complete", target: `proposal:${order.proposalId}` }, await decide(app, adminId, order));
    case "decide":
      return done(
        { action: order.decision, target: `proposal:${order.proposalId}` },
        await decide(app, adminId, order),
      );
    case "set":
      return done({ action: `set-${order.setting.kind}`, target: "catalog" }, await decide(app, adminId, order));
  }
}

/** An admin knows better than the next probe. What fails again pauses selling again. */
async function resumeNow(app: App): Promise<boolean> {
  const pause = await readPause(app.database);
  if (pause === null) return false;
  await resume(app, pause);
  return true;
}
