/**
 * What is hedged, where, with what, at which cost, and how risk is weighed: the parts that a hedging program is made of.
 *
 * Each part is one file: a market in markets/, a payoff in ../payoffs/, an instrument in instruments/, a cost in costs/, a
 * policy in policies/, a risk measure in risks/. They speak in expressions of the engine, so that market, policy, costs and
 * profit are one compiled program.
 *
 * Units   prices in currency (or in coin, see `account`); years from today; zero rates
 */
import type { Backend, PathNoise } from "../backend/backend.ts";
import type { Expr, Num, ParamHandle, ParamSpec, ParamValues } from "../ir/index.ts";
import type { Greeks, PathValues, Payoff, Values } from "../payoffs/index.ts";

export type { Greeks, PathValues, Payoff, Values } from "../payoffs/index.ts";

/** Parameters inside a stage, by name. */
export type Params = Readonly<Record<string, ParamHandle<ParamSpec>>>;

/** A market at a moment of the simulation. */
export interface MarketView {
  /** The market's state. */
  readonly state: PathValues;
  readonly spot: Expr;
  /** Years since the start; the same on all paths. */
  readonly years: Num;
  /** The market's own tables at this moment. */
  readonly tables: PathValues;
  /** The market's fixed parameters. */
  readonly params: Params;
}

/** One step of the simulation. */
export interface MarketStep extends MarketView {
  /** The market's own tables at the end of the step. */
  readonly tablesAfter: PathValues;
  readonly normals: readonly Expr[];
  readonly dt: Expr;
  readonly sqrtDt: Expr;
}

/** Simulation times, and what is drawn on them. */
export interface NoiseRequest {
  /** [step + 1] years */
  readonly times: Float64Array;
  readonly paths: number;
  readonly threads: number;
}

/** Makes the noise of a market and the weights of its paths. */
export interface NoiseSource {
  /** Fills in place. */
  readonly fill: (seed: number, into: PathNoise) => void;
  /** Weights of the paths last filled, with mean 1 [path]; undefined when all are 1. */
  readonly weights: () => Float32Array | undefined;
  readonly free: () => void;
}

/** Dynamics of the price under the measure that is hedged in. */
export interface Market {
  readonly name: string;
  readonly spot0: number;
  /** Volatility (decimal per √year) of the horizon, about: what inputs are scaled by. */
  readonly typicalVol: number;
  /** Standard normals per step, and at the start. */
  readonly factors: number;
  readonly initialNormals: number;
  /** Steps of the simulation between two trading dates. */
  readonly stepsPerDate: number;
  /** Fixed parameters that the market's expressions use (networks, tables by interval) and their values by segment. */
  readonly params: Readonly<Record<string, ParamSpec>>;
  readonly paramValues: ParamValues;
  /** Names of tables by time. */
  readonly tables: readonly string[];
  /** Their values at the start of each step and at the end of the last: [table][step + 1]. */
  readonly tableValues: (times: Float64Array) => readonly Float64Array[];
  /** Names of the state, and typical values at time 0 where they are not 0: what a question leaves out. */
  readonly stateNames: readonly string[];
  readonly startState: Readonly<Record<string, number>>;
  readonly init: (normals: readonly Expr[], params: Params) => Values;
  readonly step: (step: MarketStep) => Values;
  /** Price in a state, and the part of the state that a price decides: what a question about a price sets. */
  readonly spot: (state: PathValues) => Num;
  readonly fromSpot: (price: number) => Readonly<Record<string, number>>;
  /** Volatility at which Black's formula is a fair guess for the time up to `untilYears`: what centres are made of. */
  readonly vol: (view: MarketView, untilYears: number) => Num;
  /** Regression slope of that volatility on the return of the spot; absent: 0. For the minimum-variance delta. */
  readonly volPerReturn?: (view: MarketView, untilYears: number) => Num;
  /** What a policy may see besides the spot, each of order 1. */
  readonly features: (view: MarketView) => readonly Num[];
  /** Black's volatility of a European option: exact, or learned with a stated error. Absent: no options as hedges. */
  readonly optionVol?: (
    view: MarketView,
    option: { readonly strike: number; readonly expiryYears: number },
  ) => Num;
  /** Noise other than scrambled Sobol' normals, and weights of paths. */
  readonly noise?: (request: NoiseRequest, backend: Backend) => Promise<NoiseSource>;
}

