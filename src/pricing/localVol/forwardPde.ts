/**
 * Option prices at all strikes and dates under a local volatility: one sweep of Dupire's forward equation.
 *
 *   C_T = ½ σ²(K, T) K² C_KK,   C(K, 0) = (1 − K)⁺      per unit of forward, K = strike/F(T) = e^k
 *
 * Second differences in K on the nodes of the local volatility (linear functions exactly), Crank-Nicolson in time;
 * the first two cells are four implicit Euler half steps (Rannacher), which damp the kink. What is solved for is the
 * time value u = C − (1 − K)⁺, whose only source is the kink at K = 1: far options keep their relative accuracy.
 *
 * The surface of the result: total variance at the nodes by inverting u, extrapolated from the grid and every other
 * node of it to spacing 0 (fourth order), cubic in k between nodes, linear in T between cells, linear in k past the last
 * option worth more than `smallestPrice`.
 *
 * Source  Dupire (1994); Andersen & Brotherton-Ratcliffe (1998); Rannacher (1984) for the first steps
 */
import { impliedTotalStdDev } from "../../formulas/index.ts";
import { InputError } from "../../num/errors.ts";
import type { LocalVolatility } from "./localVolatility.ts";

/** Prices of the sweep and the surface that they are. */
export interface ForwardPdeSolution {
  /** [level] years: the ends of time cells that are resolved by the nodes. */
  readonly years: Float64Array;
  /** [level][node] out-of-the-money prices per unit of forward. */
  readonly otmPrices: readonly Float64Array[];
  /** σ²T implied by the prices. */
  totalVariance(k: number, years: number): number;
}

/** Cells at the start that are split in two implicit Euler steps. */
const rannacherCells = 2;
/** An option worth less has no volatility to trust. */
const smallestPrice = 1e-11;
/** Node spacings per standard deviation that a level needs to be published. */
const spacingsPerDeviation = 10;

/** Solves the forward equation.
 *
 * Shape   nodes and cells of the local volatility → prices [level][node]
 * Accuracy  below a basis point of volatility for |z| ≤ 3 on clean surfaces with the default grid (tests)
 */
export function solveForward(local: LocalVolatility): ForwardPdeSolution {
  const fine = sweep(local, 1);
  const coarse = sweep(local, 2);
  const { times, ks } = local;
  const half = (ks.length - 1) / 2;
  const spacing = ks[half + 1] - ks[half];
  const cells = times.length - 1;
  // √(2π) u(0) is the at-the-money standard deviation
  const resolved = (cell: number) =>
    2.5 * fine[cell][half] >= spacingsPerDeviation * spacing || cell === cells - 1;
  const levels = Array.from({ length: cells }, (_, cell) => cell).filter(resolved);
  const coarseKs = ks.filter((_, i) => i % 2 === 0);
  const smiles = levels.map((cell) =>
    extrapolated(smileOf(ks, fine[cell]), smileOf(coarseKs, coarse[cell])),
  );
  const dates = Float64Array.from(levels, (cell) => times[cell + 1]);
  return {
    years: dates,
    otmPrices: levels.map((cell) => fine[cell]),
    totalVariance: (k, t) => varianceAt(dates, smiles, k, t),
  };
}

/** Time values at the end of every cell, on every `stride`-th node.
 *
 * Shape   → [cell][node]
 */
function sweep({ times, ks, variance }: LocalVolatility, stride: number): Float64Array[] {
  const every = (_: number, i: number) => i % stride === 0;
  const operator = secondDifference(ks.filter(every).map(Math.exp));
  const nodes = ks.length;
  const out: Float64Array[] = [];
  let u = new Float64Array((nodes - 1) / stride + 1);
  for (let cell = 0; cell + 1 < times.length; cell++) {
    const row = variance.subarray(cell * nodes, (cell + 1) * nodes).filter(every);
    const dt = times[cell + 1] - times[cell];
    if (cell < rannacherCells) {
      u = step(u, row, operator, dt / 2, 1);
      u = step(u, row, operator, dt / 2, 1);
    } else {
      u = step(u, row, operator, dt, 0.5);
    }
    out.push(u);
  }
  return out;
}

/** Richardson's extrapolation of total variance: the error is even in the spacing, 4/3 of one minus 1/3 of the other. */
function extrapolated(fine: LevelSmile, coarse: LevelSmile): LevelSmile {
  const last = coarse.ks.length - 1;
  const w = fine.w.map((value, i) => {
    const k = Math.min(Math.max(fine.ks[i], coarse.ks[0]), coarse.ks[last]);
    const other = varianceOn(coarse, k);
    const own = k === fine.ks[i] ? value : varianceOn(fine, k);
    return value + (own - other) / 3;
  });
  return { ks: fine.ks, w, slopes: nodeSlopes(fine.ks, w) };
}

