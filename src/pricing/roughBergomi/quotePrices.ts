/**
 * Prices of many options from conditionally lognormal paths, with their derivatives by the model's parameters.
 *
 *   price_i = mean_p Black(e^{x_p − m}, e^{k_i}, w_p),   m = ln mean_p e^{x_p}
 *   ∂price_i/∂q = mean_p [∂Black/∂x · ∂x_p/∂q + ∂Black/∂w · ∂w_p/∂q]
 *
 * Dividing by the sample's own forward is what the surface does with the same paths (surface/mixture.ts), so what is
 * fitted is what is published. Parameters, in this order: H, η, ρ, then ln ξ of every interval.
 *
 * A calibration evaluates millions of conditional prices: N comes from a table with a Taylor step of second order,
 * good to 2e-9, and everything else per path is computed once per expiry.
 */
import { normCdf, normPdf } from "../../num/normal.ts";
import type { IntervalSums } from "./drivers.ts";

/** Sums and where asked for their derivatives: what a parameter point needs from the paths. */
export interface PathSums {
  readonly sums: IntervalSums;
  readonly slopes?: { readonly byEta: IntervalSums; readonly byHurst: IntervalSums };
}

/** Out-of-the-money options by expiry. */
export interface OptionRows {
  /** [expiry][option]: ln(K/F). */
  readonly logMoneyness: readonly Float64Array[];
}

export interface RowPrices {
  /** [option], expiry by expiry: out of the money (call where k > 0, else put), per unit of forward. */
  readonly price: Float64Array;
  /** [option][param] row-major; empty unless slopes were given. */
  readonly jacobian: Float64Array;
}

/** Parameters before the forward variances: H, η, ρ. */
const shapeParameters = 3;

/** Prices and, with slopes, their Jacobian.
 *
 * Shape   xi [expiry], rows [expiry][option] → price [option], jacobian [option][3 + expiry]
 */
export function quotePrices(
  { sums, slopes }: PathSums,
  rho: number,
  xi: ArrayLike<number>,
  { logMoneyness }: OptionRows,
): RowPrices {
  const paths = 2 * sums.pairs;
  const expiries = logMoneyness.length;
  const count = logMoneyness.reduce((sum, ks) => sum + ks.length, 0);
  const parameters = shapeParameters + expiries;
  const price = new Float64Array(count);
  const jacobian = new Float64Array(slopes === undefined ? 0 : count * parameters);
  const walk = new ExpiryWalk(sums, slopes, rho, xi);
  const byForward = new Float64Array(paths);
  const byVariance = new Float64Array(paths);
  let row = 0;
  for (let j = 0; j < expiries; j++) {
    walk.advance(j);
    for (const k of logMoneyness[j]) {
      price[row] = sumOfBlack(walk, k, byForward, byVariance) / paths;
      if (slopes !== undefined) {
        walk.tangents.forEach(({ x, w }, q) => {
          let sum = 0;
          for (let p = 0; p < paths; p++) sum += byForward[p] * x[p] + byVariance[p] * w[p];
          jacobian[row * parameters + q] = sum / paths;
        });
      }
      row += 1;
    }
  }
  return { price, jacobian };
}

/** Tangents of x and w by one parameter: [path] each. */
interface Tangent {
  readonly x: Float64Array;
  readonly w: Float64Array;
}

/** The paths at one expiry after another. */
class ExpiryWalk {
  readonly forward: Float64Array;
  readonly logForward: Float64Array;
  readonly deviation: Float64Array;
  /** By H, η, ρ, then ln ξ of the intervals so far. */
  tangents: Tangent[] = [];
  readonly #sums: IntervalSums;
  readonly #slopes: PathSums["slopes"];
  readonly #rho: number;
  readonly #xi: ArrayLike<number>;
  readonly #a: Float64Array;
  readonly #b: Float64Array;
  /** Running Σ √ξ ∂a and Σ ξ ∂b by H and η. */
  readonly #slopeSums: readonly { readonly a: Float64Array; readonly b: Float64Array }[];

  constructor(sums: IntervalSums, slopes: PathSums["slopes"], rho: number, xi: ArrayLike<number>) {
    const paths = 2 * sums.pairs;
    const column = () => new Float64Array(paths);
    this.#sums = sums;
    this.#slopes = slopes;
    this.#rho = rho;
    this.#xi = xi;
    this.#a = column();
    this.#b = column();
    this.forward = column();
    this.logForward = column();
    this.deviation = column();
    this.#slopeSums = slopes === undefined ? [] : [0, 1].map(() => ({ a: column(), b: column() }));
  }

