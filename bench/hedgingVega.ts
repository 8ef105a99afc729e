/**
 * What an option beside the perpetual is worth: a short 30-day straddle, hedged daily, on Heston and on a neural SDE fitted to a
 * chain, with Deribit's fees and half-spreads, everything closed at the end. The learned band hedges with the perpetual alone
 * and with a listed option as well; CVaR 95 % on the same paths, and a paired bootstrap of the difference over paths. Then
 * the option's half-spread is raised until it is not worth trading.
 *
 * `node bench/hedgingVega.ts [--model FILE --chain FILE [--underlying BTC]]`: the model file of `volterra fit` and the chain
 * that it was fitted to. The option is the listed call nearest the money that expires after the straddle, its half-spread
 * the quoted one; without a model Heston alone, with a half-spread of 1 % of the price, at least 2 bp of the spot.
 */
import { readFileSync } from "node:fs";
import { wasmBackend } from "../src/engine.ts";
import { decodeModel } from "../src/calibrate/index.ts";
import { blackPrice } from "../src/formulas/index.ts";
import {
  bandPolicy,
  cvarRisk,
  deltaHedge,
  deltaVegaHedge,
  deribitFees,
  halfSpread,
  type HalfSpread,
  type HedgeProblem,
  hestonMarket,
  listedOption,
  type LossSample,
  type Market,
  minimumVarianceDelta,
  neuralSdeMarket,
  perpetual,
  type Policy,
  sampleLosses,
  tradingClock,
  trainHedge,
  vanilla,
  venueFutureFee,
  venueOptionFee,
  withOptionPrices,
} from "../src/hedging/index.ts";
import { loadChainFile } from "../src/market/index.ts";
import { philoxUniforms } from "../src/random/normals.ts";

const horizonYears = 30 / 365;
const dates = 30;
const level = 0.95;
const fees = deribitFees[deribitFees.length - 1];
const none = new Float64Array(0);
const measured = { paths: 32_768, sets: 4, seed: 4242 };

/** A market and the option that is listed in it. */
interface Setting {
  readonly name: string;
  readonly market: Market;
  readonly strike: number;
  readonly expiryYears: number;
  readonly spread: HalfSpread;
  /** Iterations for the option's price. */
  readonly priceIterations: number;
}

/** Parameters of the order of BTC's: 55 % volatility, falling price and rising variance together. */
const heston: Setting = {
  name: "Heston",
  market: hestonMarket({
    spot: 66_000,
    params: { v0: 0.3, kappa: 4, theta: 0.35, nu: 1.5, rho: -0.3 },
  }),
  strike: 66_000,
  expiryYears: 60 / 365,
  spread: { shareOfPrice: 0.01, shareOfSpot: 0.0002 },
  priceIterations: 300,
};

/** The fitted market and the call of its chain. */
async function fitted(modelFile: string, chainFile: string, underlying: string): Promise<Setting> {
  const model = await decodeModel(readFileSync(modelFile, "utf8"), modelFile);
  const { chain } = await loadChainFile(chainFile, { underlying });
  const expiry = chain.expiries.find((own) => own.yearsToExpiry > 1.2 * horizonYears);
  if (expiry === undefined) throw new Error("no expiry after the straddle's");
  const { forward, yearsToExpiry } = expiry;
  const quote = expiry.quotes
    .filter(({ bidVol, askVol }) => bidVol > 0 && askVol > bidVol)
    .reduce((a, b) => (Math.abs(a.strike - forward) < Math.abs(b.strike - forward) ? a : b));
  const priceAt = (vol: number) =>
    blackPrice("call", { forward: 1, strike: quote.strike / forward, vol, yearsToExpiry });
  const [bid, ask] = [priceAt(quote.bidVol), priceAt(quote.askVol)];
  return {
    name: `neural SDE, ${new Date(chain.asOfMs).toISOString().slice(0, 16)}`,
    market: neuralSdeMarket({ model, spot: forward }),
    strike: quote.strike,
    expiryYears: yearsToExpiry,
    spread: { shareOfPrice: (ask - bid) / (ask + bid) },
    priceIterations: 600,
  };
}

const problemOf = (
  market: Market,
  { strike, expiryYears, spread }: Setting,
  optionCost: number,
): HedgeProblem => {
  const own = market.spot0;
  const wider = {
    shareOfPrice: Math.min(0.99, (spread.shareOfPrice ?? 0) * optionCost),
    shareOfSpot: Math.min(0.99, (spread.shareOfSpot ?? 0) * optionCost),
  };
  return {
    market,
    book: (["call", "put"] as const).map((type) => ({
      payoff: vanilla({ type, strike: own, expiryYears: horizonYears }),
      quantity: 1,
    })),
    instruments: [
      perpetual({
        costs: [venueFutureFee(fees), halfSpread({ shareOfPrice: 0.00005 })],
        closesAtHorizon: true,
      }),
      ...(optionCost > 0
        ? [
            listedOption({
              type: "call",
              strike,
              expiryYears,
              costs: [venueOptionFee(fees), halfSpread(wider)],
              closesAtHorizon: true,
            }),
          ]
        : []),
    ],
    tradingYears: tradingClock({ horizonYears, dates }),
    horizonYears,
    risk: cvarRisk(level, 100 / own),
  };
};

