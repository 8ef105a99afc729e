/**
 * A synthetic BTC-like chain, made by this project's own simulator: not market data, and labelled so.
 *
 * The model is the skeleton of the neural SDE with a silent network and without jumps: two log-OU factors (speeds 2.5
 * and 30 a year), correlated with spot at about −0.3 each, forward volatilities around 50 %. Each quote is the model's
 * own volatility, moved by a seeded error of up to a third of its half spread, with bid and ask half a spread away;
 * half spreads grow from 0.3 vol points at the money to several in the wings and at the short end, as on Deribit.
 */
import type { Backend } from "../backend/backend.ts";
import { impliedTotalStdDev } from "../formulas/index.ts";
import {
  initialTheta,
  type NeuralSdeConfig,
  neuralSdeGrid,
  neuralSdePlan,
  neuralSdeProgram,
} from "../models/index.ts";
import { sobolNoise } from "../random/noise.ts";

/** The chain's description: all that decides its numbers. */
export const syntheticChain = {
  underlying: "BTC-SYNTHETIC",
  asOf: "2026-01-05T08:00:00Z",
  spot: 90_000,
  /** Carry of the forwards, per year. */
  ratePerYear: 0.045,
  days: [2, 4, 11, 25, 53, 81, 172, 263],
  forwardVol: [0.42, 0.44, 0.46, 0.47, 0.48, 0.49, 0.51, 0.52],
  /** Strikes lie at these multiples of the at-the-money standard deviation. */
  standardDeviations: Array.from({ length: 17 }, (_, i) => -2 + i / 4),
  seed: 2026,
  paths: 65_536,
} as const;

/** The chain as a generic CSV whose bid and ask are volatilities (decimal).
 *
 * Shape   17 strikes × 8 expiries → one row each
 */
export async function syntheticChainCsv(backend: Backend): Promise<string> {
  const { days, forwardVol, standardDeviations, spot, ratePerYear } = syntheticChain;
  const years = days.map((d) => d / 365);
  const config: NeuralSdeConfig = {
    yearsToExpiry: years,
    forwardVol: [...forwardVol],
    gridSteps: 96,
    minStepsPerInterval: 5,
    hidden: [16, 16],
    maxJumps: 0,
    jumpDecayYears: 0.1,
  };
  const rows = years.flatMap((t, e) =>
    standardDeviations.map((z) => ({ e, t, k: z * 0.5 * Math.sqrt(t) })),
  );
  const vols = await modelVols(config, rows, backend);
  const asOfMs = Date.parse(syntheticChain.asOf);
  const lines = rows.map(({ e, t, k }, i) => {
    const forward = spot * Math.exp(ratePerYear * t);
    const tick = t < 0.05 ? 250 : 1000;
    const strike = Math.round((forward * Math.exp(k)) / tick) * tick;
    const expiry = new Date(asOfMs + days[e] * 86_400_000).toISOString();
    const type = strike >= forward ? "call" : "put";
    const z = k / (0.5 * Math.sqrt(t));
    const half =
      0.003 + 0.0012 / Math.sqrt(52 * t) + 0.004 * z * z * Math.min(1, 0.3 / Math.sqrt(t));
    const mid = vols(i, Math.log(strike / forward)) + (half / 3) * Math.sin(7.3 * i + 1);
    const name = `${syntheticChain.underlying}-${expiry.slice(0, 10)}-${strike}-${type === "call" ? "C" : "P"}`;
    return `${name},${type},${strike},${expiry},${forward.toFixed(2)},${(mid - half).toFixed(4)},${(mid + half).toFixed(4)}`;
  });
  return ["instrument,type,strike,expiry,forward,bid,ask", ...lines, ""].join("\n");
}

/** Model volatility of row i, read at the row's rounded strike off the line through its neighbours. */
async function modelVols(
  config: NeuralSdeConfig,
  rows: readonly { readonly e: number; readonly t: number; readonly k: number }[],
  backend: Backend,
): Promise<(i: number, k: number) => number> {
  const program = neuralSdeProgram(config);
  const plan = neuralSdePlan(
    config,
    {
      expiryOf: rows.map((r) => r.e),
      logMoneyness: rows.map((r) => r.k),
      sign: rows.map((r) => (r.k >= 0 ? 1 : -1)),
      delta: rows.map(() => 0),
    },
    syntheticChain.paths,
  );
  const runner = await backend.prepare(program, plan, { threads: 1 });
  const { factors, initialNormals } = program;
  const { times } = neuralSdeGrid(config);
  const { paths, seed } = syntheticChain;
  runner.setNoise(sobolNoise({ steps: plan.steps, factors, initialNormals, paths, seed, times }));
  const theta = initialTheta(config, program, syntheticChain.seed, 0.5);
  for (const { name, offset, shape } of program.params) {
    if (name.startsWith("net.")) theta.fill(0, offset, offset + shape.reduce((a, b) => a * b, 1));
  }
  const { mean } = runner.means(theta);
  runner.free();
  const vol = rows.map((r, i) => impliedTotalStdDev(mean[i], r.k) / Math.sqrt(r.t));
  return (i, k) => {
    const isLast = i + 1 === rows.length || rows[i + 1].e !== rows[i].e;
    const [a, b] = isLast ? [i - 1, i] : [i, i + 1];
    return vol[a] + ((vol[b] - vol[a]) * (k - rows[a].k)) / (rows[b].k - rows[a].k);
  };
}
