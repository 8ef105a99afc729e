/**
 * The surface of rough Bergomi: the conditionally lognormal laws of the fit's own paths at every expiry and at dates
 * between them.
 *
 * The same paths at all dates make a martingale up to Monte Carlo error; `buildSurface` divides that out and orders
 * the laws, so that the surface has no static arbitrage anywhere. Before the first node and after the last one,
 * volatility at fixed k is flat in time.
 */
import { conditionalLaws } from "../../pricing/index.ts";
import {
  buildSurface,
  type ModelSurface,
  selectNodes,
  surfaceOfVariance,
} from "../../surface/index.ts";
import type { RoughBergomiPoint } from "./search.ts";
import type { Simulation } from "./simulation.ts";

/** Largest ratio of neighbouring nodes' times. */
const nodeRatio = 1.3;

/** The surface at a point of the search.
 *
 * Shape   years [expiry]: the dates of the simulation's grid
 */
export function roughBergomiSurface(
  { hurst, eta, rho, xi }: RoughBergomiPoint,
  { grid, sumsAt }: Simulation,
  years: ArrayLike<number>,
): ModelSurface {
  const nodes = selectNodes(grid.times.subarray(1), years, nodeRatio).map((i) => i + 1);
  const laws = conditionalLaws(
    sumsAt(hurst, eta, nodes),
    rho,
    nodes.map((step) => xi[grid.interval[step - 1]]),
  );
  const dates = nodes.map((step) => grid.times[step]);
  const surface = buildSurface({ years: dates, nodes: laws });
  const { yearsMin, yearsMax } = surface.domain;
  return surfaceOfVariance(years, (k, t) => {
    const held = Math.min(Math.max(t, yearsMin), yearsMax);
    return (surface.totalVariance(k, held) * t) / held;
  });
}
