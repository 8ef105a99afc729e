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

/** A constraint: lower ≤ Σ coefficient · x[column] ≤ upper. Columns do not repeat. */
export interface LinearRow {
  readonly lower: number;
  readonly upper: number;
  /** Pairs of column and coefficient. */
  readonly terms: readonly (readonly [number, number])[];
}

/** A program under construction. */
export interface LinearProgramBuilder {
  /** Adds a variable and returns its index. */
  column(cost: number, lower?: number, upper?: number): number;
  /** Adds a constraint. */
  row(lower: number, upper: number, terms: LinearRow["terms"]): void;
  readonly size: { readonly columns: number; readonly rows: number };
  /** Solves the program as it stands. `cuts` may answer a solution with further rows that it breaks: the program is then
   * solved again from there, until none are left.
   *
   * Throws  NumericalError when it has no optimum or HiGHS gives up
   */
  solve(
    where: string,
    cuts?: (values: Float64Array) => readonly LinearRow[],
  ): Promise<LinearSolution>;
}

export interface LinearSolution {
  /** [column] */
  readonly values: Float64Array;
  readonly objective: number;
  /** Times that it was solved: 1 without cuts. */
  readonly rounds: number;
}

/** Ways to solve, the next where one fails. Presolve costs more than it saves on these programs. The first tolerance of
 * rows is the smallest that HiGHS accepts; that of reduced costs bounds what an objective of about 1 may be off by. */
const attempts = [
  ["off", "simplex", 1e-10],
  ["on", "simplex", 1e-9],
  ["on", "ipm", 1e-8],
].map(([presolve, solver, tolerance]) => ({
  presolve,
  solver,
  primal_feasibility_tolerance: tolerance,
  dual_feasibility_tolerance: 1e-8,
}));

/** Rounds of cuts before giving up. */
const mostRounds = 500;

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
  const rows: LinearRow[] = [];
  return {
    column(cost, lower = 0, upper = Infinity) {
      costs.push(cost);
      colLower.push(lower);
      colUpper.push(upper);
      return costs.length - 1;
    },
    row(lower, upper, terms) {
      rows.push({ lower, upper, terms });
    },
    get size() {
      return { columns: costs.length, rows: rows.length };
    },
    async solve(where, cuts) {
      const solver = await highs();
      const program = { costs, colLower, colUpper, rows: [...rows] };
      const reasons: string[] = [];
      for (const options of attempts) {
        const outcome = attempt(solver, program, options, cuts);
        if (typeof outcome !== "string") return outcome;
        reasons.push(outcome);
      }
      throw new NumericalError(
        `${where}: expected an optimum of the linear program (${program.rows.length} rows, ${costs.length} columns), got ${reasons.join(", then ")} from HiGHS. Check the quotes for values far out of scale.`,
      );
    },
  };
}

interface WrittenProgram {
  readonly costs: readonly number[];
  readonly colLower: readonly number[];
  readonly colUpper: readonly number[];
  /** Grows by the cuts. */
  readonly rows: LinearRow[];
}

/** Solves once, with cuts until none are left; the reason when that fails. */
function attempt(
  solver: Highs,
  { costs, colLower, colUpper, rows }: WrittenProgram,
  options: (typeof attempts)[number],
  cuts: ((values: Float64Array) => readonly LinearRow[]) | undefined,
): LinearSolution | string {
  const numCols = costs.length;
  try {
    return solver.withModel((model) => {
      model.options.set({ output_flag: false, ...options });
      const { lower, upper, matrix } = packed(rows, numCols);
      model.passModel({
        numCols,
        numRows: rows.length,
        colCost: costs,
        colLower,
        colUpper,
        rowLower: lower,
        rowUpper: upper,
        matrix,
      });
      for (let round = 1; round <= mostRounds; round++) {
        const { modelStatus } = model.run();
        if (modelStatus !== solver.constants.modelStatus.optimal) return `status ${modelStatus}`;
        const values = Float64Array.from(model.getSolution().colValue);
        const more = cuts?.(values) ?? [];
        if (more.length === 0) {
          const objective = costs.reduce((sum, c, i) => sum + c * values[i], 0);
          return { values, objective, rounds: round };
        }
        rows.push(...more);
        model.addRows(packed(more, numCols));
      }
      return `cuts without end after ${mostRounds} rounds`;
    });
  } catch (error) {
    // HiGHS reports its own failures by exceptions; anything else is ours
    if (error instanceof solver.errors.HighsError) return error.message;
    throw error;
  }
}

/** Rows as HiGHS takes them. */
function packed(rows: readonly LinearRow[], numCols: number) {
  const starts: number[] = [0];
  const indices: number[] = [];
  const values: number[] = [];
  for (const { terms } of rows) {
    for (const [column, value] of terms) {
      if (value === 0) continue;
      indices.push(column);
      values.push(value);
    }
    starts.push(indices.length);
  }
  return {
    lower: Float64Array.from(rows, (row) => row.lower),
    upper: Float64Array.from(rows, (row) => row.upper),
    matrix: {
      format: "csr" as const,
      numCols,
      numRows: rows.length,
      starts: Int32Array.from(starts),
      indices: Int32Array.from(indices),
      values: Float64Array.from(values),
    },
  };
}
