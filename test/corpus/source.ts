/** What the files of the corpus list: a program, named parameters, and a plan for any number of paths. */
import type { Plan } from "../../src/backend/backend.ts";
import type { ParamValues, Program } from "../../src/ir/index.ts";

export interface CorpusSource {
  readonly program: Program;
  readonly params: ParamValues;
  readonly makePlan: (paths: number) => Plan;
}

/** The columns dt and sqrtDt of a grid whose steps grow by a quarter from first to last: [column][step]. */
export function unevenGrid(steps: number, years: number): readonly Float64Array[] {
  const weights = Float64Array.from({ length: steps }, (_, i) => 1 + i / (4 * steps));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const dt = weights.map((weight) => (years * weight) / total);
  return [dt, dt.map(Math.sqrt)];
}
