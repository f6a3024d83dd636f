import type { Category } from "../catalog/categories.ts";
import type { ParamValues } from "../catalog/param-values.ts";
import type { Pricing } from "../catalog/quote.ts";
import type { FailureCause } from "../faults/causes.ts";
import type { PauseCause } from "../generation/breaker.ts";
import type { GenerationState } from "../generation/states.ts";
import type { DocumentName } from "../i18n/documents.ts";
import type { LedgerLineKind } from "../ledger/settlement.ts";
import type { Kopecks } from "../shared/kopecks.ts";
import type { Language } from "../shared/localized.ts";
import type { MediaKind, OutputKind, UploadRef } from "../shared/media.ts";
import type { RunMode } from "../shared/run-mode.ts";
import type { AdminOrder, AdminPage } from "./admin/types.ts";
import type { AdminPart } from "./admin-part.ts";
import type { BatchDraft, BatchFacts, BatchOrder } from "./batch/types.ts";
import type { MoneyAction, MoneyFacts, MoneyOrder, MoneyPage } from "./money/types.ts";
import type { Offer, OfferFacts } from "./price-offer.ts";
import type { SettingsChange } from "./settings-changes.ts";

/** What the user looks at. Stored, so that any process can redraw it. */
export type Screen =
  | { kind: "menu" }
  | { kind: "categories" }
  | { kind: "families"; category: Category; page: number }
  | { kind: "found"; query: string; page: number }
  /** `hidden`: the entry that an old button asked for and that is not in the menus now. */
  | { kind: "modes"; family: string; hidden?: string }
  /** Modes that take files of this kind; shown when a file came with no open card. */
  | { kind: "accepting"; media: MediaKind; page: number; category?: Category }
  /** The open draft: the card itself, its ⚙️ part, the values of one param, or the last question before money moves. */
  /** `isAppending`: typed text goes on with the asked text instead of taking its place. */
  | { kind: "card"; isAppending?: true }
  | { kind: "advanced" }
  | { kind: "choice"; param: string; page: number; item?: { index: number; field: string } }
  | { kind: "confirmation" }
  /** The open draft as a batch or a comparison (`draft.batch` says which): what goes into it, its price, the last question. */
  | { kind: "batch"; step: "ask" | "order" | "confirm" }
  /** A batch that was ordered: on its way, or what came of it. */
  | { kind: "batch-status"; batchId: string }
  | { kind: "balance" }
  | { kind: "history"; before: string | null }
  | { kind: "help" }
  | { kind: "document"; document: DocumentName }
  | { kind: "generation"; generationId: string }
  | { kind: "receipt"; generationId: string }
  | { kind: "links"; generationId: string }
  /** What can be made of one output of a generation: its follow-ups with their prices. */
  | { kind: "more"; generationId: string; position: number }
  /** A screen of the admins (lib/conversation/admin/). */
  | { kind: "admin"; page: AdminPage }
  /** A screen about money (lib/conversation/money/). */
  | { kind: "money"; page: MoneyPage }
  | { kind: "settings" };

/** A generation being put together. Its id becomes the generation's id, so one draft can never be bought twice. */
export interface Draft {
  id: string;
  entryKey: string;
  values: ParamValues;
  /** The param whose typed text or file is awaited, or null: typed text then replaces the prompt. */
  asking: string | null;
  /** Epoch ms. A card is open for 24 h. */
  openedAt: number;
  /** The price the user last saw, and when it was computed (epoch ms): locked for 24 h. Kopecks as a decimal string (JSON). */
  quote: { kopecks: string; quotedAt: number } | null;
  /** Why the user last saw less than the quote: a free try, or a discount. */
  offer?: Offer;
  /** The same at another speed: entries whose usual times the card says beside its own. */
  otherSpeeds?: readonly string[];
  /** The output it was opened under, where it is a follow-up: the way back leads there. */
  source?: { generationId: string; position: number };
  /** The prompts, or the other models, that are ordered together with it. */
  batch?: BatchDraft;
}

/** Files (and words) that came with no open card: the next opened card that accepts them gets them. */
export interface PendingInput {
  uploads: readonly UploadRef[];
  /** Becomes the prompt, when the entry has one. Empty = none. */
  caption: string;
}

/** The stored conversation. `v` is the layout's version: another version is dropped politely (menu), never guessed at. */
export interface ConversationState {
  v: 1;
  screen: Screen;
  /** Message that shows `screen`; null when there is none to edit. */
  messageId: number | null;
  draft: Draft | null;
  /** Kept only while the user browses; any other screen drops it. */
  pending: PendingInput | null;
  /** The album that the last file came with: its next files redraw the same message instead of sending more. */
  albumId: string | null;
}

