/**
 * A fitted neural SDE as a market: paths of the price itself, with jumps, from the parameters that were calibrated.
 *
 * The fit integrates the price out; a hedge needs it along the path. Given the factors a step of ln S is Gaussian with the mean
 * and variance that the fit carries as x_p and w_p (models/neuralSde.ts),
 *
 *   Δx = σ√Δ ρ·z − ½σ²|ρ|²Δ + √w z⊥ − ½w,   w = ½(σ² + σ'²)Δ − σ²|ρ|²Δ  (at least 0),
 *
 * so that S is a martingale at every step, whatever the network. Jumps come at the fit's rate λ e^{a_j − t/τ}, at most one a
 * step, compensated for the step's own chance of one.
 *
 * Black's volatility for a time ahead, a first guess that centres are made of, is the bootstrapped one of the quotes moved by
 * the factors as far as they last.
 */
import {
  add,
  div,
  exp,
  type Expr,
  log,
  max,
  mlp,
  mul,
  type NetworkParam,
  normCdf,
  type Num,
  type ParamValues,
  type Program,
  reciprocal,
  segmentLength,
  segmentNamed,
  select,
  sqrt,
  square,
  sub,
  sum,
  tanh,
} from "../../ir/index.ts";
import type { FittedModel } from "../../calibrate/index.ts";
import { type NeuralSdeConfig, neuralSdeProgram } from "../../models/index.ts";
import {
  correlationBound,
  fastestSpeed,
  stateBound,
  timeFeatures,
  volOfVolBound,
} from "../../models/neuralSde.ts";
import { InputError } from "../../num/errors.ts";
import type { Market, MarketStep, MarketView, PathValues } from "../problem.ts";

export interface NeuralSdeMarket {
  readonly model: Pick<FittedModel, "config" | "theta">;
  readonly spot: number;
  /** Simulation steps for each trading date. */
  readonly stepsPerDate?: number;
}

export const neuralSdeMarketDefaults = { stepsPerDate: 2 } as const;

/** Names of the market's tables: what of the fit depends on the time alone. */
const tableNames = [
  "level",
  "skew1",
  "skew2",
  "eta1",
  "eta2",
  "feature",
  "jumpRate",
  "jumpMean",
  "jumpStdDev",
] as const;

/** A mean of 1 in the table of jumps is a jump of this much (models/neuralSdeJumps.ts). */
const jumpMeanUnit = 0.05;

const bounded = (u: Num, bound: number): Expr => mul(bound, tanh(mul(u, 1 / bound)));

/** The market.
 *
 * Throws  InputError for a spot that is not positive; when used beyond the last expiry of the fit
 */
