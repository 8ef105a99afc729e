/**
 * Rough Bergomi: paths and prices as ratios to plain exponentials in the same run, and whole fits of real chains.
 *
 * Kernels are checked before they are timed: Var Y_T = T^{2H} on the paths, and the table's prices against Black's
 * formula. Medians with the quartiles' spread. Run: `node bench/roughBergomi.ts [FILE UNDERLYING] …`
 * with chains to fit; UNDERLYING is - where a file has one only.
 */
import { loadChainFile } from "../src/market/index.ts";
import { roughBergomi } from "../src/models/index.ts";
import {
  driverNormals,
  intervalSlopes,
  intervalSums,
  quotePrices,
  roughBergomiSmile,
  volterraLaw,
  volterraPaths,
} from "../src/pricing/index.ts";

const steps = 120;
const pairs = 4096;
const hurst = 0.1;
const times = Float64Array.from({ length: steps + 1 }, (_, i) => (i / steps) ** 2);
const cuts = [40, 80, 120];

/** Median and quartiles of repeated calls, in milliseconds. */
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

/** Milliseconds of one Math.exp, over as many as matter. */
function exponential(): number {
  const values = Float64Array.from({ length: 1 << 20 }, (_, i) => i / (1 << 20));
  const out = new Float64Array(values.length);
  const { median } = timed(() => {
    for (let i = 0; i < values.length; i++) out[i] = Math.exp(values[i]);
  });
  if (!(out[1] > 1)) throw new Error("exponentials were not computed");
  return median / values.length;
}

function report(name: string, work: () => void, units: number, unit: string, exp: number): void {
  const { median, spread } = timed(work);
  const ratio = median / (units * exp);
  console.log(
    `${name}: ${median.toFixed(1)} ms ± ${spread.toFixed(1)}, ${ratio.toFixed(2)} exponentials per ${unit}`,
  );
}

const normals = driverNormals(times, pairs, 1);
const law = volterraLaw(hurst, times);
const volterra = volterraPaths(law, normals);
let square = 0;
for (let p = 0; p < pairs; p++) square += volterra[(steps - 1) * pairs + p] ** 2;
if (Math.abs(square / pairs - 1) > 0.1) throw new Error(`Var Y = ${square / pairs}, expected 1`);

const driver = { hurst, times, normals, volterra };
const sums = intervalSums(driver, 1.8, cuts);
const slope = new Float64Array(volterra.length);
const ks = Float64Array.from({ length: 80 }, (_, i) => (i - 50) / 150);
const rows = { logMoneyness: cuts.map(() => ks) };
const xi = [0.06, 0.06, 0.06];
const slopes = intervalSlopes(driver, 1.8, cuts, slope);
const options = cuts.length * ks.length;

console.log(
  `${steps} steps, ${pairs} antithetic pairs, ${options} options at ${cuts.length} expiries`,
);
const exp = exponential();
report("law of Y", () => volterraLaw(hurst, times), steps * steps, "entry", exp);
report("normals", () => driverNormals(times, pairs, 1), 2 * steps * pairs, "normal", exp);
report("Volterra paths", () => volterraPaths(law, normals, volterra), steps * pairs, "value", exp);
report(
  "integrals",
  () => intervalSums(driver, 1.8, cuts),
  2 * steps * pairs,
  "step of a path",
  exp,
);
report(
  "prices",
  () => quotePrices({ sums }, -0.7, xi, rows),
  2 * pairs * options,
  "conditional price",
  exp,
);
report(
  "prices with Jacobian",
  () => quotePrices({ sums, slopes }, -0.7, xi, rows),
  2 * pairs * options,
  "conditional price",
  exp,
);
for (const scheme of ["exact", "hybrid"] as const) {
  const smile = () =>
    roughBergomiSmile({ hurst: 0.07, eta: 1.9, rho: -0.9, xi: 0.055225 }, 0.25, [-0.1, 0, 0.05], {
      steps: 128,
      scheme,
    });
  const error = smile()[1].standardError / smile()[1].price;
  const { median } = timed(smile, 3);
  console.log(
    `smile of 3 strikes, 128 steps, 16384 pairs, ${scheme}: ${median.toFixed(0)} ms, at the money ± ${(100 * error).toFixed(2)} % of the price`,
  );
}

const chains = process.argv.slice(2);
for (let i = 0; i + 1 < chains.length; i += 2) {
  const underlying = chains[i + 1];
  const { chain } = await loadChainFile(chains[i], underlying === "-" ? {} : { underlying });
  const fit = await roughBergomi.fit(chain, { seed: 1 });
  let [inside, count] = [0, 0];
  for (const { quotes, yearsToExpiry } of chain.expiries) {
    for (const q of quotes) {
      const vol = fit.surface?.impliedVol(q.logMoneyness, yearsToExpiry) ?? Number.NaN;
      if (vol >= q.bidVol && vol <= q.askVol) inside += 1;
      count += 1;
    }
  }
  const {
    hurst: h,
    eta,
    rho,
  } = fit.params ?? { hurst: Number.NaN, eta: Number.NaN, rho: Number.NaN };
  console.log(
    `${underlying} ${new Date(chain.asOfMs).toISOString()}: ${count} quotes, ${chain.expiries.length} expiries, ${fit.status}, ${fit.seconds.toFixed(2)} s, inside ${((100 * inside) / count).toFixed(1)} %, H ${h.toFixed(3)}, η ${eta.toFixed(2)}, ρ ${rho.toFixed(2)}`,
  );
}
