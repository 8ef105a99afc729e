/** From mixtures at a grid of times to a surface: discretise each node, then order them in time. */
import { InputError } from "../num/errors.ts";
import { coarsen, raiseTo } from "./calendar.ts";
import { discretise, scaleOf } from "./discretise.ts";
import { trim, type LatticeMeasure } from "./measure.ts";
import { checkSurfaceInput, nodeAt, type SurfaceInput } from "./mixture.ts";
import { quoteClock } from "./quoteClock.ts";
import { surfaceOf, type Surface } from "./surface.ts";

/** Atoms past which an option is worth less than this are cut after ordering (units of F). */
const negligiblePrice = 1e-20;

/** Arbitrage-free surface of lognormal mixtures; dates between `expiries`, where there are any, on the quotes' clock
 * (quoteClock.ts).
 *
 * Shape     years [node], each node's arrays [path]; expiries [expiry], some of the years
 * Units     years; log-moneyness ln(K/F); total variance σ²T
 * Throws    InputError or ShapeError as `checkSurfaceInput`
 */
export function buildSurface(input: SurfaceInput, expiries: ArrayLike<number> = []): Surface {
  checkSurfaceInput(input);
  const { nodes } = input;
  const scales = Array.from({ length: nodes.length }, (_, n) => scaleOf(nodeAt(nodes, n)));
  const steps = latticeSteps(scales.map((s) => s.step));
  const measures: LatticeMeasure[] = [];
  for (let n = 0; n < nodes.length; n++) {
    const own = discretise(nodeAt(nodes, n), scales[n], steps[n]);
    const before = measures[n - 1];
    measures.push(before === undefined ? own : trimmed(raiseTo(own, onStep(before, steps[n]))));
  }
  return surfaceOf({
    years: quoteClock(input.years, measures, expiries),
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

/** Which times of a simulation's grid to make nodes: the expiries, and times between neighbours in equal ratios
 * of at most `ratio`.
 *
 * Between nodes prices are mixed, which fattens wings: halfway, volatility at z standard deviations is too high
 * by a share (ratio − 1)²(z² − 1)/32 of itself, 0.1 % at z = 2 for the default.
 *
 * Shape     gridYears [grid], expiryYears [expiry], both increasing → indices into gridYears, increasing
 * Throws    InputError unless ratio > 1
 */
export function selectNodes(
  gridYears: ArrayLike<number>,
  expiryYears: ArrayLike<number>,
  ratio = 1.1,
): number[] {
  if (!(ratio > 1)) {
    throw new InputError(`selectNodes: expected ratio > 1, got ${ratio}. 1.1 is the default.`);
  }
  const chosen = new Set<number>();
  for (let e = 0; e < expiryYears.length; e++) {
    const to = expiryYears[e];
    const from = e === 0 ? to : expiryYears[e - 1];
    const steps = Math.max(1, Math.ceil(Math.log(to / from) / Math.log(ratio) - 1e-9));
    for (let i = 1; i <= steps; i++) {
      chosen.add(nearest(gridYears, i === steps ? to : from * (to / from) ** (i / steps)));
    }
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
