/**
 * The linear program of SANOS: laws of all expiries at once, inside as many spreads as an ordered family can be.
 *
 *   minimise Σ_quotes [ ε |p − mid| + (bid − p)⁺ + (p − ask)⁺ ] / half spread,   p = Σ_i q_i Black(K_i, K, v_j)
 *   over the time values o_j at the knots of every expiry (knots.ts), with q_j ≥ 0
 *   and o_j ≥ o_{j−1} at the knots of j
 *
 * Order in time is exact, not only at the knots: o_{j−1} − o_j is convex between knots of j, so it is largest at a knot,
 * and the knots of j reach as far as those of j − 1. The kernels' variances v_j = η V_j do not fall, hence the smoothed
 * prices are ordered at all strikes (law.ts). In the paper's words: ω = 0, linear payoffs in the calendar rows.
 *
 * The unknowns are time values rather than q: both q ≥ 0 and the order in time are then rows of three terms.
 *
 * Source  Buehler et al. (2026), arXiv:2601.11209, section 4 and Remark 4.1; the sparse form is ours
 */
import { blackOtm } from "../../formulas/index.ts";
import { linearProgram, type LinearProgramBuilder } from "../linearProgram.ts";
import { interpolation, type Knots, makeKnots, massOf, normalise, valuesOf } from "./knots.ts";
import { atomTimeValue, type SanosLaw } from "./law.ts";

/** A price to hit: out of the money per unit forward. */
export interface SanosTarget {
  readonly k: number;
  readonly mid: number;
  /** Prices within [bid, ask] cost only ε. */
  readonly bid: number;
  readonly ask: number;
  /** One unit of cost, in price; positive. */
  readonly unit: number;
  /** Weight of this target among the others; 1 for quotes. */
  readonly weight: number;
}

/** One expiry of the program. */
export interface SanosExpiryTargets {
  /** V_j: total variance at the money. */
  readonly atmVariance: number;
  /** η_j: share of it in the kernel. */
  readonly kernelShare: number;
  /** By increasing k. */
  readonly targets: readonly SanosTarget[];
}

export interface SanosProgramOptions {
  /** ε. */
  readonly midWeight: number;
  /** Share of each spread at its edges that the program stays away from, so that rounding cannot leave the spread. */
  readonly margin: number;
  /** Knot spacing in kernel deviations. */
  readonly knotsPerKernel: number;
}

/** Laws of all expiries, in order.
 *
 * Accuracy  convex order in time to rounding; the objective to 1e-9
 * Throws    NumericalError when the solver gives up
 */
export async function fitLaws(
  expiries: readonly SanosExpiryTargets[],
  options: SanosProgramOptions,
): Promise<SanosLaw[]> {
  const variances = kernelVariances(expiries);
  const program = linearProgram();
  const grids = makeGrids(expiries, variances, options);
  const offsets: number[] = [];
  expiries.forEach(({ atmVariance, targets }, j) => {
    const scale = Math.sqrt(atmVariance);
    offsets.push(addLaw(program, grids[j], scale));
    if (j > 0) {
      const before = {
        knots: grids[j - 1],
        offset: offsets[j - 1],
        scale: Math.sqrt(expiries[j - 1].atmVariance),
      };
      addOrder(program, before, { knots: grids[j], offset: offsets[j], scale });
    }
    for (const target of targets) {
      addTarget(
        program,
        { knots: grids[j], offset: offsets[j], scale },
        variances[j],
        target,
        options,
      );
    }
  });
  const { values } = await program.solve("sanos");
  const laws: SanosLaw[] = [];
  grids.forEach((knots, j) => {
    const scale = Math.sqrt(expiries[j].atmVariance);
    const columns = { knots, offset: offsets[j], scale };
    laws.push(lawOf(columns, values, variances[j], laws[j - 1]));
  });
  return laws;
}

/** Kernels' variances: η_j V_j, lowered so that they do not shrink in time, and so that of no increment of variance
 * does the kernel take more than the largest η. Else a narrow kernel before a wide one would leave the atoms of the later
 * law less room than those of the earlier one need. */
function kernelVariances(expiries: readonly SanosExpiryTargets[]): Float64Array {
  const level = Float64Array.from(expiries, ({ atmVariance }) => atmVariance);
  const kernel = Float64Array.from(
    expiries,
    ({ kernelShare, atmVariance }) => kernelShare * atmVariance,
  );
  for (let j = level.length - 2; j >= 0; j--) {
    level[j] = Math.min(level[j], level[j + 1]);
    kernel[j] = Math.min(kernel[j], kernel[j + 1]);
  }
  const largest = Math.max(...expiries.map(({ kernelShare }) => kernelShare));
  for (let j = 1; j < level.length; j++) {
    kernel[j] = Math.min(kernel[j], kernel[j - 1] + largest * (level[j] - level[j - 1]));
  }
  return kernel;
}

/** Atoms reach this far from the money, in deviations: jumps put mass where no strike is quoted, and the slope of the
 * outermost quotes tells of it. For wide laws half of it, and `farReach` of log-moneyness more. */
const deviationsReached = 12;
const farReach = 1.5;
/** And so many deviations beyond twice the outermost quote. */
const beyondQuotes = 1.5;

function makeGrids(
  expiries: readonly SanosExpiryTargets[],
  variances: Float64Array,
  { knotsPerKernel }: SanosProgramOptions,
): Knots[] {
  let [kMin, kMax] = [0, 0];
  return expiries.map(({ atmVariance, targets }, j) => {
    const s = Math.sqrt(atmVariance);
    const first = targets[0].k;
    const last = targets[targets.length - 1].k;
    const reach = Math.min(deviationsReached * s, 0.5 * deviationsReached * s + farReach);
    kMin = Math.min(kMin, -reach, 2 * first - beyondQuotes * s);
    kMax = Math.max(kMax, reach, 2 * last + beyondQuotes * s);
    return makeKnots(kMin, kMax, Math.sqrt(variances[j]) / knotsPerKernel, s);
  });
}

