/**
 * The families of endpoints at KIE that sell models: the market (`createTask`), and the dedicated ones, which alone offer
 * Veo's tiers, Kontext Max, several variants of one 4o picture, and some of Suno's operations (docs.kie.ai).
 */
export const KIE_APIS = [
  "market",
  "veo",
  "runway",
  "aleph",
  "suno",
  "gpt4o-image",
  "flux-kontext",
  "gemini-omni",
] as const;
export type KieApi = (typeof KIE_APIS)[number];
