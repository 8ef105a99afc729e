/**
 * Noise of a hedging program: the market's normals, the weights of its paths, and what a conditioned policy is told.
 *
 * Sobol' points by default; a market may bring its own (historical returns, correlated drivers, weights).
 */
import type { Backend, Runner } from "../backend/backend.ts";
import { philoxUniforms } from "../random/normals.ts";
import { sobolNoise } from "../random/noise.ts";
import { initialSlots } from "./start.ts";
import type { HedgeProgram } from "./program.ts";
import type { Market, NoiseRequest, NoiseSource } from "./problem.ts";

/** One pair of a conditioned policy, as multiples. */
export interface ConditionPair {
  readonly aversion: number;
  readonly costScale: number;
}

/** The noise of one runner. */
export interface HedgeNoise {
  /** Fills the runner's noise; `pairs` [group] are what the groups are told. */
  readonly fill: (seed: number, runner: Runner, pairs: readonly ConditionPair[]) => void;
  /** Weights of the paths last filled. */
  readonly weights: () => Float32Array | undefined;
  readonly free: () => void;
}

/** Makes the noise of a program. */
export async function hedgeNoise(
  compiled: HedgeProgram,
  backend: Backend,
  { paths, threads }: { readonly paths: number; readonly threads: number },
): Promise<HedgeNoise> {
  const { problem, clock } = compiled;
  const { market } = problem;
  const slots = initialSlots(problem);
  const times = clock.marketYears;
  // nothing of the caller's among the normals: the engine draws them itself, on all threads
  const plain = market.noise === undefined && slots.condition === undefined;
  const source = await marketNoise(market, { times, paths, threads }, backend);
  return {
    fill: (seed, runner, pairs) => {
      if (plain && runner.plan.steps === times.length - 1) {
        runner.drawSobol({ seed, times });
        return;
      }
      const { increments, initial } = runner.noise();
      source.fill(seed, {
        increments,
        initial: initial.subarray(0, market.initialNormals * paths),
      });
      const slot = (index: number) => initial.subarray(index * paths, (index + 1) * paths);
      if (slots.weight !== undefined) {
        const weights = source.weights();
        if (weights === undefined) slot(slots.weight).fill(1);
        else slot(slots.weight).set(weights);
      }
      if (slots.condition !== undefined) {
        const told = [0, 1, 2, 3].map((k) => slot((slots.condition ?? 0) + k));
        const { length } = pairs;
        for (let p = 0; p < paths; p++) {
          // Sobol' points are even over strides, so that each group has even points
          const group = Math.floor((p * length) / paths);
          told[0][p] = pairs[group].aversion;
          told[1][p] = Math.log(pairs[group].aversion);
          told[2][p] = pairs[group].costScale;
          told[3][p] = group;
        }
      }
    },
    weights: source.weights,
    free: source.free,
  };
}

/** The noise of a market on its times. */
export const marketNoise = (
  market: Pick<Market, "factors" | "initialNormals" | "noise">,
  request: NoiseRequest,
  backend: Backend,
): Promise<NoiseSource> =>
  market.noise?.(request, backend) ?? Promise.resolve(sobolSource(market, request));

/** Scrambled Sobol' points through a Brownian bridge; each seed another scramble. */
function sobolSource(
  { factors, initialNormals }: Pick<Market, "factors" | "initialNormals">,
  { times, paths }: NoiseRequest,
): NoiseSource {
  return {
    fill: (seed, into) => {
      const steps = times.length - 1;
      sobolNoise({ steps, factors, initialNormals, paths, seed, times, into });
    },
    weights: () => undefined,
    free: () => {},
  };
}

/** Pairs of an iteration: aversion even in its logarithm, cost in its square root; a stratum for each group. */
export function conditionPairs({ problem, groups }: HedgeProgram, seed: number): ConditionPair[] {
  const { condition } = problem;
  if (condition === undefined) return [{ aversion: 1, costScale: 1 }];
  const [u, v] = [philoxUniforms(seed, 71, groups), philoxUniforms(seed, 72, groups)];
  const [low, high] = condition.aversion.map(Math.log);
  const [least, most] = condition.costScale.map(Math.sqrt);
  // a stratum of each, paired at random
  const order = Array.from({ length: groups }, (_, i) => i).sort((i, j) => v[i] - v[j]);
  return Array.from({ length: groups }, (_, g) => ({
    aversion: Math.exp(low + ((high - low) * (g + u[g])) / groups),
    costScale: (least + ((most - least) * (order[g] + u[groups - 1 - g])) / groups) ** 2,
  }));
}