/** One line of the book: units sold (bought when negative) of a payoff. */
export interface BookLine {
  readonly payoff: Payoff;
  readonly quantity: number;
}

/** A trade, as a cost sees it. */
export interface Trade {
  /** Units bought (negative: sold), and their number. */
  readonly signed: Expr;
  readonly units: Expr;
  /** Price of the instrument, and of the underlying. */
  readonly price: Expr;
  readonly spot: Expr;
  /** What the cost remembers. */
  readonly memory: PathValues;
}

/** What a trade costs. */
export interface Cost {
  readonly name: string;
  /** In currency, at least 0, and 0 without a trade. */
  readonly charge: (trade: Trade) => Num;
  /** Cost of a small trade of one unit: what bands are guessed from. */
  readonly perUnit: (price: Expr, spot: Expr) => Num;
  /** In the size of the trade. */
  readonly shape: "linear" | "convex" | "concave";
  /** What the cost remembers between trades, such as lasting impact. */
  readonly memory?: {
    readonly init: Values;
    readonly after: (trade: Trade) => Values;
    /** Over a step of the simulation. */
    readonly decay: (memory: PathValues, dt: Expr) => Values;
  };
}

/** Limits in units. Nothing passes them; inside them a position is what the policy wants. */
export interface Limits {
  readonly low?: number;
  readonly high?: number;
  /** Largest trade. */
  readonly trade?: number;
}

/** Something to hedge with. */
export interface Instrument {
  readonly name: string;
  readonly kind: "spot" | "perpetual" | "future" | "option" | "swap";
  /** Is its price paid when it is bought (spot, option), or is it margined (perpetual, future)? Matters in a coin account. */
  readonly isFunded: boolean;
  /** Trading in it ends here; undefined: never. Its price is its settlement from then on. */
  readonly expiryYears?: number;
  /** Price now. */
  readonly price: (view: MarketView, market: Market, memory: PathValues) => Num;
  /** What the instrument's price remembers of the path, such as the variance so far. */
  readonly memory?: {
    readonly init: Values;
    readonly after: (memory: PathValues, before: MarketView, after: MarketView, dt: Expr) => Values;
  };
  /** Black's sensitivities of one unit. */
  readonly greeks: (view: MarketView, market: Market, memory: PathValues) => Greeks;
  /** What a long unit pays over a step: funding. */
  readonly carry?: (view: MarketView, price: Expr, dt: Expr) => Num;
  readonly costs: readonly Cost[];
  readonly limits: Limits;
  /** Smallest change of a position; 0 or absent: any. */
  readonly lot?: number;
  /** Units that hedge one unit of the book, about: what positions are measured in. Default 1. */
  readonly size?: number;
  /** Is what is left at the horizon closed at the cost of a trade? Absent: it goes into delivery, or stays. */
  readonly closesAtHorizon?: boolean;
}

/** An instrument as a policy sees it. */
export interface InstrumentView {
  readonly name: string;
  readonly kind: Instrument["kind"];
  readonly price: Expr;
  /** Position before the trade. */
  readonly previous: Expr;
  readonly greeks: Greeks;
  /** Cost of a small trade of one unit, with the scale of costs of the lesson or condition. */
  readonly costPerUnit: Num;
  /** Typical size of a position: what positions are divided by as inputs. */
  readonly typicalPosition: number;
}

