/**
 * Raw SVI fitted to the quotes of one expiry.
 *
 *   minimise ½ Σ r_i² + ½ Σ_j p_j²,   r_i as in smileQuotes.ts,   p_j = P max(0, ε − g(k_j)) on a grid past the quotes
 *
 * over the box of `boxOf`: |ρ| < 1, bends as wide as a hundredth to five times the quotes' range, centres within one
 * range of the quotes, least variance ≥ 0, wings below Lee's slope.
 *
 * SVI's cost has several minima, and a single start ends in a wrong one most of the time. Given (m, σ) the smile is
 * linear in (a, bσ, ρbσ), so a scan of (m, σ) finds every basin cheaply (Zeliade's quasi-explicit form); the best few
 * are polished in all five parameters, in implied volatility and with the butterfly penalty.
 *
 * Source: De Marco & Martini, Zeliade Systems (2009), Quasi-explicit calibration of Gatheral's SVI model; penalty after
 * Gatheral & Jacquier (2014), section 5
 */
import type { SviRaw } from "../../formulas/index.ts";
import { type SmallProblem, smallLeastSquares } from "../../num/smallLeastSquares.ts";
import type { SmileQuotes } from "../smileQuotes.ts";

export const sviDefaults = {
  /** Basins that are polished. */
  starts: 3,
  /** P: half spreads per unit of negative g. */
  butterflyPenalty: 200,
  /** ε: how far above 0 the penalty keeps g. */
  butterflyMargin: 1e-4,
  /** Points of the penalty's grid. */
  gridPoints: 40,
} as const;

export type SviOptions = Partial<{ readonly [K in keyof typeof sviDefaults]: number }>;

export interface SviSliceFit {
  readonly raw: SviRaw;
  /** ½ Σ (r² + p²) */
  readonly cost: number;
  readonly converged: boolean;
  /** Numbers chosen freely: 5, or fewer when there are fewer quotes. */
  readonly freeParameters: number;
}

/** Bounds of the search, in log-moneyness. */
interface Box {
  readonly centre: number;
  readonly reach: number;
  readonly sigmaLow: number;
  readonly sigmaHigh: number;
  readonly bHigh: number;
}

/** The best SVI smile of the quotes.
 *
 * Shape   quotes [quote], at least one
 * With fewer than five quotes, only as many parameters move as there are quotes.
 */
export function fitSviSlice(quotes: SmileQuotes, options: SviOptions = {}): SviSliceFit {
  const settings = { ...sviDefaults, ...options };
  if (quotes.k.length < 5) return fitFewQuotes(quotes);
  const box = boxOf(quotes);
  const problem = problemOf(quotes, box, settings);
  const starts = basins(quotes, box, settings.starts);
  return [...starts, followValley(quotes, box, starts[0])]
    .map((raw) => polish(problem, box, raw, rough))
    .sort((a, b) => a.cost - b.cost)
    .slice(0, 2)
    .map((fit) => polish(problem, box, fit.raw))
    .reduce((best, fit) => (fit.cost < best.cost ? fit : best));
}

/** A polish that only tells good starts from bad ones, and one to the end. */
const rough = { iterations: 15, costTolerance: 1e-3, longestMove: 1 } as const;
const full = { iterations: 100, costTolerance: 1e-8, longestMove: 1 } as const;

/** A polish from any start: what a check with random starts calls. */
export function fitSviFrom(
  quotes: SmileQuotes,
  start: SviRaw,
  options: SviOptions = {},
): SviSliceFit {
  const box = boxOf(quotes);
  return polish(problemOf(quotes, box, { ...sviDefaults, ...options }), box, start);
}

/** The cost that the fit minimises, at any smile inside the box. */
export function sviCost(quotes: SmileQuotes, raw: SviRaw, options: SviOptions = {}): number {
  const box = boxOf(quotes);
  const problem = problemOf(quotes, box, { ...sviDefaults, ...options });
  const residuals = new Float64Array(problem.residuals);
  problem.evaluate(pack(box, raw), residuals);
  return residuals.reduce((sum, r) => sum + 0.5 * r * r, 0);
}

