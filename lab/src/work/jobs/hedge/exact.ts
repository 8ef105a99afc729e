/** The exact optimum, where there is one: its price, and its band over the spot at every date. */
import { solveOracle } from "volterra/hedging";
import type { Job } from "../../protocol.ts";
import { type Holding, spotsOf } from "./curves.ts";
import { deskOf, type HedgeTask, turn } from "./desk.ts";

export type ExactHedge =
  | {
      readonly price: number;
      readonly spots: readonly number[];
      readonly bands: readonly Holding[];
    }
  | { readonly reason: string };

/** Coarser than the library's default, which takes seconds: prices agree to a few parts in 100,000. */
export const exactGrid = { stepsPerDeviation: 4, positionStep: 0.01 } as const;
/** Above this many dates a page does not solve it. */
export const mostDates = 120;

export const exactHedge: Job<HedgeTask, ExactHedge | null> = async (task, { signal }) => {
  await turn();
  if (signal.aborted) return null;
  const { problem, oracle } = deskOf(task);
  if ("reason" in oracle) return oracle;
  const { dates } = oracle.problem;
  if (dates > mostDates) return { reason: `there are more than ${mostDates} trading dates` };
  const { scale, problem: own } = oracle;
  const solved = solveOracle(own, exactGrid);
  const spots = spotsOf(problem);
  const bands = Array.from({ length: dates }, (_, date) => {
    const found = spots.map((spot) => solved.band(date, spot));
    return {
      low: found.map(({ low }) => scale * low),
      high: found.map(({ high }) => scale * high),
    };
  });
  return { price: scale * solved.price, spots, bands };
};
