import { setReachable } from "../db/dialogues.ts";
import type { App } from "../services/app.ts";
import type { BotContext } from "./context.ts";
import { membershipSchema } from "./incoming.ts";

/** The user blocked the bot, or came back. */
export async function onMembership(app: App, context: BotContext): Promise<void> {
  const parsed = membershipSchema.safeParse(Reflect.get(context.update, "my_chat_member"));
  if (!parsed.success || parsed.data.chat.type !== "private") return;
  const isReachable = parsed.data.new_chat_member.status === "member";
  await setReachable(app.database, parsed.data.from.id, isReachable);
  app.log.info("user.membership", { isReachable });
}
