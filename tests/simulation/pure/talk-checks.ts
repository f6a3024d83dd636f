import { isExpired, seenPrice } from "../../../lib/conversation/draft.ts";
import { payable } from "../../../lib/conversation/price-offer.ts";
import type { ConversationState, Facts, RichText, Transition, View } from "../../../lib/conversation/types.ts";
import { spanText } from "../../../lib/conversation/view-parts.ts";
import { formatKopecks } from "../../../lib/i18n/format.ts";
import { texts } from "../../../lib/i18n/index.ts";
import type { Kopecks } from "../../../lib/shared/kopecks.ts";
import { must } from "./explore.ts";

/** https://core.telegram.org/bots/api: limits of a message, its buttons and the answer to a tap. */
const TELEGRAM = {
  text: 4096,
  caption: 1024,
  entities: 100,
  buttons: 100,
  perRow: 8,
  dataBytes: 64,
  copy: 256,
  toast: 200,
};

export interface Codec {
  encode(action: DrawnAction, revision: number): string;
  decode(data: string): { action: DrawnAction; revision: number } | null;
}
type DrawnAction = Extract<View["keyboard"][number][number], { action: unknown }>["action"];

/** A button as it lies in the chat. `price`: what ✅ would take, as the person reads it there. */
export interface DrawnButton {
  kind: DrawnAction["kind"];
  data: string;
  price: Kopecks | null;
}

/** Checks a view as Telegram, and as our own decoder, would. @returns its buttons. */
export function checkView(
  view: View,
  drawn: { revision: number; codec: Codec; what: string; limit?: "text" | "caption" },
): DrawnButton[] {
  const { revision, codec, what } = drawn;
  const limit = TELEGRAM[drawn.limit ?? "text"];
  const text = textOf(view.text);
  must(text.trim() !== "", "a screen says something", () => what);
  must(text.length <= limit, "texts fit Telegram's limits", () => `${what}: ${text.length} of ${limit}`);
  const entities = view.text.filter((span) => typeof span !== "string").length;
  must(entities <= TELEGRAM.entities, "texts fit Telegram's limits", () => `${what}: ${entities} entities`);
  const buttons: DrawnButton[] = [];
  let count = 0;
  for (const row of view.keyboard) {
    must(
      row.length <= TELEGRAM.perRow && row.length > 0,
      "keyboards fit Telegram's limits",
      () => `${what}: a row of ${row.length}`,
    );
    for (const button of row) {
      count += 1;
      must(button.text.trim() !== "", "a button says something", () => what);
      if ("copy" in button) {
        const { length } = button.copy;
        must(
          length > 0 && length <= TELEGRAM.copy,
          "keyboards fit Telegram's limits",
          () => `${what}: copies ${length}`,
        );
      } else if ("url" in button) {
        must(/^(https?|tg):\/\//.test(button.url), "a link can be opened", () => `${what}: ${button.url}`);
      } else buttons.push(drawnButton(button.action, revision, codec, what));
    }
  }
  must(count <= TELEGRAM.buttons, "keyboards fit Telegram's limits", () => `${what}: ${count} buttons`);
  must(count > 0, "there is always a way on", () => what);
  return buttons;
}

function drawnButton(action: DrawnAction, revision: number, codec: Codec, what: string): DrawnButton {
  const data = codec.encode(action, revision);
  const bytes = Buffer.byteLength(data);
  must(bytes <= TELEGRAM.dataBytes, "callback data fit 64 bytes", () => `${what}: ${bytes} bytes: ${data}`);
  const read = codec.decode(data);
  const isSame = read !== null && read.revision === revision && codec.encode(read.action, revision) === data;
  must(isSame, "every button can be read back", () => `${what}: ${data}`);
  return { kind: action.kind, data, price: null };
}

/** What ✅ takes as the stored draft stands; null while no price was shown. */
export function draftPrice({ screen, draft }: ConversationState): Kopecks | null {
  if (draft === null) return null;
  if (screen.kind !== "batch") return seenPrice(draft);
  const { prices, discount } = draft.batch ?? {};
  if (!prices) return null;
  const offer = discount === undefined ? null : { kind: "discount" as const, ...discount };
  return prices.kopecks.reduce((sum, kopecks) => sum + payable(BigInt(kopecks), offer), 0n);
}

/**
 * The price on ✅ is the one that the draft remembers, to the kopeck. A card that is a day old can not be bought: its ✅
 * opens it afresh, with the news of its price.
 */
export function checkPrice(view: View, state: ConversationState, { user, now }: Facts): void {
  if (state.draft !== null && isExpired(state.draft, now)) return;
  const price = draftPrice(state);
  for (const button of view.keyboard.flat()) {
    if (!("action" in button) || !isYes(button.action.kind)) continue;
    const { money } = texts(user.language);
    if (price === null) {
      must(
        !/\d[.,]\d\d/.test(button.text),
        "the price on ✅ is the draft's",
        () => `"${button.text}" and no price known`,
      );
      continue;
    }
    const words = price === 0n ? money.free : formatKopecks(price, user.language);
    must(button.text.includes(words), "the price on ✅ is the draft's", () => `"${button.text}" for ${price}`);
  }
}

export function isYes(kind: string): boolean {
  return kind === "confirm" || kind === "show_price_confirmation";
}

export function checkToast({ toast }: Transition): void {
  if (toast === undefined) return;
  const { length } = toast.text;
  must(length > 0 && length <= TELEGRAM.toast, "toasts fit Telegram's limits", () => `${length}: ${toast.text}`);
}

function textOf(text: RichText): string {
  let all = "";
  for (const span of text) all += spanText(span);
  return all;
}
