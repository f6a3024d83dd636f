/** What people read about how a model does now, in Russian. */
export const healthRu = {
  broken: "🔴 Сейчас эта модель часто не справляется. Если не получится, деньги вернутся.",
  brokenModes: "🔴 отмечено то, что сейчас часто не справляется. Если не получится, деньги вернутся.",
  hidden: "Эта модель временно скрыта: сейчас она часто не справляется. Можно взять другую.",
  hiddenByHand: "Эта модель временно скрыта. Можно взять другую.",
  notify: "🔔 Сообщить, когда заработает",
  notifyOf: (title: string): string => `🔔 Сообщить: ${title}`,
  /** One button for the other speed: its price and usual time, and those of the card, as far as they are known. */
  speeds: {
    faster: (other: string): string => `⚡ Быстрее: ${other}`,
    finer: (other: string): string => `💎 Качественнее: ${other}`,
  },
  speedNow: (now: string): string => `сейчас ${now}`,
  worksNow: "Эта модель уже работает",
};
