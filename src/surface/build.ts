/** From mixtures at a grid of times to a surface: discretise each node, then order them in time. */
import { coarsen, raiseTo } from "./calendar.ts";
import { discretise, scaleOf } from "./discretise.ts";
import { trim, type LatticeMeasure } from "./measure.ts";
import { checkSurfaceInput, type SurfaceInput } from "./mixture.ts";
import { surfaceOf, type Surface } from "./surface.ts";

/** Atoms past which an option is worth less than this are cut after ordering (units of F). */
const negligiblePrice = 1e-20;

/** Arbitrage-free surface of lognormal mixtures.
 *
 * Shape     years [node], each node's arrays [path]
 * Units     years; log-moneyness ln(K/F); total variance σ²T
 * Throws    InputError or ShapeError as `checkSurfaceInput`
 */
export function buildSurface(input: SurfaceInput): Surface {
  checkSurfaceInput(input);
  const scales = input.nodes.map(scaleOf);
  const steps = latticeSteps(scales.map((s) => s.step));
  const measures: LatticeMeasure[] = [];
  input.nodes.forEach((node, n) => {
    const own = discretise(node, scales[n], steps[n]);
    const before = measures[n - 1];
    measures.push(before === undefined ? own : trimmed(raiseTo(own, onStep(before, steps[n]))));
  });
  return surfaceOf({
    years: Float64Array.from(input.years),
    measures,
    forwardErrors: Float64Array.from(scales, (s) => s.logMean),
  });
}

/** Steps that never shrink, each a power of two times the first, none wider than a node or a later one wants. */
function latticeSteps(wanted: readonly number[]): number[] {
  const bound = [...wanted];
  for (let n = bound.length - 2; n >= 0; n--) bound[n] = Math.min(bound[n], bound[n + 1]);
  return bound.map((step) => bound[0] * 2 ** Math.floor(Math.log2(step / bound[0]) + 1e-9));
}

function onStep(measure: LatticeMeasure, step: number): LatticeMeasure {
  let out = measure;
  while (out.step < step) out = coarsen(out);
  return out;
}

const trimmed = (measure: LatticeMeasure): LatticeMeasure => trim(measure, negligiblePrice);

/** Node times for a surface: the expiries and `between` equal steps of variance time between neighbours.
 *
 * Shape     gridYears [grid], expiryYears [expiry] → indices into gridYears, increasing
 * Source    the nearest grid times to (i/(between + 1)) of the way
 */
export function selectNodes(
  gridYears: ArrayLike<number>,
  expiryYears: ArrayLike<number>,
  between = 4,
): number[] {
  const chosen = new Set<number>();
  let previous = 0;
  for (let e = 0; e < expiryYears.length; e++) {
    const steps = between + 1;
    for (let i = e === 0 ? steps : 1; i <= steps; i++) {
      chosen.add(nearest(gridYears, previous + ((expiryYears[e] - previous) * i) / steps));
    }
    previous = expiryYears[e];
  }
  return [...chosen].sort((a, b) => a - b);
}

function nearest(grid: ArrayLike<number>, t: number): number {
  let best = 0;
  for (let i = 1; i < grid.length; i++) {
    if (Math.abs(grid[i] - t) < Math.abs(grid[best] - t)) best = i;
  }
  return best;
}
