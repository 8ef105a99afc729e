/**
 * Fits to option prices of known origin: `node bench/fitReference.ts [SURFACE_TRUTH_JSON]`.
 *
 * - the 6 × 21 calls of the robust neural SDE study (Gierjatowicz, Sabate-Vidales, Šiška, Szpruch & Žurič 2020; file
 *   Call_prices_59.pt of their repository), as out-of-the-money volatilities with a stated half spread of 5 bp;
 * - Heston, Bates and rough Bergomi surfaces with bid and ask, when the file is given.
 */
import { readFileSync } from "node:fs";
import { fitChain } from "../src/calibrate/index.ts";
import { impliedVol, type OptionType } from "../src/formulas/index.ts";
import { clean, makeQuoteSet, type RawQuote } from "../src/market/index.ts";
import { robustCalls } from "./robustCalls.ts";

const asOfMs = Date.parse("2020-01-01T00:00:00Z");
const yearMs = 365 * 86_400_000;

interface Quote {
  readonly strike: number;
  readonly years: number;
  readonly forward: number;
  readonly bidVol: number;
  readonly askVol: number;
}

function raw(underlying: string, q: Quote): RawQuote {
  const type: OptionType = q.strike >= q.forward ? "call" : "put";
  return {
    instrument: `${underlying}-${q.years.toFixed(4)}-${q.strike.toFixed(4)}`,
    underlying,
    type,
    strike: q.strike,
    expiryMs: Math.round(asOfMs + q.years * yearMs),
    asOfMs,
    unit: "vol",
    bid: q.bidVol,
    ask: q.askVol,
    mark: null,
    markIv: null,
    forward: q.forward,
    discount: null,
    openInterest: null,
  };
}

async function fit(name: string, quotes: readonly Quote[]): Promise<void> {
  const set = makeQuoteSet(
    name,
    quotes.map((q) => raw(name, q)),
  );
  const { chain, dropped } = clean(set, { minDelta: 0.0005, maxDelta: 0.9995, minDays: 1 });
  const { document } = await fitChain(chain, { threads: 2 });
  const { fit: summary, cost, certificate, checks } = document;
  console.log(
    `${name}: ${document.quotes.used} quotes (${dropped.length} dropped), ${(100 * summary.insideShare).toFixed(1)} % inside, RMSE ${(100 * summary.rmseVolPoints).toFixed(1)} bp, fresh noise ${checks.freshNoiseSpreads.toFixed(2)}, half step ${checks.halfStepSpreads.toFixed(2)} half spreads, certificate ${certificate.pass ? "pass" : "FAIL"}, ${cost.seconds.toFixed(1)} s`,
  );
  for (const e of document.expiries) {
    console.log(
      `    ${(365 * e.yearsToExpiry).toFixed(0)} days: ${e.quotes} quotes, ${(100 * e.insideShare).toFixed(0)} % inside, ${(100 * e.rmseVolPoints).toFixed(1)} bp (Monte Carlo ${(100 * e.standardErrorVolPoints).toFixed(1)})`,
    );
  }
}

function robustQuotes(): Quote[] {
  const { ratePerYear, years, strikes, calls } = robustCalls;
  return years.flatMap((t, e) =>
    strikes.map((strike, s) => {
      const discount = Math.exp(-ratePerYear * t);
      const forward = 1 / discount;
      const call = calls[e][s] / discount;
      const type: OptionType = strike >= forward ? "call" : "put";
      const price = type === "call" ? call : call - forward + strike;
      const vol = impliedVol({ type, price, forward, strike, yearsToExpiry: t });
      if (!vol.ok) throw new Error(`robust calls: strike ${strike}, ${t} years: ${vol.reason}`);
      return { strike, years: t, forward, bidVol: vol.vol - 0.0005, askVol: vol.vol + 0.0005 };
    }),
  );
}

interface TruthRow {
  readonly T: number;
  readonly forward: number;
  readonly K: number;
  readonly bid_vol: number;
  readonly ask_vol: number;
}

const truthFile = process.argv[2];
const truth =
  truthFile === undefined
    ? {}
    : (JSON.parse(readFileSync(truthFile, "utf8")) as Record<string, readonly TruthRow[]>);
await fit("robust calls", robustQuotes());
for (const name of ["heston_equity", "bates_equity", "rough_bergomi"]) {
  const rows = truth[name];
  if (rows === undefined) continue;
  await fit(
    name,
    rows.map((r) => ({
      strike: r.K,
      years: r.T,
      forward: r.forward,
      bidVol: r.bid_vol,
      askVol: r.ask_vol,
    })),
  );
}
process.exit(0);