/** Where an expiry's unknowns are: o at the inner knot i is scale · x[offset + i − 1]. */
export interface LawColumns {
  readonly knots: Knots;
  readonly offset: number;
  readonly scale: number;
}

/** Adds an expiry's unknowns and q ≥ 0; `bounds` are those of o at each knot.
 *
 * Returns  the column of the first inner knot
 */
export function addLaw(
  program: LinearProgramBuilder,
  { strike, atMoney }: Knots,
  scale: number,
  bounds: (strike: number) => readonly [number, number] = () => [0, Infinity],
): number {
  const last = strike.length - 1;
  const offset = program.size.columns;
  for (let i = 1; i < last; i++) {
    const [lower, upper] = bounds(strike[i]);
    program.column(0, lower / scale, upper / scale);
  }
  for (let i = 1; i < last; i++) {
    const left = strike[i] - strike[i - 1];
    const right = strike[i + 1] - strike[i];
    // q in units in which the largest coefficient is about one
    const unit = (left * right) / (left + right);
    const terms: [number, number][] = [[offset + i - 1, -1]];
    if (i > 1) terms.unshift([offset + i - 2, unit / left]);
    if (i < last - 1) terms.push([offset + i, unit / right]);
    program.row(i === atMoney ? -unit / scale : 0, Infinity, terms);
  }
  return offset;
}

/** Adds o_earlier ≤ o_later at the later knots that lie within the earlier ones. */
function addOrder(program: LinearProgramBuilder, earlier: LawColumns, later: LawColumns): void {
  const { strike } = later.knots;
  for (let i = 1; i < strike.length - 1; i++) {
    const inner = earlier.knots.strike.length - 1;
    const terms = interpolation(earlier.knots, strike[i])
      .filter(([knot]) => knot > 0 && knot < inner)
      .map(([knot, weight]): [number, number] => [earlier.offset + knot - 1, -weight]);
    if (terms.length === 0) continue;
    program.row(0, Infinity, [[later.offset + i - 1, later.scale / earlier.scale], ...terms]);
  }
}

/** Kernel deviations beyond which an atom's option has no time value in double precision. */
const kernelReach = 9;

/** Adds the cost of one price. */
export function addTarget(
  program: LinearProgramBuilder,
  law: LawColumns,
  variance: number,
  target: SanosTarget,
  { midWeight, margin }: Pick<SanosProgramOptions, "midWeight" | "margin">,
): void {
  const { mid, bid, ask, unit, weight } = target;
  const { constant, coefficients } = priceRow(law.knots, variance, target.k);
  const terms: [number, number][] = [];
  for (let i = 1; i < coefficients.length - 1; i++) {
    if (coefficients[i] !== 0)
      terms.push([law.offset + i - 1, (law.scale * coefficients[i]) / unit]);
  }
  const inside = midWeight * weight;
  for (const [sign, room] of [
    [-1, (1 - margin) * (ask - mid)],
    [1, (1 - margin) * (mid - bid)],
  ]) {
    if (room > 0) terms.push([program.column(inside, 0, room / unit), sign]);
    terms.push([program.column(weight), sign]);
  }
  const right = (mid - constant) / unit;
  program.row(right, right, terms);
}

/** Price at k as constant + Σ coefficients · o. */
function priceRow(
  knots: Knots,
  variance: number,
  k: number,
): { constant: number; coefficients: Float64Array } {
  const { strike, atMoney } = knots;
  const s = Math.sqrt(variance);
  const coefficients = new Float64Array(strike.length);
  for (const [knot, weight] of interpolation(knots, Math.exp(k))) coefficients[knot] += weight;
  let constant = 0;
  strike.forEach((K, i) => {
    const distance = k - knots.k[i];
    if (Math.abs(distance) > kernelReach * s) return;
    // q_i times this, with q_i spelt out in o
    const value = K * blackOtm(distance, s);
    if (i === atMoney) constant += value;
    if (i > 0) {
      const left = value / (K - strike[i - 1]);
      coefficients[i] -= left;
      coefficients[i - 1] += left;
    }
    if (i + 1 < strike.length) {
      const right = value / (strike[i + 1] - K);
      coefficients[i] -= right;
      coefficients[i + 1] += right;
    }
  });
  return { constant, coefficients };
}

/** The law that a solution holds, without the solver's residue: q ≥ 0 and the order in time hold to rounding.
 *
 * Negative q are cut and the mean restored; then the pointwise maximum with the earlier law is taken, which is convex as
 * both are.
 */
export function lawOf(
  { knots, offset, scale }: LawColumns,
  solution: Float64Array,
  kernelVariance: number,
  earlier: SanosLaw | undefined,
): SanosLaw {
  const last = knots.k.length - 1;
  const raw = knots.k.map((_, i) => (i === 0 || i === last ? 0 : scale * solution[offset + i - 1]));
  const cut = massOf(knots, raw).map((q) => Math.max(q, 0));
  const values = valuesOf(knots, normalise(knots, cut));
  if (earlier !== undefined) {
    for (let i = 1; i < last; i++) {
      values[i] = Math.max(values[i], atomTimeValue(earlier, knots.strike[i]));
    }
  }
  const mass = massOf(knots, values);
  // what is left of q below this is rounding of second differences
  const kept = Array.from(mass.keys()).filter((i) => mass[i] > 1e-15);
  return {
    places: Float64Array.from(kept, (i) => knots.k[i]),
    mass: Float64Array.from(kept, (i) => mass[i]),
    kernelVariance,
  };
}
