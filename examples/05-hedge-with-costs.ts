/**
 * How wide should the band of no trade be when trading costs money?
 *
 * A short one-month call, one trade a day, 0.1 % a trade. A no-transaction band is learned, and compared with the
 * Black-Scholes delta and with the exact optimum, a dynamic program. Entropic risk, aversion 100 per unit of spot.
 */
import { wasmBackend } from "../src/engine.ts";
import {
  bandPolicy,
  blackScholesMarket,
  deltaHedge,
  entropicRisk,
  evaluateHedge,
  policyAt,
  proportionalCost,
  solveOracle,
  spotInstrument,
  tradingClock,
  trainHedge,
  vanilla,
} from "../src/hedging/index.ts";

const horizonYears = 30 / 365;
const cost = 0.001;
const riskAversion = 100;
const dates = 30;
const problem = {
  market: blackScholesMarket({ spot: 1, vol: 0.2 }),
  book: [{ payoff: vanilla({ type: "call", strike: 1, expiryYears: horizonYears }), quantity: 1 }],
  instruments: [spotInstrument({ costs: [proportionalCost(cost)] })],
  tradingYears: tradingClock({ horizonYears, dates }),
  horizonYears,
  risk: entropicRisk(riskAversion),
};

const sample = { paths: 8192, sets: 4 };
const policy = bandPolicy();
const learned = await trainHedge(problem, policy, wasmBackend, {
  iterations: 150,
  evaluation: sample,
});
const none = new Float64Array(0);
const delta = await evaluateHedge(problem, deltaHedge, none, wasmBackend, sample);
const contract = {
  spot: 1,
  strike: 1,
  type: "call",
  vol: 0.2,
  yearsToExpiry: horizonYears,
} as const;
const oracle = solveOracle({ ...contract, dates, proportionalCost: cost, riskAversion });
for (const [name, risk] of [
  ["Black-Scholes delta", delta.risk],
  ["learned band", learned.evaluation.risk],
  ["exact optimum", oracle.price],
] as const) {
  console.log(`${name}: price with frictions ${(1e4 * risk).toFixed(1)} bp of the spot`);
}

const query = { years: 0, states: { spot: Float64Array.of(1) } };
const { details } = await policyAt(problem, policy, learned.theta, wasmBackend, query);
const best = oracle.band(0, 1);
console.log(`learned band today: ${details.low0[0].toFixed(3)} to ${details.high0[0].toFixed(3)}`);
console.log(`exact band today: ${best.low.toFixed(3)} to ${best.high.toFixed(3)}`);