/**
 * What a button does. *Openers* work at any age: they only show something or start a new draft. *Card actions* change or
 * spend the open draft, and act only when their revision is the conversation's.
 */
export type Opener =
  | { kind: "menu" }
  | { kind: "categories" }
  | { kind: "category"; category: Category; page: number }
  | { kind: "model"; family: string }
  | { kind: "mode"; family: string; mode: string }
  | { kind: "accepting"; media: MediaKind; page: number; category?: Category }
  /** The first-time example: opens the cheap default entry with the example prompt filled in. */
  | { kind: "try" }
  | { kind: "balance" }
  | { kind: "history"; before: string | null }
  | { kind: "help" }
  /** One past generation, opened from the history. */
  | { kind: "open"; generationId: string }
  /** New draft with the values of a past generation; `edit` asks for the prompt at once. */
  | { kind: "again"; generationId: string }
  | { kind: "edit"; generationId: string }
  /** As `again`, but without the files, so that they are asked for. */
  | { kind: "other_media"; generationId: string }
  | { kind: "receipt"; generationId: string }
  | { kind: "links"; generationId: string }
  | { kind: "resend"; generationId: string }
  | { kind: "refresh"; generationId: string }
  /** Takes a waiting generation out of the queue; guarded by its owner and its state, so an old button does no harm. */
  | { kind: "cancel_generation"; generationId: string }
  /** Gives the message of a running generation back to the menu. */
  | { kind: "stop_waiting"; generationId: string }
  /** Sends the results that could not be delivered while the bot was blocked. */
  | { kind: "undelivered" }
  | { kind: "refresh_batch"; batchId: string }
  /** Takes out of our queue what still waits there; guarded by the state of each, so an old button does no harm. */
  | { kind: "cancel_rest"; batchId: string }
  /** New draft with the same prompts or models; `failed`: only with those that came to nothing. */
  | { kind: "batch_again"; batchId: string; failed?: true }
  | { kind: "more"; generationId: string; position: number }
  /** Opens the card of a follow-up with what the result gives it. */
  | { kind: "follow"; generationId: string; position: number; entry: string }
  /** Takes an output as the file of a new card. */
  | { kind: "use"; generationId: string; position: number; job: OutputJob }
  /** Sends the files as documents, as the provider made them. */
  | { kind: "original"; generationId: string }
  /** Sends the files that were held back to save traffic. */
  | { kind: "send_files"; generationId: string }
  /** Shows the settings, or changes one of them. */
  | { kind: "settings"; change: SettingsChange | null }
  /** Tell me when this model works again. */
  | { kind: "notify"; entry: string }
  /** A button of the admins, as it stands in the callback data: only their part of the program reads it. */
  | { kind: "admin"; parts: readonly string[] }
  | { kind: "money"; action: MoneyAction };

/** What people do with a file that was made for them: the category of models that is offered for it. */
export type OutputJob = "animate" | "edit" | "upscale";

export type CardAction =
  /** Pages of the found models, and the typed words taken as a prompt instead of a name. Both read `screen.query`. */
  | { kind: "found_page"; page: number }
  | { kind: "use_query" }
  | { kind: "param_input"; param: string }
  | { kind: "param_page"; param: string; page: number }
  /** `value` is text as in the button: an index `#3` into the options, `true`/`false`, or a number. */
  | { kind: "set_param"; param: string; value: string }
  | { kind: "clear_param"; param: string }
  | { kind: "item_field"; param: string; index: number; field: string; page: number }
  | { kind: "set_item_field"; param: string; index: number; field: string; value: string }
  | { kind: "remove_item"; param: string; index: number }
  | { kind: "move_item"; param: string; index: number; to: number }
  /** Gives every line of a list an equal share of the number they have to add up to. */
  | { kind: "share_out"; param: string }
  /** The next typed text goes on with the text of this param. */
  | { kind: "append"; param: string }
  /** Fills the asked field (or all of the card's texts) with the entry's example. */
  | { kind: "example" }
  /** Ends the asking of an optional or many-valued param. */
  | { kind: "done" }
  | { kind: "advanced" }
  /** Goes over to another card for the same job; words and files come along. */
  | { kind: "switch"; entry: string }
  /** Several prompts, or one several times: opens them, asks for other lines, or takes the card's prompt so many times. */
  | { kind: "batch"; wish?: "lines" | number }
  /** The same prompt in other models: opens the choice, or takes one in or out. */
  | { kind: "compare"; entry?: string }
  | { kind: "card" }
  | { kind: "show_price_confirmation" }
  | { kind: "confirm" }
  | { kind: "cancel" };

