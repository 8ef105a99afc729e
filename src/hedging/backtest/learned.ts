/** Policies that are trained along the walk, on the market that was fitted last, and asked at every decision. */
import type { Backend } from "../../backend/backend.ts";
import { forwardDelta } from "../../formulas/index.ts";
import { type QuotedOption, quotedPolicy, type QuotedState } from "../explain/quotedPolicy.ts";
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
import {
  contractLot,
  impliedVariance,
  policyOf,
  scaledHeston,
  trainingProblem,
  withPrices,
} from "./training.ts";
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
        const bare = trainingProblem(config, policy, friction, fit);
        const seed = 1000 * config.seed + training;
        const problem = await withPrices(bare, backend, { seed, threads });
        const { theta, status, evaluation } = await trainHedge(problem, rule, backend, {
          iterations: policy.iterations,
          paths: policy.paths,
          seed,
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

interface About {
  readonly policy: PolicyConfig;
  readonly fit: MarketFit;
  readonly horizonYears: number;
}

function decide(
  ask: (states: readonly QuotedState[]) => number[][],
  about: About,
  states: readonly TradeState[],
  before: readonly HeldHedge[],
): HedgeDecision[] {
  const isBand = about.policy.kind === "band";
  const hasOption = about.policy.option !== undefined;
  const per = isBand ? 3 : 1;
  const questions = states.flatMap((state, i) => {
    const { units, optionContracts } = before[i];
    // units of the perpetual to units of the forward
    const own = (units * state.price) / state.forward;
    return (isBand ? [own, -farAway, farAway] : [own]).map((position) =>
      quotedState(about, state, hasOption ? [position, optionContracts] : [position]),
    );
  });
  const answers = ask(questions);
  return states.map((state, i): HedgeDecision => {
    const mine = answers.slice(i * per, (i + 1) * per);
    const contracts = contractsOf(state, before[i], mine[0]);
    const ratio = state.forward / state.price;
    const [units, low, high] = mine.map(
      ([u, wanted = 0]) => (u + (wanted - contracts) * optionDelta(about, state)) * ratio,
    );
    const option = hasOption ? `; ${contracts} of the option` : "";
    return {
      units,
      optionContracts: contracts,
      reason: `${isBand ? bandReason(before[i].units, low, high) : "what the network asks for"}${option}`,
    };
  });
}

/** Contracts after the decision: what is not quoted stays, and what there is not is not bought. */
function contractsOf(
  { hedgeOption }: TradeState,
  { optionContracts }: HeldHedge,
  [, wanted]: readonly number[],
): number {
  if (wanted === undefined || hedgeOption === null) return optionContracts;
  return Math.round(wanted / contractLot) * contractLot;
}

/** Delta of the option by its forward, for contracts that are not as the policy wanted. */
function optionDelta({ policy, fit }: About, state: TradeState): number {
  if (policy.option === undefined) return 0;
  const { strike, yearsLeft, vol } = quotedOption(policy.option.days, fit, state);
  const spot = state.forward / strikeOf(state);
  return forwardDelta("call", Math.log(strike / spot), vol * Math.sqrt(yearsLeft));
}

/** The strike that prices are divided by. */
const strikeOf = ({ trade }: TradeState): number =>
  Math.exp(trade.legs.reduce((sum, { strike }) => sum + Math.log(strike), 0) / trade.legs.length);

/** The option as it is quoted now; where it is not, at the volatility of the fit. Prices over the strike. */
function quotedOption(days: number, fit: MarketFit, state: TradeState): QuotedOption {
  const { hedgeOption, trade, timeMs, forward, yearsToExpiry } = state;
  const unit = strikeOf(state);
  const listed = trade.hedgeOption;
  if (listed === null) {
    const opened = (trade.expiryMs - trade.openedMs) / 86_400_000;
    const later = Math.max(1, days - opened) / 365;
    return { strike: 1, yearsLeft: yearsToExpiry + later, vol: fit.vol };
  }
  const yearsLeft = Math.max(1 / 8760, (listed.expiryMs - timeMs) / (365 * 86_400_000));
  if (hedgeOption === null) return { strike: listed.strike / unit, yearsLeft, vol: fit.vol };
  // the option's own forward in the place of the position's
  const basis = hedgeOption.forward / forward;
  return { strike: listed.strike / unit / basis, yearsLeft, vol: hedgeOption.vol };
}

/** A trade as the policy was trained to see it: prices over the strike. */
function quotedState(
  { policy, fit, horizonYears }: About,
  state: TradeState,
  positions: readonly number[],
): QuotedState {
  const { trade, forward, yearsToExpiry, vol, timeMs } = state;
  const own = vol * policy.volMultiple;
  const market: Record<string, number> =
    fit.model === "heston"
      ? { v: impliedVariance(scaledHeston(fit.params, policy.volMultiple), own, yearsToExpiry) }
      : {};
  const { option } = policy;
  const scaled = (quoted: QuotedOption) => ({ ...quoted, vol: quoted.vol * policy.volMultiple });
  return {
    years: Math.max(0, horizonYears - yearsToExpiry),
    isFirst: timeMs === trade.openedMs,
    spot: forward / strikeOf(state),
    vol: own,
    positions,
    market,
    ...(option === undefined ? {} : { options: [scaled(quotedOption(option.days, fit, state))] }),
  };
}
