/** The sections of the menu, in its order. Apart from the entry's schema: every step of a dialogue needs them, that only checks. */
export const CATEGORIES = ["image", "video", "audio", "music", "tools"] as const;
export type Category = (typeof CATEGORIES)[number];
