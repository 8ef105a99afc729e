/**
 * Statistical arbitrage: what a hedge of nothing earns, and path weights under which it earns nothing.
 *
 * A hedge that is trained on a market with drift earns the drift, and calls that hedging. Trained with nothing owed, its best
 * entropic risk −g < 0 is the certain amount that the drift is worth to the hedger. Weights in proportion to the marginal
 * utility of its gains G,
 *
 *   dQ/dP = e^{−aG}/E[e^{−aG}],
 *
 * make that trading worth nothing more: no strategy earns more than it costs under Q (the minimal-entropy measure where the
 * policy is the best one).
 *
 * Source  Buehler, Murray, Pakkanen & Wood (2022), Deep hedging: learning to remove the drift, section 3
 */
import type { Backend } from "../backend/backend.ts";
import { InputError } from "../num/errors.ts";
import { fullTheta } from "./evaluate.ts";
import { hedgeNoise } from "./noise.ts";
import { hedgeProgram } from "./program.ts";
import { entropicRisk } from "./risks/entropic.ts";
import { trainHedge, type TrainOptions } from "./train.ts";
import type { HedgeProblem, Market, NoiseRequest, NoiseSource, Policy } from "./problem.ts";

/** What a hedge of nothing is worth. Units: of the account. */
export interface ArbitrageReport {
  /** Certainty equivalent of the best trading found, and its standard error on paths it has not seen. */
  readonly gain: number;
  readonly standardError: number;
  /** More than two standard errors above 0. */
  readonly isArbitrage: boolean;
  readonly theta: Float64Array;
}

/** Trains a hedge of nothing with entropic risk of the problem's aversion.
 *
 * Throws  InputError for a problem that cannot be
 */
export async function statisticalArbitrage(
  problem: HedgeProblem,
  policy: Policy,
  backend: Backend,
  options: TrainOptions = {},
): Promise<ArbitrageReport> {
  const nothing = withoutBook(problem);
  const trained = await trainHedge(nothing, policy, backend, options);
  const { risk, standardError } = trained.evaluation;
  return {
    gain: -risk,
    standardError,
    isArbitrage: -risk > 2 * standardError && -risk > 0,
    theta: trained.theta,
  };
}

/** The problem of hedging nothing. */
export function withoutBook(problem: HedgeProblem): HedgeProblem {
  const { condition: _condition, ...rest } = problem;
  return {
    ...rest,
    // the same clock: fixings and expiries of nothing
    book: problem.book.map(({ payoff }) => ({ payoff, quantity: 0 })),
    risk: entropicRisk(problem.risk.aversion),
  };
}

/** The market with path weights that take its drift away, and what there was before and is left after.
 *
 * Throws  InputError for a problem that cannot be
 */
export async function removeDrift(
  problem: HedgeProblem,
  policy: Policy,
  backend: Backend,
  options: TrainOptions = {},
): Promise<{
  readonly market: Market;
  readonly before: ArbitrageReport;
  readonly after: ArbitrageReport;
}> {
  const before = await statisticalArbitrage(problem, policy, backend, options);
  const market = reweightedMarket(problem, policy, before.theta);
  const after = await statisticalArbitrage({ ...problem, market }, policy, backend, {
    ...options,
    seed: (options.seed ?? 1) + 1,
  });
  return { market, before, after };
}

/** A market whose paths weigh what their gains from trading are worth at the margin.
 *
 * Throws  InputError when the market is used on another clock than the problem's
 */
export function reweightedMarket(
  problem: HedgeProblem,
  policy: Policy,
  theta: Float64Array,
): Market {
  const { market } = problem;
  const nothing = withoutBook(problem);
  const a = nothing.risk.aversion;
  const noise = async (request: NoiseRequest, backend: Backend): Promise<NoiseSource> => {
    const compiled = hedgeProgram(nothing, policy, { centre: 0, detail: "loss" });
    const { marketYears } = compiled.clock;
    const { times, paths, threads } = request;
    if (
      times.length !== marketYears.length ||
      times.some(
        (time, i) => Math.abs(time - marketYears[i]) > 1e-9 * marketYears[marketYears.length - 1],
      )
    ) {
      throw new InputError(
        "removeDrift: expected the clock that the weights were learned on, got another. Remove the drift of the problem with its own dates, fixings and expiries.",
      );
    }
    const full = fullTheta(compiled, theta);
    const runner = await backend.prepare(compiled.program, compiled.plan(paths), { threads });
    const inner = await hedgeNoise(compiled, backend, { paths, threads });
    const weights = new Float32Array(paths);
    return {
      fill: (seed, into) => {
        inner.fill(seed, runner, [{ aversion: 1, costScale: 1 }]);
        const own = runner.noise();
        into.increments.set(own.increments);
        into.initial.set(own.initial.subarray(0, into.initial.length));
        const excess = runner.observations(full).subarray(0, paths);
        weightsOf(excess, a, inner.weights(), weights);
      },
      weights: () => weights,
      free: () => {
        runner.free();
        inner.free();
      },
    };
  };
  return { ...market, name: `${market.name} without drift`, noise };
}

/** e^{a · loss} with mean 1. */
function weightsOf(
  losses: ArrayLike<number>,
  a: number,
  old: Float32Array | undefined,
  out: Float32Array,
): void {
  let sum = 0;
  for (let p = 0; p < out.length; p++) {
    out[p] = (old?.[p] ?? 1) * Math.exp(a * losses[p]);
    sum += out[p];
  }
  for (let p = 0; p < out.length; p++) out[p] *= out.length / sum;
}
