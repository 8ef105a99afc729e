/**
 * From a mixture of thousands of lognormals to a law on a lattice with the same prices.
 *
 * 1. Levels of total variance W_0 < … < W_L, between the smallest and the largest path's, are placed along the
 *    square root of the density of ln w: dense where paths are, without starving the tails. A path of variance
 *    w between W_a and W_b is shared between the two so that forward and variance are exact. That adds
 *    (w − W_a)(W_b − w) to the variance of the variance; step 3 takes its mean ε back.
 * 2. A share goes to four lattice atoms with cubic B-spline weights: positive, with mean and third moment of
 *    the point and a variance of exactly step²/3 wherever the point is.
 * 3. Each level is convolved with a Gaussian of variance W − step²/3 − step², so that with the kernel of
 *    measure.ts the variance is W again, times 1 − ½ε ∂²/∂w² of it (Hermite polynomials). All terms are
 *    positive: relative accuracy survives in the tails.
 * 4. What falls off the lattice is gathered at its ends, keeping its mass on the left and its forward on the
 *    right, which is what puts and calls inside are worth; then a tilt to mass 1 and forward 1.
 *
 * Valid for variances w_p above 4/3 step²; the lattice is chosen so that all but 1 % of paths are, and a path
 * below it is priced with that variance instead.
 */
import { toMartingale, trim, type LatticeMeasure } from "./measure.ts";
import {
  logMeanForward,
  type MixtureNode,
  mixtureOtmPrice,
  smallestVariance,
  weightOf,
} from "./mixture.ts";

/** Settings of the lattice; multiples of a node's at-the-money standard deviation. */
const latticeDefaults = {
  /** Levels of variance. */
  levels: 72,
  /** Widest and narrowest lattice step. */
  widestStep: 0.06,
  narrowestStep: 0.02,
  /** How far the lattice goes; only as much of it as carries prices is kept. */
  reachLeft: 32,
  reachRight: 24,
  /** Atoms beyond which an option is worth less than this are cut (units of F). */
  negligiblePrice: 1e-18,
  /** About this many paths give the at-the-money standard deviation that sets the lattice. */
  scoutPaths: 1024,
} as const;

/** Where the paths of a node lie: what decides its lattice. */
export interface NodeScale {
  readonly logMean: number;
  /** At-the-money total standard deviation σ√T (of a subset of paths). */
  readonly standardDeviation: number;
  /** Widest step that the variances allow. */
  readonly step: number;
  readonly levels: VarianceLevels;
}

interface VarianceLevels {
  /** [path] fine bin of ln w; [fine bin] index of the level at or below the bin's variances. */
  readonly binOfPath: Uint16Array;
  readonly levelOfBin: Uint16Array;
  /** [level] variance, increasing. */
  readonly variance: Float64Array;
}

const FINE_BINS = 2048;

/** Measures a node. */
export function scaleOf(node: MixtureNode): NodeScale {
  const logMean = logMeanForward(node);
  const stride = Math.max(1, Math.floor(node.logForward.length / latticeDefaults.scoutPaths));
  const atm = Math.min(0.999, Math.max(mixtureOtmPrice(node, 0, logMean, stride), 1e-9));
  // price = 2N(s/2) − 1 ≈ s/√(2π); an estimate suffices here
  const standardDeviation = Math.max(atm * Math.sqrt(2 * Math.PI), Math.sqrt(smallestVariance));
  const { levels, lowVariance } = levelsOf(node);
  const { widestStep, narrowestStep } = latticeDefaults;
  const step = Math.min(
    widestStep * standardDeviation,
    Math.max(narrowestStep * standardDeviation, Math.sqrt(lowVariance / 1.6)),
  );
  return { logMean, standardDeviation, step, levels };
}

