/**
 * Heston: one accurate price by itself, dense strikes of one expiry, a chain of 300 options, its gradient, and a
 * calibration of 100 options; against one Math.exp in the same run. `node bench/heston.ts`. Answers are checked before anything is timed.
 */
import { clean, makeQuoteSet } from "../src/market/index.ts";
import { heston } from "../src/models/index.ts";
import { hestonExpiry, hestonSmile, smileRoom } from "../src/pricing/index.ts";

const params = { v0: 0.04, kappa: 1.5, theta: 0.06, nu: 0.5, rho: -0.7 };
const days = [2, 4, 7, 14, 21, 30, 60, 90, 120, 180, 270, 360];
const strikesOf = (years: number, count: number): Float64Array =>
  Float64Array.from(
    { length: count },
    (_, i) => (-3 + (6 * i) / (count - 1)) * 0.22 * Math.sqrt(years),
  );

/** Median of repeated times, ms. */
function median(rounds: number, work: () => void): number {
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[rounds >> 1];
}

const room = smileRoom();
const chain = days.map((d) => ({ years: d / 365, k: strikesOf(d / 365, 25) }));
const prices = new Float64Array(25);
const gradient = new Float64Array(25 * 5);

let worst = 0;
for (const { years, k } of chain) {
  hestonSmile(params, years, k, room, prices);
  const exact = hestonExpiry(params, years);
  k.forEach((strike, i) => {
    worst = Math.max(worst, Math.abs(prices[i] - exact.otmPrice(strike)));
  });
}
if (!(worst < 1e-9)) throw new Error(`the quick chain is off by ${worst} of the forward`);

/** 100 quotes on the model, 10 expiries of 10. */
function calibrationChain() {
  const asOfMs = Date.UTC(2026, 0, 5, 8);
  const quotes = days.slice(2).flatMap((d) => {
    const exact = hestonExpiry(params, d / 365);
    return [...strikesOf(d / 365, 10)].map((k) => {
      const vol = Math.sqrt(exact.totalVariance(k) / (d / 365));
      return {
        instrument: `${d} ${k}`,
        underlying: "BENCH",
        type: k >= 0 ? ("call" as const) : ("put" as const),
        strike: 100 * Math.exp(k),
        expiryMs: asOfMs + d * 86_400_000,
        asOfMs,
        unit: "vol" as const,
        bid: vol - 0.004,
        ask: vol + 0.004,
        mark: null,
        markIv: null,
        forward: 100,
        discount: 1,
        openInterest: null,
      };
    });
  });
  return clean(makeQuoteSet("bench", quotes), { minQuotes: 1, minDelta: 1e-9, maxDelta: 1 }).chain;
}

const exps = 1e6;
let sink = 0;
const expNs =
  (median(9, () => {
    for (let i = 0; i < exps; i++) sink += Math.exp(-i * 1e-6);
  }) *
    1e6) /
  exps;

const k = strikesOf(0.5, 100);
/** A fresh expiry for every strike: nothing is shared. */
const oneUs =
  (median(41, () =>
    k.forEach((strike) => void (sink += hestonExpiry(params, 0.5).otmPrice(strike))),
  ) *
    1e3) /
  100;
/** 241 strikes in ±8 standard deviations, as an audit asks for them, of one expiry made for them. */
const dense = Float64Array.from({ length: 241 }, (_, i) => (-8 + i / 15) * 0.22 * Math.sqrt(0.5));
const denseUs =
  (median(41, () => {
    const expiry = hestonExpiry(params, 0.5);
    for (const strike of dense) sink += expiry.otmPrice(strike);
  }) *
    1e3) /
  dense.length;
const chainMs = median(201, () => {
  for (const { years, k: own } of chain) hestonSmile(params, years, own, room, prices);
});
const gradientMs = median(201, () => {
  for (const { years, k: own } of chain) hestonSmile(params, years, own, room, prices, gradient, 5);
});
const hundred = calibrationChain();
const count = hundred.expiries.reduce((n, { quotes }) => n + quotes.length, 0);
const times: number[] = [];
for (let i = 0; i < 31; i++) {
  const start = performance.now();
  const fit = await heston.fit(hundred);
  times.push(performance.now() - start);
  const error = Math.abs((fit.params?.kappa ?? 0) - params.kappa);
  if (!(error < 1e-5)) throw new Error(`calibration ended at kappa ${fit.params?.kappa}`);
}
const fitMs = times.sort((a, b) => a - b)[15];
const ratio = (ns: number): string => `${Math.round(ns / expNs).toLocaleString("en")} exp`;
console.log(`Math.exp                        ${expNs.toFixed(1)} ns  (${sink > 0 ? "ok" : ""})`);
console.log(`one option, 1e-13               ${oneUs.toFixed(1)} µs    ${ratio(1e3 * oneUs)}`);
console.log(
  `of 241 strikes, each, as accurate ${denseUs.toFixed(1)} µs    ${ratio(1e3 * denseUs)}`,
);
console.log(
  `chain of 300, ${worst.toExponential(0)} of the forward ${chainMs.toFixed(2)} ms   ${ratio(1e6 * chainMs)}`,
);
console.log(
  `chain of 300 and gradient       ${gradientMs.toFixed(2)} ms   ${ratio(1e6 * gradientMs)}`,
);
console.log(`calibration of ${count} options      ${fitMs.toFixed(1)} ms   ${ratio(1e6 * fitMs)}`);