/** A smile drawn from the box: `uniform` gives numbers in [0, 1). */
export function randomSviStart(quotes: SmileQuotes, uniform: () => number): SviRaw {
  const box = boxOf(quotes);
  const sigma = box.sigmaLow * (box.sigmaHigh / box.sigmaLow) ** uniform();
  const w = quotes.atmVariance;
  const b = Math.min(0.9 * box.bHigh, (w / sigma) * 10 ** (2 * uniform() - 1.5));
  const rho = 1.9 * uniform() - 0.95;
  const m = box.centre + box.reach * (2 * uniform() - 1);
  return { a: w * uniform() - b * sigma * Math.sqrt(1 - rho * rho) * uniform(), b, rho, m, sigma };
}

function boxOf({ k, atmVariance }: SmileQuotes): Box {
  const low = k[0];
  const high = k[k.length - 1];
  const width = Math.max(high - low, Math.sqrt(atmVariance));
  return {
    centre: (low + high) / 2,
    reach: 1.5 * width,
    sigmaLow: 0.01 * width,
    sigmaHigh: 5 * width,
    bHigh: 1.99,
  };
}

/** θ = (log least variance ratio, log b, atanh ρ, m in the box, log σ in the box): free of bounds. */
const PARAMETERS = 5;

function unpack(box: Box, theta: Float64Array): SviRaw {
  const rho = Math.tanh(theta[2]);
  const slope = logistic(theta[1]) * box.bHigh;
  const b = slope / (1 + Math.abs(rho));
  const sigma = box.sigmaLow * (box.sigmaHigh / box.sigmaLow) ** logistic(theta[4]);
  const least = theta[0] * theta[0];
  return {
    a: least - (b * sigma) / Math.cosh(theta[2]),
    b,
    rho,
    m: box.centre + box.reach * Math.tanh(theta[3]),
    sigma,
  };
}

