/** A few paths with what the policy did on them: a usual one, a bad one, a good one, and the one with most trading. */
import type { Backend } from "../../backend/backend.ts";
import { type HedgePaths, hedgePaths } from "../paths.ts";
import type { MeasureTask } from "./measure.ts";
import type { ShownPath } from "./studyDocument.ts";

/** Paths to choose from. */
const choice = 1024;

/** The paths. */
export async function shownPaths(
  { config, desk, theta }: MeasureTask,
  fairValue: number,
  backend: Backend,
  threads: number,
): Promise<ShownPath[]> {
  const { problem, policy, rule } = desk;
  const options = { paths: choice, seed: config.evaluation.seed, threads };
  const own = await hedgePaths(problem, policy, theta, backend, options);
  const other = await hedgePaths(problem, rule, new Float64Array(0), backend, options);
  const byLoss = Array.from({ length: choice }, (_, path) => path).sort(
    (a, b) => own.loss[a] - own.loss[b],
  );
  const costOf = (path: number): number => own.costs.reduce((sum, byPath) => sum + byPath[path], 0);
  const dearest = byLoss.toSorted((a, b) => costOf(b) - costOf(a))[0];
  const chosen = [
    ["A usual path", byLoss[choice >> 1], "Its profit is the median."],
    ["A bad path", byLoss[Math.floor(0.975 * choice)], "One path in forty is worse."],
    ["A good path", byLoss[Math.floor(0.025 * choice)], "One path in forty is better."],
    ["The dearest path", dearest, `Of ${choice} paths the one with the highest costs.`],
  ] as const;
  return chosen.map(([title, path, note]) => ({
    title,
    note,
    days: Array.from(own.years, (years) => 365 * years),
    spot: own.spot.map((byPath) => byPath[path]),
    instruments: problem.instruments.map(({ name }, j) => ({
      name,
      price: own.prices[j].map((byPath) => byPath[path]),
      position: own.positions[j].map((byPath) => byPath[path]),
      rule: tradedBy(other, j, path),
    })),
    cost: own.positions[0].map((_, date) => paidAt(own, date, path)),
    profit: fairValue - own.loss[path],
  }));
}

/** The positions of a rule in an instrument; nothing where it never has any. */
function tradedBy({ positions }: HedgePaths, j: number, path: number): number[] | null {
  const held = positions[j].map((byPath) => byPath[path]);
  return held.some((position) => position !== 0) ? held : null;
}

/** What the trades of a date cost; closing is counted at the last. */
const paidAt = ({ paid, costs }: HedgePaths, date: number, path: number): number =>
  paid.reduce((sum, byDate, j) => {
    const upTo = date === byDate.length - 1 ? costs[j][path] : byDate[date][path];
    return sum + upTo - (date === 0 ? 0 : byDate[date - 1][path]);
  }, 0);
