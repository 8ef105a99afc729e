/**
 * Linear programs by HiGHS, as WebAssembly: in Node and in browsers alike, loaded once, on first use.
 *
 *   minimise cᵀx  subject to  rowLower ≤ A x ≤ rowUpper,  colLower ≤ x ≤ colUpper
 *
 * Programs are written row by row with `LinearProgramBuilder`; A is sparse. The simplex method ends at a vertex, so a
 * variable that rests on its bound has exactly that value: quotes that a repair does not move are moved by exactly 0.
 *
 * Source  Huangfu & Hall (2018), Parallelizing the dual revised simplex method (HiGHS)
 */
import type { Highs } from "highs";
import { NumericalError } from "../num/errors.ts";

/** A program under construction. */
export interface LinearProgramBuilder {
  /** Adds a variable and returns its index. */
  column(cost: number, lower?: number, upper?: number): number;
  /** Adds a constraint; terms are pairs of column and coefficient. Columns do not repeat. */
  row(lower: number, upper: number, terms: readonly (readonly [number, number])[]): void;
  readonly size: { readonly columns: number; readonly rows: number };
  /** Solves the program as it stands.
   *
   * Throws  NumericalError when it has no optimum or HiGHS gives up
   */
  solve(where: string): Promise<LinearSolution>;
}

export interface LinearSolution {
  /** [column] */
  readonly values: Float64Array;
  readonly objective: number;
}

/** Feasibility of rows and of reduced costs; the smallest that HiGHS accepts. */
const feasibilityTolerance = 1e-10;

let runtime: Promise<Highs> | undefined;

/** The solver, loaded once. */
function highs(): Promise<Highs> {
  // The package declares its types as CommonJS, so TypeScript looks for the loader one `default` too deep.
  runtime ??= import("highs").then((module) =>
    (module.default as unknown as () => Promise<Highs>)(),
  );
  return runtime;
}

/** An empty program. */
export function linearProgram(): LinearProgramBuilder {
  const costs: number[] = [];
  const colLower: number[] = [];
  const colUpper: number[] = [];
  const rowLower: number[] = [];
  const rowUpper: number[] = [];
  const starts: number[] = [0];
  const indices: number[] = [];
  const values: number[] = [];
  return {
    column(cost, lower = 0, upper = Infinity) {
      costs.push(cost);
      colLower.push(lower);
      colUpper.push(upper);
      return costs.length - 1;
    },
    row(lower, upper, terms) {
      for (const [column, value] of terms) {
        if (value === 0) continue;
        indices.push(column);
        values.push(value);
      }
      starts.push(indices.length);
      rowLower.push(lower);
      rowUpper.push(upper);
    },
    get size() {
      return { columns: costs.length, rows: rowLower.length };
    },
    async solve(where) {
      const solver = await highs();
      return solver.withModel((model) => {
        model.options.set({
          output_flag: false,
          solver: "simplex",
          primal_feasibility_tolerance: feasibilityTolerance,
          dual_feasibility_tolerance: feasibilityTolerance,
        });
        model.passModel({
          numCols: costs.length,
          numRows: rowLower.length,
          colCost: costs,
          colLower,
          colUpper,
          rowLower,
          rowUpper,
          matrix: {
            format: "csr",
            numCols: costs.length,
            numRows: rowLower.length,
            starts,
            indices,
            values,
          },
        });
        const { modelStatus } = model.run();
        const solution = Float64Array.from(model.getSolution().colValue);
        if (modelStatus !== solver.constants.modelStatus.optimal) {
          throw new NumericalError(
            `${where}: expected the linear program (${rowLower.length} rows, ${costs.length} columns) to have an optimum, got HiGHS status ${modelStatus}. Check the quotes for values that are far out of scale.`,
            solution,
          );
        }
        return {
          values: solution,
          objective: costs.reduce((sum, c, i) => sum + c * solution[i], 0),
        };
      });
    },
  };
}
