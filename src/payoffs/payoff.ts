/**
 * What is owed: a payoff of one unit, as values along a path.
 *
 * A payoff declares the state it needs along the path (a running sum, a maximum, whether it is alive), how a fixing
 * changes it, and what it owes at its expiry. It is written once, in expressions of the engine, and once more as a plain
 * function of the fixings: the slow, obvious version that the tests hold it to. It sees fixings in their order and never
 * the future.
 *
 * Units   spot and what is owed in currency; years from today
 */
import type { Expr, Num } from "../ir/index.ts";

/** Values per path by name. */
export type Values = Readonly<Record<string, Num>>;
/** The same once they are state. */
export type PathValues = Readonly<Record<string, Expr>>;

/** Where a payoff stands at a moment before its expiry. */
export interface PayoffView {
  readonly state: PathValues;
  readonly spot: Expr;
  /** Years since the start; the same on all paths. */
  readonly years: Num;
  /** Black's volatility to the payoff's expiry. */
  readonly vol: Num;
}

/** Value and sensitivities of one unit. */
export interface Greeks {
  readonly value: Num;
  readonly delta: Num;
  readonly gamma: Num;
  /** By the volatility, per 1.00. */
  readonly vega: Num;
}

/** One unit of a payoff. */
export interface Payoff {
  readonly name: string;
  readonly family: string;
  readonly expiryYears: number;
  /** Years of the fixings that `update` sees, increasing, after 0 and up to the expiry. None: the last price is all. */
  readonly fixings: readonly number[];
  /** State at time 0; its keys name the state. No keys: no state. */
  readonly init: (spot0: number) => Values;
  /** State after a fixing. */
  readonly update: (state: PathValues, spot: Expr) => Values;
  /** Owed at expiry, after the last fixing. */
  readonly value: (state: PathValues, spot: Expr) => Num;
  /** Owed, in plain numbers: from the fixings and the price at expiry. */
  readonly valueOf: (path: {
    readonly spot0: number;
    /** [fixing] */
    readonly fixings: ArrayLike<number>;
    readonly spot: number;
  }) => number;
  /** Black's value and sensitivities; a sensible stand-in where there is no closed form. What hedges are centred on. */
  readonly greeks: (view: PayoffView) => Greeks;
  /** Does `greeks` hold exactly under Black-Scholes? */
  readonly hasExactGreeks: boolean;
  /** Where the kink or the barrier is, for scaling: a strike; absent where it is only known later. */
  readonly strike?: number;
  /** Set where the payoff is one European option, which a market may price exactly. */
  readonly option?: { readonly type: "call" | "put"; readonly strike: number };
  /** What a policy should see of the state, each of order 1. */
  readonly features: (view: PayoffView) => readonly Num[];
  /** The payoff on a spot in another unit: all prices in it times `factor`. Owes factor^degree as much there. */
  readonly rescaled: (factor: number) => Payoff;
  readonly degree: 0 | 1;
}
