/**
 * What a market needs before a policy can be learned in it: prices of options along the path, and a verdict on its drift.
 *
 * Prices are learned where the market has no formula (optionPrices.ts): of the options that may be traded, and of the position
 * itself where it is one option, for the model's own delta. Drift is what hedging nothing earns (statisticalArbitrage.ts): it
 * is measured and taken out of prices, or taken out of the market by weights of paths.
 *
 * Deterministic: the same configuration gives the same bits.
 */
import type { Backend } from "../../backend/backend.ts";
import type { PricedOption, PriceNetwork } from "../optionLesson.ts";
import { pricedMarket, withOptionPrices } from "../optionPrices.ts";
import type { OptionPriceReport } from "../optionTwins.ts";
import { tradingClock } from "../clock.ts";
import { networkPolicy } from "../policies/network.ts";
import type { HedgeProblem, Market } from "../problem.ts";
import {
  type ArbitrageReport,
  reweightedMarket,
  statisticalArbitrage,
  withoutBook,
} from "../statisticalArbitrage.ts";
import { trainHedge, type TrainOptions } from "../train.ts";
import { bookOption } from "./baselines.ts";
import { bookOf } from "./book.ts";
import { plainMarket } from "./market.ts";
import { type MarketData, noMarketData } from "./marketData.ts";
import { policyOf, problemOf } from "./parts.ts";
import type { HedgeConfig } from "./schema.ts";
import { horizonDays, priceOf, tradingDates, yearsOf } from "./units.ts";

/** What a hedge of nothing is worth. Units: of the account. */
export interface NothingReport {
  /** Least risk found with nothing owed, by the problem's measure and the policy's own kind: what prices are counted from.
   * 0 where no arbitrage was found. */
  readonly risk: number;
  readonly standardError: number;
  /** By a network that may hold anything, under entropic risk; after drift was removed, where it was. */
  readonly arbitrage: ArbitrageVerdict;
  /** The same before; null where nothing was removed. */
  readonly before:
    | (ArbitrageVerdict & {
        /** [param] of the network that the weights of paths are made of */
        readonly theta: Float64Array;
      })
    | null;
}

/** The certain amount that trading without a position is worth. */
export type ArbitrageVerdict = Pick<ArbitrageReport, "gain" | "standardError" | "isArbitrage">;

/** What was learned of a market. Plain data. */
export interface Preparation {
  readonly networks: readonly PriceNetwork[];
  readonly optionPrices: readonly OptionPriceReport[];
  /** Null where the market can have no drift, or is taken as it is. */
  readonly nothing: NothingReport | null;
}

/** A market to learn in, and what was learned of it. */
export interface PreparedMarket {
  readonly market: Market;
  readonly preparation: Preparation;
}

const nothingLearned: Preparation = { networks: [], optionPrices: [], nothing: null };

/** A market that needs nothing, or takes its options' prices and its drift as they are. */
export const unprepared = (
  config: HedgeConfig,
  data: MarketData = noMarketData,
): PreparedMarket => ({ market: plainMarket(config, data), preparation: nothingLearned });

/** The market with what was learned of it before. */
export function preparedBefore(
  config: HedgeConfig,
  data: MarketData,
  preparation: Preparation,
): PreparedMarket {
  const priced = withNetworks(plainMarket(config, data), preparation.networks);
  const before = preparation.nothing?.before ?? null;
  const market =
    before === null ? priced : reweightedMarket(problemOf(config, priced), seeker, before.theta);
  return { market, preparation };
}

/** Looks for gains without a position: a band around nothing could not hold an option. */
const seeker = networkPolicy();

const withNetworks = (market: Market, networks: readonly PriceNetwork[]): Market =>
  networks.length === 0 ? market : pricedMarket(market, networks);

/** How a preparation is watched. */
export interface PrepareOptions {
  readonly threads?: number;
  readonly signal?: AbortSignal;
  /** Called before each part, with its name. */
  readonly onStep?: (name: string) => void;
  readonly onProgress?: TrainOptions["onProgress"];
}

