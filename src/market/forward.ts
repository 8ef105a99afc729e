/**
 * Forward and discount of one expiry from put-call parity, robustly.
 *
 *   C − P = D (F − K)        currency
 *   c − p = 1 − K/F          coin (premium over forward)
 *
 * A line through (K, C − P) of the mids. Theil-Sen gives a start that a quarter of wild pairs cannot
 * move; iteratively reweighted least squares with Huber weights then uses all of them, each weighted
 * by its spread. Only the pairs nearest the money enter: far from it the spread is wide, and early
 * exercise moves American options off parity. It also lifts their C − P slope towards 1, to discounts
 * that would need rates far below zero, so the discount is kept to what a rate from −1 % to 60 % gives.
 *
 * Source  Sen (1968), J. Am. Stat. Assoc. 63, 1379; Huber (1964), Ann. Math. Stat. 35, 73
 */
import { InputError } from "../num/errors.ts";

/** Mids of a call and a put at one strike. */
export interface ParityPair {
  readonly strike: number;
  readonly call: number;
  readonly put: number;
  /** Sum of the two half spreads, in the unit of the prices. */
  readonly error: number;
}

export interface ForwardEstimate {
  readonly forward: number;
  readonly discount: number;
  /** Standard error of the forward, from the scatter about the line. */
  readonly standardError: number;
  /** Pairs that were used. */
  readonly pairs: number;
  /** `bounded`: the strikes said a discount that no rate explains; `assumed`: they said nothing. */
  readonly discountFrom: "given" | "parity" | "bounded" | "assumed";
}

export interface ForwardOptions {
  /** Discount factor, when it is known. */
  readonly discount?: number;
  /** With it, the estimated discount is kept between those of the least and the greatest rate. */
  readonly yearsToExpiry?: number;
  /** Most pairs to use, nearest the money first. */
  readonly maxPairs?: number;
}

const defaults = {
  maxPairs: 40,
  /** A discount is believed within these bounds, and only with this standard error. */
  leastDiscount: 0.4,
  greatestDiscount: 1.2,
  greatestDiscountError: 0.02,
  /** Continuously compounded. */
  leastRatePerYear: -0.01,
  greatestRatePerYear: 0.6,
} as const;

/** Huber's constant: 95 % efficiency on normal errors. */
const HUBER = 1.345;

/** Forward and discount from currency prices.
 *
 * Units     prices and strikes in currency
 * Accuracy  exact on exact prices with up to a quarter of the pairs wrong
 * Throws    InputError without any pair
 */
export function forwardFromParity(
  pairs: readonly ParityPair[],
  options: ForwardOptions = {},
): ForwardEstimate {
  const near = nearestTheMoney(pairs, options.maxPairs ?? defaults.maxPairs);
  if (near.length === 0) {
    throw new InputError(
      "forwardFromParity: expected a strike with both a call and a put quoted, got none. Give the forwards.",
    );
  }
  if (options.discount !== undefined) return forwardGivenDiscount(near, options.discount, "given");
  if (near.length < 3) return forwardGivenDiscount(near, 1, "assumed");
  const line = robustLine(near);
  const believable =
    line.discount > defaults.leastDiscount &&
    line.discount < defaults.greatestDiscount &&
    line.discountError < defaults.greatestDiscountError;
  if (!believable) return forwardGivenDiscount(near, 1, "assumed");
  const bounded = boundedDiscount(line.discount, options.yearsToExpiry);
  if (bounded !== line.discount) return forwardGivenDiscount(near, bounded, "bounded");
  return {
    forward: line.forward,
    discount: line.discount,
    standardError: line.forwardError,
    pairs: near.length,
    discountFrom: "parity",
  };
}

/** Discount nearest to the given one that a rate within the bounds explains. */
export function boundedDiscount(discount: number, yearsToExpiry: number | undefined): number {
  if (yearsToExpiry === undefined) return discount;
  const least = Math.exp(-defaults.greatestRatePerYear * yearsToExpiry);
  const greatest = Math.exp(-defaults.leastRatePerYear * yearsToExpiry);
  return Math.min(Math.max(discount, least), greatest);
}

/** Forward from prices in coin, where the discount is 1 by construction.
 *
 * Throws  InputError without any usable pair
 */
export function forwardFromCoinParity(pairs: readonly ParityPair[]): ForwardEstimate {
  const usable = nearestTheMoney(pairs, defaults.maxPairs).filter(
    (pair) => pair.call - pair.put < 1,
  );
  if (usable.length === 0) {
    throw new InputError(
      "forwardFromCoinParity: expected a strike with both a call and a put quoted, got none. Give the forwards.",
    );
  }
  const values = usable.map((pair) => pair.strike / (1 - (pair.call - pair.put)));
  return location(values, usable.map(inverseVariance), 1, "given");
}