  /** Moves on by interval j. */
  advance(j: number): void {
    const paths = this.forward.length;
    const [rho, xi] = [this.#rho, this.#xi[j]];
    const root = Math.sqrt(xi);
    const [a, b] = [this.#sums.a[j], this.#sums.b[j]];
    const [A, B] = [this.#a, this.#b];
    let total = 0;
    for (let p = 0; p < paths; p++) {
      A[p] += root * a[p];
      B[p] += xi * b[p];
      this.logForward[p] = rho * A[p] - 0.5 * rho * rho * B[p];
      this.forward[p] = Math.exp(this.logForward[p]);
      this.deviation[p] = Math.sqrt(Math.max((1 - rho * rho) * B[p], 1e-14));
      total += this.forward[p];
    }
    const mean = total / paths;
    const shift = Math.log(mean);
    for (let p = 0; p < paths; p++) {
      this.forward[p] /= mean;
      this.logForward[p] -= shift;
    }
    if (this.#slopes !== undefined) this.#advanceTangents(j, this.#slopes);
  }

  #advanceTangents(j: number, slopes: NonNullable<PathSums["slopes"]>): void {
    const paths = this.forward.length;
    const [rho, xi] = [this.#rho, this.#xi[j]];
    const root = Math.sqrt(xi);
    const half = 0.5 * rho * rho;
    const left = 1 - rho * rho;
    const tangent = (x: (p: number) => number, w: (p: number) => number): Tangent => {
      const out = { x: new Float64Array(paths), w: new Float64Array(paths) };
      for (let p = 0; p < paths; p++) {
        out.x[p] = x(p);
        out.w[p] = w(p);
      }
      return out;
    };
    const shape = [slopes.byHurst, slopes.byEta].map((by, q) => {
      const { a, b } = this.#slopeSums[q];
      for (let p = 0; p < paths; p++) {
        a[p] += root * by.a[j][p];
        b[p] += xi * by.b[j][p];
      }
      return tangent(
        (p) => rho * a[p] - half * b[p],
        (p) => left * b[p],
      );
    });
    const byRho = tangent(
      (p) => this.#a[p] - rho * this.#b[p],
      (p) => -2 * rho * this.#b[p],
    );
    const byXi = Array.from({ length: j + 1 }, (_, m) => {
      const [a, b, level] = [this.#sums.a[m], this.#sums.b[m], this.#xi[m]];
      const size = 0.5 * rho * Math.sqrt(level);
      return tangent(
        (p) => size * a[p] - half * level * b[p],
        (p) => left * level * b[p],
      );
    });
    this.tangents = [...shape, byRho, ...byXi];
    for (const { x } of this.tangents) {
      // the sample's mean forward moves too
      let shift = 0;
      for (let p = 0; p < paths; p++) shift += this.forward[p] * x[p];
      for (let p = 0; p < paths; p++) x[p] -= shift / paths;
    }
  }
}

const REACH = 8;
const PER_UNIT = 256;
const INVERSE_UNIT = 1 / PER_UNIT;
/** [node] N and its density at −8, −8 + 1/256, … */
const cdfTable = Float64Array.from({ length: 2 * REACH * PER_UNIT + 1 }, (_, i) =>
  normCdf(i / PER_UNIT - REACH),
);
const pdfTable = cdfTable.map((_, i) => normPdf(i / PER_UNIT - REACH));

/** Sum over the paths of Black's out-of-the-money price, and each path's derivatives by x and w. */
function sumOfBlack(
  { forward, logForward, deviation }: ExpiryWalk,
  k: number,
  byForward: Float64Array,
  byVariance: Float64Array,
): number {
  const paths = forward.length;
  const strike = Math.exp(k);
  const sign = k > 0 ? 1 : -1;
  let sum = 0;
  for (let p = 0; p < paths; p++) {
    const s = deviation[p];
    const u = (logForward[p] - k) / s;
    const d1 = u + 0.5 * s;
    const d2 = u - 0.5 * s;
    const c1 = d1 < -REACH ? -REACH : d1 > REACH ? REACH : d1;
    const c2 = d2 < -REACH ? -REACH : d2 > REACH ? REACH : d2;
    const i1 = ((c1 + REACH) * PER_UNIT + 0.5) | 0;
    const i2 = ((c2 + REACH) * PER_UNIT + 0.5) | 0;
    const x1 = i1 * INVERSE_UNIT - REACH;
    const x2 = i2 * INVERSE_UNIT - REACH;
    const h1 = c1 - x1;
    const h2 = c2 - x2;
    const density = pdfTable[i1];
    let n1 = cdfTable[i1] + density * h1 * (1 - 0.5 * x1 * h1);
    let n2 = cdfTable[i2] + pdfTable[i2] * h2 * (1 - 0.5 * x2 * h2);
    if (sign < 0) {
      n1 = 1 - n1;
      n2 = 1 - n2;
    }
    const delta = sign * forward[p] * n1;
    sum += delta - sign * strike * n2;
    byForward[p] = delta;
    byVariance[p] = (0.5 * forward[p] * density * (1 - x1 * h1)) / s;
  }
  return sum;
}
