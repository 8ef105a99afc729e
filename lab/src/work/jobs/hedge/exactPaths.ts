/** The exact hedge let loose on simulated prices: what it loses and pays on each. */
import type { Oracle, OracleProblem } from "volterra/hedging";

/** Losses and costs of one option hedged exactly, closing included.
 *
 * Shape   spots [date + 1][path] → losses, costs [path]
 */
export function exactLosses(
  problem: OracleProblem,
  oracle: Oracle,
  spots: readonly Float64Array[],
): { readonly losses: Float64Array; readonly costs: Float64Array } {
  const { strike, type, dates, proportionalCost, unwindCost = 0, sold = 1 } = problem;
  const paths = spots[0].length;
  const losses = new Float64Array(paths);
  const costs = new Float64Array(paths);
  for (let path = 0; path < paths; path++) {
    let [held, loss, cost] = [0, 0, 0];
    for (let date = 0; date < dates; date++) {
      const [spot, next] = [spots[date][path], spots[date + 1][path]];
      const { low, high } = oracle.band(date, spot);
      const wanted = Math.min(Math.max(held, low), high);
      cost += proportionalCost * spot * Math.abs(wanted - held);
      held = wanted;
      loss -= held * (next - spot);
    }
    const last = spots[dates][path];
    cost += unwindCost * last * Math.abs(held);
    const owed = sold * Math.max(0, type === "call" ? last - strike : strike - last);
    losses[path] = loss + cost + owed;
    costs[path] = cost;
  }
  return { losses, costs };
}
