import type { healthRu } from "./health-ru.ts";

/** What people read about how a model does now, in English. */
export const healthEn: typeof healthRu = {
  broken: "🔴 This model fails often at the moment. If it does not work out, the money comes back.",
  brokenModes: "🔴 marks what fails often at the moment. If it does not work out, the money comes back.",
  hidden: "This model is hidden for now: it fails too often. You can take another one.",
  hiddenByHand: "This model is hidden for now. You can take another one.",
  notify: "🔔 Tell me when it works again",
  notifyOf: (title) => `🔔 Tell me: ${title}`,
  speeds: {
    faster: (other) => `⚡ Faster: ${other}`,
    finer: (other) => `💎 Finer: ${other}`,
  },
  speedNow: (now) => `now ${now}`,
  worksNow: "This model works already",
};
