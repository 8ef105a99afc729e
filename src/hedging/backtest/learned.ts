/** Policies that are trained along the walk, on the market that was fitted last, and asked at every decision. */
import type { Backend } from "../../backend/backend.ts";
import { quotedPolicy, type QuotedState } from "../explain/quotedPolicy.ts";
import { trainHedge } from "../train.ts";
import type { BacktestConfig, PolicyConfig } from "./config.ts";
import type { MarketFit } from "./marketFit.ts";
import { frictionOf } from "./parts.ts";
import {
  bandReason,
  type HedgeDecision,
  type HeldHedge,
  type HedgeStrategy,
} from "./strategies.ts";
import type { TradeState } from "./tradeState.ts";
import { impliedVariance, policyOf, scaledHeston, trainingProblem } from "./training.ts";
import type { LearnedHedge } from "./walkState.ts";

/** A trained policy as the walk keeps it. Plain data. */
interface TrainedData {
  readonly fit: MarketFit;
  /** [param] */
  readonly theta: readonly number[];
  readonly status: string;
  readonly risk: number;
}

/** The configuration's policies. */
export const learnedHedges = (
  config: BacktestConfig,
  backend: Backend,
  threads: number,
): readonly LearnedHedge[] =>
  config.policies.map((policy): LearnedHedge => {
    const friction = frictionOf(config);
    const rule = policyOf(policy);
    return {
      name: policy.name,
      async train(fit, training): Promise<TrainedData> {
        const problem = trainingProblem(config, policy, friction, fit);
        const { theta, status, evaluation } = await trainHedge(problem, rule, backend, {
          iterations: policy.iterations,
          paths: policy.paths,
          seed: 1000 * config.seed + training,
          threads,
          evaluation: { paths: 8192, sets: 2 },
        });
        return { fit, theta: Array.from(theta), status, risk: evaluation.risk };
      },
      async strategy(data): Promise<HedgeStrategy> {
        const { fit, theta } = data as TrainedData;
        const problem = trainingProblem(config, policy, friction, fit);
        const asked = await quotedPolicy(problem, rule, Float64Array.from(theta), backend);
        const { horizonYears } = problem;
        return {
          name: policy.name,
          decide: (states, before) =>
            decide(asked.ask, { policy, fit, horizonYears }, states, before),
        };
      },
    };
  });

/** Positions far outside of any band: what the policy does from there are the band's edges. */
const farAway = 10;

function decide(
  ask: (states: readonly QuotedState[]) => number[][],
  about: { readonly policy: PolicyConfig; readonly fit: MarketFit; readonly horizonYears: number },
  states: readonly TradeState[],
  before: readonly HeldHedge[],
): HedgeDecision[] {
  const isBand = about.policy.kind === "band";
  const questions = states.flatMap((state, i) => {
    const ratio = state.forward / state.price;
    const from = isBand ? [before[i].units / ratio, -farAway, farAway] : [before[i].units / ratio];
    return from.map((position) => quotedState(about, state, position));
  });
  const answers = ask(questions);
  const per = isBand ? 3 : 1;
  return states.map((state, i): HedgeDecision => {
    // units of the forward to units of the perpetual
    const ratio = state.forward / state.price;
    const [units, low, high] = answers.slice(i * per, (i + 1) * per).map(([u]) => u * ratio);
    return {
      units,
      optionContracts: 0,
      reason: isBand ? bandReason(before[i].units, low, high) : "what the network asks for",
    };
  });
}

/** A trade as the policy was trained to see it: prices over the strike. */
function quotedState(
  { policy, fit, horizonYears }: { policy: PolicyConfig; fit: MarketFit; horizonYears: number },
  { trade, forward, yearsToExpiry, vol, timeMs }: TradeState,
  position: number,
): QuotedState {
  const logStrike =
    trade.legs.reduce((sum, { strike }) => sum + Math.log(strike), 0) / trade.legs.length;
  const own = vol * policy.volMultiple;
  const market: Record<string, number> =
    fit.model === "heston"
      ? { v: impliedVariance(scaledHeston(fit.params, policy.volMultiple), own, yearsToExpiry) }
      : {};
  return {
    years: Math.max(0, horizonYears - yearsToExpiry),
    isFirst: timeMs === trade.openedMs,
    spot: forward / Math.exp(logStrike),
    vol: own,
    positions: [position],
    market,
  };
}