/** Levels for a node's variances, and the variance that 1 % of paths lie below. */
function levelsOf(node: MixtureNode): { levels: VarianceLevels; lowVariance: number } {
  const w = node.totalVariance;
  let lowest = Number.POSITIVE_INFINITY;
  let highest = 0;
  for (let p = 0; p < w.length; p++) {
    const v = Math.max(w[p], smallestVariance);
    if (v < lowest) lowest = v;
    if (v > highest) highest = v;
  }
  const logLowest = Math.log(lowest);
  const binsPerLog = (FINE_BINS - 1) / Math.max(Math.log(highest) - logLowest, 1e-6);
  const binOfPath = new Uint16Array(w.length);
  const count = new Float64Array(FINE_BINS);
  let total = 0;
  for (let p = 0; p < w.length; p++) {
    const weight = weightOf(node, p);
    const depth = (Math.log(Math.max(w[p], smallestVariance)) - logLowest) * binsPerLog;
    binOfPath[p] = Math.min(FINE_BINS - 1, Math.max(0, Math.floor(depth)));
    count[binOfPath[p]] += weight;
    total += weight;
  }
  const { levelOfBin, edges } = placeLevels(count);
  const variance = Float64Array.from(edges, (bin) => Math.exp(logLowest + bin / binsPerLog));
  let bin = 0;
  for (let below = count[0]; below <= 0.01 * total; below += count[bin]) bin++;
  return {
    levels: { binOfPath, levelOfBin, variance },
    lowVariance: Math.exp(logLowest + bin / binsPerLog),
  };
}

/** Levels at edges of fine bins, with equal integrals of √density between them. */
function placeLevels(count: Float64Array): { levelOfBin: Uint16Array; edges: number[] } {
  const reach = FINE_BINS >> 7;
  const weight = new Float64Array(FINE_BINS);
  let window = 0;
  for (let b = -reach; b < FINE_BINS; b++) {
    window += (count[b + reach] ?? 0) - (count[b - reach - 1] ?? 0);
    if (b >= 0) weight[b] = Math.sqrt(Math.max(0, window));
  }
  const total = weight.reduce((a, b) => a + b, 0);
  const intervals = latticeDefaults.levels - 1;
  const levelOfBin = new Uint16Array(FINE_BINS);
  const edges = [0];
  for (let b = 0, sum = 0; b < FINE_BINS; b++) {
    if (sum >= (total * edges.length) / intervals && edges.length < intervals) edges.push(b);
    levelOfBin[b] = edges.length - 1;
    sum += weight[b];
  }
  edges.push(FINE_BINS);
  return { levelOfBin, edges };
}

/** The node's law on the lattice of this step. */
export function discretise(node: MixtureNode, scale: NodeScale, step: number): LatticeMeasure {
  const left = Math.ceil((latticeDefaults.reachLeft * scale.standardDeviation) / step);
  const size = left + Math.ceil((latticeDefaults.reachRight * scale.standardDeviation) / step) + 1;
  const { deposits, share, spread } = depositPaths(node, scale, { step, left, size });
  const mass = new Float64Array(size);
  scale.levels.variance.forEach((variance, level) => {
    if (share[level] === 0) return;
    const taps = gaussianTaps(
      variance - (4 / 3) * step * step,
      spread[level] / share[level],
      step,
      size,
    );
    convolveInto(mass, deposits.subarray(level * size, (level + 1) * size), taps, step);
  });
  return trim(toMartingale({ step, first: -left, mass }), latticeDefaults.negligiblePrice);
}

interface Deposits {
  /** [level][atom] weight of paths. */
  readonly deposits: Float64Array;
  /** [level] weight of paths, and their sum of (w − W_a)(W_b − w). */
  readonly share: Float64Array;
  readonly spread: Float64Array;
}

interface Lattice {
  readonly step: number;
  /** Atoms left of 0, and in all. */
  readonly left: number;
  readonly size: number;
}

function depositPaths(node: MixtureNode, scale: NodeScale, lattice: Lattice): Deposits {
  const { binOfPath, levelOfBin, variance } = scale.levels;
  const { step, left, size } = lattice;
  const deposits = new Float64Array(variance.length * size);
  const share = new Float64Array(variance.length);
  const spread = new Float64Array(variance.length);
  const { logForward, totalVariance } = node;
  const add = (level: number, part: number, logMean: number): void => {
    const place = logMean / step + left;
    const clamped = Math.min(Math.max(place, 1), size - 3);
    const i = Math.floor(clamped);
    const f = clamped - i;
    const r = 1 - f;
    const at = level * size + i;
    // off the right end: the forward is what matters to calls inside
    const weight = place > clamped ? part * Math.exp(Math.min((place - clamped) * step, 40)) : part;
    deposits[at - 1] += (weight * r * r * r) / 6;
    deposits[at] += weight * (2 / 3 - f * f * (1 - f / 2));
    deposits[at + 1] += weight * (2 / 3 - r * r * (1 - r / 2));
    deposits[at + 2] += (weight * f * f * f) / 6;
    share[level] += part;
  };
  // an atom a with kernel variance h² has mean log a − h²/2; a path's mean log is x − w/2
  const shift = (step * step) / 2 - scale.logMean;
  for (let p = 0; p < logForward.length; p++) {
    const w = Math.max(totalVariance[p], smallestVariance);
    const a = levelOfBin[binOfPath[p]];
    const gap = variance[a + 1] - variance[a];
    const up = Math.min(1, Math.max(0, (w - variance[a]) / gap));
    const x = logForward[p] + shift;
    const variation = up * (1 - up) * gap * gap;
    const weight = weightOf(node, p);
    add(a, weight * (1 - up), x - variance[a] / 2);
    add(a + 1, weight * up, x - variance[a + 1] / 2);
    spread[a] += weight * (1 - up) * variation;
    spread[a + 1] += weight * up * variation;
  }
  return { deposits, share, spread };
}

