/**
 * Prices of options along the path where no closed form exists: a network is the conditional expectation of what the option
 * pays, learned on the same market that the hedge is learned on.
 *
 *   σ(state, t) = σ_guess e^{1.2 tanh N(moneyness, time left, features)},    V = Black(S, K, σ)
 *   minimise over N   Σ_t E[(V_t − Z + Σ_{s ≥ t} δ_s ΔS_s)²]
 *
 * The minimiser of a squared distance is the conditional expectation. The gains of Black's delta, which have mean 0, take
 * most of the noise away. Black's formula keeps V inside its bounds and equal to the payoff at expiry.
 *
 * Every network reports what it is worth on paths it has not seen: the mean of V − Z by date, 0 for a martingale; and the root
 * mean square of V − E[Z | state] from two continuations of each path that are independent given the state (optionTwins.ts).
 *
 * Source  Longstaff & Schwartz (2001), section 2, for regression on simulated payoffs
 */
import type { Backend } from "../backend/backend.ts";
import {
  add,
  defineProgram,
  initialiseMlp,
  max,
  mul,
  packParams,
  type ParamSpec,
  type Program,
  segmentLength,
  square,
  sub,
} from "../ir/index.ts";
import { adamStart, adamUpdate, cosineRate } from "../nn/index.ts";
import { InputError } from "../num/errors.ts";
import { marketNoise } from "./noise.ts";
import {
  branchOf,
  learnedVol,
  lessonColumns,
  lessonOf,
  lessonTables,
  type Lesson,
  type PriceNetwork,
  ofMarket,
  optionPriceDefaults,
  type OptionPriceOptions,
  type PricedOption,
  quoted,
  scaleOf,
} from "./optionLesson.ts";
import { measure, type OptionPriceReport } from "./optionTwins.ts";
import type { Market, Params, PathValues, Values } from "./problem.ts";

/** The market with prices of these options, and what the prices are worth.
 *
 * Throws  InputError for dates or options out of range, or a market without options that trade by then
 */
export async function withOptionPrices(
  market: Market,
  priced: readonly PricedOption[],
  backend: Backend,
  options: OptionPriceOptions,
): Promise<{
  readonly market: Market;
  readonly reports: readonly OptionPriceReport[];
  readonly networks: readonly PriceNetwork[];
}> {
  const settings = { ...optionPriceDefaults, ...options };
  checkOptions(priced, settings.years);
  const networks: PriceNetwork[] = [];
  const reports: OptionPriceReport[] = [];
  for (const [k, option] of priced.entries()) {
    const lesson = lessonOf(market, option, settings, k);
    const values = await learn(lesson, backend);
    networks.push({ option, name: lesson.name, spec: lesson.spec, values });
    reports.push(await measure(lesson, values, backend));
  }
  return { market: pricedMarket(market, networks), reports, networks };
}

/** The market with prices that were learned before, on the same market. */
export function pricedMarket(market: Market, networks: readonly PriceNetwork[]): Market {
  return {
    ...market,
    params: {
      ...market.params,
      ...Object.fromEntries(networks.map(({ name, spec }) => [name, spec])),
    },
    paramValues: Object.assign({}, market.paramValues, ...networks.map(({ values }) => values)),
    optionVol: (view, { strike, expiryYears }) => {
      const found = networks.find(
        ({ option }) =>
          Math.abs(option.strike - strike) <= 1e-9 * strike &&
          Math.abs(option.expiryYears - expiryYears) <= 1e-9 * expiryYears,
      );
      if (found === undefined) {
        throw new InputError(
          `hedge: expected an option whose price was learned (${networks.map(({ option }) => `${option.strike} at ${option.expiryYears}`).join(", ")}), got ${strike} at ${expiryYears} years. Add it to withOptionPrices.`,
        );
      }
      return learnedVol(market, found, view);
    },
  };
}