export function neuralSdeMarket(options: NeuralSdeMarket): Market {
  const { model, spot, stepsPerDate } = { ...neuralSdeMarketDefaults, ...options };
  if (!(spot > 0 && Number.isFinite(spot))) {
    throw new InputError(`neuralSdeMarket: expected spot > 0, got ${spot}.`);
  }
  const { config, theta } = model;
  const program = neuralSdeProgram(config);
  const at = (name: string, i = 0) => theta[segmentNamed(program, name).offset + i];
  const speeds = [at("logKappa1"), at("logKappa2")].map(
    (logKappa) => fastestSpeed * Math.tanh(Math.exp(logKappa) / fastestSpeed),
  );
  const spreads = [Math.exp(at("logSpread1")), Math.exp(at("logSpread2"))];
  const hasJumps = config.maxJumps > 0;
  const clock = varianceClock(config);
  const last = config.yearsToExpiry[config.yearsToExpiry.length - 1];
  const vol = (view: MarketView, untilYears: number): Num => {
    const left = max(sub(untilYears, view.years), 1e-6);
    const mean = div(sub(clock.until(untilYears), clockAt(clock, view)), left);
    const moved = sum(...speeds.map((kappa, f) => mul(lasting(kappa, left), factorOf(view, f))));
    return mul(sqrt(max(mean, 1e-6)), exp(bounded(moved, stateBound)));
  };
  return {
    name: "neural SDE",
    spot0: spot,
    typicalVol: Math.sqrt(clock.until(last) / last),
    factors: hasJumps ? 5 : 3,
    initialNormals: 2,
    stepsPerDate,
    params: {
      marketNet: mlp({ inputs: 4, hidden: [...config.hidden], outputs: 7, activation: "tanh" }),
    },
    paramValues: networkValues(program, theta),
    tables: [...tableNames, "clock"],
    tableValues: (times) => tablesOf(config, at, times, clock),
    stateNames: ["x", "y1", "y2"],
    startState: {},
    init: ([z1, z2]) => ({ x: 0, y1: mul(spreads[0], z1), y2: mul(spreads[1], z2) }),
    step: (step) => moved(step, speeds, hasJumps),
    spot: ({ x }) => mul(spot, exp(x)),
    fromSpot: (price) => ({ x: Math.log(price / spot) }),
    vol,
    // d ln σ has the regression slope Σ ρ_f η_f h_f/σ on the return
    volPerReturn: (view, untilYears) => {
      const { base, r1, r2 } = coefficientsAt(view, view.tables.feature, view.state);
      const { rho1, rho2 } = correlations(view, r1, r2);
      const left = max(sub(untilYears, view.years), 1e-6);
      const sigma = mul(view.tables.level, base);
      const slope = add(
        mul(mul(rho1, view.tables.eta1), lasting(speeds[0], left)),
        mul(mul(rho2, view.tables.eta2), lasting(speeds[1], left)),
      );
      return div(mul(vol(view, untilYears), slope), sigma);
    },
    features: ({ state }) => [mul(2, state.y1), mul(2, state.y2)],
  };
}

const factorOf = ({ state }: MarketView, f: number): Expr => (f === 0 ? state.y1 : state.y2);

/** Mean over τ of what is left of a factor: (1 − e^{−κτ})/(κτ). */
function lasting(kappa: number, left: Num): Num {
  const pull = mul(kappa, left);
  return div(sub(1, exp(mul(-1, pull))), pull);
}

/** What the network says at a time and state: exp g(y₁ + y₂ + N₀) and the raw corrections. */
function coefficientsAt(
  { params }: Pick<MarketView, "params">,
  feature: Num,
  { y1, y2 }: PathValues,
) {
  const [n0, r1, r2, b1, b2, a1, a2] = (params.marketNet as NetworkParam)([feature, 0, y1, y2]);
  return { base: exp(bounded(add(add(y1, y2), n0), stateBound)), r1, r2, b1, b2, a1, a2 };
}

/** ρ₁, ρ₂ and |ρ|². */
function correlations({ tables }: Pick<MarketView, "tables">, r1: Num, r2: Num) {
  const [own1, own2] = [add(tables.skew1, r1), add(tables.skew2, r2)];
  const inverse = reciprocal(add(1, add(square(own1), square(own2))));
  const scale = mul(correlationBound, sqrt(inverse));
  const squared = sub(correlationBound ** 2, mul(correlationBound ** 2, inverse));
  return { rho1: mul(scale, own1), rho2: mul(scale, own2), squared };
}

/** One step of x and the factors. */
function moved(step: MarketStep, speeds: readonly number[], hasJumps: boolean) {
  const { state, tables, tablesAfter, normals, dt, sqrtDt } = step;
  const now = coefficientsAt(step, tables.feature, state);
  const { rho1, rho2, squared } = correlations(step, now.r1, now.r2);
  const factor = (f: 0 | 1, y: Expr, eta: Expr, drift: Expr, correction: Expr): Expr => {
    const decay = exp(mul(-speeds[f], dt));
    const variance = div(sub(1, square(decay)), 2 * speeds[f]);
    const size = mul(mul(eta, sqrt(variance)), exp(bounded(correction, volOfVolBound)));
    return sum(mul(y, decay), mul(drift, sub(1, decay)), mul(size, normals[f]));
  };
  const y1 = factor(0, state.y1, tables.eta1, now.b1, now.a1);
  const y2 = factor(1, state.y2, tables.eta2, now.b2, now.a2);
  const next = coefficientsAt(step, tablesAfter.feature, { y1, y2 });
  const variance = mul(mul(square(tables.level), dt), square(now.base));
  const ended = mul(mul(square(tables.level), dt), square(next.base));
  const correlated = mul(squared, variance);
  const rest = max(sub(mul(0.5, add(variance, ended)), correlated), 0);
  const sigma = mul(mul(tables.level, sqrtDt), now.base);
  const shock = mul(sigma, add(mul(rho1, normals[0]), mul(rho2, normals[1])));
  const alone = mul(sqrt(rest), normals[2]);
  const drift = mul(-0.5, add(correlated, rest));
  const x = sum(state.x, shock, alone, drift);
  return { x: hasJumps ? add(x, jump(step)) : x, y1, y2 };
}