/** [offset + reach] positive kernel with sum 1: a Gaussian of this variance, less ½ spread ∂²/∂w² of it. */
function gaussianTaps(variance: number, spread: number, step: number, size: number): Float64Array {
  const inSteps = variance / (step * step);
  if (inSteps <= 1e-9) return Float64Array.of(1);
  if (inSteps < 1) {
    // a sampled Gaussian this narrow has the wrong variance: use a three-point step twice
    const v = inSteps / 4;
    const side = 2 * v * (1 - 2 * v);
    return Float64Array.of(v * v, side, (1 - 2 * v) ** 2 + 2 * v * v, side, v * v);
  }
  const reach = Math.min(size, Math.ceil(8.6 * Math.sqrt(inSteps)));
  const taps = new Float64Array(2 * reach + 1);
  const s = Math.sqrt(variance);
  const epsilon = Math.min(spread / (variance * variance), 0.02) / 8;
  let total = 0;
  // e^{−j²/(2 inSteps)} by its ratios, which are a geometric sequence
  const square = Math.exp(-1 / inSteps);
  let gauss = 1;
  let ratio = Math.exp(-0.5 / inSteps);
  for (let j = 0; j <= reach; j++) {
    const t = (j * step) / s;
    const t2 = t * t;
    // ∂/∂w at a fixed forward is ½(∂² + ∂) in the log: its square, on the Gaussian, over the Gaussian
    const even = t2 * (t2 - 6) + 3 + variance * (t2 - 1);
    const odd = 2 * s * t * (t2 - 3);
    const right = gauss * Math.max(0.1, 1 - epsilon * (even - odd));
    const left = gauss * Math.max(0.1, 1 - epsilon * (even + odd));
    taps[reach + j] = right;
    taps[reach - j] = left;
    total += j === 0 ? right : left + right;
    gauss *= ratio;
    ratio *= square;
  }
  return taps.map((tap) => tap / total);
}

/** out += input ∗ taps; atoms four at a time, so that a sum is loaded and stored once for the four. */
function convolveInto(
  out: Float64Array,
  input: Float64Array,
  taps: Float64Array,
  step: number,
): void {
  const size = out.length;
  const reach = taps.length >> 1;
  const padded = new Float64Array(taps.length + 6);
  padded.set(taps, 3);
  for (let i = 0; i < size; i += 4) {
    const a = input[i];
    const b = i + 1 < size ? input[i + 1] : 0;
    const c = i + 2 < size ? input[i + 2] : 0;
    const d = i + 3 < size ? input[i + 3] : 0;
    if (a === 0 && b === 0 && c === 0 && d === 0) continue;
    const from = Math.max(0, i - reach);
    const to = Math.min(size - 1, i + 3 + reach);
    for (let j = from, at = from - i + reach + 3; j <= to; j++, at++) {
      out[j] += a * padded[at] + b * padded[at - 1] + c * padded[at - 2] + d * padded[at - 3];
    }
  }
  gatherEnds(out, input, taps, step);
}

/** What falls off the lattice: its mass on the left, its forward on the right. */
function gatherEnds(
  out: Float64Array,
  input: Float64Array,
  taps: Float64Array,
  step: number,
): void {
  const size = out.length;
  const reach = taps.length >> 1;
  const grow = Math.exp(step);
  for (let i = 0; i < Math.min(reach, size); i++) {
    if (input[i] === 0) continue;
    let lost = 0;
    for (let j = 0; j < reach - i; j++) lost += taps[j];
    out[0] += input[i] * lost;
  }
  for (let i = Math.max(0, size - reach); i < size; i++) {
    if (input[i] === 0) continue;
    let lost = 0;
    for (let j = 2 * reach; j >= size + reach - i; j--) lost = (lost + taps[j]) * grow;
    out[size - 1] += input[i] * lost;
  }
}
