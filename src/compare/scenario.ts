/**
 * The same chain in three markets: as it is, after a crash, and as a market with few quotes would show it.
 *
 * - liquid: every quote of the chain
 * - stress: the chain's smiles after the shock of shock.ts (level up, skew steeper, short dates most), half spreads
 *   twice as wide and growing with the volatility; mids lie on the shocked smiles, without noise of their own
 * - sparse: four expiries (the first, the last and two between, evenly in √T), of each the quotes nearest to call
 *   deltas 0.10, 0.25, 0.50, 0.75 and 0.90. Models see only these; they are measured at all quotes of the chain
 */
import {
  type Chain,
  type CleanQuote,
  type Expiry,
  requoteChain,
  subsetChain,
} from "../market/index.ts";
import { normCdf } from "../num/normal.ts";
import { atmVol, midVolAt } from "./quoteErrors.ts";
import { shockedVol } from "./shock.ts";

export const scenarios = ["liquid", "stress", "sparse"] as const;
export type Scenario = (typeof scenarios)[number];

/** What the scenarios do to a chain. */
export const scenarioSettings = {
  /** Stress: half spreads, in volatility relative to the level, are multiplied by this … */
  spreadFactor: 2,
  /** … up to this share of the mid volatility. */
  widestHalfSpread: 0.15,
  /** Stress: volatility this many at-the-money standard deviations below the forward, at the expiry nearest to this
   * many years, sizes the shock. The downside is what a crash visits: a calm at-the-money volatility knows nothing of it. */
  levelYears: 30 / 365,
  levelDeviations: -1.5,
  sparseExpiries: 4,
  sparseDeltas: [0.1, 0.25, 0.5, 0.75, 0.9],
} as const;

/** A scenario's chains. */
export interface ScenarioChain {
  readonly scenario: Scenario;
  /** What models are fitted to. */
  readonly fitted: Chain;
  /** What they are measured at: the same, or more. */
  readonly measured: Chain;
}

/** The chain in a scenario. */
export function scenarioChain(chain: Chain, scenario: Scenario): ScenarioChain {
  if (scenario === "liquid") return { scenario, fitted: chain, measured: chain };
  if (scenario === "sparse") return { scenario, fitted: sparseChain(chain), measured: chain };
  const stressed = stressedChain(chain);
  return { scenario, fitted: stressed, measured: stressed };
}

/** The chain after the shock. */
export function stressedChain(chain: Chain): Chain {
  const { quotes: levelQuotes, yearsToExpiry: t } = expiryNear(chain, scenarioSettings.levelYears);
  const deviation = atmVol({ quotes: levelQuotes }) * Math.sqrt(t);
  const level = midVolAt(levelQuotes, scenarioSettings.levelDeviations * deviation);
  const { spreadFactor, widestHalfSpread } = scenarioSettings;
  return requoteChain(chain, (quote, { quotes, yearsToExpiry }) => {
    const mid = shockedVol((k) => midVolAt(quotes, k), quote.logMoneyness, yearsToExpiry, level);
    const relative = (spreadFactor * quote.halfSpreadVol) / quote.midVol;
    // a spread that was wider than the limit before stays as wide as it was
    const half = mid * Math.min(relative, Math.max(widestHalfSpread, relative / spreadFactor));
    return { bidVol: mid - half, askVol: mid + half };
  });
}

/** At-the-money volatility of the expiry nearest to 30 days: the level of a chain in one number. */
export const levelOf = (chain: Chain): number =>
  atmVol(expiryNear(chain, scenarioSettings.levelYears));

function expiryNear({ expiries }: Chain, years: number): Expiry {
  return nearest(expiries, ({ yearsToExpiry }) => Math.abs(yearsToExpiry - years));
}

/** The few quotes of a sparse market. */
export function sparseChain(chain: Chain): Chain {
  const { sparseExpiries, sparseDeltas } = scenarioSettings;
  const { expiries } = chain;
  const [first, last] = [expiries[0], expiries[expiries.length - 1]].map((e) =>
    Math.sqrt(e.yearsToExpiry),
  );
  const shown = new Set<Expiry>();
  for (let i = 0; i < Math.min(sparseExpiries, expiries.length); i++) {
    const root = first + ((last - first) * i) / Math.max(1, sparseExpiries - 1);
    const left = expiries.filter((expiry) => !shown.has(expiry));
    shown.add(nearest(left, (expiry) => Math.abs(Math.sqrt(expiry.yearsToExpiry) - root)));
  }
  const kept = new Set<CleanQuote>();
  for (const expiry of shown) {
    for (const delta of sparseDeltas) {
      const left = expiry.quotes.filter((quote) => !kept.has(quote));
      if (left.length === 0) break;
      kept.add(nearest(left, (quote) => Math.abs(callDelta(quote, expiry) - delta)));
    }
  }
  return subsetChain(chain, (quote) => kept.has(quote));
}

/** Quotes that a sparse chain does not show, at the expiries it shows and at the others. */
export function hiddenQuotes({ fitted, measured }: ScenarioChain): {
  readonly strikes: Chain | null;
  readonly expiries: Chain | null;
} {
  const shownQuotes = new Map(
    fitted.expiries.map(({ expiryMs, quotes }) => [
      expiryMs,
      new Set(quotes.map(({ instrument }) => instrument)),
    ]),
  );
  const part = (keep: (quote: CleanQuote, expiryMs: number) => boolean): Chain | null => {
    const some = measured.expiries.some(({ expiryMs, quotes }) =>
      quotes.some((quote) => keep(quote, expiryMs)),
    );
    return some ? subsetChain(measured, (quote, { expiryMs }) => keep(quote, expiryMs)) : null;
  };
  return {
    strikes: part((quote, expiryMs) => shownQuotes.get(expiryMs)?.has(quote.instrument) === false),
    expiries: part((_, expiryMs) => !shownQuotes.has(expiryMs)),
  };
}

/** N(d₁) at the mid. */
function callDelta({ logMoneyness: k, midVol }: CleanQuote, { yearsToExpiry }: Expiry): number {
  const s = midVol * Math.sqrt(yearsToExpiry);
  return normCdf(-k / s + s / 2);
}

function nearest<T>(items: readonly T[], distance: (item: T) => number): T {
  return items.reduce((best, item) => (distance(item) < distance(best) ? item : best));
}
