/** What a learned option price is trained and measured on: the option, the grid up to its expiry, the network, one step. */
import {
  add,
  defineProgram,
  div,
  exp,
  type Expr,
  log,
  max,
  min,
  mlp,
  type MlpSpec,
  mul,
  type NetworkParam,
  sqrt,
  sub,
  tanh,
} from "../ir/index.ts";
import { blackGreeks } from "../payoffs/index.ts";
import { asExpr, asExprs } from "./stateNames.ts";
import type { Market, MarketView, Params, PathValues, Values } from "./problem.ts";

/** An option whose price is to be learned. Calls and puts have the same volatility. */
export interface PricedOption {
  readonly strike: number;
  readonly expiryYears: number;
}

export interface OptionPriceOptions {
  /** Years at which prices are needed, increasing from 0: the trading dates and the horizon. */
  readonly years: readonly number[];
  readonly iterations?: number;
  /** Paths of an iteration, and of each measurement: multiples of 64. */
  readonly paths?: number;
  readonly testPaths?: number;
  readonly learningRate?: number;
  readonly hidden?: number;
  readonly seed?: number;
  readonly threads?: number;
}

export const optionPriceDefaults = {
  iterations: 300,
  paths: 2048,
  testPaths: 32_768,
  learningRate: 0.02,
  hidden: 10,
  seed: 1,
  threads: 1,
} as const;

/** What was learned of one option. Plain data. */
export interface PriceNetwork {
  readonly option: PricedOption;
  readonly name: string;
  readonly spec: MlpSpec;
  /** By segment. */
  readonly values: Readonly<Record<string, Float64Array>>;
}

/** Widest factor on the guess: e^{1.2} either way. */
const widestFactor = 1.2;
/** Black's formula divides by no shorter time. */
const shortestYears = 1e-6;

/** Volatility from a network. */
export function learnedVol(
  market: Market,
  { option, name }: Pick<PriceNetwork, "option" | "name">,
  view: MarketView,
): Expr {
  const { strike, expiryYears } = option;
  const left = max(sub(expiryYears, view.years), shortestYears);
  const guess = market.vol(view, expiryYears);
  const moneyness = div(log(div(view.spot, strike)), mul(guess, sqrt(left)));
  const [learned] = (view.params[name] as NetworkParam)([
    mul(0.4, max(-4, min(4, moneyness))),
    sub(mul(2 / Math.sqrt(expiryYears), sqrt(left)), 1),
    ...market.features(view),
  ]);
  return mul(guess, exp(mul(widestFactor, tanh(learned))));
}

/** One option, its grid and its network. */
export interface Lesson {
  readonly market: Market;
  readonly option: PricedOption;
  readonly settings: Required<OptionPriceOptions>;
  readonly name: string;
  readonly spec: MlpSpec;
  /** [step + 1]: the dates, then even steps to the expiry */
  readonly years: Float64Array;
  readonly marketYears: Float64Array;
  /** Steps that begin at a date at which the price counts. */
  readonly dates: number;
}

export function lessonOf(
  market: Market,
  option: PricedOption,
  settings: Required<OptionPriceOptions>,
  k: number,
): Lesson {
  const { expiryYears } = option;
  const dates = settings.years.filter((years) => years < expiryYears * (1 - 1e-9));
  const spacing = settings.years[1] ?? expiryYears;
  const last = dates[dates.length - 1];
  const rest = Math.max(1, Math.ceil((expiryYears - last) / spacing - 1e-6));
  const years = Float64Array.from([
    ...dates,
    ...Array.from({ length: rest }, (_, i) => last + ((expiryYears - last) * (i + 1)) / rest),
  ]);
  const sub_ = market.stepsPerDate;
  const marketYears = Float64Array.from({ length: (years.length - 1) * sub_ + 1 }, (_, i) => {
    const step = Math.min(Math.floor(i / sub_), years.length - 2);
    return years[step] + ((years[step + 1] - years[step]) * (i - step * sub_)) / sub_;
  });
  const spec = mlp({
    inputs: 2 + featureCount(market),
    hidden: [settings.hidden, settings.hidden],
    outputs: 1,
    activation: "tanh",
  });
  return {
    market,
    option,
    settings,
    name: `priceNet${k}`,
    spec,
    years,
    marketYears,
    dates: dates.length,
  };
}

