/**
 * The neural SDE under Q: a stochastic-volatility skeleton whose coefficients a network corrects.
 *
 * x = ln(S_t/F_t), volatility driven by two Ornstein-Uhlenbeck factors y₁ (slow) and y₂ (fast):
 *
 *   dy_f = −κ_f y_f dt + η_f e^{v_jf + A_f} dW_f + κ_f B_f dt,   y_f(0) = e^{u_f} Z_f
 *   σ    = ξ_j e^{ℓ_j} · exp g(y₁ + y₂ + N₀)                      g(u) = 1.25 tanh(u/1.25)
 *   ρ    = 0.9 r/√(1+|r|²),   r = r₀ + s_j + R
 *   dx   = −½σ² dt + σ (ρ·dW + √(1−|ρ|²) dW⊥) + compensated jumps
 *
 * ξ_j is the forward volatility of expiry interval j bootstrapped from at-the-money quotes; ℓ_j, s_j and v_j
 * (level, skew, vol-of-vol) are learned per interval; (N₀, R, B, A) are the outputs of one network of
 * (√t, ln t, y₁, y₂). With a silent network this is a two-factor log-Ornstein-Uhlenbeck model.
 * Speeds stay below 16 a year (κ = 16 tanh(κ̃/16)) and |ρ| below 0.9: what the time grid and the paths can resolve.
 *
 * σ and ρ do not depend on x, so given the factors' path the price at T is lognormal: the program simulates
 * only the factors and carries the effective forward and variance,
 *   x_p = Σ σ√dt ρ·z − ½σ²|ρ|² dt  (left point: a martingale for every network and every step size),
 *   w_p = Σ [½(σ_i² + σ_{i+1}²) − σ_i²|ρ_i|²] dt  (the variance that x_p leaves of the trapezoid, so that total
 *         variance is right to second order in the step),
 * and an option is the mean over paths of Black(e^{x_p}, K, w_p) (conditional Monte Carlo, "mixing":
 * Hull & White 1987; Romano & Touzi 1997). Butterfly-free by construction: every term is a Black price.
 *
 * Jumps, with a law of their own in every interval, are summed in the payoff: see neuralSdeJumps.ts.
 */
import type { Plan } from "../backend/backend.ts";
import {
  add,
  defineProgram,
  div,
  exp,
  type Expr,
  initialiseMlp,
  max,
  mlp,
  mul,
  neg,
  type Num,
  packParams,
  type Program,
  reciprocal,
  scalar,
  sqrt,
  square,
  sub,
  tanh,
  vector,
} from "../ir/index.ts";
import { conditionalBlack } from "../sde/conditionalBlack.ts";
import { jumpMixture } from "./neuralSdeJumps.ts";
import { quadraticGrid, type TimeGrid } from "../sde/timeGrid.ts";

/** Structure of a neural SDE: plain data, saved with the model. */
export interface NeuralSdeConfig {
  /** [expiry], increasing: the ends of the intervals that have tables of their own. */
  readonly yearsToExpiry: readonly number[];
  /** [expiry]: ξ, the forward volatility of the interval that ends there. */
  readonly forwardVol: readonly number[];
  readonly gridSteps: number;
  readonly minStepsPerInterval: number;
  /** Widths of the hidden layers. */
  readonly hidden: readonly number[];
  /** Most jumps that a payoff counts: 0, 1 or 2. */
  readonly maxJumps: number;
  /** τ: years after which the jump intensity has fallen by a factor e. */
  readonly jumpDecayYears: number;
}

/** Options that have defaults. */
export const neuralSdeDefaults = {
  gridSteps: 128,
  minStepsPerInterval: 5,
  hidden: [12, 12],
  maxJumps: 1,
  jumpDecayYears: 0.1,
} as const;

