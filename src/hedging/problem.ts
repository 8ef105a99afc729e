/**
 * What is hedged, where, at which price, and how risk is weighed: the parts that a hedging program is made of.
 *
 * Each part is one file: a market in markets/, a claim in claims/, a cost in costs/, a policy in policies/, a risk measure
 * in risks/. They speak in expressions of the engine, so that market, policy, costs and profit are one compiled program.
 *
 * Units   prices in the market's currency; years; costs in currency
 */
import type { Expr, Num } from "../ir/index.ts";
import type { ParamHandle, ParamSpec } from "../ir/index.ts";

/** Values per path by name. */
export type Values = Readonly<Record<string, Num>>;
type Exprs = Readonly<Record<string, Expr>>;

/** A step's numbers, the same for all paths. */
export interface StepTimes {
  readonly dt: Expr;
  readonly sqrtDt: Expr;
}

/** Dynamics of the price under the measure that is hedged in. */
export interface Market {
  readonly name: string;
  /** Standard normals per step. */
  readonly factors: number;
  readonly init: () => Values;
  readonly step: (state: Exprs, normals: readonly Expr[], times: StepTimes) => Values;
  /** Price in a state. */
  readonly spot: (state: Exprs) => Num;
  /** Volatility (decimal per √year) at which Black's formula is a fair guess for `years` ahead: what centres are made of. */
  readonly vol: (state: Exprs, years: Expr) => Num;
  /** Steps of the simulation per trading date. */
  readonly stepsPerDate: number;
}

/** Black's sensitivities of a claim: what a position of one claim moves per unit of spot. */
export interface Greeks {
  readonly delta: Num;
  readonly gamma: Num;
}

/** What is owed at expiry. */
export interface Claim {
  readonly name: string;
  /** Owed at a final price. */
  readonly payoff: (spot: Expr) => Num;
  /** The same for numbers. */
  readonly payoffAt: (spot: number) => number;
  readonly greeks: (spot: Expr, vol: Num, years: Expr) => Greeks;
}

/** What a trade costs. */
export interface Cost {
  readonly name: string;
  /** Cost of trading `units` (≥ 0) at a price. */
  readonly charge: (units: Expr, spot: Expr) => Num;
  /** Cost of a small trade as a share of its value: what bands are guessed from. */
  readonly share: number;
}

/** What a policy may look at. */
export interface PolicyInputs {
  readonly spot: Expr;
  /** Position before the trade. */
  readonly previous: Expr;
  /** To expiry. */
  readonly years: Expr;
  readonly horizonYears: number;
  readonly vol: Num;
  /** Spread of ln S over the whole horizon, about: what inputs are scaled by. */
  readonly typicalDeviation: number;
  readonly spot0: number;
  readonly greeks: Greeks;
  /** Black's greeks at another multiple of the volatility. */
  readonly greeksAt: (volMultiple: number) => Greeks;
  readonly costShare: number;
  /** Risk aversion per unit of currency; what a band of Whalley and Wilmott needs. */
  readonly riskAversion: number;
  /** Years between trading dates. */
  readonly tradingYears: number;
}

/** A rule for the position. */
export interface Policy {
  readonly name: string;
  /** Parameters to learn; empty for a rule. */
  readonly params: Readonly<Record<string, ParamSpec>>;
  readonly position: (
    inputs: PolicyInputs,
    params: Readonly<Record<string, ParamHandle<ParamSpec>>>,
  ) => Num;
}

/** A risk measure, in the form that training and reporting need. Losses are what is owed less what was gained. */
export interface Risk {
  readonly name: string;
  /** a: the entropic aversion with the same weight on small risks. */
  readonly aversion: number;
  /** Names of parameters that are learned with the policy, such as a threshold. */
  readonly thresholds: readonly string[];
  /** Weighed losses whose means the measure is a function of; `centre` is a typical loss. */
  readonly rows: readonly ((
    loss: Expr,
    threshold: Readonly<Record<string, Expr>>,
    centre: number,
  ) => Num)[];
  /** The measure from the means, and its derivatives by them. */
  readonly value: (means: Float64Array, centre: number) => number;
  readonly slopes: (means: Float64Array) => Float64Array;
  /** The measure of a sample and its standard error. */
  readonly ofSample: (losses: Float64Array) => {
    readonly value: number;
    readonly standardError: number;
  };
}

/** A hedging problem. */
export interface HedgeProblem {
  readonly market: Market;
  readonly claim: Claim;
  readonly cost: Cost;
  /** Is the position closed at expiry at the cost of a trade? False by default: it goes into delivery. */
  readonly closesAtExpiry?: boolean;
  readonly yearsToExpiry: number;
  /** Trades are at n T/N, n = 0 … N − 1. */
  readonly dates: number;
  readonly risk: Risk;
  /** Price at time 0 and a typical deviation of ln S at expiry, for scaling. */
  readonly spot0: number;
  readonly typicalVol: number;
}
