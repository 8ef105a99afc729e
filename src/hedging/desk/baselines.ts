/** The rules that a policy is compared with: all that apply to a hedge, and why the others do not. */
import { add, div, mul, sub } from "../../ir/index.ts";
import { learnedVol, type PricedOption, type PriceNetwork } from "../optionLesson.ts";
import {
  deltaHedge,
  deltaVegaHedge,
  isLinear,
  lelandHedge,
  minimumVarianceDelta,
  noHedge,
  whalleyWilmottHedge,
} from "../policies/rules.ts";
import type { HedgeProblem, Market, MarketView, Policy } from "../problem.ts";

/** A rule in the problem that it is asked in: the model's delta sees another volatility than Black's. */
export interface Baseline {
  readonly rule: Policy;
  readonly problem: HedgeProblem;
}

/** A rule that does not apply. */
export interface SkippedBaseline {
  readonly name: string;
  readonly reason: string;
}

/** The baselines of a problem. */
export interface Baselines {
  readonly baselines: readonly Baseline[];
  readonly skipped: readonly SkippedBaseline[];
}

/** The delta of the model itself: ∂V/∂S at the volatility factors of the moment. */
const modelDelta: Policy = { ...minimumVarianceDelta, name: "model delta" };

/** The one option that a book of calls and puts is made of, at one strike and expiry; or why there is none. */
export function bookOption({
  book,
}: Pick<HedgeProblem, "book">): PricedOption | { readonly reason: string } {
  const [{ payoff: first }] = book;
  const { expiryYears } = first;
  const strike = first.option?.strike;
  if (strike === undefined || book.some(({ payoff }) => payoff.option === undefined)) {
    return { reason: "the position is more than calls and puts" };
  }
  const isOne = book.every(
    ({ payoff }) => payoff.option?.strike === strike && payoff.expiryYears === expiryYears,
  );
  return isOne
    ? { strike, expiryYears }
    : { reason: "the position has more than one strike or expiry" };
}

/** All rules that apply. `prices` are those that were learned in the problem's market. */
export function baselinesOf(problem: HedgeProblem, prices: readonly PriceNetwork[]): Baselines {
  const { instruments, market } = problem;
  const hasLinear = instruments.some(isLinear);
  const hasOption = instruments.some(({ kind }) => kind === "option");
  const baselines: Baseline[] = [{ rule: noHedge, problem }];
  const skipped: SkippedBaseline[] = [];
  const linear = hasLinear ? undefined : "no instrument moves with the spot alone";
  const consider = (rule: Policy, reason: string | undefined, own = problem): void => {
    const why = linear ?? reason;
    if (why === undefined) baselines.push({ rule, problem: own });
    else skipped.push({ name: rule.name, reason: why });
  };
  consider(deltaHedge, undefined);
  const model = modelDeltaMarket(problem, prices);
  if ("reason" in model) consider(modelDelta, model.reason);
  else consider(modelDelta, undefined, { ...problem, market: model });
  consider(
    minimumVarianceDelta,
    market.volPerReturn === undefined
      ? `in ${market.name} volatility has no slope on the price`
      : undefined,
  );
  consider(deltaVegaHedge, hasOption ? undefined : "there is no option among the instruments");
  consider(lelandHedge, undefined);
  consider(whalleyWilmottHedge, undefined);
  return { baselines, skipped };
}

/** Step of ln S for the slope of a learned volatility. */
const bump = 0.01;

/** The market with the book's own implied volatility in the place of Black's, and its slope at fixed factors: what the rule of
 * least variance then holds is ∂V/∂S of the model. */
function modelDeltaMarket(
  { market, book }: HedgeProblem,
  prices: readonly PriceNetwork[],
): Market | { readonly reason: string } {
  if (market.optionVol !== undefined && prices.length === 0) {
    return { reason: `in ${market.name} it is Black's delta` };
  }
  const option = bookOption({ book });
  if ("reason" in option) return option;
  const network = prices.find((own) => isSame(own.option, option));
  if (network === undefined) return { reason: `${market.name} has no price of the position` };
  const at = (view: MarketView, shift: number) =>
    learnedVol(market, network, { ...view, spot: mul(view.spot, 1 + shift) });
  return {
    ...market,
    vol: (view) => add(at(view, 0), 0),
    volPerReturn: (view) => div(sub(at(view, bump), at(view, -bump)), 2 * bump),
  };
}

const isSame = (a: PricedOption, b: PricedOption): boolean =>
  Math.abs(a.strike - b.strike) <= 1e-9 * b.strike &&
  Math.abs(a.expiryYears - b.expiryYears) <= 1e-9 * b.expiryYears;
