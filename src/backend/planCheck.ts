/**
 * Do a plan, its noise and its parameters fit the program? The door of every backend.
 *
 * Errors name the field with its axes, as in `plan.stepTables[1] (sqrtDt) [step]`.
 */
import { requireTheta } from "../ir/params.ts";
import type { Program } from "../ir/node.ts";
import { InputError, ShapeError } from "../num/errors.ts";
import type { PathNoise, Plan } from "./backend.ts";

/** The number of paths must be a multiple of this: the width of the blocks that kernels work on. */
const pathMultiple = 64;

/**
 * Validates a plan.
 *
 * Throws    ShapeError on a wrong length, InputError on a wrong value
 */
export function checkPlan(program: Program, plan: Plan): void {
  requireInteger("plan.steps", plan.steps, 1, Number.MAX_SAFE_INTEGER);
  requireInteger("plan.paths", plan.paths, pathMultiple, Number.MAX_SAFE_INTEGER);
  if (plan.paths % pathMultiple !== 0)
    throw new InputError(
      `plan.paths: expected a multiple of ${pathMultiple}, got ${plan.paths}. Round it up.`,
    );
  checkTables("stepTables", program.stepTables, plan.stepTables, plan.steps, "step");
  checkIncreasing("plan.dates", plan.dates, 1, plan.steps, true);
  checkIncreasing("plan.rowDate", plan.rowDate, 0, plan.dates.length - 1, false);
  if (program.row === undefined && plan.rowDate.length > 0)
    throw new InputError(
      `plan.rowDate: expected no rows, since ${program.name} has no row function, got ${plan.rowDate.length}. Add row to the program or leave rowDate empty.`,
    );
  checkTables("rowTables", program.rowTables, plan.rowTables, plan.rowDate.length, "row");
  checkParamIndices(program, plan);
}

/**
 * Validates the noise of a run.
 *
 * Throws    ShapeError naming the axes
 */
export function checkNoise(program: Program, plan: Plan, noise: PathNoise): void {
  const { steps, paths } = plan;
  const { factors, initialNormals } = program;
  const expected = steps * factors * paths;
  if (noise.increments.length !== expected)
    throw new ShapeError(
      `noise.increments: expected [step ${steps}][factor ${factors}][path ${paths}] = ${expected} numbers, got ${noise.increments.length}. Make the noise for this program and plan.`,
    );
  if (noise.initial.length !== initialNormals * paths)
    throw new ShapeError(
      `noise.initial: expected [initialNormal ${initialNormals}][path ${paths}] = ${initialNormals * paths} numbers, got ${noise.initial.length}. Make the noise for this program and plan.`,
    );
}

/**
 * Validates the parameters of a run.
 *
 * Throws    ShapeError on a wrong length, InputError on a number that is not finite, named by its segment
 */
export function checkTheta(program: Program, theta: Float64Array): void {
  requireTheta(program, theta);
  const bad = theta.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  const segment = program.params.findLast((candidate) => candidate.offset <= bad);
  throw new InputError(
    `theta: expected finite numbers, got ${theta[bad]} at ${segment?.name ?? "param"}[${bad - (segment?.offset ?? 0)}]. Correct the parameter.`,
  );
}

/**
 * Validates what a loss returned for the rows.
 *
 * Throws    ShapeError when there is not one number per row
 */
export function checkCotangents(plan: Plan, cotangents: Float64Array): void {
  if (cotangents.length !== plan.rowDate.length)
    throw new ShapeError(
      `cotangents: expected [row ${plan.rowDate.length}], got ${cotangents.length} numbers. Return d loss / d mean for every row.`,
    );
}

function requireInteger(field: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  const range = high === Number.MAX_SAFE_INTEGER ? `of at least ${low}` : `in ${low} … ${high}`;
  throw new InputError(`${field}: expected an integer ${range}, got ${value}. Correct the plan.`);
}

function checkIncreasing(
  field: string,
  values: ArrayLike<number>,
  low: number,
  high: number,
  strictly: boolean,
): void {
  for (let i = 0; i < values.length; i++) {
    requireInteger(`${field}[${i}]`, values[i], low, high);
    if (i > 0 && (values[i] < values[i - 1] || (strictly && values[i] === values[i - 1])))
      throw new InputError(
        `${field}[${i}]: expected ${strictly ? "more than" : "at least"} ${values[i - 1]}, the entry before it, got ${values[i]}. Sort ${field}.`,
      );
  }
}

function checkTables(
  field: "stepTables" | "rowTables",
  names: readonly string[],
  tables: readonly ArrayLike<number>[],
  length: number,
  axis: string,
): void {
  if (tables.length !== names.length)
    throw new ShapeError(
      `plan.${field}: expected ${names.length} columns (${names.join(", ") || "none"}), got ${tables.length}. Give one array per name, in this order.`,
    );
  for (const [column, name] of names.entries()) {
    const table = tables[column];
    const where = `plan.${field}[${column}] (${name})`;
    if (table.length !== length)
      throw new ShapeError(
        `${where}: expected [${axis} ${length}], got ${table.length} numbers. Give one number per ${axis}.`,
      );
    for (let i = 0; i < length; i++)
      if (!Number.isFinite(table[i]))
        throw new InputError(
          `${where}[${i}]: expected a finite number, got ${table[i]}. Correct the table.`,
        );
  }
}

function checkParamIndices(program: Program, plan: Plan): void {
  for (const node of program.step.nodes) {
    if (node.op !== "paramAt") continue;
    const field = `plan.stepTables[${node.column}] (${program.stepTables[node.column]})`;
    const table = plan.stepTables[node.column];
    for (let i = 0; i < table.length; i++)
      requireInteger(`${field}[${i}]`, table[i], 0, node.length - 1);
  }
}