function pack(box: Box, { a, b, rho, m, sigma }: SviRaw): Float64Array {
  const inside = (x: number, edge = 0.999) => Math.min(edge, Math.max(-edge, x));
  const r = inside(rho, 0.9999);
  const share = Math.log(sigma / box.sigmaLow) / Math.log(box.sigmaHigh / box.sigmaLow);
  const slope = (b * (1 + Math.abs(r))) / box.bHigh;
  return Float64Array.of(
    Math.sqrt(Math.max(0, a + b * sigma * Math.sqrt(1 - r * r))),
    logit(Math.min(0.999, Math.max(1e-9, slope))),
    Math.atanh(r),
    Math.atanh(inside((m - box.centre) / box.reach)),
    logit(Math.min(0.95, Math.max(0.05, share))),
  );
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
const logit = (p: number): number => Math.log(p / (1 - p));

type Settings = { readonly [K in keyof typeof sviDefaults]: number };

/** Residuals of the quotes, then of the penalty's grid. */
function problemOf(quotes: SmileQuotes, box: Box, settings: Settings): SmallProblem {
  const n = quotes.k.length;
  const points = settings.gridPoints;
  const { k, years, midVol, weight } = quotes;
  // dense among the quotes, and out to eight times as far
  const half = Math.max(k[n - 1] - box.centre, Math.sqrt(quotes.atmVariance));
  const grid = Float64Array.from(
    { length: points },
    (_, j) => box.centre + (half * Math.sinh(3 * ((2 * j) / (points - 1) - 1))) / Math.sinh(1),
  );
  const penalty = (raw: SviRaw, j: number): number => {
    const { a, b, rho, m, sigma } = raw;
    const y = grid[j] - m;
    const root = Math.sqrt(y * y + sigma * sigma);
    // durrleman(grid[j], sviJet(raw, grid[j])), without its records: this is the innermost loop
    const w = a + b * (rho * y + root);
    const w1 = b * (rho + y / root);
    const lead = 1 - (grid[j] * w1) / (2 * w);
    const bend = (0.5 * b * sigma * sigma) / (root * root * root);
    const g = lead * lead - 0.25 * w1 * w1 * (1 / w + 0.25) + bend;
    return settings.butterflyPenalty * Math.max(0, settings.butterflyMargin - g);
  };
  const moved = new Float64Array(PARAMETERS);
  return {
    parameters: PARAMETERS,
    residuals: n + points,
    evaluate(theta, residuals, jacobian) {
      const raw = unpack(box, theta);
      const tangent = jacobian === undefined ? undefined : tangentOf(box, theta, raw);
      for (let i = 0; i < n; i++) {
        const y = k[i] - raw.m;
        const root = Math.sqrt(y * y + raw.sigma * raw.sigma);
        const vol = Math.sqrt(Math.max(raw.a + raw.b * (raw.rho * y + root), 1e-14) / years);
        residuals[i] = (vol - midVol[i]) * weight[i];
        if (tangent !== undefined && jacobian !== undefined) {
          const scale = weight[i] / (2 * vol * years);
          for (let p = 0; p < PARAMETERS; p++) {
            const [da, db, drho, dm, dsigma] = tangent[p];
            jacobian[i * PARAMETERS + p] =
              scale *
              (da +
                db * (raw.rho * y + root) +
                raw.b * (drho * y - dm * (raw.rho + y / root) + (dsigma * raw.sigma) / root));
          }
        }
      }
      for (let j = 0; j < points; j++) residuals[n + j] = penalty(raw, j);
      if (jacobian === undefined) return;
      // the penalty is rarely active: its derivatives by differences, and only where it is
      for (let p = 0; p < PARAMETERS; p++) {
        let shifted: SviRaw | undefined;
        for (let j = 0; j < points; j++) {
          const at = (n + j) * PARAMETERS + p;
          jacobian[at] = 0;
          if (residuals[n + j] === 0) continue;
          if (shifted === undefined) {
            moved.set(theta);
            moved[p] += 1e-6;
            shifted = unpack(box, moved);
          }
          jacobian[at] = (penalty(shifted, j) - residuals[n + j]) / 1e-6;
        }
      }
    },
  };
}

/** [param] derivatives of (a, b, ρ, m, σ). */
function tangentOf(box: Box, theta: Float64Array, raw: SviRaw): readonly (readonly number[])[] {
  const { b, rho, sigma } = raw;
  const cosh = Math.cosh(theta[2]);
  const share = logistic(theta[1]);
  const bSlope = b * (1 - share);
  const drho = 1 / (cosh * cosh);
  const bByRho = (-b * Math.sign(rho) * drho) / (1 + Math.abs(rho));
  const s = logistic(theta[4]);
  const sigmaSlope = sigma * Math.log(box.sigmaHigh / box.sigmaLow) * s * (1 - s);
  const tanh3 = Math.tanh(theta[3]);
  return [
    [2 * theta[0], 0, 0, 0, 0],
    [(-bSlope * sigma) / cosh, bSlope, 0, 0, 0],
    [(-bByRho * sigma) / cosh + (b * sigma * rho) / cosh, bByRho, drho, 0, 0],
    [0, 0, 0, box.reach * (1 - tanh3 * tanh3), 0],
    [(-b * sigmaSlope) / cosh, 0, 0, 0, sigmaSlope],
  ];
}

function polish(
  problem: SmallProblem,
  box: Box,
  start: SviRaw,
  effort: typeof rough | typeof full = full,
): SviSliceFit {
  const fit = smallLeastSquares(problem, pack(box, start), effort);
  return {
    raw: unpack(box, fit.theta),
    cost: fit.cost,
    converged: fit.converged,
    freeParameters: PARAMETERS,
  };
}

/** The best smiles of a scan of (m, σ), from different basins. */
function basins(quotes: SmileQuotes, box: Box, count: number): SviRaw[] {
  const centres = 13;
  const widths = 9;
  const cells: { raw: SviRaw; cost: number }[] = [];
  for (let i = 0; i < centres; i++) {
    const m = box.centre + 0.9 * box.reach * ((2 * i) / (centres - 1) - 1) ** 3;
    for (let j = 0; j < widths; j++) {
      const sigma = box.sigmaLow * (box.sigmaHigh / box.sigmaLow) ** ((j + 0.5) / widths);
      cells.push(linearSmile(quotes, m, sigma, box.bHigh));
    }
  }
  // narrow, middling and wide bends are different valleys: the best of each, then the next best
  const order = cells.map((_, at) => at).sort((x, y) => cells[x].cost - cells[y].cost);
  const bandOf = (at: number) => Math.floor((3 * (at % widths)) / widths);
  const firsts = [0, 1, 2]
    .map((band) => order.find((at) => bandOf(at) === band)!)
    .sort((x, y) => cells[x].cost - cells[y].cost);
  const rest = order.filter((at) => !firsts.includes(at));
  return [...firsts, ...rest].slice(0, count).map((at) => cells[at].raw);
}

/** Down the valley of (m, log σ), the smile's linear part solved at every point: the five parameters move together. */
function followValley(quotes: SmileQuotes, box: Box, start: SviRaw): SviRaw {
  const { k, w, weight, midVol, years } = quotes;
  const at = (theta: Float64Array): SviRaw => {
    const m = box.centre + box.reach * Math.tanh(theta[0]);
    const sigma = Math.min(box.sigmaHigh, Math.max(box.sigmaLow, Math.exp(theta[1])));
    return linearSmile(quotes, m, sigma, box.bHigh).raw;
  };
  const fill = (raw: SviRaw, residuals: Float64Array): void => {
    for (let i = 0; i < k.length; i++) {
      const y = k[i] - raw.m;
      const value = raw.a + raw.b * (raw.rho * y + Math.sqrt(y * y + raw.sigma * raw.sigma));
      residuals[i] = ((value - w[i]) * weight[i]) / (2 * midVol[i] * years);
    }
  };
  const moved = new Float64Array(2);
  const shifted = new Float64Array(k.length);
  const problem: SmallProblem = {
    parameters: 2,
    residuals: k.length,
    evaluate(theta, residuals, jacobian) {
      fill(at(theta), residuals);
      if (jacobian === undefined) return;
      for (let p = 0; p < 2; p++) {
        moved.set(theta);
        moved[p] += 1e-5;
        fill(at(moved), shifted);
        for (let i = 0; i < k.length; i++) jacobian[2 * i + p] = (shifted[i] - residuals[i]) / 1e-5;
      }
    },
  };
  const place = Math.min(0.999, Math.max(-0.999, (start.m - box.centre) / box.reach));
  const theta = Float64Array.of(Math.atanh(place), Math.log(start.sigma));
  const fit = smallLeastSquares(problem, theta, {
    iterations: 30,
    costTolerance: 1e-6,
    longestMove: 1,
  });
  return at(fit.theta);
}

/** The best (a, c = bσ, d = ρbσ) for a given m and σ, in weighted total variance, with 0 ≤ |d| ≤ c. */
function linearSmile(
  { k, w, weight, midVol, years }: SmileQuotes,
  m: number,
  sigma: number,
  bHigh: number,
): { raw: SviRaw; cost: number } {
  let [s0, s1, s2, s11, s12, s22, t0, t1, t2, tt] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < k.length; i++) {
    const u = weight[i] / (2 * midVol[i] * years);
    const u2 = u * u;
    const y = (k[i] - m) / sigma;
    const z = Math.sqrt(y * y + 1);
    s0 += u2;
    s1 += u2 * y;
    s2 += u2 * z;
    s11 += u2 * y * y;
    s12 += u2 * y * z;
    s22 += u2 * z * z;
    t0 += u2 * w[i];
    t1 += u2 * y * w[i];
    t2 += u2 * z * w[i];
    tt += u2 * w[i] * w[i];
  }
  const costOf = (a: number, d: number, c: number) =>
    tt +
    a * a * s0 +
    d * d * s11 +
    c * c * s22 +
    2 * (a * d * s1 + a * c * s2 + d * c * s12) -
    2 * (a * t0 + d * t1 + c * t2);
  const top = bHigh * sigma;
  let best = { a: t0 / s0, d: 0, c: 0, cost: costOf(t0 / s0, 0, 0) };
  const consider = (a: number, d: number, c: number): void => {
    if (!(c >= 0 && Math.abs(d) <= 0.999 * c + 1e-15 && c + Math.abs(d) <= top)) return;
    const cost = costOf(a, d, c);
    if (cost < best.cost) best = { a, d, c, cost };
  };
  const centred = { yy: s11 - (s1 * s1) / s0, yz: s12 - (s1 * s2) / s0, zz: s22 - (s2 * s2) / s0 };
  const right = { y: t1 - (s1 * t0) / s0, z: t2 - (s2 * t0) / s0 };
  const level = (d: number, c: number) => (t0 - d * s1 - c * s2) / s0;
  const determinant = centred.yy * centred.zz - centred.yz * centred.yz;
  const d = (right.y * centred.zz - right.z * centred.yz) / determinant;
  const c = (right.z * centred.yy - right.y * centred.yz) / determinant;
  consider(level(d, c), d, c);
  for (const tilt of [-0.998, 0.998]) {
    const along =
      (right.z + tilt * right.y) / (centred.zz + 2 * tilt * centred.yz + tilt * tilt * centred.yy);
    consider(level(tilt * along, along), tilt * along, along);
  }
  const b = Math.max(best.c / sigma, 1e-8);
  const rho = Math.min(0.999, Math.max(-0.999, best.d / (b * sigma)));
  return { raw: { a: best.a, b, rho, m, sigma }, cost: best.cost };
}