/** Starting values of the skeleton: speeds per year, sizes per √year, correlations, log of the initial spread. */
const skeleton = {
  kappa: [2.5, 30],
  eta: [0.8, 3],
  r: [-0.3, -0.3],
  logInitialSpread: [-1.5, -1.5],
  jumpsPerYear: 0.5,
  /** Mean and standard deviation of a jump in units of the mean at-the-money volatility. */
  jumpMean: -0.3,
  jumpStdDev: 0.3,
} as const;

/** Least total variance of a path: where its volatility fell too fast for the step. */
const smallestVariance = 1e-8;

/** Largest |ρ|: some variance always remains for the conditional price to smooth. */
export const correlationBound = 0.9;
/** Largest speed of a factor, per year: faster ones would live between the grid's steps. */
const fastestSpeed = 16;

/** Largest κT of a bridge's clock: e^{2κT} must be a number. */
const largestClockExponent = 100;

/** Bounds of the network's log-volatility and log-vol-of-vol. */
export const stateBound = 1.25;
export const volOfVolBound = 1.5;

/** Options (rows) that a plan prices: columns [row], ordered by expiry. */
export interface OptionRows {
  readonly expiryOf: ArrayLike<number>;
  readonly logMoneyness: ArrayLike<number>;
  /** +1 call, −1 put. */
  readonly sign: ArrayLike<number>;
  /** Coefficient of the martingale control variate e^x − 1: the option's Black delta; 0 for none. */
  readonly delta: ArrayLike<number>;
}

const bounded = (u: Num, bound: number): Expr => mul(bound, tanh(mul(u, 1 / bound)));

/** Inputs of the network: functions of time scaled to about [−1, 1]. */
export function timeFeatures(t: number, horizon: number): readonly [number, number] {
  return [2 * Math.sqrt(t / horizon) - 1, 0];
}

/** The traced program. State: x, w, the factors, and what the network said about the current (t, y). */
export function neuralSdeProgram(config: NeuralSdeConfig): Program {
  const expiries = config.yearsToExpiry.length;
  const horizon = config.yearsToExpiry[expiries - 1];
  const start = timeFeatures(0, horizon);
  return defineProgram({
    name: "neural SDE",
    params: {
      net: mlp({ inputs: 4, hidden: [...config.hidden], outputs: 7, activation: "tanh" }),
      logKappa1: scalar(),
      logKappa2: scalar(),
      logEta1: scalar(),
      logEta2: scalar(),
      r1: scalar(),
      r2: scalar(),
      logSpread1: scalar(),
      logSpread2: scalar(),
      level: vector(expiries),
      skew1: vector(expiries),
      skew2: vector(expiries),
      volOfVol1: vector(expiries),
      volOfVol2: vector(expiries),
      logJumps: scalar(),
      jumpMean: scalar(),
      logJumpStdDev: scalar(),
      jumpRates: vector(expiries),
      jumpMeans: vector(expiries),
      jumpSizes: vector(expiries),
    },
    factors: 2,
    initialNormals: 2,
    stepTables: ["dt", "interval", "forwardVol", "sqrtTimeNext", "logTimeNext"],
    rowTables: ["strike", "logStrike", "sign", "delta", "interval"],
    init: ({ p, z }) => {
      const y1 = mul(exp(p.logSpread1), z[0]);
      const y2 = mul(exp(p.logSpread2), z[1]);
      return { x: 0, w: 0, y1, y2, ...coefficients(p.net, start[0], start[1], y1, y2) };
    },
    step: ({ p, s, z, t }) => {
      const level = mul(t.forwardVol, exp(p.level.at(t.interval)));
      const r1 = add(add(p.r1, p.skew1.at(t.interval)), s.r1);
      const r2 = add(add(p.r2, p.skew2.at(t.interval)), s.r2);
      const inverse = reciprocal(add(1, add(square(r1), square(r2))));
      const orthogonal = add(1 - correlationBound ** 2, mul(correlationBound ** 2, inverse)); // 1 − |ρ|²
      const slow = factorStep({
        logKappa: p.logKappa1,
        logEta: p.logEta1,
        logVolOfVol: p.volOfVol1.at(t.interval),
        y: s.y1,
        drift: s.b1,
        correction: s.a1,
        normal: z[0],
        dt: t.dt,
      });
      const fast = factorStep({
        logKappa: p.logKappa2,
        logEta: p.logEta2,
        logVolOfVol: p.volOfVol2.at(t.interval),
        y: s.y2,
        drift: s.b2,
        correction: s.a2,
        normal: z[1],
        dt: t.dt,
      });
      const sigma = mul(level, s.base);
      const shock = mul(
        mul(sigma, sqrt(t.dt)),
        mul(mul(correlationBound, sqrt(inverse)), add(mul(r1, z[0]), mul(r2, z[1]))),
      );
      const correlated = mul(mul(square(sigma), t.dt), sub(1, orthogonal));
      const next = coefficients(p.net, t.sqrtTimeNext, t.logTimeNext, slow, fast);
      const trapezoid = mul(
        mul(0.5, mul(t.dt, square(level))),
        add(square(s.base), square(next.base)),
      );
      return {
        x: add(s.x, sub(shock, mul(0.5, correlated))),
        w: add(s.w, sub(trapezoid, correlated)),
        y1: slow,
        y2: fast,
        ...next,
      };
    },
    observe: ({ s }) => ({ x: s.x, w: max(s.w, smallestVariance) }),
    row: ({ p, o, t }) => {
      const option = (x: Num, w: Num): Expr =>
        conditionalBlack({ x, w, strike: t.strike, logStrike: t.logStrike, sign: t.sign });
      const price = config.maxJumps === 0 ? option(o.x, o.w) : jumpMixture(config, p, t, o, option);
      return sub(price, mul(t.delta, sub(exp(o.x), 1)));
    },
  });
}

