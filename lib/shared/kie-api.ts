/**
 * The families of endpoints at KIE that sell models: the market (`createTask`), and the dedicated ones, which alone offer
 * Veo's tiers, Kontext Max, and several variants of one 4o picture (docs.kie.ai).
 */
export const KIE_APIS = ["market", "veo", "flux-kontext", "gpt4o-image"] as const;
export type KieApi = (typeof KIE_APIS)[number];