/** What a policy may look at. */
export interface PolicyInputs {
  readonly spot: Expr;
  readonly spot0: number;
  /** Price that moneyness is measured from: the mean strike of the book. */
  readonly strike: number;
  /** Since the start, and to the horizon. */
  readonly years: Num;
  readonly yearsLeft: Num;
  readonly horizonYears: number;
  /** Black's volatility to the horizon. */
  readonly vol: Num;
  /** Spread of ln S over the whole horizon, about. */
  readonly typicalDeviation: number;
  /** Sensitivities of all that is owed, in the currency of the account. */
  readonly book: Greeks;
  /** Regression slope of the volatility to the horizon on the return of the spot; 0 where it does not move with it. */
  readonly volPerReturn: Num;
  /** The same as `book` at another multiple of the volatility. */
  readonly bookAt: (volMultiple: Num) => Greeks;
  readonly instruments: readonly InstrumentView[];
  /** Of the payoffs' states and of the market, each of order 1. */
  readonly features: readonly Num[];
  /** Risk aversion per unit of currency: a number, or a value per path of a conditioned policy. */
  readonly riskAversion: Num;
  /** ln of aversion and of the scale of costs against the middle of their ranges; [] unless conditioned. */
  readonly condition: readonly Num[];
  /** 1 at the first trade, 0 later. */
  readonly isFirst: Num;
  /** Years between trading dates. */
  readonly tradingYears: number;
  /** What a recurrent policy remembers. */
  readonly memory: PathValues;
}

/** Numbers that a policy's parameters depend on. */
export interface PolicyShape {
  readonly instruments: number;
  readonly features: number;
  readonly conditions: number;
}

/** What a policy says. */
export interface Decision {
  /** [instrument] wanted positions, before limits and lots. */
  readonly positions: readonly Num[];
  /** New memory, with the keys of the old. */
  readonly memory?: Values;
  /** What it was made of (`centre0`, `low0`, `high0`, …), for explanations; not used in training. */
  readonly details?: Values;
}

/** A rule for the positions. */
export interface Policy {
  readonly name: string;
  /** Parameters to learn; none for a rule. */
  readonly params: (shape: PolicyShape) => Readonly<Record<string, ParamSpec>>;
  readonly memory?: (shape: PolicyShape) => Values;
  readonly decide: (inputs: PolicyInputs, params: Params) => Decision;
}

/** A risk measure, in the form that training and reporting need. Losses are what is owed less what was gained. */
export interface Risk {
  readonly name: string;
  /** a: the entropic aversion with the same weight on small risks. */
  readonly aversion: number;
  readonly isMonotone: boolean;
  readonly isCashInvariant: boolean;
  /** Names of parameters that are learned with the policy, such as a threshold. */
  readonly thresholds: readonly string[];
  /** Weighed losses whose means the measure is a function of. `excess` is the loss less a typical one. */
  readonly rows: readonly ((
    excess: Expr,
    threshold: Readonly<Record<string, Expr>>,
    aversion: Num,
  ) => Num)[];
  /** The measure of the excess from the means, and its derivatives by them. */
  readonly value: (means: Float64Array, aversion: number) => number;
  readonly slopes: (means: Float64Array, aversion: number) => Float64Array;
  /** The measure at another aversion; absent where it has none. Needed by a conditioned policy. */
  readonly at?: (aversion: number) => Risk;
  /** The measure of a sample and its standard error; weights have mean 1. */
  readonly ofSample: (
    losses: Float64Array,
    weights?: Float32Array,
  ) => { readonly value: number; readonly standardError: number };
}

/** Ranges over which one policy is trained: each path has an aversion and a scale of costs of its own. */
export interface Condition {
  /** Multiples of the risk's own aversion. */
  readonly aversion: readonly [low: number, high: number];
  /** Multiples of every cost. */
  readonly costScale: readonly [low: number, high: number];
  /** Different pairs in one iteration. */
  readonly groups?: number;
}

/** A hedging problem. */
export interface HedgeProblem {
  readonly market: Market;
  /** What is owed; empty when only the market's drift is at stake. */
  readonly book: readonly BookLine[];
  readonly instruments: readonly Instrument[];
  /** Years of the trades, increasing from 0 and before the horizon. */
  readonly tradingYears: readonly number[];
  /** End: at or after the last expiry of the book. */
  readonly horizonYears: number;
  readonly risk: Risk;
  /** What profit is counted in. "coin": everything is divided by the spot of its own moment. Default "currency". */
  readonly account?: "currency" | "coin";
  readonly condition?: Condition;
}
