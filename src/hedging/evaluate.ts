/**
 * What a policy does on paths it has not seen: its risk with a standard error, and the losses behind it.
 *
 * Several sets of scrambled Sobol' paths, each its own scramble: the spread between their values is the standard error.
 */
import type { Backend } from "../backend/backend.ts";
import { packParams } from "../ir/index.ts";
import { ShapeError } from "../num/errors.ts";
import { hedgeNoise } from "./noise.ts";
import { type HedgeProgram, hedgeProgram } from "./program.ts";
import type { HedgeProblem, Policy, Risk } from "./problem.ts";
import { weightedQuantile } from "./risks/weightedQuantile.ts";

export interface EvaluationOptions {
  /** Paths of a set; a multiple of 64. */
  readonly paths?: number;
  readonly sets?: number;
  readonly seed?: number;
  readonly threads?: number;
  /** For a conditioned policy: multiples of the risk's aversion and of every cost. */
  readonly aversion?: number;
  readonly costScale?: number;
}

export const evaluationDefaults = {
  paths: 65_536,
  sets: 8,
  seed: 20_190,
  threads: 1,
  aversion: 1,
  costScale: 1,
} as const;

/** Shares of the losses that a report names. */
const reportedLevels = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99] as const;

/** What one instrument did. Units: of the account. */
export interface InstrumentSums {
  readonly name: string;
  /** Mean value traded, cost and gain. */
  readonly turnover: number;
  readonly cost: number;
  readonly gains: number;
}

/** A policy on a problem, measured. Units: of the account. */
export interface HedgeEvaluation {
  readonly policy: string;
  /** The risk of the loss: the indifference price of who has no other position and sees no drift. */
  readonly risk: number;
  readonly standardError: number;
  /** Of the loss: what is owed less what was gained, costs included. */
  readonly mean: number;
  readonly standardDeviation: number;
  /** Mean of the worst twentieth of losses. */
  readonly cvar95: number;
  /** Mean value traded, and mean cost. */
  readonly turnover: number;
  readonly cost: number;
  readonly instruments: readonly InstrumentSums[];
  /** [share of losses below, loss] */
  readonly quantiles: readonly (readonly [number, number])[];
}

/** Losses path by path. */
export interface LossSample {
  /** [set · paths + path] */
  readonly losses: Float64Array;
  readonly costs: Float64Array;
  readonly turnover: Float64Array;
  /** Present where paths have weights; mean 1. */
  readonly weights?: Float32Array;
  readonly instruments: readonly InstrumentSums[];
}

/** Measures a policy at parameters.
 *
 * Shape   theta [param] of the policy, learned thresholds after it or left out; empty for a rule
 * Throws  InputError for a problem that cannot be, ShapeError for parameters that do not fit
 */
export async function evaluateHedge(
  problem: HedgeProblem,
  policy: Policy,
  theta: Float64Array,
  backend: Backend,
  options: EvaluationOptions = {},
): Promise<HedgeEvaluation> {
  const { paths, sets, aversion } = { ...evaluationDefaults, ...options };
  const sample = await sampleLosses(problem, policy, theta, backend, options);
  const { losses, weights } = sample;
  const risk = riskAt(problem.risk, aversion);
  const values = Array.from({ length: sets }, (_, i) => {
    const own = weights?.subarray(i * paths, (i + 1) * paths);
    return risk.ofSample(losses.subarray(i * paths, (i + 1) * paths), own).value;
  });
  const all = risk.ofSample(losses, weights);
  const between = Math.sqrt(
    values.reduce((sum, v) => sum + (v - mean(values)) ** 2, 0) / (sets * Math.max(1, sets - 1)),
  );
  const centre = mean(losses, weights);
  let variance = 0;
  losses.forEach((loss, i) => {
    variance += ((weights?.[i] ?? 1) * (loss - centre) ** 2) / losses.length;
  });
  return {
    policy: policy.name,
    risk: all.value,
    standardError: sets < 2 ? all.standardError : between,
    mean: centre,
    standardDeviation: Math.sqrt(variance),
    cvar95: worstMean(losses, 0.95, weights),
    turnover: mean(sample.turnover, weights),
    cost: mean(sample.costs, weights),
    instruments: sample.instruments,
    quantiles: quantilesOf(losses, weights),
  };
}

/** The measure at a multiple of its aversion. */
const riskAt = (risk: Risk, multiple: number): Risk =>
  multiple === 1 || risk.at === undefined ? risk : risk.at(multiple * risk.aversion);

