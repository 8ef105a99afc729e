/**
 * The problem that a policy is trained on along the walk: the position, on an underlying whose strike is 1, in the market that
 * was fitted last.
 *
 * Prices are divided by the strike (by √(K₁K₂) of a strangle), so that one policy serves every trade of a week whatever the
 * price does: Black's formula, proportional costs and the fitted models are all homogeneous in the price.
 */
import { logMoneynessOfDelta } from "../../formulas/index.ts";
import { type HestonParams } from "../../pricing/index.ts";
import { tradingClock } from "../clock.ts";
import type { Backend } from "../../backend/backend.ts";
import { halfSpread } from "../costs/halfSpread.ts";
import { proportionalCost } from "../costs/proportional.ts";
import { venueOptionFee } from "../costs/venue.ts";
import { deribitFees } from "../costs/venueFees.ts";
import { listedOption } from "../instruments/listedOption.ts";
import { withOptionPrices } from "../optionPrices.ts";
import { perpetual } from "../instruments/perpetual.ts";
import { blackScholesMarket } from "../markets/blackScholes.ts";
import { hestonMarket } from "../markets/heston.ts";
import { bandPolicy } from "../policies/band.ts";
import { networkPolicy } from "../policies/network.ts";
import type { BookLine, HedgeProblem, Market, Policy, Risk } from "../problem.ts";
import { cvarRisk } from "../risks/cvar.ts";
import { entropicRisk } from "../risks/entropic.ts";
import { vanilla } from "../../payoffs/index.ts";
import type { BacktestConfig, PolicyConfig } from "./config.ts";
import type { MarketFit } from "./marketFit.ts";
import type { FrictionView } from "./strategies.ts";

/** The problem of a policy in a fitted market. An option in it has no price along the path yet where the market has no formula:
 * `withPrices` learns it. */
export function trainingProblem(
  config: BacktestConfig,
  policy: PolicyConfig,
  friction: FrictionView,
  fit: MarketFit,
): HedgeProblem {
  const { position, risk } = config;
  const horizonYears = position.days / 365;
  const dates = Math.max(1, Math.round((24 * position.days) / friction.everyHours));
  const market = marketOf(fit, policy.volMultiple);
  const { option } = policy;
  return {
    market,
    book: bookOf(config, horizonYears, fit.vol * policy.volMultiple),
    instruments: [
      perpetual({ costs: [proportionalCost(friction.costShare)], closesAtHorizon: true }),
      ...(option === undefined
        ? []
        : [
            listedOption({
              type: "call",
              strike: 1,
              expiryYears: option.days / 365,
              costs: [venueOptionFee(deribitFees[deribitFees.length - 1]), halfSpread(option)],
              limits: { low: -mostContracts, high: mostContracts },
              lot: contractLot,
              closesAtHorizon: true,
            }),
          ]),
    ],
    tradingYears: tradingClock({ horizonYears, dates }),
    horizonYears,
    risk: riskOf(risk),
  };
}

/** Most contracts of an option for one of the position, and their smallest step: Deribit's. */
const mostContracts = 5;
export const contractLot = 0.1;

/** The problem with prices of its option, learned where the market has no formula. */
export async function withPrices(
  problem: HedgeProblem,
  backend: Backend,
  { seed, threads }: { readonly seed: number; readonly threads: number },
): Promise<HedgeProblem> {
  const { market, instruments, tradingYears, horizonYears } = problem;
  const priced = instruments.flatMap(({ kind, expiryYears }) =>
    kind === "option" && expiryYears !== undefined ? [{ strike: 1, expiryYears }] : [],
  );
  if (priced.length === 0 || market.optionVol !== undefined) return problem;
  const years = [...tradingYears, horizonYears];
  const learning = { years, seed, threads, paths: 1024, testPaths: 1024 };
  return { ...problem, market: (await withOptionPrices(market, priced, backend, learning)).market };
}

/** The rule that is learned. */
export const policyOf = ({ kind, hidden }: PolicyConfig): Policy =>
  kind === "band" ? bandPolicy({ hidden }) : networkPolicy({ hidden: [hidden, hidden] });

/** Volatilities times a multiple, their shape kept. */
function marketOf(fit: MarketFit, multiple: number): Market {
  if (fit.model === "black-scholes") {
    return blackScholesMarket({ spot: 1, vol: fit.vol * multiple });
  }
  return hestonMarket({ spot: 1, params: scaledHeston(fit.params, multiple) });
}

/** Heston's parameters when all volatilities are `multiple` times theirs: σ' = mσ, so v' = m²v and ν' = mν. */
export const scaledHeston = (params: HestonParams, multiple: number): HestonParams => ({
  ...params,
  v0: params.v0 * multiple * multiple,
  theta: params.theta * multiple * multiple,
  nu: params.nu * multiple,
});

/** Heston's variance at which the mean variance of the time ahead is that of a quoted volatility; at least a little. */
export function impliedVariance(
  { kappa, theta }: HestonParams,
  vol: number,
  years: number,
): number {
  const pull = kappa * years;
  const share = pull > 1e-6 ? -Math.expm1(-pull) / pull : 1;
  return Math.max(1e-4 * theta, theta + (vol * vol - theta) / share);
}

function bookOf({ position }: BacktestConfig, expiryYears: number, vol: number): BookLine[] {
  // the book says what is owed: what is held, with its sign turned
  const quantity = -position.quantity;
  const line = (type: "call" | "put", strike: number): BookLine => ({
    payoff: vanilla({ type, strike, expiryYears }),
    quantity,
  });
  switch (position.kind) {
    case "call":
    case "put":
      return [line(position.kind, 1)];
    case "straddle":
      return [line("call", 1), line("put", 1)];
    case "strangle": {
      const deviation = vol * Math.sqrt(expiryYears);
      const at = (type: "call" | "put") => logMoneynessOfDelta(type, position.delta, deviation);
      const [call, put] = [at("call"), at("put")];
      const middle = (call + put) / 2;
      return [line("call", Math.exp(call - middle)), line("put", Math.exp(put - middle))];
    }
  }
}

function riskOf({ kind, aversion, level }: BacktestConfig["risk"]): Risk {
  return kind === "entropic" ? entropicRisk(aversion) : cvarRisk(level, aversion);
}
