/**
 * Learned hedges against the exact optimum, and the time of a training epoch.
 *
 * `node bench/hedging.ts`: a short one-month call on Black-Scholes, 30 dates. For every risk aversion and cost of the
 * oracle's table: the oracle's price, that of a learned band (300 steps of 2048 paths, one thread) with its standard
 * error, the gap, the seconds of training, and those of the rules. Then one epoch of 50,000 paths with four layers of 32.
 */
import { wasmBackend } from "../src/engine.ts";
import {
  bandPolicy,
  blackScholesMarket,
  deltaHedge,
  entropicRisk,
  evaluateHedge,
  type HedgeProblem,
  networkPolicy,
  noHedge,
  proportionalCost,
  solveOracle,
  spotInstrument,
  tradingClock,
  trainHedge,
  vanilla,
  whalleyWilmottHedge,
} from "../src/hedging/index.ts";

const vol = 0.2;
const yearsToExpiry = 30 / 365;
const dates = 30;
const problemOf = (a: number, c: number): HedgeProblem => ({
  market: blackScholesMarket({ spot: 1, vol }),
  book: [{ payoff: vanilla({ type: "call", strike: 1, expiryYears: yearsToExpiry }), quantity: 1 }],
  instruments: [spotInstrument({ costs: [proportionalCost(c)] })],
  tradingYears: tradingClock({ horizonYears: yearsToExpiry, dates }),
  horizonYears: yearsToExpiry,
  risk: entropicRisk(a),
});

console.log(
  "| a | cost | oracle | learned band | gap % | trained in | delta | Whalley-Wilmott | no hedge |",
);
console.log("|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
for (const a of [1, 10, 100]) {
  for (const c of [0, 1e-4, 1e-3, 5e-3, 1e-2]) {
    const problem = problemOf(a, c);
    const oracle = solveOracle({
      spot: 1,
      strike: 1,
      type: "call",
      vol,
      yearsToExpiry,
      dates,
      proportionalCost: c,
      riskAversion: a,
    });
    const { evaluation, seconds } = await trainHedge(problem, bandPolicy(), wasmBackend, {
      evaluation: { sets: 16, threads: 2 },
    });
    const rules = [];
    for (const rule of [deltaHedge, whalleyWilmottHedge, noHedge]) {
      rules.push(
        await evaluateHedge(problem, rule, new Float64Array(0), wasmBackend, { threads: 2 }),
      );
    }
    const gap = 100 * (evaluation.risk / oracle.price - 1);
    console.log(
      `| ${a} | ${c} | ${oracle.price.toFixed(6)} | ${evaluation.risk.toFixed(6)} ± ${evaluation.standardError.toExponential(0)} | ${gap.toFixed(3)} | ${seconds.toFixed(1)} s | ${rules.map(({ risk }) => risk.toFixed(6)).join(" | ")} |`,
    );
  }
}

const paths = 50_048;
for (const threads of [1, 2]) {
  const times: number[] = [];
  let last = 0;
  await trainHedge(problemOf(1, 1e-3), networkPolicy({ hidden: [32, 32, 32, 32] }), wasmBackend, {
    iterations: 6,
    paths,
    threads,
    evaluation: { paths: 64, sets: 1 },
    onProgress: () => {
      const now = performance.now();
      if (last > 0) times.push(now - last);
      last = now;
    },
  });
  const epoch = times.sort((x, y) => x - y)[times.length >> 1];
  console.log(
    `\nOne epoch of ${paths} paths, 4 × 32 network, ${threads} thread(s): ${(epoch / 1000).toFixed(2)} s, ` +
      `${((epoch * 1e6) / (paths * dates)).toFixed(0)} ns per path and date (1400 ns in pfhedge 0.23, another machine)`,
  );
}
