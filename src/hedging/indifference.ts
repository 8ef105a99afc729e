/**
 * Indifference prices: what a hedger asks for the book so that taking it on changes nothing.
 *
 *   ask = ρ*(book) − ρ*(nothing),    bid = ρ*(nothing) − ρ*(−book)
 *
 * ρ* is the least risk that the policy reaches. The second term is 0 in a market without drift, and the worth of trading the
 * drift in one that has it: without it a price would contain a statistical arbitrage.
 *
 * Source  Buehler et al. (2019), section 3.2; İlhan, Jonsson & Sircar (2009), Optimal static-dynamic hedges
 */
import type { Backend } from "../backend/backend.ts";
import { UnsupportedError } from "../num/errors.ts";
import { withoutBook } from "./statisticalArbitrage.ts";
import { type TrainedHedge, trainHedge, type TrainOptions } from "./train.ts";
import type { HedgeProblem, Policy } from "./problem.ts";

export interface IndifferenceOptions extends TrainOptions {
  /** Also the buyer's side: trains a second policy for the book turned round. */
  readonly bothSides?: boolean;
  /** Leave out ρ*(nothing): right where the market has no drift. */
  readonly hasNoDrift?: boolean;
}

/** Prices and the policies behind them. Units: of the account. */
export interface IndifferencePrice {
  readonly ask: number;
  readonly askError: number;
  /** Null unless asked for. */
  readonly bid: number | null;
  readonly bidError: number | null;
  /** ρ*(nothing): at most 0 but for noise. */
  readonly nothing: number;
  readonly seller: TrainedHedge;
  readonly buyer: TrainedHedge | null;
}

/** Trains what is needed and prices the book.
 *
 * Throws  UnsupportedError for a risk that does not count cash, such as variance
 */
export async function indifferencePrice(
  problem: HedgeProblem,
  policy: Policy,
  backend: Backend,
  options: IndifferenceOptions = {},
): Promise<IndifferencePrice> {
  if (!problem.risk.isCashInvariant) {
    throw new UnsupportedError(
      `indifferencePrice: expected a risk measure that counts cash, got ${problem.risk.name}. Use entropic, CVaR or mean-variance risk.`,
    );
  }
  const seller = await trainHedge(problem, policy, backend, options);
  const empty =
    options.hasNoDrift === true
      ? null
      : await trainHedge({ ...withoutBook(problem), risk: problem.risk }, policy, backend, options);
  const turned = problem.book.map(({ payoff, quantity }) => ({ payoff, quantity: -quantity }));
  const buyer =
    options.bothSides === true
      ? await trainHedge({ ...problem, book: turned }, policy, backend, options)
      : null;
  const nothing = empty?.evaluation.risk ?? 0;
  const error = (side: TrainedHedge) =>
    Math.hypot(side.evaluation.standardError, empty?.evaluation.standardError ?? 0);
  return {
    ask: seller.evaluation.risk - nothing,
    askError: error(seller),
    bid: buyer === null ? null : nothing - buyer.evaluation.risk,
    bidError: buyer === null ? null : error(buyer),
    nothing,
    seller,
    buyer,
  };
}