const cvarOf = (losses: Float64Array) => cvarRisk(level).ofSample(losses).value;

/** Standard error of CVaR(a) − CVaR(b) by drawing paths again, the same of both. */
function pairedError(a: Float64Array, b: Float64Array, draws = 200): number {
  const n = a.length;
  const values = Array.from({ length: draws }, (_, draw) => {
    const picked = philoxUniforms(99, draw, n);
    const [own, other] = [new Float64Array(n), new Float64Array(n)];
    picked.forEach((u, i) => {
      const p = Math.min(n - 1, Math.floor(u * n));
      own[i] = a[p];
      other[i] = b[p];
    });
    return cvarOf(own) - cvarOf(other);
  });
  const mean = values.reduce((sum, value) => sum + value, 0) / draws;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (draws - 1));
}

/** A line of the table. */
function show(name: string, sample: LossSample, against?: LossSample): void {
  const cvar = cvarOf(sample.losses);
  const mean = sample.losses.reduce((sum, loss) => sum + loss, 0) / sample.losses.length;
  const cells = [name, mean.toFixed(0), cvar.toFixed(0)];
  if (against === undefined) cells.push("", "");
  else {
    const before = cvarOf(against.losses);
    const error = pairedError(against.losses, sample.losses);
    cells.push(`${(before - cvar).toFixed(0)} ± ${error.toFixed(0)}`);
    cells.push(`${((100 * (before - cvar)) / before).toFixed(1)} %`);
  }
  const [linear, option] = sample.instruments;
  cells.push(linear.cost.toFixed(0), option === undefined ? "" : option.cost.toFixed(1));
  const traded = sample.instruments[1]?.turnover;
  cells.push(traded === undefined ? "" : traded.toFixed(0));
  cells.push(option === undefined ? "" : option.gains.toFixed(0));
  console.log(`| ${cells.join(" | ")} |`);
}

async function learned(problem: HedgeProblem): Promise<LossSample> {
  const trained = await trainHedge(problem, bandPolicy(), wasmBackend, {
    iterations: 600,
    validateEvery: 100,
    evaluation: { paths: 4096, sets: 1 },
  });
  return sampleLosses(problem, trained.policy, trained.theta, wasmBackend, measured);
}

async function run(setting: Setting): Promise<void> {
  const { strike, expiryYears } = setting;
  const { market, reports } = await withOptionPrices(
    setting.market,
    [{ strike, expiryYears }],
    wasmBackend,
    {
      years: [...tradingClock({ horizonYears, dates }), horizonYears],
      iterations: setting.priceIterations,
      learningRate: setting.priceIterations > 300 ? 0.01 : 0.02,
      hidden: 16,
    },
  );
  const [{ price, monteCarlo, monteCarloError, drift }] = reports;
  const { shareOfPrice = 0 } = setting.spread;
  console.log(
    `\n${setting.name}, spot ${market.spot0.toFixed(0)}: call ${strike} in ${(365 * expiryYears).toFixed(1)} days, learned price ${price.toFixed(0)} (Monte Carlo ${monteCarlo.toFixed(0)} ± ${monteCarloError.toFixed(0)}; drift of V − Z ${drift.map(({ value, standardError }) => `${value.toFixed(0)} ± ${standardError.toFixed(0)}`).join(", ")}), half-spread ${(100 * shareOfPrice).toFixed(2)} % of it\n`,
  );
  console.log(
    "| hedge | mean loss | CVaR 95 % | saved against perpetual only | of it | cost of perpetual | cost of option | option traded | gain of option |",
  );
  console.log("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
  const alone = problemOf(market, setting, 0);
  const both = problemOf(market, setting, 1);
  const ruled = (problem: HedgeProblem, policy: Policy) =>
    sampleLosses(problem, policy, none, wasmBackend, measured);
  show("delta, perpetual", await ruled(alone, deltaHedge));
  show("minimum-variance delta, perpetual", await ruled(alone, minimumVarianceDelta));
  const base = await learned(alone);
  show("learned band, perpetual", base);
  show("delta-vega, both", await ruled(both, deltaVegaHedge), base);
  for (const cost of [1, 10, 100]) {
    const problem = problemOf(market, setting, cost);
    show(`learned band, both, half-spread × ${cost}`, await learned(problem), base);
  }
}

const flag = (name: string): string | undefined => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};
const [model, chain] = [flag("model"), flag("chain")];
await run(
  model !== undefined && chain !== undefined
    ? await fitted(model, chain, flag("underlying") ?? "BTC")
    : heston,
);
process.exit(0);
