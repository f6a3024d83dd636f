/** How a result's files come, or why they do not, in Russian. */
export const deliveryRu = {
  /** Above a link that stands in the place of the file. `limit` is Telegram's for bots. */
  tooLarge: (size: string | null, limit: string, until: string): string =>
    `${size === null ? `Файл больше ${limit}` : `Файл весит ${size}`}, а Telegram принимает от ботов не больше ${limit}. Скачать его можно по ссылке до ${until}:`,
  refused: (until: string): string => `Telegram не принял этот файл. Скачать его можно по ссылке до ${until}:`,

  /** Under the receipt, where traffic is saved. */
  offered: (count: number, size: string): string =>
    count === 1
      ? `Файл весит ${size}. Экономия трафика включена, поэтому он придёт по кнопке.`
      : `Крупных файлов: ${count}, вместе ${size}. Экономия трафика включена, поэтому они придут по кнопке.`,
  send: (count: number, size: string): string =>
    count === 1 ? `📥 Прислать файл · ${size}` : `📥 Прислать файлы · ${size}`,
  sending: "Отправляем файл",
};

/** The shape every language has. */
export type DeliveryTexts = typeof deliveryRu;
