/**
 * What a learned option price is worth on paths it has not seen.
 *
 * Each path is continued twice from a date, independently given the state there: the mean of (V − Z₁)(V − Z₂) is the mean
 * square of V − E[Z | state].
 *
 * Source  the two continuations as in Broadie, Du & Moallemi (2015), Risk estimation via regression, section 3
 */
import type { Backend } from "../backend/backend.ts";
import {
  add,
  defineProgram,
  type Expr,
  max,
  mul,
  type Num,
  packParams,
  type ParamSpec,
  type Program,
  select,
  sub,
} from "../ir/index.ts";
import { marketNoise } from "./noise.ts";
import {
  type Branch,
  branchOf,
  lessonColumns,
  lessonTables,
  type Lesson,
  ofMarket,
  quoted,
  scaleOf,
} from "./optionLesson.ts";
import type { Params, PathValues, Values } from "./problem.ts";

/** What a learned price is worth, on paths it has not seen. Units: currency. */
export interface OptionPriceReport {
  readonly strike: number;
  readonly expiryYears: number;
  /** Price at time 0, and the plain Monte Carlo price of the same market with its standard error. */
  readonly price: number;
  readonly monteCarlo: number;
  readonly monteCarloError: number;
  /** Mean of V − Z at a quarter, half and three quarters of the dates, and its standard error: 0 for a martingale. */
  readonly drift: readonly {
    readonly years: number;
    readonly value: number;
    readonly standardError: number;
  }[];
  /** Root mean square of V − E[Z | state] there, 0 where it drowns in noise, and the standard error of its square. */
  readonly error: readonly {
    readonly years: number;
    readonly rms: number;
    readonly squareError: number;
  }[];
}

/** Two continuations from one date: V there, and what both pay less their gains since. */
function twinProgram(lesson: Lesson): Program {
  const { market, option, name, spec } = lesson;
  const branch = branchOf(lesson);
  const { factors } = market;
  const width = factors * market.stepsPerDate;
  const names = ["spot", ...market.stateNames];
  const { unit, centre } = scaleOf(lesson);
  return defineProgram({
    name: `twins of ${option.strike} in ${market.name}`,
    params: { [name]: spec, ...market.params } as Record<string, ParamSpec>,
    factors: 2 * width,
    initialNormals: market.initialNormals,
    stepTables: [...lessonTables(lesson), "isApart", "isFork"],
    init: ({ p, z }): Values => {
      const first = ofMarket(market, z, p as Params);
      return { ...renamed(first, "a."), ...renamed(first, "b."), gainsA: 0, gainsB: 0, price: 0 };
    },
    step: ({ p, s, z, t }): Values => {
      const state = s as PathValues;
      const tables = t as unknown as PathValues;
      const params = p as Params;
      // substep by substep the normals of both lie side by side
      const own = (second: boolean) =>
        Array.from({ length: width }, (_, k) => {
          const [j, f] = [Math.floor(k / factors), k % factors];
          const a = z[2 * factors * j + f];
          return second ? select(sub(tables.isApart, 0.5), z[2 * factors * j + factors + f], a) : a;
        });
      const a = branch(underA(state, names), own(false), tables, params);
      const b = branch(underB(state, names), own(true), tables, params);
      const [qa, qb] = [quoted(lesson, a.view), quoted(lesson, b.view)];
      const gain = (q: { delta: Num }, { view, after }: ReturnType<Branch>): Num =>
        mul(mul(tables.isApart, mul(1 / unit, q.delta)), sub(after.spot, view.spot));
      return {
        ...renamed({ ...a.after.state, spot: a.after.spot }, "a."),
        ...renamed({ ...b.after.state, spot: b.after.spot }, "b."),
        gainsA: add(state.gainsA, gain(qa, a)),
        gainsB: add(state.gainsB, gain(qb, b)),
        price: select(sub(tables.isFork, 0.5), sub(mul(1 / unit, qa.price), centre), state.price),
      };
    },
    observe: ({ s }): Values => {
      const state = s as PathValues;
      const due = (spot: Expr, gains: Expr): Num =>
        sub(sub(mul(1 / unit, max(sub(spot, option.strike), 0)), centre), gains);
      return {
        price: state.price,
        first: sub(state.price, due(state["a.spot"], state.gainsA)),
        second: sub(state.price, due(state["b.spot"], state.gainsB)),
      };
    },
  });
}