export type ButtonAction = Opener | CardAction;

/** What happened, already parsed: media are fetched, measured and stored as an upload before the reducer sees them. */
export type DialogueEvent =
  | { kind: "command"; name: string; argument: string }
  | { kind: "text"; text: string }
  /** `albumId`: Telegram's media_group_id, where there is one. */
  | { kind: "media"; upload: UploadRef; caption: string; albumId?: string }
  /** The text of a file: prompts where a batch is put together, one prompt on a card. */
  | { kind: "words"; text: string; format: "txt" | "csv" }
  /** A file that could not be taken; the reason is told, nothing changes. */
  | { kind: "media-refused"; reason: MediaRefusal }
  | { kind: "unsupported" }
  /** A file came while a bank transfer was open. Null: it was taken as its receipt. */
  | { kind: "receipt"; refused: ReceiptRefusal | null }
  /** An output of a generation, stored as an upload, that is to be used in a new card. */
  | { kind: "output"; upload: UploadRef; job: OutputJob; caption: string }
  | { kind: "tap"; action: ButtonAction; revision: number; messageId: number }
  /** Callback data nobody can read: a button of an older program. */
  | { kind: "unknown-tap"; messageId: number };

export type ReceiptRefusal = "too-large" | "unreadable" | "unavailable" | "too-many";

export type MediaRefusal =
  | { code: "too-large"; limitMegabytes: number }
  /** A file of words. */
  | { code: "words-too-large" }
  | { code: "unreadable" }
  | { code: "unavailable" };

/** Everything the reducer and the renderers may look at. */
export interface Facts {
  now: Date;
  /** `newId()` gives a fresh draft id of `[0-9a-z]{12}`. */
  newId: () => string;
  user: {
    id: number;
    language: Language;
    firstName: string;
    isNew: boolean;
    /** Large files wait behind a button. Absent: no. */
    dataSaver?: boolean;
  };
  wallet: WalletFacts;
  /** Price of credits in the price table and the operator's part. */
  pricing: Pricing;
  /** Prices from this sum on ask for a confirmation; cheaper ones are created by one tap. */
  confirmFromKopecks: Kopecks;
  /** Most items of one batch; absent: batches and comparisons are not offered. */
  maxBatch?: number;
  mode: RunMode;
  /** Discounts and free tries of the user. */
  offers?: OfferFacts;
  /** Usual times by entry, from our own history, in seconds; of an entry that is not here nothing is known or said. */
  usualSecondsOf?: Readonly<Record<string, { p50: number; p90: number }>>;
  /** Present when the screen or the action needs it; null = it was looked for and is not there (or is another user's). */
  generation?: GenerationFacts | null;
  /** As `generation`. */
  batch?: BatchFacts | null;
  /** What waits in the user's queue, for /cancel: how many, and the one that is the only one. */
  waiting?: { count: number; generation: GenerationFacts | null };
  /** Results that could not be delivered, of the last two weeks. Absent: nobody asked. */
  undelivered?: number;
  history?: HistoryPage;
  ledgerLines?: readonly LedgerLine[];
  /** Present when a screen or action about money needs it. */
  money?: MoneyFacts;
  /** Present for admins only: others have no admin screens. */
  admin?: AdminPart;
}

export interface WalletFacts {
  mainKopecks: Kopecks;
  bonusKopecks: Kopecks;
  heldKopecks: Kopecks;
  /** Taken back by a chargeback beyond the balance: the next credits pay it, nothing can be spent before. Absent = none. */
  debtKopecks?: Kopecks;
}

/** Why the statement that holds the money did nothing. */
export type HoldRefusal =
  /** Selling pauses for everybody: why, and when it is tried again. */
  | { code: "paused"; cause: PauseCause; retryAt: Date }
  | { code: "low-balance"; availableKopecks: Kopecks }
  | { code: "banned" }
  | { code: "debt"; kopecks: Kopecks }
  | { code: "queue-full"; limit: number }
  | { code: "spend-limit"; limitKopecks: Kopecks };

export interface HistoryPage {
  items: readonly GenerationFacts[];
  /** Cursor of the next older page, or null. */
  next: string | null;
}