/** Coefficients of K² C_KK: [node] of the neighbours below and above. */
interface SecondDifference {
  readonly below: Float64Array;
  readonly above: Float64Array;
  /** [node] K²·(second difference of the payoff): 0 but at the money. */
  readonly kink: Float64Array;
}

function secondDifference(strike: Float64Array): SecondDifference {
  const n = strike.length;
  const below = new Float64Array(n);
  const above = new Float64Array(n);
  const kink = new Float64Array(n);
  const half = (n - 1) / 2;
  for (let i = 1; i + 1 < n; i++) {
    const down = strike[i] - strike[i - 1];
    const up = strike[i + 1] - strike[i];
    const scale = (2 * strike[i] ** 2) / (down + up);
    below[i] = scale / down;
    above[i] = scale / up;
    if (i === half) kink[i] = below[i] * (1 - strike[i - 1]);
  }
  return { below, above, kink };
}

/** One θ-step: (I − θ Δt L) u' = (I + (1 − θ) Δt L) u + Δt L(1 − K)⁺; u is 0 at both ends. */
function step(
  u: Float64Array,
  variance: Float64Array,
  { below, above, kink }: SecondDifference,
  dt: number,
  theta: number,
): Float64Array<ArrayBuffer> {
  const n = u.length;
  const upper = new Float64Array(n);
  const out = new Float64Array(n);
  for (let i = 1; i + 1 < n; i++) {
    const rate = 0.5 * variance[i] * dt;
    const a = rate * below[i];
    const c = rate * above[i];
    const explicit = (1 - theta) * (a * (u[i - 1] - u[i]) + c * (u[i + 1] - u[i]));
    const right = u[i] + explicit + rate * kink[i];
    const pivot = 1 + theta * (a + c) - theta * a * upper[i - 1];
    upper[i] = (theta * c) / pivot;
    out[i] = (right + theta * a * out[i - 1]) / pivot;
  }
  for (let i = n - 2; i >= 1; i--) out[i] += upper[i] * out[i + 1];
  return out;
}

/** A level's total variance at nodes, cubic between. */
interface LevelSmile {
  readonly ks: Float64Array;
  readonly w: Float64Array;
  readonly slopes: Float64Array;
}

function smileOf(ks: Float64Array, prices: Float64Array): LevelSmile {
  const half = (ks.length - 1) / 2;
  let first = half;
  while (first > 1 && prices[first - 1] > smallestPrice) first--;
  let last = half;
  while (last + 2 < ks.length && prices[last + 1] > smallestPrice) last++;
  const inside = ks.slice(first, last + 1);
  const w = inside.map((k, i) => impliedTotalStdDev(prices[first + i], k) ** 2);
  return { ks: inside, w, slopes: nodeSlopes(inside, w) };
}

/** dw/dk at nodes: the parabola through three of them. */
function nodeSlopes(ks: Float64Array, w: Float64Array): Float64Array {
  const n = ks.length;
  const chord = (i: number) => (w[i + 1] - w[i]) / (ks[i + 1] - ks[i]);
  return w.map((_, i) => {
    if (n === 1) return 0;
    if (i === 0) return chord(0);
    if (i === n - 1) return chord(n - 2);
    const [left, right] = [ks[i] - ks[i - 1], ks[i + 1] - ks[i]];
    return (right * chord(i - 1) + left * chord(i)) / (left + right);
  });
}

function varianceOn({ ks, w, slopes }: LevelSmile, k: number): number {
  const n = ks.length;
  // straight past the ends, not steeper than Lee's bound nor falling towards 0
  if (k <= ks[0]) return w[0] + Math.max(-1.9, Math.min(0, slopes[0])) * (k - ks[0]);
  if (k >= ks[n - 1]) return w[n - 1] + Math.min(1.9, Math.max(0, slopes[n - 1])) * (k - ks[n - 1]);
  let low = 0;
  let high = n - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (ks[middle] <= k) low = middle;
    else high = middle;
  }
  const width = ks[high] - ks[low];
  const t = (k - ks[low]) / width;
  const r = 1 - t;
  return (
    r * r * (1 + 2 * t) * w[low] +
    t * t * (1 + 2 * r) * w[high] +
    width * t * r * (r * slopes[low] - t * slopes[high])
  );
}

function varianceAt(
  years: Float64Array,
  smiles: readonly LevelSmile[],
  k: number,
  t: number,
): number {
  if (!(t > 0)) {
    throw new InputError(`solveForward: expected years > 0, got ${t}. Ask after the start.`);
  }
  const last = years.length - 1;
  if (t <= years[0]) return (varianceOn(smiles[0], k) * t) / years[0];
  if (t >= years[last]) return (varianceOn(smiles[last], k) * t) / years[last];
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (years[middle] <= t) low = middle;
    else high = middle;
  }
  const share = (t - years[low]) / (years[high] - years[low]);
  const later = varianceOn(smiles[high], k);
  return share === 1 ? later : (1 - share) * varianceOn(smiles[low], k) + share * later;
}
