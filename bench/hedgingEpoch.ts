/**
 * One training epoch of a hedging network: fresh paths, one gradient of the risk, one step of Adam. A European call in
 * Black-Scholes, 30 dates, proportional cost 1e-3, 50,048 paths; the network of pfhedge's examples (four layers of 32)
 * and a narrow one, entropic risk and CVaR, one and two threads.
 *
 * `node bench/hedgingEpoch.ts [--python PATH]`: nanoseconds per path and date, best and median of the epochs; with a Python
 * that has PyTorch and pfhedge, the same problem there, taking turns.
 */
import { execFileSync } from "node:child_process";
import { initialiseMlp, wasmBackend } from "../src/engine.ts";
import {
  blackScholesMarket,
  cvarRisk,
  entropicRisk,
  type HedgeProblem,
  networkPolicy,
  proportionalCost,
  type Risk,
  spotInstrument,
  tradingClock,
  vanilla,
} from "../src/hedging/index.ts";
import { hedgeProgram } from "../src/hedging/program.ts";
import { adamStart, adamUpdate } from "../src/nn/index.ts";

const dates = 30;
const paths = 50_048;
const epochs = 8;
const python = process.argv.includes("--python")
  ? process.argv[process.argv.indexOf("--python") + 1]
  : undefined;

const horizonYears = dates / 365;
const problemOf = (risk: Risk): HedgeProblem => ({
  market: blackScholesMarket({ spot: 1, vol: 0.2 }),
  book: [{ payoff: vanilla({ type: "call", strike: 1, expiryYears: horizonYears }), quantity: 1 }],
  instruments: [spotInstrument({ costs: [proportionalCost(1e-3)] })],
  tradingYears: tradingClock({ horizonYears, dates }),
  horizonYears,
  risk,
});

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1];
const best = (values: readonly number[]): number => Math.min(...values);
/** Seconds of an epoch in ns per path and date. */
const perStep = (seconds: number): string => ((1e9 * seconds) / (paths * dates)).toFixed(0);

/** Seconds of each epoch and of its gradient alone. */
async function timeEpochs(hidden: readonly number[], risk: Risk, threads: number) {
  const problem = problemOf(risk);
  const compiled = hedgeProgram(problem, networkPolicy({ hidden }), {
    centre: 0.02,
    detail: "loss",
  });
  const { program, plan } = compiled;
  let theta = initialiseMlp(program, "net", new Float64Array(program.paramCount), 1);
  let state = adamStart(theta.length);
  const runner = await wasmBackend.prepare(program, plan(paths), { threads });
  const whole: number[] = [];
  const gradients: number[] = [];
  for (let epoch = 0; epoch <= epochs; epoch += 1) {
    const start = performance.now();
    runner.drawSobol({ seed: epoch, times: compiled.clock.marketYears });
    const drawn = performance.now();
    const { gradient } = runner.gradient(theta, (means) => risk.slopes(means, risk.aversion));
    gradients.push((performance.now() - drawn) / 1000);
    ({ theta, state } = adamUpdate(state, theta, gradient, 0.001, {
      beta1: 0.9,
      beta2: 0.99,
      epsilon: 1e-8,
      weightDecay: 0,
      clipNorm: Number.POSITIVE_INFINITY,
    }));
    whole.push((performance.now() - start) / 1000);
  }
  runner.free();
  // the first epoch compiles
  return { whole: whole.slice(1), gradients: gradients.slice(1) };
}

for (const hidden of [
  [32, 32, 32, 32],
  [16, 16],
]) {
  for (const risk of [entropicRisk(1), cvarRisk(0.95)]) {
    for (const threads of [1, 2]) {
      const { whole, gradients } = await timeEpochs(hidden, risk, threads);
      console.log(
        `network ${hidden.join("-")}, ${risk.name}, ${threads} thread(s): epoch ${perStep(best(whole))} ns per path and date (median ${perStep(median(whole))}), gradient alone ${perStep(best(gradients))} (median ${perStep(median(gradients))})`,
      );
    }
  }
  if (python !== undefined) {
    const script = new URL("peers/pfhedgeEpoch.py", import.meta.url).pathname;
    const args = [script, hidden.join(","), paths, 1, 5].map(String);
    console.log(`    ${execFileSync(python, args, { encoding: "utf8" }).trim()}`);
  }
}
process.exit(0);
