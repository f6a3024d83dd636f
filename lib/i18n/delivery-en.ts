import type { DeliveryTexts } from "./delivery-ru.ts";

/** How a result's files come, or why they do not, in English. */
export const deliveryEn: DeliveryTexts = {
  tooLarge: (size: string | null, limit: string, until: string): string =>
    `${size === null ? `The file is larger than ${limit}` : `The file is ${size}`}, and Telegram takes no more than ${limit} from bots. It can be downloaded by this link until ${until}:`,
  refused: (until: string): string =>
    `Telegram did not take this file. It can be downloaded by this link until ${until}:`,

  offered: (count: number, size: string): string =>
    count === 1
      ? `The file is ${size}. Data saver is on, so it comes when you press the button.`
      : `Large files: ${count}, ${size} together. Data saver is on, so they come when you press the button.`,
  send: (count: number, size: string): string =>
    count === 1 ? `📥 Send the file · ${size}` : `📥 Send the files · ${size}`,
  sending: "Sending the file",
};
