import type { AdminTexts } from "./admin-ru.ts";
import { formatNumber, NBSP, plural } from "./format.ts";

const number = (value: number): string => formatNumber(value, "en");

const credits = (value: number): string =>
  `${number(value)}${NBSP}${plural("en", value, { one: "credit", other: "credits" })}`;

/** What the admins read, in English. */
export const adminEn: AdminTexts = {
  home: {
    title: "🛠 Administration",
    waiting: (count) =>
      `Catalog: ${number(count)}${NBSP}${plural("en", count, { one: "change waits", other: "changes wait" })} for a decision.`,
    nothingWaits: "Catalog: nothing to decide.",
    paused: (cause, code, since) =>
      `⛔️ Selling has been paused since ${since}: ${cause}${code === null ? "" : ` (code ${code})`}. The queue waits.`,
    pauseCauses: {
      "no-credits": "KIE's account has no credits",
      authorization: "KIE refuses our key",
      "key-cap": "our key's cap is used up",
      maintenance: "KIE is under maintenance",
      failures: "most tasks fail",
    },
    probeAt: (time) => `We try by ourselves at ${time}.`,
    resumed: "Selling goes on, the queue moves",
  },

  buttons: {
    sync: "🔄 Catalog: sync",
    models: "🎨 Models",
    home: "🛠 Administration",
    sell: "▶️ Resume selling",
    syncNow: "🔄 Sync now",
    refresh: "🔄 Refresh",
    approve: "✅ Approve",
    ignore: "🚫 Ignore",
    rollBack: "↩️ Roll back",
    price: "✏️ Price",
    titleRu: "✏️ Russian title",
    titleEn: "✏️ English title",
    keep: "✖️ Leave as it is",
    routeFirst: "Main route first",
    routeSecond: "Second route first",
    show: (title) => `🚫 ${title}: show`,
    hide: (title) => `👁 ${title}: hide`,
  },

  sync: {
    title: "🔄 Catalog: sync",
    never: "The catalog was not compared with KIE's yet.",
    running: (since, read, total) => `Running since ${since}: ${number(read)} of ${number(total)} read.`,
    done: (time, total) =>
      `Last run: ${time}, ${number(total)}${NBSP}${plural("en", total, { one: "model", other: "models" })}.`,
    waiting: "Waiting for a decision:",
    nothingWaits: "Everything that KIE has is accounted for.",
    started: "Started. It takes a few minutes.",
    kinds: {
      "new-model": "new models",
      "gone-model": "gone",
      "field-added": "new fields",
      "field-removed": "fields removed",
      options: "other values",
      limit: "other limits",
      "price-text": "other prices",
    },
    kindLine: (kind, count) => `— ${kind}: ${number(count)}`,
  },

  statuses: {
    proposed: "Waiting",
    approved: "Approved",
    ignored: "Ignored",
    "rolled-back": "Rolled back",
  },
  status: {
    proposed: "Waits for a decision",
    approved: "✅ Approved and in force",
    ignored: "🚫 Ignored",
    "rolled-back": "↩️ Rolled back: what was there before is in force",
  },
  statusButton: (status, count) => `${status} · ${number(count)}`,

  proposals: {
    empty: "Nothing here.",
    lead: "Press a number to open it.",
    page: (page, pages) => `Page ${number(page)} of ${number(pages)}`,
    gone: "There is no such change any more.",
  },

  change: {
    "new-model": (model, title) => `➕ New model: ${title} (${model})`,
    "gone-model": (model) => `➖ KIE has no model ${model} any more`,
    "field-added": (model, name) => `🧩 ${model}: new field ${name}`,
    "field-removed": (model, name) => `🧩 ${model}: no field ${name} any more`,
    options: (model, name) => `🎛 ${model}: other values of ${name}`,
    limit: (model, name, limit, before, after) => `📏 ${model}: ${name}, ${limit}: ${before} → ${after}`,
    "price-text": (model) => `💰 ${model}: KIE words its price differently`,
  },

  limits: {
    min: "lowest value",
    max: "highest value",
    minLength: "shortest length",
    maxLength: "longest length",
    minItems: "fewest items",
    maxItems: "most items",
    required: "required",
  },
  yes: "yes",
  no: "no",
  none: "not set",

  proposal: {
    provider: (provider) => `Provider: ${provider}`,
    taskTypes: (types) => `What it does: ${types}`,
    params: (names) => `Fields: ${names}`,
    noFamily: (problem) => `No card could be made of its schema: ${problem}`,
    field: (type, isRequired) => `Type: ${type}, ${isRequired ? "required" : "optional"}`,
    fieldOptions: (options) => `Values: ${options}`,
    fieldLimits: (limits) => `Limits: ${limits}`,
    fieldDefault: (value) => `Default: ${value}`,
    added: (options) => `New: ${options}`,
    removed: (options) => `Gone: ${options}`,
    before: "Before:",
    after: "Now:",
    priceSays: "KIE says of the price:",
    noPriceText: "KIE says nothing of the price.",
    suggestion: (price) => `Looks like: ${price}.`,
    missingPrice: "It can be approved once it has a price.",
    priceStays: "Without a new price the model is sold at the former one.",
    priceReplaces: (rows) =>
      `⚠️ The model has ${number(rows)}${NBSP}${plural("en", rows, { one: "price", other: "prices" })} for different cases now. The new one takes the place of them all.`,
    category: (name) => `Section: ${name}`,
    titleRu: (title) => `Russian title: ${title}`,
    titleEn: (title) => `English title: ${title}`,
    price: (price) => `KIE's price: ${price}`,
    fault: (fault) => `⚠️ It can not be approved yet: ${fault}`,
    askPrice:
      "How many credits does it cost at KIE? Write a number, for example 8 or 0.5. A button says what it is for.",
    askTitle: {
      titleRu: "What is the thing that the model does called in Russian? Up to 40 characters.",
      titleEn:
        "What is the thing that the model does called in English? For example “Picture from a description”. Up to 40 characters.",
    },
    badPrice: (text) =>
      `“${text}” does not look like a price. It takes a number of credits from 0 to 1,000,000, for example 8 or 0.5.`,
    badTitle: (limit) => `A title has 1 to ${number(limit)} characters.`,
    priceFirst: "First write how many credits.",
    approved: "Approved, in force now",
    ignored: "Ignored",
    rolledBack: "Rolled back, the former is in force",
    incomplete: "First say the price.",
    alreadyDecided: "This change was decided already",
  },

  per: {
    generation: "per generation",
    request: "per request",
    image: "per image",
    second: "per second",
    "1000 chars": `per 1,000${NBSP}characters`,
    megapixel: "per megapixel",
    minute: "per minute",
    "1M tokens": `per 1${NBSP}million tokens`,
  },
  priceOf: (amount, per) => `${credits(amount)} ${per}`,

  families: {
    title: (category) => `🎨 Models: ${category}`,
    pick: "Pick a model.",
    empty: "There are no models in this section.",
    gone: "There is no such model in the catalog.",
    hiddenModes: (hidden, all) => `${number(hidden)} of ${number(all)} hidden`,
    key: (key) => `Key: ${key}`,
    route: {
      both: (first, second) => `Route: ${first} first, then ${second}`,
      only: (route) => `Route: ${route}`,
      why: "The second route is tried once, when KIE says that the model or the address is gone.",
    },
    switched: { first: "The main route comes first now", second: "The second route comes first now" },
    shown: "Shown in the menus",
    hidden: "Hidden from the menus",
    hiddenByHealth: "hidden: it fails too often",
    hiddenByHand: "hidden",
    followUp: "under a result",
  },

  health: {
    good: "works well",
    shaky: "fails at times",
    broken: "fails often",
  },
};