/** Σ_t (V_t − Z + gains after t)² as a program with one row. */
function lossProgram(lesson: Lesson): Program {
  const { market, option, name, spec, dates } = lesson;
  const { unit, centre } = scaleOf(lesson);
  const branch = branchOf(lesson);
  return defineProgram({
    name: `price of ${option.strike} in ${market.name}`,
    params: { [name]: spec, ...market.params } as Record<string, ParamSpec>,
    factors: market.factors * market.stepsPerDate,
    initialNormals: market.initialNormals,
    stepTables: lessonTables(lesson),
    init: ({ p, z }): Values => ({
      ...ofMarket(market, z, p as Params),
      gains: 0,
      sum: 0,
      squares: 0,
    }),
    step: ({ p, s, z, t }): Values => {
      const state = s as PathValues;
      const tables = t as unknown as PathValues;
      const { view, after } = branch(state, z, tables, p as Params);
      const { price, delta } = quoted(lesson, view);
      const seen = sub(sub(mul(1 / unit, price), centre), state.gains);
      return {
        ...after.state,
        spot: after.spot,
        gains: add(state.gains, mul(mul(1 / unit, delta), sub(after.spot, view.spot))),
        sum: add(state.sum, mul(tables.counts, seen)),
        squares: add(state.squares, mul(tables.counts, square(seen))),
      };
    },
    observe: ({ s }): Values => {
      const { spot, gains, sum, squares } = s as PathValues;
      const owed = sub(mul(1 / unit, max(sub(spot, option.strike), 0)), centre);
      const due = sub(owed, gains);
      return {
        loss: add(sub(mul(1 / dates, squares), mul(mul(2 / dates, due), sum)), square(due)),
      };
    },
    row: ({ o }) => (o as PathValues).loss,
  });
}

async function learn(
  lesson: Lesson,
  backend: Backend,
): Promise<Readonly<Record<string, Float64Array>>> {
  const { market, settings, name, years, marketYears } = lesson;
  const { iterations, paths, learningRate, seed, threads } = settings;
  const program = lossProgram(lesson);
  const segments = program.params.filter((segment) => segment.name.startsWith(`${name}.`));
  const count = segments.reduce((total, segment) => total + segmentLength(segment), 0);
  const theta = packParams(program, market.paramValues);
  initialiseMlp(program, name, theta, seed, { lastScale: 0.1 });
  const plan = {
    steps: years.length - 1,
    stepTables: lessonColumns(lesson),
    dates: [years.length - 1],
    rowDate: [0],
    rowTables: [],
    paths,
  };
  const runner = await backend.prepare(program, plan, { threads });
  const noise = await marketNoise(market, { times: marketYears, paths, threads }, backend);
  const rate = cosineRate(learningRate, iterations);
  let state = adamStart(count);
  for (let i = 1; i <= iterations; i++) {
    noise.fill(seed * 1_000_033 + i, runner.noise());
    const { gradient } = runner.gradient(theta, () => Float64Array.of(1));
    const next = adamUpdate(state, theta.slice(0, count), gradient.subarray(0, count), rate(i));
    theta.set(next.theta);
    state = next.state;
  }
  runner.free();
  noise.free();
  return Object.fromEntries(
    segments.map((segment) => [
      segment.name,
      theta.slice(segment.offset, segment.offset + segmentLength(segment)),
    ]),
  );
}

function checkOptions(priced: readonly PricedOption[], years: readonly number[]): void {
  if (!(years.length > 0 && years[0] === 0)) {
    throw new InputError(
      `withOptionPrices: expected years to begin with 0, got ${years[0] ?? "none"}. Give the trading dates and the horizon.`,
    );
  }
  years.forEach((time, i) => {
    if (i > 0 && !(time > years[i - 1])) {
      throw new InputError(
        `withOptionPrices: expected years[${i}] above ${years[i - 1]}, got ${time}. Sort them.`,
      );
    }
  });
  priced.forEach((option, i) => {
    for (const name of ["strike", "expiryYears"] as const) {
      if (!(option[name] > 0 && Number.isFinite(option[name]))) {
        throw new InputError(
          `withOptionPrices: expected ${name} > 0 of option ${i}, got ${option[name]}.`,
        );
      }
    }
  });
}
