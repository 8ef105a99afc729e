/**
 * Rough Bergomi smiles of given parameters by conditional Monte Carlo, with their standard errors.
 *
 *   price(k) = mean over paths of Black(e^x, e^k, w) − β(k) (e^x − 1)
 *
 * the martingale e^x (mean 1) is the control variate, β the regression of the payoff on it, from the same paths
 * (a bias of order 1/paths, far below the standard error). Antithetic pairs are one observation. Paths come in
 * independent batches of scrambled Sobol' points, so that the spread of batch means is an honest standard
 * error of either kind of noise.
 *
 * The driver is simulated on [0, 1] once for all expiries: Y on [0, T] is T^H Y on [0, 1] in law.
 *
 * Source  McCrickerd & Pakkanen (2018), sections 3 and 4
 */
import { impliedTotalStdDev } from "../../formulas/index.ts";
import { InputError } from "../../num/errors.ts";
import { normCdf } from "../../num/normal.ts";
import { philoxNormals } from "../../random/index.ts";
import { conditionalLaws, type ConditionalLaw, driverNormals, intervalSums } from "./drivers.ts";
import { hybridLaw } from "./hybrid.ts";
import { type VolterraNormals, volterraLaw, volterraPaths } from "./volterra.ts";

/** Constant parameters: forward variance ξ is flat. */
export interface RoughBergomiFlat {
  readonly hurst: number;
  readonly eta: number;
  readonly rho: number;
  /** Forward variance per year. */
  readonly xi: number;
}

/** Defaults of `roughBergomiSmile`. */
const smileDefaults = {
  steps: 256,
  pairs: 1024,
  batches: 16,
  seed: 1,
  scheme: "exact",
  noise: "sobol",
} as const;

/** How Y is made: jointly Gaussian without error, or the hybrid scheme with κ = 1. */
export type VolterraScheme = "exact" | "hybrid";

export interface SmileOptions {
  /** Equal steps in [0, T]. */
  readonly steps?: number;
  /** Antithetic pairs of a batch. */
  readonly pairs?: number;
  /** Independent batches, two or more. */
  readonly batches?: number;
  readonly seed?: number;
  readonly scheme?: VolterraScheme;
  readonly noise?: "sobol" | "philox";
}

/** One strike. */
export interface SmilePoint {
  readonly k: number;
  /** Out-of-the-money, undiscounted, per unit of forward: a call where k > 0, else a put. */
  readonly price: number;
  readonly standardError: number;
  readonly impliedVol: number;
}

/** Smile at one expiry.
 *
 * Shape   ks [strike] → [strike]
 * Units   k = ln(K/F); years
 * Accuracy  rough_bergomi.json at 64 to 512 steps within four combined standard errors
 * Throws  InputError for parameters out of range
 */
export function roughBergomiSmile(
  params: RoughBergomiFlat,
  years: number,
  ks: ArrayLike<number>,
  options: SmileOptions = {},
): SmilePoint[] {
  checkFlat(params, years);
  const settings = { ...smileDefaults, ...options };
  const means = Array.from(ks, () => new Float64Array(settings.batches));
  eachBatch(params, years, settings, (law, batch) => {
    for (let i = 0; i < ks.length; i++) means[i][batch] = controlledPrice(law, ks[i]);
  });
  return means.map((ofBatch, i) => {
    const price = ofBatch.reduce((sum, x) => sum + x, 0) / ofBatch.length;
    const squares = ofBatch.reduce((sum, x) => sum + (x - price) ** 2, 0);
    return {
      k: ks[i],
      price,
      standardError: Math.sqrt(squares / (ofBatch.length * (ofBatch.length - 1))),
      impliedVol: impliedTotalStdDev(price, ks[i]) / Math.sqrt(years),
    };
  });
}

/** Mean of one batch with the martingale as control variate, antithetic pairs as observations. */
function controlledPrice({ logForward, totalVariance }: ConditionalLaw, k: number): number {
  const pairs = logForward.length / 2;
  const sign = k > 0 ? 1 : -1;
  const strike = Math.exp(k);
  const payoff = (p: number): number => {
    const s = Math.sqrt(Math.max(totalVariance[p], 1e-300));
    const d1 = (logForward[p] - k) / s + s / 2;
    return (
      sign * (Math.exp(logForward[p]) * normCdf(sign * d1) - strike * normCdf(sign * (d1 - s)))
    );
  };
  let [f, c, cc, fc] = [0, 0, 0, 0];
  for (let p = 0; p < pairs; p++) {
    const value = 0.5 * (payoff(p) + payoff(pairs + p));
    const control = 0.5 * (Math.exp(logForward[p]) + Math.exp(logForward[pairs + p])) - 1;
    f += value;
    c += control;
    cc += control * control;
    fc += value * control;
  }
  const spread = cc - (c * c) / pairs;
  const beta = spread > 0 ? (fc - (f * c) / pairs) / spread : 0;
  return (f - beta * c) / pairs;
}

function checkFlat({ hurst, eta, rho, xi }: RoughBergomiFlat, years: number): void {
  const bad =
    !(hurst > 0 && hurst <= 0.5) ||
    !(eta >= 0) ||
    !(Math.abs(rho) < 1) ||
    !(xi > 0) ||
    !(years > 0);
  if (bad) {
    throw new InputError(
      `roughBergomi: expected 0 < hurst <= 1/2, eta >= 0, |rho| < 1, xi > 0 and years > 0, got ${hurst}, ${eta}, ${rho}, ${xi} and ${years}. Volatilities are decimal, xi is a variance.`,
    );
  }
}

/** Runs over batches of paths: the law at T given the driver. */
function eachBatch(
  { hurst, eta, rho, xi }: RoughBergomiFlat,
  years: number,
  settings: Required<SmileOptions>,
  visit: (law: ConditionalLaw, batch: number) => void,
): void {
  const { steps, pairs, batches, seed, scheme, noise } = settings;
  const times = Float64Array.from({ length: steps + 1 }, (_, i) => i / steps);
  const law = scheme === "exact" ? volterraLaw(hurst, times) : hybridLaw(hurst, times);
  for (let batch = 0; batch < batches; batch++) {
    const normals =
      noise === "sobol"
        ? driverNormals(times, pairs, seed * 4096 + batch)
        : philoxDriver(steps, pairs, seed * 4096 + batch);
    const volterra = volterraPaths(law, normals);
    // on [0, 1] with η T^H and ξ T: the same law as on [0, T]
    const sums = intervalSums({ hurst, times, normals, volterra }, eta * years ** hurst, [steps]);
    visit(conditionalLaws(sums, rho, [xi * years])[0], batch);
  }
}

function philoxDriver(steps: number, pairs: number, seed: number): VolterraNormals {
  return {
    paths: pairs,
    z: philoxNormals(seed, 0x11, steps * pairs),
    zeta: philoxNormals(seed, 0x12, steps * pairs),
  };
}