/** Features of a market are counted by asking for them. */
function featureCount(market: Market): number {
  let count = 0;
  defineProgram({
    name: "count of features",
    params: market.params,
    factors: 0,
    stepTables: market.tables,
    init: (): Values => Object.fromEntries(["spot", ...market.stateNames].map((n) => [n, 0])),
    step: ({ p, s, t }): Values => {
      const state = s as PathValues;
      const tables = t as unknown as PathValues;
      count = market.features({
        state,
        spot: state.spot,
        years: 0,
        tables,
        params: p as Params,
      }).length;
      return state;
    },
    observe: ({ s }): Values => ({ spot: (s as PathValues).spot }),
  });
  return count;
}

export type Branch = (
  state: PathValues,
  normals: readonly Expr[],
  tables: PathValues,
  params: Params,
) => {
  readonly view: MarketView;
  readonly after: MarketView;
};

/** One step of the market inside a program whose tables are those of `tablesOfLesson`. */
export function branchOf({ market }: Lesson): Branch {
  return (state, normals, tables, params) => {
    const tablesAt = (j: number): PathValues =>
      Object.fromEntries(market.tables.map((name) => [name, tables[`${name}@${j}`]]));
    const own = (from: PathValues): PathValues =>
      Object.fromEntries(market.stateNames.map((name) => [name, from[name]]));
    const view: MarketView = {
      state: own(state),
      spot: state.spot,
      years: tables.years,
      tables: tablesAt(0),
      params,
    };
    let now = view;
    for (let j = 0; j < market.stepsPerDate; j++) {
      const next = market.step({
        ...now,
        tablesAfter: tablesAt(j + 1),
        normals: Array.from({ length: market.factors }, (_, f) => normals[j * market.factors + f]),
        dt: tables.subDt,
        sqrtDt: tables.sqrtSubDt,
      });
      const moved = asExprs(next);
      now = {
        state: moved,
        spot: asExpr(market.spot(moved)),
        years: add(tables.years, mul(j + 1, tables.subDt)),
        tables: tablesAt(j + 1),
        params,
      };
    }
    return { view, after: now };
  };
}

export const lessonTables = ({ market }: Lesson): string[] => [
  "years",
  "subDt",
  "sqrtSubDt",
  "counts",
  ...market.tables.flatMap((name) =>
    Array.from({ length: market.stepsPerDate + 1 }, (_, j) => `${name}@${j}`),
  ),
];

export function lessonColumns({
  market,
  years,
  marketYears,
  dates,
}: Lesson): readonly Float64Array[] {
  const steps = years.length - 1;
  const substeps = market.stepsPerDate;
  const column = (f: (i: number) => number) => Float64Array.from({ length: steps }, (_, i) => f(i));
  const values = market.tableValues(marketYears);
  return [
    column((i) => years[i]),
    column((i) => (years[i + 1] - years[i]) / substeps),
    column((i) => Math.sqrt((years[i + 1] - years[i]) / substeps)),
    column((i) => (i < dates ? 1 : 0)),
    ...market.tables.flatMap((_, k) =>
      Array.from({ length: substeps + 1 }, (__, j) => column((i) => values[k][i * substeps + j])),
    ),
  ];
}

export const ofMarket = (market: Market, normals: readonly Expr[], params: Params): PathValues => {
  const state = asExprs(market.init(normals, params));
  return { ...state, spot: asExpr(market.spot(state)) };
};

/** A scale and a centre for prices, so that float32 carries differences. */
export function scaleOf({ market, option }: Lesson): {
  readonly unit: number;
  readonly centre: number;
} {
  const deviation = market.typicalVol * Math.sqrt(option.expiryYears);
  const unit = market.spot0 * deviation;
  const forwardCall = Math.max(0, market.spot0 - option.strike) + 0.4 * unit;
  return { unit, centre: forwardCall / unit };
}

/** Call prices, Black's delta at the guessed volatility, payoffs: of the state in a view. */
export function quoted(lesson: Lesson, view: MarketView) {
  const { market, option } = lesson;
  const years = max(sub(option.expiryYears, view.years), shortestYears);
  const { strike } = option;
  const terms = { type: "call", spot: view.spot, strike, years } as const;
  return {
    price: blackGreeks({ ...terms, vol: learnedVol(market, lesson, view) }).value,
    delta: blackGreeks({ ...terms, vol: market.vol(view, option.expiryYears) }).delta,
  };
}
