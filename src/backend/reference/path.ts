/**
 * One path of a program: simulated forward with everything kept, and swept in reverse.
 *
 *   state[0] = init, state[i+1] = step(state[i]), observed[d] = observe(state[date d])
 *
 * The reverse sweep starts from adjoints of the observed values, λ_obs[d], and goes back in time:
 *
 *   λ[i] = (∂step/∂state)ᵀ λ[i+1] + (∂observe/∂state)ᵀ λ_obs[d]   when date d is step i.
 */
import type { TapeLayout } from "../../grad/layout.ts";
import { layOutTape } from "../../grad/layout.ts";
import type { Program } from "../../ir/node.ts";
import type { PathNoise, Plan } from "../backend.ts";
import type { Leaves } from "./evaluate.ts";
import { evaluate, outputsOf, reverse } from "./evaluate.ts";

/** The graphs of a program, laid out. */
export interface Stages {
  readonly program: Program;
  readonly plan: Plan;
  readonly init: TapeLayout;
  readonly step: TapeLayout;
  readonly observe: TapeLayout;
  readonly row: TapeLayout | undefined;
}

/** Lays out the graphs of a program. */
export function layOutStages(program: Program, plan: Plan): Stages {
  const { init, step, observe, row } = program;
  return {
    program,
    plan,
    init: layOutTape(init),
    step: layOutTape(step),
    observe: layOutTape(observe),
    row: row === undefined ? undefined : layOutTape(row),
  };
}

/** Everything computed on one path. */
export interface PathRecord {
  /** [step 0 … steps][component] */
  readonly states: readonly Float64Array[];
  /** [date][component] */
  readonly observed: readonly Float64Array[];
}

const empty = new Float64Array(0);
const nothing = (): number => Number.NaN;

function initLeaves({ plan }: Stages, theta: Float64Array, noise: PathNoise, path: number): Leaves {
  return {
    theta,
    table: nothing,
    noise: (index) => noise.initial[index * plan.paths + path],
    state: empty,
    observed: empty,
  };
}

function stepLeaves(
  { program, plan }: Stages,
  theta: Float64Array,
  noise: PathNoise,
  path: number,
  step: number,
  state: Float64Array,
): Leaves {
  return {
    theta,
    table: (column) => plan.stepTables[column][step],
    noise: (index) => noise.increments[(step * program.factors + index) * plan.paths + path],
    state,
    observed: empty,
  };
}

function observeLeaves(theta: Float64Array, state: Float64Array): Leaves {
  return { theta, table: nothing, noise: nothing, state, observed: empty };
}

function rowLeaves({ plan }: Stages, theta: Float64Array, row: number, observed: Float64Array) {
  const table = (column: number): number => plan.rowTables[column][row];
  return { theta, table, noise: nothing, state: empty, observed };
}

/** Simulates one path. */
export function simulatePath(
  stages: Stages,
  theta: Float64Array,
  noise: PathNoise,
  path: number,
): PathRecord {
  const { plan } = stages;
  const initial = evaluate(stages.init, initLeaves(stages, theta, noise, path));
  const states = [outputsOf(stages.init, initial)];
  for (let step = 0; step < plan.steps; step++) {
    const leaves = stepLeaves(stages, theta, noise, path, step, states[step]);
    states.push(outputsOf(stages.step, evaluate(stages.step, leaves)));
  }
  const observed = Array.from(plan.dates, (date) =>
    outputsOf(stages.observe, evaluate(stages.observe, observeLeaves(theta, states[date]))),
  );
  return { states, observed };
}

/** The value of every row on one path: [row]. */
export function rowValues(stages: Stages, theta: Float64Array, record: PathRecord): Float64Array {
  const { plan, row: layout } = stages;
  if (layout === undefined) return empty;
  return Float64Array.from(plan.rowDate as ArrayLike<number>, (date, row) => {
    const leaves = rowLeaves(stages, theta, row, record.observed[date]);
    return outputsOf(layout, evaluate(layout, leaves))[0];
  });
}

/**
 * Reverse of one row on one path: adds `cotangent` · ∂row/∂theta to `thetaAdjoint` and
 * `cotangent` · ∂row/∂observed to `observedAdjoint` [component].
 */
export function reverseRow(
  stages: Stages,
  theta: Float64Array,
  record: PathRecord,
  row: number,
  cotangent: number,
  thetaAdjoint: Float64Array,
  observedAdjoint: Float64Array,
): void {
  const { plan, row: layout } = stages;
  if (layout === undefined) return;
  const leaves = rowLeaves(stages, theta, row, record.observed[plan.rowDate[row]]);
  const value = evaluate(layout, leaves);
  const into = { theta: thetaAdjoint, state: empty, observed: observedAdjoint };
  reverse(layout, leaves, value, [cotangent], into);
}

/**
 * Reverse of the whole path: adds to `thetaAdjoint` the derivative of
 * Σ observedAdjoint[date][component] · observed[date][component].
 */
export function reversePath(
  stages: Stages,
  theta: Float64Array,
  noise: PathNoise,
  path: number,
  record: PathRecord,
  observedAdjoint: readonly Float64Array[],
  thetaAdjoint: Float64Array,
): void {
  const { program, plan } = stages;
  const components = program.stateNames.length;
  const dateOfStep = new Map(Array.from(plan.dates, (date, d) => [date, d] as const));
  let lambda = new Float64Array(components);
  const addObservation = (step: number): void => {
    const date = dateOfStep.get(step);
    if (date === undefined) return;
    const leaves = observeLeaves(theta, record.states[step]);
    const into = { theta: thetaAdjoint, state: lambda, observed: empty };
    reverse(stages.observe, leaves, evaluate(stages.observe, leaves), observedAdjoint[date], into);
  };
  for (let step = plan.steps - 1; step >= 0; step--) {
    addObservation(step + 1);
    const leaves = stepLeaves(stages, theta, noise, path, step, record.states[step]);
    const before = new Float64Array(components);
    const into = { theta: thetaAdjoint, state: before, observed: empty };
    reverse(stages.step, leaves, evaluate(stages.step, leaves), lambda, into);
    lambda = before;
  }
  const leaves = initLeaves(stages, theta, noise, path);
  const into = { theta: thetaAdjoint, state: empty, observed: empty };
  reverse(stages.init, leaves, evaluate(stages.init, leaves), lambda, into);
}