/** Median with weights: half of the weight lies on either side. */
export function weightedMedian(values: ArrayLike<number>, weights: ArrayLike<number>): number {
  const order = Array.from(values, (_, i) => i).sort((i, j) => values[i] - values[j]);
  let total = 0;
  for (const i of order) total += weights[i];
  let below = 0;
  for (let r = 0; r < order.length; r++) {
    below += weights[order[r]];
    if (below > total / 2) return values[order[r]];
    if (below === total / 2 && r + 1 < order.length) {
      return (values[order[r]] + values[order[r + 1]]) / 2;
    }
  }
  return values[order[order.length - 1]];
}

function nearestTheMoney(pairs: readonly ParityPair[], count: number): readonly ParityPair[] {
  const distance = (pair: ParityPair): number => Math.abs(pair.call - pair.put);
  return [...pairs].sort((a, b) => distance(a) - distance(b)).slice(0, count);
}

function inverseVariance(pair: ParityPair): number {
  return 1 / Math.max(pair.error, 1e-12) ** 2;
}

function forwardGivenDiscount(
  pairs: readonly ParityPair[],
  discount: number,
  from: ForwardEstimate["discountFrom"],
): ForwardEstimate {
  const values = pairs.map((pair) => pair.strike + (pair.call - pair.put) / discount);
  return location(values, pairs.map(inverseVariance), discount, from);
}

/** Weighted Huber mean of forwards, started at the weighted median. */
function location(
  values: readonly number[],
  weights: readonly number[],
  discount: number,
  discountFrom: ForwardEstimate["discountFrom"],
): ForwardEstimate {
  let centre = weightedMedian(values, weights);
  let standardError = 0;
  for (let iteration = 0; iteration < 20; iteration++) {
    const scale = residualScale(
      values.map((v) => v - centre),
      weights,
    );
    let sumWeight = 0;
    let sum = 0;
    values.forEach((value, i) => {
      const w = weights[i] * huberWeight((value - centre) * Math.sqrt(weights[i]), scale);
      sumWeight += w;
      sum += w * value;
    });
    centre = sum / sumWeight;
    standardError = scale / Math.sqrt(sumWeight);
  }
  return { forward: centre, discount, standardError, pairs: values.length, discountFrom };
}

interface Line {
  readonly forward: number;
  readonly discount: number;
  readonly forwardError: number;
  readonly discountError: number;
}

/** y = D (F − K) by Theil-Sen, then Huber least squares. */
function robustLine(pairs: readonly ParityPair[]): Line {
  const strikes = pairs.map((pair) => pair.strike);
  const y = pairs.map((pair) => pair.call - pair.put);
  const weights = pairs.map(inverseVariance);
  let discount = theilSenDiscount(strikes, y, weights);
  let forward = weightedMedian(
    strikes.map((strike, i) => strike + y[i] / discount),
    weights,
  );
  let errors = { forward: 0, discount: 0 };
  for (let iteration = 0; iteration < 20; iteration++) {
    const residuals = y.map((value, i) => value - discount * (forward - strikes[i]));
    const scale = residualScale(residuals, weights);
    const w = residuals.map((r, i) => weights[i] * huberWeight(r * Math.sqrt(weights[i]), scale));
    const sumW = sum(w);
    const meanK = sum(w.map((v, i) => v * strikes[i])) / sumW;
    const meanY = sum(w.map((v, i) => v * y[i])) / sumW;
    const varK = sum(w.map((v, i) => v * (strikes[i] - meanK) ** 2));
    discount = -sum(w.map((v, i) => v * (strikes[i] - meanK) * (y[i] - meanY))) / varK;
    forward = meanK + meanY / discount;
    const discountError = scale / Math.sqrt(varK);
    errors = {
      discount: discountError,
      forward: Math.hypot(scale / Math.sqrt(sumW), discountError * (forward - meanK)) / discount,
    };
  }
  return { forward, discount, forwardError: errors.forward, discountError: errors.discount };
}

function theilSenDiscount(
  strikes: readonly number[],
  y: readonly number[],
  weights: readonly number[],
): number {
  const slopes: number[] = [];
  const slopeWeights: number[] = [];
  for (let i = 0; i < strikes.length; i++) {
    for (let j = 0; j < i; j++) {
      const gap = strikes[i] - strikes[j];
      if (gap === 0) continue;
      slopes.push(-(y[i] - y[j]) / gap);
      // Inverse standard error of the slope: heavier tails than its square, so one tight wrong pair cannot rule.
      slopeWeights.push(Math.abs(gap) / Math.sqrt(1 / weights[i] + 1 / weights[j]));
    }
  }
  return weightedMedian(slopes, slopeWeights);
}

/** Robust scale of weighted residuals (1.4826 times their median size); 0 for a perfect fit. */
function residualScale(residuals: readonly number[], weights: readonly number[]): number {
  const sizes = residuals.map((r, i) => Math.abs(r) * Math.sqrt(weights[i]));
  return 1.4826 * weightedMedian(sizes, new Float64Array(sizes.length).fill(1));
}

function huberWeight(standardised: number, scale: number): number {
  const size = Math.abs(standardised);
  const bound = Math.max(HUBER * scale, 1e-9);
  return size <= bound ? 1 : bound / size;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
