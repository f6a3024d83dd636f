/** A chat as a person sees it: what the chat page draws and what journeys read. */
import type { TelegramInlineKeyboardButton, TelegramMessage, TelegramMessageEntity } from "@gramio/types/objects";
import { SECOND_MS } from "../../shared/clock.ts";
import { fileIdOf } from "./files.ts";
import { inlineRows } from "./keyboards.ts";
import { invoiceKey } from "./payments.ts";
import type { PaymentsState } from "./payments-state.ts";
import type { FileKind, StoredChat, StoredMessage, TelegramState, Toast } from "./state.ts";

export interface MediaView {
  kind: FileKind;
  /** Path of the sandbox's server, `/sandbox/files/<fileId>`. */
  url: string;
  bytes: number;
  fileName: string;
  mime: string;
  durationSeconds?: number;
  title?: string;
  performer?: string;
  /** Path of the picture that came with an upload. */
  thumbnailUrl?: string;
}

/** A button does one thing: `data` is sent to the bot, `url` opens, `copyText` goes to the clipboard. */
export interface ButtonView {
  text: string;
  data?: string;
  url?: string;
  copyText?: string;
  /** Opens the payment of the invoice above it. */
  pay?: true;
}

/** What a person is asked to pay. */
export interface InvoiceView {
  title: string;
  description: string;
  stars: number;
  isPaid: boolean;
}

export interface MessageView {
  messageId: number;
  from: "bot" | "user";
  /** Unix seconds, virtual time. */
  date: number;
  text?: string;
  entities?: TelegramMessageEntity[];
  caption?: string;
  captionEntities?: TelegramMessageEntity[];
  replyTo?: number;
  mediaGroupId?: string;
  media?: MediaView[];
  keyboard?: ButtonView[][];
  invoice?: InvoiceView;
  /** Service messages: Stars went to the bot (`paid`), or came back. */
  payment?: { kind: "paid" | "refunded"; stars: number; chargeId: string };
  edited: boolean;
  isPinned?: boolean;
}

export interface ChatView {
  messages: MessageView[];
  toasts: Toast[];
  /** A chat action of the last 5 virtual seconds, such as `upload_photo`. */
  typing?: string;
  blocked: boolean;
}

export interface ChatSummary {
  userId: number;
  firstName: string;
  username?: string;
  languageCode: string;
  blocked: boolean;
  lastMessage?: MessageView;
}

const TYPING_MS = 5 * SECOND_MS;

export function viewChat(state: TelegramState, payments: PaymentsState, chat: StoredChat, nowMs: number): ChatView {
  const isTyping = chat.typing && nowMs - chat.typing.atMs < TYPING_MS;
  return {
    messages: state.messages(chat.chat.id).map((stored) => viewMessage(state, payments, chat, stored)),
    toasts: state.toasts(chat.chat.id),
    ...(isTyping && chat.typing ? { typing: chat.typing.action } : {}),
    blocked: chat.isBlocked,
  };
}

export function summarize(state: TelegramState, payments: PaymentsState, chat: StoredChat): ChatSummary | undefined {
  if (!chat.user) return undefined;
  const last = state.messages(chat.chat.id).at(-1);
  return {
    userId: chat.user.id,
    firstName: chat.user.first_name,
    ...(chat.user.username === undefined ? {} : { username: chat.user.username }),
    languageCode: chat.user.language_code ?? "ru",
    blocked: chat.isBlocked,
    ...(last ? { lastMessage: viewMessage(state, payments, chat, last) } : {}),
  };
}

function viewMessage(
  state: TelegramState,
  payments: PaymentsState,
  chat: StoredChat,
  { message, from }: StoredMessage,
): MessageView {
  const invoice = viewInvoice(payments, message);
  const payment = viewPayment(message);
  const media = viewMedia(state, message);
  const rows = inlineRows(message.reply_markup);
  return {
    messageId: message.message_id,
    from,
    date: message.date,
    ...(message.text === undefined ? {} : { text: message.text }),
    ...(message.entities ? { entities: message.entities } : {}),
    ...(message.caption === undefined ? {} : { caption: message.caption }),
    ...(message.caption_entities ? { captionEntities: message.caption_entities } : {}),
    ...(message.reply_to_message ? { replyTo: message.reply_to_message.message_id } : {}),
    ...(message.media_group_id === undefined ? {} : { mediaGroupId: message.media_group_id }),
    ...(media ? { media: [media] } : {}),
    ...(rows.length > 0 ? { keyboard: rows.map((row) => row.map(viewButton)) } : {}),
    ...(invoice ? { invoice } : {}),
    ...(payment ? { payment } : {}),
    edited: message.edit_date !== undefined,
    ...(chat.pinnedIds.includes(message.message_id) ? { isPinned: true } : {}),
  };
}

function viewInvoice(payments: PaymentsState, { invoice, chat, message_id }: TelegramMessage): InvoiceView | undefined {
  if (!invoice) return undefined;
  const { title, description, total_amount: stars } = invoice;
  const isPaid = payments.invoice(invoiceKey(chat.id, message_id))?.isPaid ?? false;
  return { title, description, stars, isPaid };
}

function viewPayment({ successful_payment, refunded_payment }: TelegramMessage): MessageView["payment"] {
  const payment = successful_payment ?? refunded_payment;
  return (
    payment && {
      kind: successful_payment === undefined ? "refunded" : "paid",
      stars: payment.total_amount,
      chargeId: payment.telegram_payment_charge_id,
    }
  );
}

function viewMedia(state: TelegramState, message: TelegramMessage): MediaView | undefined {
  const fileId = fileIdOf(message);
  const file = fileId === undefined ? undefined : state.file(fileId);
  if (!file) return undefined;
  const { title = file.title, performer = file.performer } = message.audio ?? {};
  return {
    kind: file.kind,
    url: `/sandbox/files/${file.fileId}`,
    bytes: file.sizeBytes,
    fileName: file.fileName,
    mime: file.mime,
    ...(file.durationSeconds === undefined ? {} : { durationSeconds: file.durationSeconds }),
    ...(title === undefined ? {} : { title }),
    ...(performer === undefined ? {} : { performer }),
    ...(file.thumbnailId === undefined ? {} : { thumbnailUrl: `/sandbox/files/${file.thumbnailId}` }),
  };
}

function viewButton(button: TelegramInlineKeyboardButton): ButtonView {
  return {
    text: button.text,
    ...(button.callback_data === undefined ? {} : { data: button.callback_data }),
    ...(button.url === undefined ? {} : { url: button.url }),
    ...(button.pay ? { pay: true } : {}),
    ...(button.copy_text ? { copyText: button.copy_text.text } : {}),
  };
}
