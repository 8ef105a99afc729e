/**
 * From a cleaned chain to what a calibration aims at: out-of-the-money prices per unit forward,
 * each with the size of the error that matters, its half spread.
 *
 * residual = (model price − mid price) / (vega · half spread)  ≈  volatility error in half spreads.
 *
 * Half spreads beyond twice the chain's median count as that: a wide quote's mid says more about volatility than its
 * spread does, and wings that hardly count wander, with them the expiries they hang on.
 */
import { normCdf } from "../num/normal.ts";
import type { Chain } from "../market/index.ts";

/** All quotes of a chain as columns, [quote], ordered by expiry and then by log-moneyness. */
export interface Targets {
  /** [expiry], increasing. */
  readonly yearsToExpiry: Float64Array;
  /** [quote]: index of the expiry. */
  readonly expiryOf: Int32Array;
  readonly logMoneyness: Float64Array;
  /** +1 for a call, −1 for a put. */
  readonly sign: Float64Array;
  readonly midVol: Float64Array;
  /** Half the bid-ask spread in volatility (decimal), as quoted. */
  readonly halfSpreadVol: Float64Array;
  /** Out-of-the-money mid price per unit forward. */
  readonly price: Float64Array;
  /** d price / d volatility at the mid. */
  readonly vega: Float64Array;
  /** Residual scale: 1 / (vega · half spread), the half spread at least the floor and at most the ceiling. */
  readonly scale: Float64Array;
  /** Signed Black delta at the mid, N(±d1): the coefficient of the martingale control variate. */
  readonly delta: Float64Array;
  /** [expiry]: at-the-money volatility, linear in log-moneyness between the nearest quotes. */
  readonly atmVol: Float64Array;
}

/** Options of `targetsFromChain`. */
export interface TargetOptions {
  /** Smallest half spread used in the residual (decimal vol); the reported shares use the true one. */
  readonly halfSpreadFloorVol?: number;
  /** Largest half spread used in the residual, in medians of the chain: where quotes are wide, their mids still count. */
  readonly halfSpreadCeiling?: number;
}

const defaults = { halfSpreadFloorVol: 0.0005, halfSpreadCeiling: 2 } as const;

/** Columns of calibration targets of a chain.
 *
 * Shape   quotes over all expiries → arrays [quote]; expiries → arrays [expiry]
 * Units   prices per unit forward, undiscounted; volatility decimal
 */
export function targetsFromChain(chain: Chain, options: TargetOptions = {}): Targets {
  const floor = options.halfSpreadFloorVol ?? defaults.halfSpreadFloorVol;
  const widths = chain.expiries.flatMap((expiry) => expiry.quotes.map((q) => q.halfSpreadVol));
  const median = widths.sort((a, b) => a - b)[widths.length >> 1];
  const ceiling = (options.halfSpreadCeiling ?? defaults.halfSpreadCeiling) * median;
  const quotes = chain.expiries.flatMap((expiry, e) =>
    expiry.quotes.map((quote) => ({ quote, e })),
  );
  const years = Float64Array.from(chain.expiries, (expiry) => expiry.yearsToExpiry);
  const column = (f: (q: (typeof quotes)[number]) => number) => Float64Array.from(quotes, f);
  const totalStdDev = ({ quote, e }: (typeof quotes)[number]) => quote.midVol * Math.sqrt(years[e]);
  const sign = column(({ quote }) => (quote.type === "call" ? 1 : -1));
  return {
    yearsToExpiry: years,
    expiryOf: Int32Array.from(quotes, ({ e }) => e),
    logMoneyness: column(({ quote }) => quote.logMoneyness),
    sign,
    midVol: column(({ quote }) => quote.midVol),
    halfSpreadVol: column(({ quote }) => quote.halfSpreadVol),
    price: column(({ quote }) => quote.mid),
    vega: column(({ quote }) => quote.vega),
    scale: column(
      ({ quote }) => 1 / (quote.vega * Math.max(Math.min(quote.halfSpreadVol, ceiling), floor)),
    ),
    delta: column((q) => {
      const s = totalStdDev(q);
      const epsilon = q.quote.type === "call" ? 1 : -1;
      return epsilon * normCdf(epsilon * (-q.quote.logMoneyness / s + s / 2));
    }),
    atmVol: Float64Array.from(chain.expiries, atmVolOf),
  };
}

/** At most about `most` targets for a search, kept evenly over each expiry's strikes; the others are still assessed.
 *
 * Shape   columns [quote] → columns [kept], at least eight of every expiry; all when there are no more than `most`
 */
export function thinTargets(targets: Targets, most: number): Targets {
  const count = targets.price.length;
  if (count <= most) return targets;
  const kept = Array.from(targets.yearsToExpiry).flatMap((_, expiry) => {
    const own = Array.from(targets.expiryOf.keys()).filter((i) => targets.expiryOf[i] === expiry);
    const keep = Math.min(own.length, Math.max(8, Math.round((own.length * most) / count)));
    return Array.from(
      { length: keep },
      (__, j) => own[Math.round((j * (own.length - 1)) / (keep - 1))],
    );
  });
  const pick = (column: Float64Array) => Float64Array.from(kept, (i) => column[i]);
  return {
    ...targets,
    expiryOf: Int32Array.from(kept, (i) => targets.expiryOf[i]),
    logMoneyness: pick(targets.logMoneyness),
    sign: pick(targets.sign),
    midVol: pick(targets.midVol),
    halfSpreadVol: pick(targets.halfSpreadVol),
    price: pick(targets.price),
    vega: pick(targets.vega),
    scale: pick(targets.scale),
    delta: pick(targets.delta),
  };
}

function atmVolOf(expiry: Chain["expiries"][number]): number {
  const quotes = expiry.quotes;
  const right = quotes.findIndex((q) => q.logMoneyness >= 0);
  if (right <= 0) return quotes[right === 0 ? 0 : quotes.length - 1].midVol;
  const [a, b] = [quotes[right - 1], quotes[right]];
  const weight = -a.logMoneyness / (b.logMoneyness - a.logMoneyness);
  return a.midVol + weight * (b.midVol - a.midVol);
}

/** Forward volatilities between expiries, bootstrapped from at-the-money total variances.
 *
 * Shape   atmVol, yearsToExpiry [expiry] → [expiry]: the volatility of the interval ending there
 * Falling total variance (a calendar-inconsistent pair) is floored at a tenth of the mean forward variance.
 */
export function bootstrapForwardVol(
  atmVol: Float64Array,
  yearsToExpiry: Float64Array,
): Float64Array {
  let previousVariance = 0;
  let previousYears = 0;
  const forwardVariance = atmVol.map((vol, i) => {
    const variance = Math.max(previousVariance, vol * vol * yearsToExpiry[i]);
    const value = (variance - previousVariance) / (yearsToExpiry[i] - previousYears);
    previousVariance = variance;
    previousYears = yearsToExpiry[i];
    return value;
  });
  const floor = (0.1 * previousVariance) / previousYears;
  return forwardVariance.map((v) => Math.sqrt(Math.max(v, floor)));
}