/** As many parameters as quotes: level, then tilt, then bend, then the place of the bend. */
function fitFewQuotes(quotes: SmileQuotes): SviSliceFit {
  const { k, w, atmVariance } = quotes;
  const n = k.length;
  const sigma = Math.max(2 * Math.sqrt(atmVariance), 0.5 * (k[n - 1] - k[0]));
  if (n === 1) return fewFit(quotes, { a: w[0], b: 0, rho: 0, m: 0, sigma }, 1);
  const slope = (w[n - 1] - w[0]) / (k[n - 1] - k[0]);
  const lean = Math.sign(slope) * 0.9;
  if (n === 2) {
    const b = Math.abs(slope) / 0.9;
    const shape = (x: number) => b * (lean * x + Math.hypot(x, sigma));
    const a = 0.5 * (w[0] - shape(k[0]) + w[1] - shape(k[1]));
    return fewFit(quotes, { a, b, rho: lean, m: 0, sigma }, 2);
  }
  const places = n === 3 ? [0] : [-1, -0.5, 0, 0.5, 1].map((z) => z * sigma);
  const best = places
    .map((m) => linearSmile(quotes, m, sigma, boxOf(quotes).bHigh))
    .reduce((x, y) => (y.cost < x.cost ? y : x));
  return fewFit(quotes, best.raw, n);
}

/** Never a negative variance: the level rises until there is none. */
function fewFit(quotes: SmileQuotes, raw: SviRaw, freeParameters: number): SviSliceFit {
  const least = raw.a + raw.b * raw.sigma * Math.sqrt(1 - raw.rho * raw.rho);
  const floor = 0.05 * quotes.atmVariance;
  const safe = least >= floor ? raw : { ...raw, a: raw.a + floor - least };
  return { raw: safe, cost: sviCost(quotes, safe), converged: true, freeParameters };
}
