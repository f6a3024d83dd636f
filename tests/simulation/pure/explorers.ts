import { type Catalog, createCatalog } from "../../../lib/catalog/load.ts";
import { type Explored, type Explorer, explore } from "./explore.ts";
import { type LifeAction, planLife } from "./life-actions.ts";
import { type LifeRules, playLife } from "./life-world.ts";
import { planTalk, type TalkAction, vocabularyOf } from "./talk-actions.ts";
import { playTalk, type TalkRules } from "./talk-world.ts";

/** One share of a run: the sequences of a kind from number `from` on. */
export interface Part {
  kind: "life" | "talk";
  seed: number;
  from: number;
  count: number;
}

let loaded: Catalog | undefined;
/** The real one. */
function catalog(): Catalog {
  loaded ??= createCatalog(new URL("../../../catalog/", import.meta.url));
  return loaded;
}

/** The life of generations, with its money. */
export function lifeExplorer(rules?: LifeRules): Explorer<LifeAction> {
  return {
    kind: "life",
    plan: planLife,
    play: (seed, actions, stepped) => playLife(seed, actions, stepped, rules),
  };
}

/** The dialogue over the real catalog. */
export function talkExplorer(rules?: TalkRules): Explorer<TalkAction> {
  const vocabulary = vocabularyOf(catalog());
  return {
    kind: "talk",
    plan: (seed) => planTalk(seed, vocabulary),
    play: (seed, actions, stepped) => playTalk({ seed, catalog: catalog(), vocabulary }, actions, stepped, rules),
  };
}

export function explorePart({ kind, ...run }: Part): Explored {
  return kind === "life" ? explore(lifeExplorer(), run) : explore(talkExplorer(), run);
}