type Network = (inputs: readonly Num[]) => readonly Expr[];

/** What the network says at (t, y): exp g(y₁ + y₂ + N₀) and the raw corrections R, B, A. */
function coefficients(net: Network, sqrtTime: Num, logTime: Num, y1: Expr, y2: Expr) {
  const [n0, r1, r2, b1, b2, a1, a2] = net([sqrtTime, logTime, y1, y2]);
  return { base: exp(bounded(add(add(y1, y2), n0), stateBound)), r1, r2, b1, b2, a1, a2 };
}

interface FactorStep {
  readonly logKappa: Expr;
  readonly logEta: Expr;
  readonly logVolOfVol: Expr;
  readonly y: Expr;
  readonly drift: Expr;
  readonly correction: Expr;
  readonly normal: Expr;
  readonly dt: Expr;
}

/** Exact step of the Ornstein-Uhlenbeck factor with its coefficients held over the step. */
function factorStep(o: FactorStep): Expr {
  const kappa = bounded(exp(o.logKappa), fastestSpeed);
  const decay = exp(neg(mul(kappa, o.dt)));
  const variance = div(sub(1, square(decay)), mul(2, kappa));
  const size = mul(exp(add(o.logEta, o.logVolOfVol)), sqrt(variance));
  const diffusion = mul(mul(size, exp(bounded(o.correction, volOfVolBound))), o.normal);
  return add(add(mul(o.y, decay), mul(o.drift, sub(1, decay))), diffusion);
}

/** Grid of a configuration; `refine: 2` splits every step in two. */
export function neuralSdeGrid(config: NeuralSdeConfig, refine = 1): TimeGrid {
  return quadraticGrid(config.yearsToExpiry, {
    steps: config.gridSteps,
    minPerInterval: config.minStepsPerInterval,
    refine,
  });
}

/** How quasi-random points are spent on a grid's normals: `times`, `clocks` and `scale` of `sobolNoise`.
 *
 * A mean-reverting factor forgets, so its bridge runs on the clock on which an Ornstein-Uhlenbeck process is a Brownian
 * motion (e^{2κt}): a split then decides the factor's value there and not the sum of all its shocks. Halving on
 * the scale of √t gives every expiry good coordinates, the first as much as the last.
 */