/** A jump's move of x less the compensator of its chance. */
function jump({ tables, normals, dt }: MarketStep): Expr {
  const chance = sub(1, exp(mul(-1, mul(tables.jumpRate, dt))));
  const size = add(tables.jumpMean, mul(tables.jumpStdDev, normals[4]));
  const growth = sub(exp(add(tables.jumpMean, mul(0.5, square(tables.jumpStdDev)))), 1);
  const happens = sub(chance, normCdf(normals[3]));
  return sub(select(happens, size, 0), log(add(1, mul(chance, growth))));
}

/** Weights of the network under the market's name. */
function networkValues(program: Program, theta: Float64Array): ParamValues {
  return Object.fromEntries(
    program.params
      .filter(({ name }) => name.startsWith("net."))
      .map((segment) => [
        `market${segment.name[0].toUpperCase()}${segment.name.slice(1)}`,
        theta.slice(segment.offset, segment.offset + segmentLength(segment)),
      ]),
  );
}

interface VarianceClock {
  /** ∫ ξ² up to a time. */
  readonly until: (years: number) => number;
}

const clockAt = (_: VarianceClock, { tables }: MarketView): Expr => tables.clock;

/** The at-the-money variance of the quotes up to a time. */
function varianceClock({ yearsToExpiry, forwardVol }: NeuralSdeConfig): VarianceClock {
  return {
    until: (years) =>
      yearsToExpiry.reduce((total, end, j) => {
        const from = yearsToExpiry[j - 1] ?? 0;
        const span = Math.max(0, Math.min(years, end) - from);
        return total + forwardVol[j] ** 2 * span;
      }, 0),
  };
}

function tablesOf(
  config: NeuralSdeConfig,
  at: (name: string, i?: number) => number,
  times: Float64Array,
  clock: VarianceClock,
): readonly Float64Array[] {
  const { yearsToExpiry, forwardVol, jumpDecayYears } = config;
  const last = yearsToExpiry[yearsToExpiry.length - 1];
  if (times[times.length - 1] > last * (1 + 1e-9)) {
    throw new InputError(
      `neuralSdeMarket: expected a horizon up to the last expiry of the fit, ${last} years, got ${times[times.length - 1]}. Fit a chain that reaches further.`,
    );
  }
  const interval = (time: number) => {
    const found = yearsToExpiry.findIndex((end) => end > time + 1e-9);
    return found < 0 ? yearsToExpiry.length - 1 : found;
  };
  const column = (f: (j: number, time: number) => number) =>
    Float64Array.from(times, (time) => f(interval(time), time));
  return [
    column((j) => forwardVol[j] * Math.exp(at("level", j))),
    column((j) => at("r1") + at("skew1", j)),
    column((j) => at("r2") + at("skew2", j)),
    column((j) => Math.exp(at("logEta1") + at("volOfVol1", j))),
    column((j) => Math.exp(at("logEta2") + at("volOfVol2", j))),
    column((_, time) => timeFeatures(time, last)[0]),
    column((j, time) => Math.exp(at("logJumps") + at("jumpRates", j) - time / jumpDecayYears)),
    column((j) => at("jumpMean") + jumpMeanUnit * at("jumpMeans", j)),
    column((j) => Math.exp(at("logJumpStdDev") + at("jumpSizes", j))),
    column((_, time) => clock.until(time)),
  ];
}
