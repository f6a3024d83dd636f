import type { MediaKind } from "../shared/media.ts";
import { bankEn } from "./bank-en.ts";
import { batchEn } from "./batch-en.ts";
import { deliveryEn } from "./delivery-en.ts";
import { documentsEn } from "./documents-en.ts";
import { editorsEn } from "./editors-en.ts";
import { failureEn } from "./failure-en.ts";
import { followUpsEn } from "./follow-ups-en.ts";
import { formatNumber, NBSP, plural } from "./format.ts";
import { healthEn } from "./health-en.ts";
import { moneyEn } from "./money-en.ts";
import { promoEn } from "./promo-en.ts";
import { queueEn } from "./queue-en.ts";
import { referralEn } from "./referral-en.ts";
import type { Texts } from "./ru.ts";
import { settingsEn } from "./settings-en.ts";
import { topupEn } from "./topup-en.ts";

const number = (value: number): string => formatNumber(value, "en");

const counted = (value: number, one: string, other: string): string =>
  `${number(value)}${NBSP}${plural("en", value, { one, other })}`;

const characters = (value: number): string => counted(value, "character", "characters");

const MEDIA = { image: "a photo", video: "a video", audio: "an audio file" } as const satisfies Record<
  MediaKind,
  string
>;

/** Every text a person reads, in English. */
export const en: Texts = {
  media: MEDIA,
  or: "or",

  privateChatsOnly: "The bot works in private chats only. Please write to it directly.",

  buttons: {
    models: "🎨 All models",
    balance: "💰 Balance",
    history: "🕘 History",
    help: "❓ Help",
    menu: "☰ Menu",
    back: "‹ Back",
    cancel: "✖️ Cancel",
    done: "✔️ Done",
    clear: "🗑 Remove",
    clearAll: "🗑 Remove all",
    example: "💡 Example",
    promptExample: "💡 Example prompt",
    advanced: "⚙️ More settings",
    refresh: "🔄 Refresh",
    again: "🔁 Again",
    tryAgain: "🔁 Try again",
    edit: "✏️ Edit",
    editPrompt: "✏️ Edit the prompt",
    editSettings: "✏️ Change the settings",
    otherMedia: "📎 Send another file",
    otherModel: "🎨 Another model",
    links: "🔗 Links",
    receipt: "🧾 Receipt",
    resend: "📤 Send again",
    useQuery: "🖼 Make a picture from this text",
    newest: "‹ To the latest",
    older: "Earlier ›",
    page: (page) => `Page${NBSP}${page}`,
    link: (position, total) => (total === 1 ? "Open the file" : `Open file ${position}`),
    create: (price) => (price === null ? "✅ Create" : `✅ Create · ${price}`),
    confirm: (price) => `✅ Confirm · ${price}`,
    toCard: (title) => `↩️ Back to ${title}`,
    alternatives: {
      cheaper: (title, price) => `💸 The same in ${title} · ${price}`,
    },
    tryIt: (title, price) => `✨ Try it: ${title} · ${price}`,
  },

  commands: {
    start: "Main menu",
    models: "All models",
    balance: "Balance",
    topup: "Top up your balance",
    limit: "Monthly spending limit",
    history: "Your generations",
    promo: "Promo code",
    help: "How it works",
    settings: "Language and data saver",
    cancel: "Close the card",
    terms: "Terms",
    privacy: "What data is stored",
    paysupport: "Payment questions",
    admin: "Administration",
  },

  modeMark: {
    real: null,
    "dry-run": "DRY RUN: a rehearsal, no money is taken.",
    test: "Test mode: no money is taken.",
  },

  money: {
    free: "free",
    from: (price) => `from${NBSP}${price}`,
    upTo: (price) => `up to${NBSP}${price}`,
    balance: (main) => `Balance: ${main}`,
    balanceWithBonus: (main, bonus) => `Balance: ${main} and ${bonus} in bonuses`,
    short: (missing) => `You are ${missing} short. The card will wait for a day.`,
    shortNow: (missing, price, available) =>
      `You are ${missing} short: this costs ${price} and you have ${available}. The card will wait.`,
    priceChanged: (before, after) =>
      `The price has changed: it was ${before}, now it is ${after}. If that suits you, press “Create” again.`,
    priceKnown: (price) => `The price is ${price}. If that suits you, press “Create” again.`,
  },

  menu: {
    greeting: (name) => (name === "" ? "Hello." : `Hello, ${name}.`),
    lead: "Write what to draw, send a photo, or pick a model.",
    gift: "The bonus is a welcome gift.",
  },

  categories: {
    names: { image: "Images", video: "Video", audio: "Audio", music: "Music", tools: "Tools" },
    buttons: { image: "🖼 Images", video: "🎬 Video", audio: "🎙 Audio", music: "🎵 Music", tools: "🛠 Tools" },
    title: "All models",
    lead: "Pick a section or type a model's name.",
  },

  referral: referralEn,
  bank: bankEn,
  delivery: deliveryEn,
  settings: settingsEn,
  batch: batchEn,
  health: healthEn,
  moneyPages: moneyEn,
  promo: promoEn,
  queue: queueEn,
  topup: topupEn,

  browse: {
    pick: "Pick a model or type its name.",
    empty: "Nothing here yet. Have a look at another section.",
    isNew: "NEW",
    page: (page, pages) => `Page ${page} of ${pages}`,
    found: (query, count) => `${counted(count, "model", "models")} found for “${query}”.`,
    notFound: (query) =>
      `There is no model called “${query}”. Pick one from the list, or make a picture from this text.`,
    pickMode: "What shall we do?",
    gone: "This model has left the catalog. Please pick another one.",
  },

  accepting: {
    received: {
      image: (count) => `${counted(count, "photo", "photos")} received.`,
      video: (count) => `${counted(count, "video", "videos")} received.`,
      audio: (count) => `${counted(count, "audio file", "audio files")} received.`,
    },
    whatNext: "What shall we do with it? Pick a model.",
    whatNextMany: "What shall we do with them? Pick a model.",
    withoutFile: {
      image: "These models work with photos.",
      video: "These models work with video.",
      audio: "These models work with audio.",
    },
    none: "No model can work with such a file yet. Have a look at the catalog.",
    wordsKept: "Got your words, they will go into the prompt. Now pick a model.",
  },

  card: {
    notSet: "not set",
    yes: "yes",
    no: "no",
    added: "added",
    absent: "none",
    counted: (count, limit) => `${number(count)} of ${number(limit)}`,
    usual: (range) => `Usually takes ${range}`,
    advancedTitle: "⚙️ More settings",
    promptSaved: "Got the prompt.",
    closed: "The card is closed, no money was taken.",
    closedToast: "Card closed",
    nothingToCancel: "No card is open, so there is nothing to cancel.",
    reopened: "More than a day has passed, so the card was opened afresh. Please check it once more.",
    stale: "This card is out of date, here is the current one",
    staleNoCard: "This card is out of date, here is what is open now",
    oldButton: "This button is from an earlier version of the bot. Here is what is open now",
    textNotNeeded: "This model needs no words. Set it up with the buttons.",
    noMedia: "This model works without files.",
    wrongMedia: (accepts) => `This model can't use such a file. You can send it ${accepts}.`,
    fileFirst: (media) => `Now it needs ${MEDIA[media]}.`,
    cannotCreate: "It can't be created yet.",
  },

  editors: editorsEn,
  followUps: followUpsEn,

  question: {
    send: { image: "Send a photo.", video: "Send a video.", audio: "Send an audio file or a voice message." },
    sendMore: "You can send more, or press “Done”.",
    write: "Write your answer in a message.",
    choose: "Pick a value.",
    chooseOrWrite: "Pick a value or type your own.",
    writeLines: "Send the lines in a message: each line of text becomes one.",
    now: (value) => `Now: ${value}`,
    line: (position) => `Line ${position}`,
    optionWarns: "⚠️ marks what does not go with the other settings.",
    textLimit: (limit) => `Up to ${characters(limit)}.`,
    textLimits: (from, limit) => `From ${number(from)} to ${characters(limit)}.`,
    integerLimits: (min, max) => `A whole number from ${number(min)} to ${number(max)}.`,
    numberLimits: (min, max, step) => `A number from ${number(min)} to ${number(max)} in steps of ${number(step)}.`,
    secondsLimits: (min, max) => `From ${number(min)} to ${number(max)}${NBSP}s.`,
    fileLimits: (formats, size) => `${formats}, up to ${size}.`,
    filesLimit: (count) => `Up to ${counted(count, "file", "files")}.`,
    filesLimits: (from, to) =>
      from === to
        ? `Exactly ${counted(to, "file", "files")}.`
        : `From ${number(from)} to ${counted(to, "file", "files")}.`,
    durationLimits: (from, to) =>
      from === null
        ? `No longer than ${to ?? ""}.`
        : to === null
          ? `No shorter than ${from}.`
          : `From ${from} to ${to} long.`,
    sideLimits: (from, to) =>
      from === null ? `Sides up to ${to ?? ""}.` : to === null ? `Sides from ${from}.` : `Sides from ${from} to ${to}.`,
    megapixelLimit: (size) => `No more than ${size}.`,
    totalSeconds: (time) => `Up to ${time} all together.`,
    linesLimit: (from, to) =>
      from === to
        ? `Exactly ${counted(to, "line", "lines")}.`
        : `From ${number(from)} to ${counted(to, "line", "lines")}.`,
    totalLimit: (limit) => `Up to ${characters(limit)} in all.`,
  },

  confirmation: {
    title: (price) => `Create for ${price}?`,
    titleFree: "Create it for free?",
    upTo: "This is the most it can cost: the exact sum is known at the end, the rest comes back.",
    balance: (before, after) => `Balance: ${before}, ${after} will be left`,
  },

  balance: {
    title: "💰 Balance",
    main: (sum) => `Main: ${sum}`,
    bonus: (sum) => `Bonuses: ${sum}. They are spent first.`,
    held: (sum) => `On hold: ${sum}. This is for generations that are not finished yet.`,
    debt: (sum) => `Debt: ${sum}. It comes from a payment that was returned; the next top-up pays it.`,
    rule: "Money is taken only when the result is ready. If it does not work out, it comes back.",
  },

  help: {
    title: "❓ Help",
    steps: [
      "1. Write what you would like, send a file, or pick a model.",
      "2. A card opens with the settings and the price. The buttons change everything.",
      "3. Press “Create”. The result arrives here as a message.",
    ],
    money: "Money is put on hold first and taken when the result is ready. If it does not work out, it comes back.",
    more: "Terms: /terms\nWhat data is stored: /privacy\nPayment questions: /paysupport",
  },

  documents: documentsEn,

  status: {
    ahead: (count) => `In the queue: ${number(count)}${NBSP}before you.`,
    next: "In the queue. It starts soon.",
    maintenance: "Kie.ai is under maintenance. We'll start by ourselves once it is over, or return the money.",
    crowded: "Kie.ai has too many requests right now. We'll try again by ourselves soon.",
    preparing: "Getting the task ready for the model.",
    since: (time) => `Creating since ${time}.`,
    usual: (range) => `This usually takes ${range}.`,
    sending: "Ready. Sending you the result.",
    held: (sum) => `${sum} on hold.`,
    free: "This is free.",
    noWaiting: "No need to wait here: the result will come as a message.",
    checking: "Checking",
  },

  result: {
    done: (title) => `Ready: ${title}`,
    took: (time) => `Done in ${time}`,
    charged: (sum, left) => `${sum} taken, ${left} left`,
    chargedOnly: (sum) => `${sum} taken.`,
    notChargedOnly: "No money was taken.",
    freeOnly: "Free.",
    free: (left) => `free, ${left} on the balance`,
    notCharged: (left) => `no money taken, ${left} on the balance`,
    resending: "Sending it again",
    notFound: "There is no such generation in your history.",
    notYet: "No result yet",
    originalSqueezed: "Kie.ai has deleted its file. This is Telegram's copy, and Telegram compresses pictures.",
    originalGone: (number, total) =>
      `${total === 1 ? "The original file" : `Original file${NBSP}${number}`} is gone: Kie.ai has deleted it, and Telegram has no copy.`,
  },

  failure: failureEn,

  receipt: {
    title: "🧾 Receipt",
    number: "Number:",
    price: (sum) => `Price: ${sum}`,
    movements: "Movements of money",
    noMovements: "This generation touched no money.",
    kinds: {
      credit: "credited",
      hold: "put on hold",
      post: "taken",
      void: "returned from hold",
      refund: "refunded",
      adjust: "toward the debt",
    },
    accounts: { main: "main", bonus: "bonuses" },
  },

  links: {
    title: "🔗 Links",
    lead: (count) =>
      count === 1 ? "The link to the file does not live long." : "Links to the files do not live long.",
    until: (time) => `until ${time}`,
    expired: "expired",
    none: "There are no links. If the result has already come, it can be sent again.",
    file: (position) => `File ${position}`,
  },

  history: {
    title: "🕘 History",
    lead: "Press a number to open it.",
    empty: "Your generations will appear here. Start with any model.",
    emptyPage: "There is nothing earlier.",
    states: {
      queued: "in the queue",
      submitting: "getting ready",
      submitted: "creating",
      succeeded: "sending",
      delivered: "ready",
      failed: "did not work out",
      returned: "money returned",
      expired: "gave up waiting",
      undeliverable: "ready, not delivered",
      cancelled: "cancelled",
    },
  },

  refusals: {
    banned: "This account can't create anything right now. If that is a mistake, write to the owner of the bot.",
    debt: (sum) => `There is a debt of ${sum} on the balance. You can create again once it is paid.`,
    queueFull: (limit) =>
      `There ${plural("en", limit, { one: "is", other: "are" })} already ${counted(limit, "generation", "generations")} in the queue, and that is the most. Please wait for one of them.`,
    spendLimit: (limit) => `This is over your spending limit for the month: ${limit}. Change it: /limit.`,
  },

  unsupported: {
    lead: "The bot can't read this kind of message. Write in words, or send a photo, a video or audio.",
    command: (name) => `There is no /${name} command. Here is what there is:`,
    voiceless: "Write what to create, or pick a model.",
  },

  mediaRefused: {
    tooLarge: (limit) => `The file is too large: the bot takes up to ${limit}. Make it smaller and send it again.`,
    "words-too-large": `The text is too large: the bot reads files up to 256${NBSP}KB.`,
    unreadable: "The file does not open: it is damaged, or the bot does not know this format. Please send another one.",
    unavailable: "The file could not be fetched from Telegram. Please send it again.",
  },

  problems: {
    missing: (label) => `“${label}” is missing.`,
    tooLong: (label, limit, actual) =>
      `“${label}” is too long: up to ${characters(limit)}, and this is ${number(actual)}.`,
    tooShort: (label, limit, actual) =>
      `“${label}” is too short: at least ${characters(limit)}, and this is ${number(actual)}.`,
    notAnOption: (label) => `“${label}” has no such value. Pick one with a button.`,
    notANumber: (label, allowed) => `“${label}” needs a number. ${allowed}`,
    outOfRange: (label, allowed) => `“${label}” can't take this number. ${allowed}`,
    wrongMedia: (label, media) => `“${label}” takes only ${MEDIA[media]}.`,
    wrongFormat: (label, formats, actual) => `“${label}” can't be ${actual}. It has to be ${formats}.`,
    fileTooLarge: (label, limit, actual) => `“${label}”: the file is too large. Up to ${limit}, and this is ${actual}.`,
    tooManyItems: (label, limit) => `“${label}” takes no more than ${number(limit)}.`,
    tooFewItems: (label, limit) => `“${label}” needs at least ${number(limit)}.`,
    duration: (label, limits, actual) => `“${label}” can't be ${actual} long. ${limits}`,
    pictureSize: (label, limits) => `“${label}”: the picture's size does not fit. It has to be ${limits}.`,
    minSide: (side) => `at least ${side} on each side`,
    maxSide: (side) => `at most ${side} on each side`,
    maxMegapixels: (size) => `up to ${size} in all`,
  },
};