const renamed = (values: PathValues, prefix: string): Values =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));
const under =
  (prefix: string) =>
  (state: PathValues, names: readonly string[]): PathValues =>
    Object.fromEntries(names.map((name) => [name, state[prefix + name]]));
const underA = under("a.");
const underB = under("b.");

export async function measure(
  lesson: Lesson,
  values: Readonly<Record<string, Float64Array>>,
  backend: Backend,
): Promise<OptionPriceReport> {
  const { market, option, settings, years, marketYears, dates } = lesson;
  const { testPaths: paths, threads, seed } = settings;
  const program = twinProgram(lesson);
  const theta = packParams(program, { ...market.paramValues, ...values });
  const { unit, centre } = scaleOf(lesson);
  const steps = years.length - 1;
  const forks = [...new Set([0, 0.25, 0.5, 0.75].map((share) => Math.floor(share * dates)))];
  const twin = { ...market, factors: 2 * market.factors };
  const noise = await marketNoise(twin, { times: marketYears, paths, threads }, backend);
  const seen: Moments[] = [];
  for (const fork of forks) {
    const flag = (f: (i: number) => boolean) =>
      Float64Array.from({ length: steps }, (_, i) => (f(i) ? 1 : 0));
    const stepTables = [...lessonColumns(lesson), flag((i) => i >= fork), flag((i) => i === fork)];
    const plan = { steps, stepTables, dates: [steps], rowDate: [], rowTables: [], paths };
    const runner = await backend.prepare(program, plan, { threads });
    noise.fill(seed * 7919 + 13 + fork, runner.noise());
    seen.push(momentsOf(runner.observations(theta), paths));
    runner.free();
  }
  noise.free();
  const [start, ...later] = seen;
  return {
    strike: option.strike,
    expiryYears: option.expiryYears,
    price: unit * (start.price + centre),
    monteCarlo: unit * (start.price + centre - start.bias),
    monteCarloError: unit * start.biasError,
    drift: later.map(({ bias, biasError }, i) => ({
      years: years[forks[i + 1]],
      value: unit * bias,
      standardError: unit * biasError,
    })),
    error: later.map(({ square: s, squareError }, i) => ({
      years: years[forks[i + 1]],
      rms: unit * Math.sqrt(Math.max(0, s)),
      squareError: unit * unit * squareError,
    })),
  };
}

interface Moments {
  /** Mean of V, of V − Z with its standard error, of (V − Z₁)(V − Z₂) with its standard error. */
  readonly price: number;
  readonly bias: number;
  readonly biasError: number;
  readonly square: number;
  readonly squareError: number;
}

function momentsOf(observed: ArrayLike<number>, paths: number): Moments {
  const sums = { price: 0, bias: 0, biases: 0, square: 0, squares: 0 };
  for (let p = 0; p < paths; p++) {
    const [first, second] = [observed[paths + p], observed[2 * paths + p]];
    const bias = (first + second) / 2;
    sums.price += observed[p] / paths;
    sums.bias += bias / paths;
    sums.biases += (bias * bias) / paths;
    sums.square += (first * second) / paths;
    sums.squares += (first * second) ** 2 / paths;
  }
  const error = (mean: number, second: number) => Math.sqrt((second - mean * mean) / paths);
  return {
    price: sums.price,
    bias: sums.bias,
    biasError: error(sums.bias, sums.biases),
    square: sums.square,
    squareError: error(sums.square, sums.squares),
  };
}
