/**
 * What a stage function receives: records of traced values that refuse unknown names.
 *
 * TypeScript already rejects `t.dtt`; the guard does the same for plain JavaScript and for keys computed
 * at run time, where `undefined` would otherwise travel on and fail far from its cause.
 */
import { InputError, ShapeError } from "../num/errors.ts";
import type { Expr, Num, Stage } from "./expr.ts";
import { bodyOf, commonStage, describe, isExpr, makeExpr, stageOf, toExpr } from "./expr.ts";
import type { Activation } from "./ops.ts";
import { dense, element, sigmoid, silu, softplus, stack, tanh } from "./ops.ts";
import type { MlpSpec, ParamSpec, PlacedParam, ScalarSpec, VectorSpec } from "./paramSpec.ts";

/** A vector parameter inside a stage. */
export interface VectorParam {
  readonly length: number;
  /** Element `i`, fixed at trace time. */
  element(i: number): Expr;
  /** The element whose index stands in a step table (a column of integers), one per step. */
  at(table: Expr): Expr;
}

/** A network parameter inside a stage: apply it to its inputs. */
export type NetworkParam = (inputs: readonly Num[]) => readonly Expr[];

/** How a parameter appears inside a stage. */
export type ParamHandle<S extends ParamSpec> = S extends ScalarSpec
  ? Expr
  : S extends VectorSpec
    ? VectorParam
    : S extends MlpSpec
      ? NetworkParam
      : never;

/** The parameters of a program inside a stage. */
export type ParamHandles<P extends { readonly [key: string]: ParamSpec }> = {
  readonly [K in keyof P]: ParamHandle<P[K]>;
};

const applyActivation: { readonly [K in Activation]: (a: Num) => Expr } = {
  tanh,
  silu,
  softplus,
  sigmoid,
};

/** Leaves of one kind, by name: `s.x`, `t.dt`, `o.forward`. */
export function leafRecord(
  stage: Stage,
  letter: string,
  op: "table" | "state" | "observed",
  names: readonly string[],
): { readonly [name: string]: Expr } {
  const extent = op === "table" ? "uniform" : "path";
  const entries = names.map((name, index) => {
    return [name, makeExpr({ op, index }, extent, 1, stage, `${letter}.${name}`)] as const;
  });
  return guarded(letter, stage, Object.fromEntries(entries));
}

/** The standard normals of a stage: z[0], z[1], … */
export function noiseLeaves(stage: Stage, count: number): readonly Expr[] {
  const leaves = Array.from({ length: count }, (_, index) =>
    makeExpr({ op: "noise", index }, "path", 1, stage, `z[${index}]`),
  );
  return new Proxy(leaves, {
    get(target, key, receiver): unknown {
      if (typeof key === "string" && /^\d+$/.test(key) && Number(key) >= count)
        throw new InputError(
          `z of stage ${stage.name} of ${stage.program}: expected an index below ${count}, got ${key}. ` +
            `Raise ${stage.name === "init" ? "initialNormals" : "factors"}.`,
        );
      return Reflect.get(target, key, receiver);
    },
  });
}

/** The parameters of a program as seen in one stage. */
export function paramHandles(stage: Stage, placed: readonly PlacedParam[]): object {
  const entries = placed.map((param) => [param.key, paramHandle(stage, param)] as const);
  return guarded("p", stage, Object.fromEntries(entries));
}

function paramHandle(stage: Stage, param: PlacedParam): Expr | VectorParam | NetworkParam {
  const { spec } = param;
  if (spec.kind === "scalar") return paramLeaf(stage, param.offset, `p.${param.key}`);
  if (spec.kind === "vector") return vectorHandle(stage, param.key, param.offset, spec.length);
  return networkHandle(stage, param, spec);
}

function paramLeaf(stage: Stage, offset: number, label: string): Expr {
  return makeExpr({ op: "param", offset }, "uniform", 1, stage, label);
}

function vectorHandle(stage: Stage, key: string, offset: number, length: number): VectorParam {
  return {
    length,
    element(i) {
      if (!Number.isInteger(i) || i < 0 || i >= length)
        throw new InputError(
          `p.${key}.element: expected an index in 0 … ${length - 1}, got ${i}. Correct the index.`,
        );
      return paramLeaf(stage, offset + i, `p.${key}[${i}]`);
    },
    at(table) {
      const body = isExpr(table) ? bodyOf(table) : undefined;
      if (body?.op !== "table" || stage.name !== "step")
        throw new InputError(
          `p.${key}.at: expected a step table (t.…) in stage step, got ${isExpr(table) ? describe(table) : typeof table} ` +
            `in stage ${stage.name}. Put the indices into a step table.`,
        );
      const column = body.index;
      commonStage(`p.${key}.at`, [table, paramLeaf(stage, offset, `p.${key}`)]);
      const label = `p.${key}.at(${describe(table)})`;
      return makeExpr({ op: "paramAt", offset, length, column }, "uniform", 1, stage, label);
    },
  };
}

function networkHandle(stage: Stage, param: PlacedParam, spec: MlpSpec): NetworkParam {
  const where = `p.${param.key}`;
  const witness = paramLeaf(stage, param.offset, where);
  return (inputs) => {
    if (inputs.length !== spec.inputs)
      throw new ShapeError(
        `${where}: expected ${spec.inputs} inputs, got ${inputs.length}. Change the call or the spec of the network.`,
      );
    const values = inputs.map((input) => toExpr(where, input));
    commonStage(where, [witness, ...values]);
    let layer = stack(values);
    for (const [depth, weights] of param.layers.entries()) {
      if (depth > 0) layer = applyActivation[spec.activation](layer);
      layer = dense(layer, weights, stageOf(witness));
    }
    return Array.from({ length: spec.outputs }, (_, row) => element(layer, row));
  };
}

function guarded<T extends object>(letter: string, stage: Stage, values: T): T {
  return new Proxy(values, {
    get(target, key, receiver): unknown {
      if (typeof key === "string" && !Object.hasOwn(target, key))
        throw new InputError(
          `${letter} of stage ${stage.name} of ${stage.program}: expected one of ${Object.keys(target).join(", ") || "no names"}, ` +
            `got "${key}". Correct the name or declare it.`,
        );
      return Reflect.get(target, key, receiver);
    },
  });
}