export function neuralSdeBridge({ times }: TimeGrid): {
  readonly times: Float64Array;
  readonly clocks: readonly Float64Array[];
  readonly scale: Float64Array;
} {
  const horizon = times[times.length - 1];
  const clocks = skeleton.kappa.map((speed) => {
    const kappa = Math.min(speed, fastestSpeed, largestClockExponent / horizon);
    return times.map((t) => Math.expm1(2 * kappa * t));
  });
  return { times, clocks, scale: times.map(Math.sqrt) };
}

/** Step tables of a grid, in the order of the program. */
function stepTables(config: NeuralSdeConfig, grid: TimeGrid): Float64Array[] {
  const steps = grid.interval.length;
  const horizon = config.yearsToExpiry[config.yearsToExpiry.length - 1];
  const column = (f: (i: number) => number) => Float64Array.from({ length: steps }, (_, i) => f(i));
  return [
    column((i) => grid.times[i + 1] - grid.times[i]),
    Float64Array.from(grid.interval),
    column((i) => config.forwardVol[grid.interval[i]]),
    column((i) => timeFeatures(grid.times[i + 1], horizon)[0]),
    column((i) => timeFeatures(grid.times[i + 1], horizon)[1]),
  ];
}

/** Plan that prices options at the expiries.
 *
 * Shape   rows [row] ordered by expiry → plan with one date per expiry
 */
export function neuralSdePlan(
  config: NeuralSdeConfig,
  rows: OptionRows,
  paths: number,
  refine = 1,
): Plan {
  const grid = neuralSdeGrid(config, refine);
  return {
    steps: grid.interval.length,
    stepTables: stepTables(config, grid),
    dates: grid.dates,
    rowDate: Int32Array.from(rows.expiryOf),
    rowTables: [
      Float64Array.from(rows.logMoneyness, Math.exp),
      Float64Array.from(rows.logMoneyness),
      Float64Array.from(rows.sign),
      Float64Array.from(rows.delta),
      Float64Array.from(rows.expiryOf),
    ],
    paths,
  };
}

/** Plan that observes (x_p, w_p) after the given steps of the grid and prices nothing. */
export function neuralSdeNodePlan(
  config: NeuralSdeConfig,
  dates: ArrayLike<number>,
  paths: number,
): Plan {
  const grid = neuralSdeGrid(config);
  return {
    steps: grid.interval.length,
    stepTables: stepTables(config, grid),
    dates,
    rowDate: new Int32Array(0),
    rowTables: [[], [], [], [], []],
    paths,
  };
}

/** Parameters of the skeleton with a nearly silent network.
 *
 * Shape   → [param]
 * @param meanVol  mean at-the-money volatility: the scale of the first guess for jumps
 */
export function initialTheta(
  config: NeuralSdeConfig,
  program: Program,
  seed: number,
  meanVol: number,
): Float64Array {
  const zeros = config.yearsToExpiry.map(() => 0);
  const theta = packParams(program, {
    logKappa1: Math.log(skeleton.kappa[0]),
    logKappa2: Math.log(skeleton.kappa[1]),
    logEta1: Math.log(skeleton.eta[0]),
    logEta2: Math.log(skeleton.eta[1]),
    r1: skeleton.r[0],
    r2: skeleton.r[1],
    logSpread1: skeleton.logInitialSpread[0],
    logSpread2: skeleton.logInitialSpread[1],
    level: zeros,
    skew1: zeros,
    skew2: zeros,
    volOfVol1: zeros,
    volOfVol2: zeros,
    logJumps: Math.log(skeleton.jumpsPerYear),
    jumpMean: skeleton.jumpMean * meanVol,
    logJumpStdDev: Math.log(skeleton.jumpStdDev * meanVol),
    jumpRates: zeros,
    jumpMeans: zeros,
    jumpSizes: zeros,
  });
  initialiseMlp(program, "net", theta, seed, { lastScale: 0.02 });
  return theta;
}
