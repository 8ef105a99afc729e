/**
 * What a policy does on paths it has not seen: its risk with a standard error, and the losses behind it.
 *
 * Several sets of scrambled Sobol' paths, each its own scramble: the spread between their values is the standard error.
 */
import type { Backend } from "../backend/backend.ts";
import { packParams } from "../ir/index.ts";
import { sobolNoise } from "../random/noise.ts";
import { type HedgeProgram, hedgeProgram } from "./program.ts";
import type { HedgeProblem, Policy } from "./problem.ts";

export interface EvaluationOptions {
  /** Paths of a set; a multiple of 64. */
  readonly paths?: number;
  readonly sets?: number;
  readonly seed?: number;
  readonly threads?: number;
}

export const evaluationDefaults = { paths: 65_536, sets: 8, seed: 20_190, threads: 1 } as const;

/** A policy on a problem, measured. Units: currency. */
export interface HedgeEvaluation {
  readonly policy: string;
  /** The risk of the loss: the indifference price of who has no other position. */
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
}

/** Measures a policy at parameters.
 *
 * Shape   theta [param] of the policy, learned thresholds after it or left out; empty for a rule
 */
export async function evaluateHedge(
  problem: HedgeProblem,
  policy: Policy,
  theta: Float64Array,
  backend: Backend,
  options: EvaluationOptions = {},
): Promise<HedgeEvaluation> {
  const settings = { ...evaluationDefaults, ...options };
  const compiled = hedgeProgram(problem, policy, typicalLoss(problem));
  // thresholds have no part in the losses
  const zeros = Object.fromEntries(problem.risk.thresholds.map((name) => [name, 0]));
  const full = packParams(compiled.program, zeros);
  full.set(theta.subarray(0, full.length));
  const { losses, costs, turnover } = await sampleLosses(compiled, full, backend, settings);
  const { paths, sets } = settings;
  const values = Array.from(
    { length: sets },
    (_, i) => problem.risk.ofSample(losses.slice(i * paths, (i + 1) * paths)).value,
  );
  const all = problem.risk.ofSample(losses);
  const between =
    sets < 2
      ? all.standardError
      : Math.sqrt(
          values.reduce((sum, v) => sum + (v - mean(values)) ** 2, 0) / (sets * (sets - 1)),
        );
  const centre = mean(losses);
  let variance = 0;
  for (const loss of losses) variance += (loss - centre) ** 2 / losses.length;
  return {
    policy: policy.name,
    risk: all.value,
    standardError: between,
    mean: centre,
    standardDeviation: Math.sqrt(variance),
    cvar95: worstMean(losses, 0.05),
    turnover: mean(turnover),
    cost: mean(costs),
  };
}

/** Losses, costs and value traded of every path. */
async function sampleLosses(
  compiled: HedgeProgram,
  theta: Float64Array,
  backend: Backend,
  { paths, sets, seed, threads }: Required<EvaluationOptions>,
): Promise<{ losses: Float64Array; costs: Float64Array; turnover: Float64Array }> {
  const { program, times, centre } = compiled;
  const plan = compiled.plan(paths);
  const runner = await backend.prepare(program, plan, { threads });
  const losses = new Float64Array(paths * sets);
  const costs = new Float64Array(paths * sets);
  const turnover = new Float64Array(paths * sets);
  for (let set = 0; set < sets; set++) {
    const into = runner.noise();
    const { steps } = plan;
    const { factors } = program;
    sobolNoise({ steps, factors, initialNormals: 0, paths, seed: seed + set, times, into });
    const observed = runner.observations(theta);
    const column = (i: number) => observed.subarray(i * paths, (i + 1) * paths);
    losses.set(column(0), set * paths);
    costs.set(column(1), set * paths);
    turnover.set(column(2), set * paths);
  }
  runner.free();
  for (let i = 0; i < losses.length; i++) losses[i] += centre;
  return { losses, costs, turnover };
}

/** A scale for losses that needs no simulation: what the claim is worth at the spread of the horizon, by quadrature. */
export function typicalLoss({ claim, spot0, typicalVol, yearsToExpiry }: HedgeProblem): number {
  const s = typicalVol * Math.sqrt(yearsToExpiry);
  let value = 0;
  let mass = 0;
  for (let z = -5; z <= 5; z += 0.05) {
    const weight = Math.exp(-0.5 * z * z);
    value += weight * claim.payoffAt(spot0 * Math.exp(s * z - 0.5 * s * s));
    mass += weight;
  }
  return value / mass;
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

function worstMean(losses: Float64Array, share: number): number {
  const sorted = losses.slice().sort();
  const first = Math.floor(sorted.length * (1 - share));
  return mean(sorted.subarray(first));
}
