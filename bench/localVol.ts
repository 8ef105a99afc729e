/**
 * Local volatility: Dupire's formula, the forward equation and paths, as ratios to plain exponentials in the same run.
 *
 * The answer is checked first: the repriced surface (SSVI, four expiries from a week to a year) is within a basis point
 * at |z| ≤ 3. A ladder of grids shows what accuracy costs. Run: `node bench/localVol.ts [FILE UNDERLYING] …`
 * with chains to fit; UNDERLYING is - where a file has one only.
 */
import { ssviVariance } from "../src/formulas/index.ts";
import { loadChainFile } from "../src/market/index.ts";
import { localVol } from "../src/models/index.ts";
import { localVolatility, simulateLocalVol, solveForward } from "../src/pricing/index.ts";
import { audit } from "../src/surface/index.ts";

const years = [1 / 52, 1 / 12, 0.25, 1];
const surface = {
  years,
  totalVariance: (k: number, t: number) => {
    const theta = 0.04 * t * (1 + 0.3 * Math.exp(-t));
    return ssviVariance({ theta, rho: -0.6, phi: 1.2 / Math.sqrt(theta * (1 + theta)) }, k);
  },
};

function timed(run: () => void, repeats = 9): { median: number; spread: number } {
  run();
  const samples = Array.from({ length: repeats }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  }).sort((a, b) => a - b);
  const at = (q: number) => samples[Math.round(q * (repeats - 1))];
  return { median: at(0.5), spread: at(0.75) - at(0.25) };
}

/** Milliseconds of one Math.exp. */
function exponential(): number {
  const values = Float64Array.from({ length: 1 << 20 }, (_, i) => i / (1 << 20));
  const out = new Float64Array(values.length);
  const { median } = timed(() => {
    for (let i = 0; i < values.length; i++) out[i] = Math.exp(values[i]);
  });
  if (!(out[1] > 1)) throw new Error("exponentials were not computed");
  return median / values.length;
}

/** Largest repricing error at |z| ≤ 3 in basis points of volatility. */
function error(solution: { totalVariance(k: number, years: number): number }): number {
  let worst = 0;
  for (const t of years) {
    for (let z = -3; z <= 3; z += 0.25) {
      const k = z * Math.sqrt(surface.totalVariance(0, t));
      const vol = (w: number) => Math.sqrt(w / t);
      const miss = vol(solution.totalVariance(k, t)) - vol(surface.totalVariance(k, t));
      worst = Math.max(worst, 1e4 * Math.abs(miss));
    }
  }
  return worst;
}

const exp = exponential();
for (const [strikes, steps, firstSteps, cellRatio] of [
  [201, 50, 20, 1.16],
  [401, 100, 40, 1.08],
  [601, 200, 80, 1.04],
  [1201, 400, 160, 1.02],
]) {
  const options = { strikes, steps, firstSteps, cellRatio };
  const local = localVolatility(surface, options);
  const miss = error(solveForward(local));
  const formula = timed(() => localVolatility(surface, options));
  const pde = timed(() => solveForward(local));
  const cells = local.variance.length;
  console.log(
    `${strikes} × ${local.times.length - 1}: error ${miss.toFixed(2)} bp; formula ${formula.median.toFixed(1)} ms ± ${formula.spread.toFixed(1)} (${(formula.median / (cells * exp)).toFixed(1)} exponentials per cell), equation ${pde.median.toFixed(1)} ms ± ${pde.spread.toFixed(1)} (${(pde.median / (cells * exp)).toFixed(1)})`,
  );
}
const local = localVolatility(surface);
if (error(solveForward(local)) > 1) throw new Error("the default grid misses the basis point");
const paths = 16384;
const walk = timed(() => simulateLocalVol(local, { paths }), 3);
const walked = paths * (local.times.length - 1);
console.log(
  `${paths} paths of ${local.times.length - 1} steps: ${walk.median.toFixed(0)} ms (${(walk.median / (walked * exp)).toFixed(1)} exponentials per step)`,
);

const chains = process.argv.slice(2);
for (let i = 0; i + 1 < chains.length; i += 2) {
  const underlying = chains[i + 1];
  const { chain } = await loadChainFile(chains[i], underlying === "-" ? {} : { underlying });
  for (const base of ["closest", "svi", "essvi"] as const) {
    const fit = await localVol.fit(chain, { base });
    let [inside, count] = [0, 0];
    for (const { quotes, yearsToExpiry } of chain.expiries) {
      for (const q of quotes) {
        const vol = fit.surface?.impliedVol(q.logMoneyness, yearsToExpiry) ?? Number.NaN;
        if (vol >= q.bidVol && vol <= q.askVol) inside += 1;
        count += 1;
      }
    }
    const dates = Array.from(fit.surface?.years ?? []);
    const sound = fit.surface !== null && audit(fit.surface, { years: dates }).pass;
    console.log(
      `${underlying} ${new Date(chain.asOfMs).toISOString()} on ${base} (${fit.params?.base}): ${count} quotes, ${chain.expiries.length} expiries, ${fit.status}, ${fit.seconds.toFixed(2)} s, inside ${((100 * inside) / count).toFixed(1)} %, arbitrage at expiries: ${sound ? "none" : "some"}`,
    );
  }
}
