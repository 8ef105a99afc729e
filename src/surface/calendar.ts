/**
 * Order in time: the pointwise maximum of call curves on a lattice.
 *
 * The maximum of two convex curves is convex; read at the lattice's strikes and joined by straight lines it is
 * again the price curve of a law on the lattice, and lies on or above both. Moving a law to a lattice of twice
 * the step by splitting each odd atom between its neighbours (keeping mass and forward) only raises prices, and
 * so does the wider kernel there. A sequence of laws put through `raiseTo` is therefore increasing in convex
 * order, which excludes calendar arbitrage at every strike, not just at those looked at.
 *
 * Everything is done with out-of-the-money prices, puts below the forward and calls above, built from sums of
 * positive terms, so that far tails keep their relative accuracy.
 */
import { InternalError } from "../num/errors.ts";
import type { LatticeMeasure } from "./measure.ts";

/** The law on a lattice of twice the step. */
export function coarsen(measure: LatticeMeasure): LatticeMeasure {
  const { step, mass } = measure;
  const first = Math.floor((measure.first - 1) / 2);
  const last = Math.ceil((measure.first + mass.length) / 2);
  const out = new Float64Array(last - first + 1);
  const down = 1 / (1 + Math.exp(-step));
  for (let i = 0; i < mass.length; i++) {
    const index = measure.first + i;
    const below = Math.floor(index / 2) - first;
    if (index % 2 === 0) out[below] += mass[i];
    else {
      out[below] += down * mass[i];
      out[below + 1] += (1 - down) * mass[i];
    }
  }
  return { step: 2 * step, first, mass: out };
}

/** The least law on the lattice whose call prices are at least those of `own` and of `floor`.
 *
 * Throws  InternalError when the steps differ
 */
export function raiseTo(own: LatticeMeasure, floor: LatticeMeasure): LatticeMeasure {
  if (own.step !== floor.step) throw new InternalError("raiseTo needs laws on one lattice.");
  const { step } = own;
  const first = Math.min(own.first, floor.first) - 1;
  const end = Math.max(own.first + own.mass.length, floor.first + floor.mass.length) + 1;
  const a = pad(own, first, end);
  const b = pad(floor, first, end);
  const pa = otmPrices(a, first, step);
  const pb = otmPrices(b, first, step);
  const n = end - first;
  const fromFloor = new Uint8Array(n);
  for (let i = 0; i < n; i++) fromFloor[i] = pb[i] > pa[i] ? 1 : 0;
  const mass = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const here = fromFloor[i];
    const alone = (fromFloor[i - 1] ?? here) === here && (fromFloor[i + 1] ?? here) === here;
    mass[i] = alone ? (here ? b : a)[i] : kinkMass(i, first, step, fromFloor, pa, pb);
  }
  return { step, first, mass };
}

/** Mass of the atom where the maximum changes from one curve to the other: the change of slope there. */
function kinkMass(
  i: number,
  first: number,
  step: number,
  fromFloor: Uint8Array,
  pa: Float64Array,
  pb: Float64Array,
): number {
  const strike = Math.exp((first + i) * step);
  const call = first + i > 0;
  const price = (j: number): number => {
    const otm = (fromFloor[j] ? pb : pa)[j];
    const isCall = first + j > 0;
    // one kind of option at all three strikes: parity where a neighbour is of the other kind
    if (isCall === call) return otm;
    return isCall ? otm + Math.expm1((first + j) * step) : otm - Math.expm1((first + j) * step);
  };
  const here = price(i);
  const right = (price(i + 1) - here) / (strike * Math.expm1(step));
  const left = (here - price(i - 1)) / (-strike * Math.expm1(-step));
  return Math.max(0, right - left);
}

function pad(measure: LatticeMeasure, first: number, end: number): Float64Array {
  const out = new Float64Array(end - first);
  out.set(measure.mass, measure.first - first);
  return out;
}

/** [atom] price of the out-of-the-money option struck at each atom: calls above index 0, puts up to it. */
function otmPrices(mass: Float64Array, first: number, step: number): Float64Array {
  const n = mass.length;
  const out = new Float64Array(n);
  const up = Math.expm1(step);
  for (let i = n - 2, tail = 0, value = 0; i >= 0 && first + i > 0; i--) {
    tail += mass[i + 1];
    value += tail * Math.exp((first + i) * step) * up;
    out[i] = value;
  }
  for (let i = 1, tail = 0, value = 0; i < n && first + i <= 0; i++) {
    tail += mass[i - 1];
    value += tail * Math.exp((first + i - 1) * step) * up;
    out[i] = value;
  }
  return out;
}