/** Learns what the market needs. */
export async function prepareMarket(
  config: HedgeConfig,
  data: MarketData,
  backend: Backend,
  options: PrepareOptions = {},
): Promise<PreparedMarket> {
  const { threads = 1, onStep, signal } = options;
  const plain = plainMarket(config, data);
  const wanted = plain.optionVol === undefined ? pricedOptions(config, plain) : [];
  let market = plain;
  let preparation = nothingLearned;
  if (wanted.length > 0) {
    onStep?.(`the prices of ${wanted.length === 1 ? "one option" : `${wanted.length} options`}`);
    const years = [...clockOf(config), yearsOf(horizonDays(config))];
    const learning = { ...config.optionPrices, years, seed: config.seed, threads };
    const learned = await withOptionPrices(plain, wanted, backend, learning);
    market = learned.market;
    preparation = { ...preparation, networks: learned.networks, optionPrices: learned.reports };
  }
  if (signal?.aborted) return { market, preparation };
  if (config.drift === "keep" || !canDrift(config, preparation)) return { market, preparation };
  const found = await arbitrageOf(config, market, backend, options);
  if (signal?.aborted) return { market, preparation };
  const isRemoved = config.drift === "remove" && found.isArbitrage;
  if (isRemoved) market = reweightedMarket(problemOf(config, market), seeker, found.theta);
  const left = isRemoved ? await arbitrageOf(config, market, backend, options) : found;
  const worth = left.isArbitrage ? await nothingOf(config, market, backend, options) : none;
  const nothing = { ...worth, arbitrage: verdictOf(left), before: isRemoved ? found : null };
  return { market, preparation: { ...preparation, nothing } };
}

const none = { risk: 0, standardError: 0 } as const;

const verdictOf = ({ gain, standardError, isArbitrage }: ArbitrageReport): ArbitrageVerdict => ({
  gain,
  standardError,
  isArbitrage,
});

/** Options whose prices are learned: those that may be traded, and the position where it is one. */
function pricedOptions(config: HedgeConfig, { name }: Market): PricedOption[] {
  // noise of its own gives no second path from a state, and so no error of a price
  if (name.startsWith("history") || name === "rough Bergomi") return [];
  const { spot } = config.market;
  const traded = config.instruments.flatMap((terms) =>
    terms.kind === "option"
      ? [{ strike: priceOf(terms.strike, spot), expiryYears: yearsOf(terms.days) }]
      : [],
  );
  const held = bookOption({ book: bookOf(config) });
  const all = "reason" in held ? traded : [...traded, held];
  return all.filter(
    (own, i) =>
      all.findIndex((a) => a.strike === own.strike && a.expiryYears === own.expiryYears) === i,
  );
}

const clockOf = (config: HedgeConfig): number[] =>
  tradingClock({
    horizonYears: yearsOf(horizonDays(config)),
    dates: Math.round(tradingDates(config)),
  });

/** Can holding something have a mean gain? Learned prices are no exact martingales, a record is none at all. */
function canDrift({ market, instruments }: HedgeConfig, { networks }: Preparation): boolean {
  if (market.kind === "history") return true;
  if (market.kind === "black-scholes" && market.driftPerYear !== 0) return true;
  return instruments.some(
    (terms) =>
      (terms.kind === "perpetual" && terms.fundingPerYear !== 0) ||
      (terms.kind === "future" && terms.basisPerYear !== 0) ||
      (terms.kind === "option" && networks.length > 0),
  );
}

/** What trading without a position is worth, under entropic risk. */
function arbitrageOf(
  config: HedgeConfig,
  market: Market,
  backend: Backend,
  options: PrepareOptions,
): Promise<ArbitrageReport> {
  options.onStep?.("what trading without a position earns");
  const training = nothingTraining(config, options);
  return statisticalArbitrage(problemOf(config, market), seeker, backend, training);
}

/** Hedges nothing under the problem's own risk by its own policy. */
async function nothingOf(
  config: HedgeConfig,
  market: Market,
  backend: Backend,
  options: PrepareOptions,
): Promise<{ readonly risk: number; readonly standardError: number }> {
  const problem = problemOf(config, market);
  if (!problem.risk.isCashInvariant) return none;
  options.onStep?.("what the policy earns without a position");
  const empty: HedgeProblem = { ...withoutBook(problem), risk: problem.risk };
  const training = nothingTraining(config, options);
  const { evaluation } = await trainHedge(empty, policyOf(config), backend, training);
  const { risk, standardError } = evaluation;
  return { risk, standardError };
}

/** The training of a policy for nothing: that of the policy itself, measured on the evaluation's paths. */
function nothingTraining(config: HedgeConfig, options: PrepareOptions): TrainOptions {
  const { iterations, paths, learningRate, validateEvery } = config.training;
  const { paths: measured, sets, seed } = config.evaluation;
  const { threads = 1, signal, onProgress } = options;
  return {
    iterations,
    paths,
    learningRate,
    validateEvery,
    seed: config.seed,
    threads,
    evaluation: { paths: measured, sets, seed, threads },
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
  };
}