/** Losses, costs and value traded of every path. */
export async function sampleLosses(
  problem: HedgeProblem,
  policy: Policy,
  theta: Float64Array,
  backend: Backend,
  options: EvaluationOptions = {},
): Promise<LossSample> {
  const { paths, sets, seed, threads, aversion, costScale } = { ...evaluationDefaults, ...options };
  const compiled = hedgeProgram(problem, policy, { centre: typicalLoss(problem), detail: "sums" });
  const { program, centre } = compiled;
  const full = fullTheta(compiled, theta);
  const runner = await backend.prepare(program, compiled.plan(paths), { threads });
  const noise = await hedgeNoise(compiled, backend, { paths, threads });
  const count = paths * sets;
  const losses = new Float64Array(count);
  const costs = new Float64Array(count);
  const turnover = new Float64Array(count);
  let weights: Float32Array | undefined;
  const names = problem.instruments.map(({ name }) => name);
  const sums = names.map(() => ({ turnover: 0, cost: 0, gains: 0 }));
  try {
    for (let set = 0; set < sets; set++) {
      noise.fill(seed + set, runner, [{ aversion, costScale }]);
      const observed = runner.observations(full);
      const column = (name: string) => {
        const i = program.observedNames.indexOf(name);
        return observed.subarray(i * paths, (i + 1) * paths);
      };
      const own = noise.weights();
      const start = set * paths;
      losses.set(column("excess"), start);
      if (own !== undefined) {
        weights ??= new Float32Array(count).fill(1);
        weights.set(own, start);
      }
      names.forEach((_, j) => {
        const [gained, cost, traded] = ["gains", "costs", "turnover"].map((n) =>
          column(`${n}${j}`),
        );
        for (let p = 0; p < paths; p++) {
          const share = (own?.[p] ?? 1) / count;
          costs[start + p] += cost[p];
          turnover[start + p] += traded[p];
          sums[j].gains += share * gained[p];
          sums[j].cost += share * cost[p];
          sums[j].turnover += share * traded[p];
        }
      });
    }
  } finally {
    runner.free();
    noise.free();
  }
  for (let i = 0; i < losses.length; i++) losses[i] += centre;
  return {
    losses,
    costs,
    turnover,
    ...(weights === undefined ? {} : { weights }),
    instruments: names.map((name, j) => ({ name, ...sums[j] })),
  };
}

/** All parameters of a program: what was learned, and the market's fixed ones.
 *
 * Shape   theta [param] of the policy, thresholds after it or left out
 * Throws  ShapeError for parameters that are too few or too many
 */
export function fullTheta(
  { program, problem, learned }: HedgeProgram,
  theta: Float64Array,
): Float64Array {
  const { thresholds } = problem.risk;
  if (theta.length !== learned && theta.length !== learned - thresholds.length) {
    throw new ShapeError(
      `${program.name}: expected theta [param] with ${learned} numbers, got ${theta.length}. Were they trained for this problem and policy?`,
    );
  }
  const scalars = program.params.filter(
    ({ name, shape, offset }) => shape.length === 0 && offset < learned && !name.includes("."),
  );
  const vectors = program.params.filter(
    ({ name, shape, offset }) => shape.length > 0 && offset < learned && !name.includes("."),
  );
  const full = packParams(program, {
    ...Object.fromEntries(scalars.map(({ name }) => [name, 0])),
    ...Object.fromEntries(vectors.map(({ name, shape }) => [name, new Float64Array(shape[0])])),
    ...problem.market.paramValues,
  });
  full.set(theta);
  return full;
}

/** A scale for losses that needs no simulation: what the book owes at the spread of the horizon, by quadrature over the final
 * price, with fixings on the straight line to it. */
export function typicalLoss({ book, market, horizonYears, account }: HedgeProblem): number {
  const { spot0, typicalVol } = market;
  const s = typicalVol * Math.sqrt(horizonYears);
  let value = 0;
  let mass = 0;
  for (let z = -5; z <= 5; z += 0.05) {
    const weight = Math.exp(-0.5 * z * z);
    const x = s * z - 0.5 * s * s;
    const spotAt = (years: number) => spot0 * Math.exp((x * years) / horizonYears);
    for (const { payoff, quantity } of book) {
      const spot = spotAt(payoff.expiryYears);
      const owed = quantity * payoff.valueOf({ spot0, fixings: payoff.fixings.map(spotAt), spot });
      value += weight * (account === "coin" ? owed / spot : owed);
    }
    mass += weight;
  }
  return value / mass;
}

function mean(values: ArrayLike<number>, weights?: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (weights?.[i] ?? 1) * values[i];
  return sum / values.length;
}

/** Mean of the losses beyond a level. */
function worstMean(losses: Float64Array, level: number, weights?: Float32Array): number {
  const y = weightedQuantile(losses, level, weights);
  let beyond = 0;
  losses.forEach((loss, i) => {
    beyond += (weights?.[i] ?? 1) * Math.max(0, loss - y);
  });
  return y + beyond / losses.length / (1 - level);
}

function quantilesOf(
  losses: Float64Array,
  weights: Float32Array | undefined,
): readonly (readonly [number, number])[] {
  if (weights !== undefined) {
    return reportedLevels.map((level) => [level, weightedQuantile(losses, level, weights)]);
  }
  const sorted = losses.slice().sort();
  return reportedLevels.map((level) => [level, sorted[Math.floor(level * (sorted.length - 1))]]);
}