export interface LedgerLine {
  kind: LedgerLineKind;
  kopecks: Kopecks;
  account: "main" | "bonus";
  at: Date;
}

export interface OutputFacts {
  position: number;
  kind: OutputKind;
  /** Null for words. */
  url: string | null;
  /** When KIE's link dies. */
  expiresAt: Date;
  /** An answer in words, or the lyrics of a song. */
  text: string | null;
  title: string | null;
  durationSeconds: number | null;
  /** KIE's id of a track, persona or character. */
  externalId: string | null;
}

export interface GenerationFacts {
  generationId: string;
  entryKey: string;
  values: ParamValues;
  state: GenerationState;
  priceKopecks: Kopecks;
  /** Posted to revenue; null while unknown. */
  chargedKopecks: Kopecks | null;
  /** Nothing is charged in dry-run and test mode. */
  mode: RunMode;
  createdAt: Date;
  submittedAt: Date | null;
  finishedAt: Date | null;
  /** How many stand before this one; null when not queued. This user's, or with `isRateWaiting` everybody's. */
  ahead: number | null;
  /** How many of this user the provider works on while this one waits. Absent or null: none. */
  ownRunning?: number | null;
  /** Only the provider's limit for our account keeps it in the queue. Absent: no. */
  isRateWaiting?: boolean;
  /** Selling pauses, and it waits for the end of that. Absent or null: no. */
  pause?: { cause: PauseCause; retryAt: Date } | null;
  /** Waited for beyond the usual limit until then; afterwards the money comes back. Absent or null: it is not. */
  extendedUntil?: Date | null;
  /** Seconds, from our own history; null = unknown, then nothing is said. */
  usualSeconds: { p50: number; p90: number } | null;
  failure: FailureCause | null;
  /** KIE's id of the task; null where none is known. */
  taskId: string | null;
  outputs: readonly OutputFacts[];
}

/** Text with marks; the bot layer turns it into Telegram entities. */
export type Span =
  | string
  | { bold: string }
  | { italic: string }
  | { strike: string }
  | { code: string }
  | { quote: string };
export type RichText = readonly Span[];

/** `copy`: what the button puts into the clipboard, 1 to 256 characters. */
export type ViewButton =
  | { text: string; action: ButtonAction }
  | { text: string; url: string }
  | { text: string; copy: string };

export interface View {
  text: RichText;
  keyboard: readonly (readonly ViewButton[])[];
}

/** What must be done besides storing the new state, as data. The services do it. */
export type Effect =
  /** Hold `draft.quote`, less `draft.offer`, and create the generation; the answer of the hold decides what is shown. */
  | { kind: "confirm"; draft: Draft }
  /** Hold the prices of all items and create their generations, or none. */
  | { kind: "confirm-batch"; order: BatchOrder }
  /** Take a generation that still waits in our queue out of it; its money comes back. */
  | { kind: "cancel-generation"; generationId: string }
  /** The same for everything of a batch that still waits. */
  | { kind: "cancel-rest"; batchId: string }
  /** The message shows something else from now on: nobody redraws or removes it for the generation's sake. */
  | { kind: "leave-status"; generationId: string; messageId: number }
  /** Deliver what could not be delivered before. */
  | { kind: "deliver-undelivered" }
  /** Look at the task now, if the last look is 5 s old. */
  | { kind: "refresh"; generationId: string }
  /** Send the stored files of a generation again (by file_id). */
  | { kind: "resend"; generationId: string }
  /** Send its files as documents. */
  | { kind: "original"; generationId: string }
  /** Send the files that were held back to save traffic. */
  | { kind: "send-files"; generationId: string }
  /** Stored together with the step. */
  | { kind: "settings"; change: SettingsChange }
  /** Remember who wants to hear that a model works again. */
  | { kind: "notify"; entryKey: string }
  /** What an admin decided. */
  | { kind: "admin"; order: AdminOrder }
  /** What a user wants done with money; the hold of a generation is `confirm`. */
  | { kind: "money"; order: MoneyOrder };

export interface Transition {
  state: ConversationState;
  /**
   * `edit`: redraw the screen in the tapped (or the screen's) message; `send`: a new message; `none`: nothing to draw.
   */
  show: "edit" | "send" | "none";
  /** Answer to a tap; `alert` is a window with OK. At most 200 characters. */
  toast?: { text: string; alert: boolean };
  /** Lines put above the screen's own text, once (what was wrong with the input, for instance). */
  notice?: RichText;
  effects: readonly Effect[];
}
