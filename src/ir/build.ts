/**
 * Tracing: from four TypeScript functions to a program.
 *
 * Each function is called once with symbolic values. Control flow in it (loops over factors, conditions on
 * options) runs at trace time and leaves no trace; conditions on traced values are written with `select`,
 * `max` and `min`.
 *
 * @example
 *   const gbm = defineProgram({
 *     name: "gbm",
 *     params: { vol: scalar() },
 *     factors: 1,
 *     stepTables: ["dt", "sqrtDt"],
 *     init: () => ({ x: 0 }),
 *     step: ({ p, s, z, t }) => ({
 *       x: add(s.x, sub(mul(p.vol, mul(t.sqrtDt, z[0])), mul(0.5, mul(square(p.vol), t.dt)))),
 *     }),
 *     observe: ({ s }) => ({ forward: exp(s.x) }),
 *   });
 */
import { InputError } from "../num/errors.ts";
import { checkProgram } from "./check.ts";
import type { Expr, Num, Stage, StageName } from "./expr.ts";
import { describe, requireScalar, stageOf, stageWords, toExpr } from "./expr.ts";
import type { ParamHandles } from "./handles.ts";
import { leafRecord, noiseLeaves, paramHandles } from "./handles.ts";
import { lower } from "./lower.ts";
import type { Graph, Program } from "./node.ts";
import type { ParamSpec } from "./paramSpec.ts";
import { layOutParams } from "./paramSpec.ts";

type Specs = { readonly [key: string]: ParamSpec };
type Traced<K extends string> = { readonly [name in K]: Expr };
type Returned<K extends string> = { readonly [name in K]: Num };

/** What `init` receives: parameters and the initial normals. */
export interface InitInputs<P extends Specs> {
  readonly p: ParamHandles<P>;
  readonly z: readonly Expr[];
}
/** What `step` receives: parameters, state before the step, normals and tables of the step. */
export interface StepInputs<P extends Specs, S extends string, T extends string> {
  readonly p: ParamHandles<P>;
  readonly s: Traced<S>;
  readonly z: readonly Expr[];
  readonly t: Traced<T>;
}
/** What `observe` receives: parameters and the state at the date. */
export interface ObserveInputs<P extends Specs, S extends string> {
  readonly p: ParamHandles<P>;
  readonly s: Traced<S>;
}
/** What `row` receives: parameters, what was observed at the row's date, and the tables of the row. */
export interface RowInputs<P extends Specs, O extends string, R extends string> {
  readonly p: ParamHandles<P>;
  readonly o: Traced<O>;
  readonly t: Traced<R>;
}

/** The source of a program. */
export interface ProgramSpec<
  P extends Specs,
  S extends string,
  O extends string,
  T extends string,
  R extends string,
> {
  readonly name: string;
  readonly params: P;
  /** Standard normals per step. */
  readonly factors: number;
  /** Standard normals of `init`; 0 by default. */
  readonly initialNormals?: number;
  /** Names of the values that depend on the step only; their numbers belong to the plan. */
  readonly stepTables?: readonly T[];
  /** Names of the values that depend on the row only. */
  readonly rowTables?: readonly R[];
  /** State at time 0; its keys name the state. */
  readonly init: (inputs: InitInputs<P>) => Returned<S>;
  /** State after one step, with the same keys. */
  readonly step: (inputs: StepInputs<P, NoInfer<S>, T>) => Returned<NoInfer<S>>;
  /** Values read at the dates; its keys name them. */
  readonly observe: (inputs: ObserveInputs<P, NoInfer<S>>) => Returned<O>;
  /** The value of a row, to be averaged over the paths. */
  readonly row?: (inputs: RowInputs<P, NoInfer<O>, R>) => Num;
}

/**
 * Traces a program.
 *
 * Throws    InputError when a stage returns other keys, uses a value of another stage or an unknown name;
 *           ShapeError when a vector stands where one number per path is needed
 */
export function defineProgram<
  const P extends Specs,
  S extends string,
  O extends string,
  const T extends string = never,
  const R extends string = never,
>(spec: ProgramSpec<P, S, O, T, R>): Program {
  const { name, factors, initialNormals = 0, stepTables = [], rowTables = [] } = spec;
  const layout = layOutParams(spec.params);
  const stages = {
    init: { program: name, name: "init" },
    step: { program: name, name: "step" },
    observe: { program: name, name: "observe" },
    row: { program: name, name: "row" },
  } as const satisfies { [K in StageName]: Stage };
  const p = (stage: Stage) => paramHandles(stage, layout.placed) as ParamHandles<P>;

  const initial = spec.init({ p: p(stages.init), z: noiseLeaves(stages.init, initialNormals) });
  const stateNames = namesOf(stages.init, initial) as S[];
  const next = spec.step({
    p: p(stages.step),
    s: leafRecord(stages.step, "s", "state", stateNames) as Traced<S>,
    z: noiseLeaves(stages.step, factors),
    t: leafRecord(stages.step, "t", "table", stepTables) as Traced<T>,
  });
  requireSameKeys(stages.step, stateNames, namesOf(stages.step, next));
  const seen = spec.observe({
    p: p(stages.observe),
    s: leafRecord(stages.observe, "s", "state", stateNames) as Traced<S>,
  });
  const observedNames = namesOf(stages.observe, seen) as O[];
  const payoff = spec.row?.({
    p: p(stages.row),
    o: leafRecord(stages.row, "o", "observed", observedNames) as Traced<O>,
    t: leafRecord(stages.row, "t", "table", rowTables) as Traced<R>,
  });

  const program: Program = {
    name,
    params: layout.segments,
    paramCount: layout.count,
    stateNames,
    factors,
    initialNormals,
    stepTables,
    observedNames,
    rowTables,
    init: graphOf(stages.init, stateNames, initial),
    step: graphOf(stages.step, stateNames, next),
    observe: graphOf(stages.observe, observedNames, seen),
    ...(payoff === undefined ? {} : { row: graphOf(stages.row, ["row"], { row: payoff }) }),
  };
  checkProgram(program);
  return program;
}

function namesOf(stage: Stage, values: unknown): readonly string[] {
  const isRecord = typeof values === "object" && values !== null && !Array.isArray(values);
  const names = isRecord ? Object.keys(values) : [];
  if (names.length === 0)
    throw new InputError(
      `${stage.name} of ${stage.program}: expected a record of named values, got ${isRecord ? "an empty record" : typeof values}. ` +
        "Return { name: value, … }.",
    );
  return names;
}

function requireSameKeys(
  stage: Stage,
  expected: readonly string[],
  actual: readonly string[],
): void {
  if (expected.length === actual.length && actual.every((key) => expected.includes(key))) return;
  throw new InputError(
    `${stage.name} of ${stage.program}: expected the keys of init (${expected.join(", ")}), got ${actual.join(", ")}. ` +
      "Return every state component once.",
  );
}

function graphOf(
  stage: Stage,
  names: readonly string[],
  values: { readonly [name: string]: Num },
): Graph {
  const outputs = names.map((name) => {
    const where = `${stage.name} of ${stage.program}, ${name}`;
    const expr = toExpr(where, values[name]);
    requireScalar(where, expr);
    const owner = stageOf(expr);
    if (owner !== undefined && owner !== stage)
      throw new InputError(
        `${where}: expected a value of stage ${stage.name}, got ${describe(expr)} of ${stageWords(owner)}. ` +
          "Compute it from the arguments of this stage.",
      );
    return expr;
  });
  return lower(outputs);
}
