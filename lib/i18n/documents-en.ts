import type { DocumentName } from "./documents.ts";

/** Terms, privacy and questions about payments, in English. */
export const documentsEn: Record<DocumentName, { title: string; paragraphs: string[] }> = {
  terms: {
    title: "Terms",
    paragraphs: [
      "The bot makes images, video, speech and music with the neural networks of the Kie.ai service.",
      "The balance is kept in roubles. You see the price before anything starts. The sum is put on hold at the start and taken when the result is ready. If a generation fails, the whole sum goes back to your balance.",
      "Where it is offered, you can top up with Telegram Stars. The price in Stars is shown before you pay; roubles arrive on your balance. When Telegram or the owner of the bot gives Stars back, the sum credited for them leaves the balance, and what is not there becomes a debt.",
      "The result is made by a model, so it may differ from what you had in mind. Models have rules of their own: they decline what is forbidden, and a refusal costs nothing.",
      "You answer for what you ask for and how you use the result. Please ask only for what breaks neither the law nor other people's rights.",
      "Links to files do not live long. Keep your own copy of what you need.",
    ],
  },
  privacy: {
    title: "What data is stored",
    paragraphs: [
      "The bot stores your Telegram id, name and language, your prompts and settings, facts about the files you send, the history of your generations and the movements on your balance.",
      "To carry out a request, the bot passes its text and files to the Kie.ai service. Your name and Telegram id are not passed on to it.",
      "Prompt texts do not appear in the bot's technical logs.",
    ],
  },
  paysupport: {
    title: "Payment questions",
    paragraphs: [
      "The receipt shows what was put on hold, taken and returned: open the history, pick a generation and press “Receipt”.",
      "Money for a failed generation comes back by itself, there is no need to write to anyone.",
      "The Stars are gone but the balance did not grow? Please wait: once an hour the bot compares its payments with Telegram and credits by itself what was missed.",
      "Stars can be given back as long as the top-up is not spent: send the owner of the bot the payment's number. You find it in Telegram: Settings, My Stars, the payment. Telegram's own support does not settle such questions.",
      "If something in a receipt does not add up, send its number to the owner of the bot: it leads to every movement of the money.",
    ],
  },
};
