import type { App } from "../app.ts";

/** Whether this person may see and order what admins may. */
export function isAdmin(app: App, userId: number): boolean {
  return app.config.ADMIN_ID.includes(userId);
}
