/**
 * The surface of rough Bergomi: the conditionally lognormal laws of the fit's own paths at every expiry and at dates
 * between them.
 *
 * The same paths at all dates make a martingale up to Monte Carlo error; `buildSurface` divides that out and orders
 * the laws, so that the surface has no static arbitrage anywhere. Before the first node and after the last one,
 * volatility at fixed k is flat in time.
 *
 * Where total variance is so large (far above 1) that the laws' lattice cannot hold their tails, prices at the
 * expiries are summed over the paths one by one instead, and total variance is linear in time between them.
 */
import { impliedTotalStdDev } from "../../formulas/index.ts";
import { conditionalLaws } from "../../pricing/index.ts";
import {
  buildSurface,
  logMeanForward,
  type MixtureNode,
  mixtureOtmPrice,
  type ModelSurface,
  selectNodes,
  type Smile,
  surfaceOfSmiles,
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
  const smiles = smilesOf(laws, nodes, grid.dates);
  const holds = smiles.every((smile, i) =>
    isNear(smile, (k) => surface.totalVariance(k, years[i])),
  );
  if (!holds) return surfaceOfSmiles(years, smiles);
  return surfaceOfVariance(years, (k, t) => {
    const held = Math.min(Math.max(t, yearsMin), yearsMax);
    return (surface.totalVariance(k, held) * t) / held;
  });
}

/** Total variance at the expiries, by plain sums over the paths. */
function smilesOf(
  laws: readonly MixtureNode[],
  nodes: readonly number[],
  dates: ArrayLike<number>,
): Smile[] {
  return Array.from(dates, (step) => {
    const law = laws[nodes.indexOf(step)];
    const logMean = logMeanForward(law);
    return (k) => impliedTotalStdDev(mixtureOtmPrice(law, k, logMean), k) ** 2;
  });
}

/** Whether two smiles agree to 1 % of volatility around the money. */
function isNear(smile: Smile, other: Smile): boolean {
  const s = Math.sqrt(smile(0));
  return [-s, 0, s].every((k) => Math.abs(other(k) / smile(k) - 1) < 0.02);
}
