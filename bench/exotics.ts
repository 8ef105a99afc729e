/**
 * Are the prices of exotics right? `node bench/exotics.ts SURFACE_TRUTH_JSON [--models a,b] [--threads N]`.
 *
 * Three markets of known origin (Heston, Bates and rough Bergomi, with bid and ask around the truth). Every model with
 * dynamics is fitted to the vanillas; its nine contracts (src/compare/exotics/contracts.ts) are held to those of the true
 * process on 1,048,576 paths. A model that is the truth itself shows what simulation and fit cost; on the others it is
 * misspecified, as every model is in a market.
 */
import { readFileSync } from "node:fs";
import { compareExotics, exoticContracts, modelsNamed } from "../src/compare/index.ts";
import { type Chain, clean, makeQuoteSet, type RawQuote } from "../src/market/index.ts";
import {
  conditionalLaws,
  driverNormals,
  type ForwardPaths,
  hestonPaths,
  intervalSums,
  pathsGivenVolatility,
  type PathRequest,
  volterraLaw,
  volterraPaths,
} from "../src/pricing/index.ts";
import { quadraticGrid } from "../src/sde/index.ts";
import type { ModelFit } from "../src/models/index.ts";

interface TruthRow {
  readonly T: number;
  readonly forward: number;
  readonly K: number;
  readonly bid_vol: number;
  readonly ask_vol: number;
}
interface AffineTruth {
  readonly v0: number;
  readonly kappa: number;
  readonly theta: number;
  readonly sigma: number;
  readonly rho: number;
  readonly lam: number;
  readonly muJ: number;
  readonly sigJ: number;
}
interface RoughTruth {
  readonly H: number;
  readonly eta: number;
  readonly rho: number;
  readonly xi: number;
}
interface TruthFile {
  readonly models: {
    readonly heston_equity: AffineTruth;
    readonly bates_equity: AffineTruth;
    readonly rough_bergomi: RoughTruth;
  };
  readonly heston_equity: readonly TruthRow[];
  readonly bates_equity: readonly TruthRow[];
  readonly rough_bergomi: readonly TruthRow[];
}

const [file, ...rest] = process.argv.slice(2);
if (file === undefined) {
  console.error("bench/exotics: expected reference/surface_truth.json, got none. Pass its path.");
  process.exit(2);
}
const flag = (name: string): string | undefined =>
  rest.includes(name) ? rest[rest.indexOf(name) + 1] : undefined;
const threads = Number(flag("--threads") ?? 1);
const truth = JSON.parse(readFileSync(file, "utf8")) as TruthFile;
const names = flag("--models") ?? "black-scholes,heston,bates,rough-bergomi,local-vol,neural-sde";
const models = modelsNamed(names.split(","));
const trueBatches = 16;

const asOfMs = Date.parse("2020-01-01T00:00:00Z");

function chainOf(name: string, rows: readonly TruthRow[]): Chain {
  const quotes = rows.map(
    ({ T, forward, K, bid_vol, ask_vol }): RawQuote => ({
      instrument: `${name}-${T.toFixed(4)}-${K}`,
      underlying: name,
      type: K >= forward ? "call" : "put",
      strike: K,
      expiryMs: Math.round(asOfMs + T * 365 * 86_400_000),
      asOfMs,
      unit: "vol",
      bid: bid_vol,
      ask: ask_vol,
      mark: null,
      markIv: null,
      forward,
      discount: null,
      openInterest: null,
    }),
  );
  return clean(makeQuoteSet(name, quotes), { minDelta: 0.0005, maxDelta: 0.9995, minDays: 1 })
    .chain;
}

const affinePaths =
  ({ v0, kappa, theta, sigma, rho, lam, muJ, sigJ }: AffineTruth, years: readonly number[]) =>
  ({ paths, seed }: PathRequest): ForwardPaths => {
    const params = { v0, kappa, theta, nu: sigma, rho };
    const full = { ...params, lambda: lam, jumpMean: muJ, jumpStdDev: sigJ };
    return hestonPaths(lam === 0 ? params : full, years, {
      paths,
      seed: 1000 + seed,
      steps: 192,
      minPerInterval: 16,
    });
  };

