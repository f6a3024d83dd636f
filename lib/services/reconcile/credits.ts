import type { Catalog } from "../../catalog/load.ts";
import { creditsToKopecks, type Pricing, quote } from "../../catalog/quote.ts";
import type { CreditsFinding, FindingBody } from "../../conversation/admin/finding-types.ts";
import { type OddCredits, oddCredits } from "../../db/odd-generations.ts";
import type { App } from "../app.ts";
import { withCatalog } from "../catalog/current.ts";
import { pricing } from "../generation/price.ts";

/** Rounding alone never makes more. */
const TOLERANCE_KOPECKS = 1n;
const MOST = 2_000;

/**
 * Entries of which KIE takes other credits than their exact price was made from. A price that is not the catalog's full
 * one is left out: it had a discount, or was changed since. So a finding goes when the catalog says what KIE takes.
 *
 * @param known open findings: the generations that they name are looked at again.
 */
export async function creditsFindings(app: App, since: Date, known: readonly FindingBody[]): Promise<CreditsFinding[]> {
  const rate = pricing(app);
  const odd = await oddCredits(app.database, {
    since,
    generationIds: known.flatMap((body) => (body.kind === "credits" ? [body.generationId] : [])),
    kopecksPerMillion: creditsToKopecks("1000000", rate),
    limit: MOST,
  });
  const { catalog } = await withCatalog(app, odd[0]?.catalogRevision ?? 0);
  return odd.flatMap((each) => findingOf(catalog, each, rate) ?? []);
}

function findingOf(catalog: Catalog, odd: OddCredits, rate: Pricing): CreditsFinding | null {
  const entry = catalog.entry(odd.entryKey)?.entry;
  if (entry === undefined) return null;
  const quoted = quote(entry, odd.values, rate);
  if (!quoted.ok || quoted.value.upTo || quoted.value.kopecks !== odd.priceKopecks) return null;
  const consumedCredits = odd.consumedCredits.toFixed(6).replace(/\.?0+$/, "");
  const difference = creditsToKopecks(consumedCredits, rate) - creditsToKopecks(quoted.value.credits, rate);
  if (difference >= -TOLERANCE_KOPECKS && difference <= TOLERANCE_KOPECKS) return null;
  const { entryKey, generationId } = odd;
  return { kind: "credits", entryKey, generationId, expectedCredits: quoted.value.credits, consumedCredits };
}
