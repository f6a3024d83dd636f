// @ts-check
/**
 * Shapes of the sandbox's JSON API, as the page reads them. The page only reads what is listed here and survives fields
 * that are missing, so the server may add to them.
 *
 * @typedef {{type: string, offset: number, length: number, url?: string, language?: string}} Entity
 *   `offset` and `length` are in UTF-16 code units, as in Telegram.
 * @typedef {"photo" | "video" | "audio" | "voice" | "document"} SendKind
 * @typedef {SendKind | "sticker" | "animation" | "video_note"} MediaKind
 * @typedef {object} Media
 * @property {MediaKind} kind
 * @property {string} url
 * @property {number} bytes
 * @property {string} fileName
 * @property {string} mime
 * @property {number} [durationSeconds]
 * @property {string} [title]
 * @property {string} [performer]
 * @typedef {{text: string, data?: string, url?: string, copyText?: string, pay?: boolean}} KeyboardButton
 * @typedef {object} Message
 * @property {number} messageId Negative for a message of this page that the server has not confirmed yet.
 * @property {"bot" | "user"} from
 * @property {number} date Unix seconds, virtual time.
 * @property {string} [text]
 * @property {Entity[]} [entities]
 * @property {string} [caption]
 * @property {Entity[]} [captionEntities]
 * @property {number} [replyTo] Id of the quoted message.
 * @property {string} [mediaGroupId]
 * @property {Media[]} [media]
 * @property {KeyboardButton[][]} [keyboard]
 * @property {{title: string, description: string, stars: number, isPaid: boolean}} [invoice]
 * @property {{kind: "paid" | "refunded", stars: number, chargeId: string}} [payment] A service message about Stars.
 * @property {boolean} [edited]
 * @property {"sending" | "failed"} [delivery] Only on a message of this page that the server has not confirmed yet.
 * @property {string} [failure] Why the delivery failed, for a person.
 * @typedef {{text: string, alert: boolean, messageId: number, at: number | string}} Toast
 * @typedef {{messages: Message[], toasts: Toast[], typing?: string | boolean, blocked?: boolean}} Chat
 * @typedef {object} User
 * @property {number} userId
 * @property {string} firstName
 * @property {string} [username]
 * @property {string} languageCode
 * @property {string | Partial<Message>} [lastMessage]
 * @property {boolean} [blocked]
 * @typedef {{firstName: string, username: string, languageCode: string}} Profile
 * @typedef {{command: string, description: string}} Command
 * @typedef {{userId: number, mainKopecks: string, bonusKopecks: string, heldKopecks: string}} Wallet
 *   Sums are decimal strings of whole kopecks.
 * @typedef {object} Call
 * @property {string} service
 * @property {string} method
 * @property {unknown} body
 * @property {unknown} answer
 * @property {number} at Epoch milliseconds, virtual time.
 * @property {number} durationMs
 * @property {boolean} [inWebhookResponse]
 * @typedef {object} Fault
 * @property {string} name
 * @property {string} service
 * @property {string} label
 * @property {"switch" | "shots" | "number" | "text" | "choice" | "action"} kind
 * @property {boolean | number | string | null} value
 * @property {string[]} [choices]
 * @property {number} injected
 * @property {string[]} takes Names of what it takes.
 * @typedef {{file: File, kind: SendKind}} Attachment
 */

export {};