const roughPaths =
  ({ H, eta, rho, xi }: RoughTruth, years: readonly number[]) =>
  ({ paths, seed }: PathRequest): ForwardPaths => {
    const { times, dates } = quadraticGrid(years, { steps: 160, minPerInterval: 24 });
    const normals = driverNormals(times, paths / 2, 1000 + seed);
    const volterra = volterraPaths(volterraLaw(H, times), normals);
    const sums = intervalSums({ hurst: H, times, normals, volterra }, eta, dates);
    const laws = conditionalLaws(
      sums,
      rho,
      years.map(() => xi),
    );
    return pathsGivenVolatility(years, laws, 1000 + seed);
  };

/** The truth in the form of a fit. */
const trueFit = (simulate: ModelFit["simulate"]): ModelFit => ({
  model: "truth",
  status: "converged",
  message: "",
  warnings: [],
  params: {},
  parameterCount: 0,
  surface: null,
  ...(simulate === undefined ? {} : { simulate }),
  seconds: 0,
});

async function market(
  name: keyof TruthFile["models"],
  simulator: (years: readonly number[]) => ModelFit["simulate"],
): Promise<void> {
  const chain = chainOf(name, truth[name]);
  const set = exoticContracts(chain.expiries);
  if (set === null) throw new Error(`${name}: too few expiries`);
  const exact = await compareExotics(
    { whole: trueFit(simulator(set.years)), withoutStrikes: null },
    set,
    chain,
    { batches: trueBatches },
  );
  if (exact.message !== "") throw new Error(`${name}: ${exact.message}`);
  console.log(`\n${name}: error of each contract's price in %, of the truth's\n`);
  const columns = exact.contracts.map((contract) => contract.name);
  console.log(`| model | inside % | ${columns.join(" | ")} | RMS |`);
  console.log(`|---|---:|${columns.map(() => "---:").join("|")}|---:|`);
  console.log(
    `| truth (price, ± standard error) | | ${exact.contracts.map(({ price, standardError }) => `${(100 * price).toFixed(2)} ± ${(100 * standardError).toFixed(2)}`).join(" | ")} | |`,
  );
  for (const model of models) {
    const fit = await model.fit(chain, { seed: 1, threads });
    if (fit.surface === null) {
      console.log(`| ${model.name} | failed: ${fit.message} |`);
      continue;
    }
    const { surface } = fit;
    const quotes = chain.expiries.flatMap((e) =>
      e.quotes.map((q) => ({ ...q, t: e.yearsToExpiry })),
    );
    const inside = quotes.filter(({ logMoneyness, t, bidVol, askVol }) => {
      const vol = surface.impliedVol(logMoneyness, t);
      return vol >= bidVol && vol <= askVol;
    });
    const own = await compareExotics({ whole: fit, withoutStrikes: null }, set, chain);
    if (own.message !== "") {
      console.log(`| ${model.name} | ${own.message} |`);
      continue;
    }
    const errors = own.contracts.map(
      ({ price }, c) => 100 * (price / exact.contracts[c].price - 1),
    );
    const rms = Math.sqrt(errors.reduce((sum, e) => sum + e * e, 0) / errors.length);
    console.log(
      `| ${model.name} | ${((100 * inside.length) / quotes.length).toFixed(1)} | ${errors.map((e) => e.toFixed(2)).join(" | ")} | ${rms.toFixed(2)} |`,
    );
  }
}

await market("heston_equity", (years) => affinePaths(truth.models.heston_equity, years));
await market("bates_equity", (years) => affinePaths(truth.models.bates_equity, years));
await market("rough_bergomi", (years) => roughPaths(truth.models.rough_bergomi, years));
process.exit(0);
