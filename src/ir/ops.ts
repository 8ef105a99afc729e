/**
 * The operations of the tracing language.
 *
 * Every function takes traced values or plain numbers and returns a traced value; arithmetic on plain
 * numbers is done at once, and the identities x+0, x·1, x·0, x−0, x/1 and select on a known condition are
 * applied, so that a feature switched off by a constant costs nothing. (x·0 = 0 supposes x finite.)
 * A value of extent `uniform` stays uniform as long as it meets no `path` value.
 */
import { InputError, ShapeError } from "../num/errors.ts";
import type { Expr, Num } from "./expr.ts";
import {
  bodyOf,
  commonStage,
  constant,
  constantValue,
  describe,
  makeExpr,
  requireScalar,
  stageOf,
  toExpr,
} from "./expr.ts";
import type { BinaryOp, UnaryOp } from "./node.ts";
import { binaryValue, selectValue, unaryValue } from "./scalar.ts";

/** The unary ops that are also defined on vectors, row by row. */
export const activations = ["tanh", "silu", "softplus", "sigmoid"] as const;

/** Name of an activation function of a network. */
export type Activation = (typeof activations)[number];

/** Is the op defined on vectors? */
export function isActivation(op: string): op is Activation {
  return (activations as readonly string[]).includes(op);
}

function unary(op: UnaryOp, value: Num): Expr {
  const a = toExpr(op, value);
  const known = constantValue(a);
  if (known !== undefined) return constant(unaryValue[op](known));
  if (a.extent === "vector" && !isActivation(op))
    throw new ShapeError(
      `${op}: expected one number per path, got ${describe(a)} with ${a.size} rows. ` +
        `Only ${activations.join(", ")} work on vectors; take one row with element(vector, row).`,
    );
  return makeExpr({ op, a }, a.extent, a.size, stageOf(a));
}

function binary(op: BinaryOp, left: Num, right: Num): Expr {
  const a = toExpr(op, left);
  const b = toExpr(op, right);
  requireScalar(op, a);
  requireScalar(op, b);
  const x = constantValue(a);
  const y = constantValue(b);
  if (x !== undefined && y !== undefined) return constant(binaryValue[op](x, y));
  const stage = commonStage(op, [a, b]);
  const extent = a.extent === "path" || b.extent === "path" ? "path" : "uniform";
  return simplified(op, a, b, x, y) ?? makeExpr({ op, a, b }, extent, 1, stage);
}

function simplified(
  op: BinaryOp,
  a: Expr,
  b: Expr,
  x: number | undefined,
  y: number | undefined,
): Expr | undefined {
  if (op === "add") return x === 0 ? b : y === 0 ? a : undefined;
  if (op === "sub") return y === 0 ? a : undefined;
  if (op === "div") return y === 1 ? a : undefined;
  if (op !== "mul") return undefined;
  if (x === 0 || y === 0) return constant(0);
  return x === 1 ? b : y === 1 ? a : undefined;
}

/** a + b */
export const add = (a: Num, b: Num): Expr => binary("add", a, b);
/** a − b */
export const sub = (a: Num, b: Num): Expr => binary("sub", a, b);
/** a · b */
export const mul = (a: Num, b: Num): Expr => binary("mul", a, b);
/** a / b */
export const div = (a: Num, b: Num): Expr => binary("div", a, b);
/** The larger of a and b; at a tie the derivative goes to a. */
export const max = (a: Num, b: Num): Expr => binary("max", a, b);
/** The smaller of a and b; at a tie the derivative goes to a. */
export const min = (a: Num, b: Num): Expr => binary("min", a, b);
/** −a */
export const neg = (a: Num): Expr => unary("neg", a);
/** e^a */
export const exp = (a: Num): Expr => unary("exp", a);
/** Natural logarithm. */
export const log = (a: Num): Expr => unary("log", a);
/** Square root; its derivative at 0 is taken as 0. */
export const sqrt = (a: Num): Expr => unary("sqrt", a);
/** Hyperbolic tangent; also on vectors. */
export const tanh = (a: Num): Expr => unary("tanh", a);
/** 1/(1+e^{−a}); also on vectors. */
export const sigmoid = (a: Num): Expr => unary("sigmoid", a);
/** ln(1+e^a); also on vectors. */
export const softplus = (a: Num): Expr => unary("softplus", a);
/** a/(1+e^{−a}); also on vectors. */
export const silu = (a: Num): Expr => unary("silu", a);
/** Standard normal distribution function. */
export const normCdf = (a: Num): Expr => unary("normCdf", a);
/** |a|; its derivative at 0 is 0. */
export const abs = (a: Num): Expr => unary("abs", a);
/** The nearest whole number, ties to even; the derivative is 1, as if nothing were rounded ("straight through"). */
export const round = (a: Num): Expr => unary("round", a);
/** 1/a */
export const reciprocal = (a: Num): Expr => unary("reciprocal", a);
/** a² */
export const square = (a: Num): Expr => unary("square", a);

/** Sum of any number of values, added from left to right; 0 when there are none. */
export function sum(...values: readonly Num[]): Expr {
  return values.reduce<Expr>((total, value) => add(total, value), constant(0));
}

/** `ifPositive` where condition > 0, `otherwise` elsewhere; the derivative flows to the chosen branch only. */
export function select(condition: Num, ifPositive: Num, otherwise: Num): Expr {
  const a = toExpr("select", condition);
  const b = toExpr("select", ifPositive);
  const c = toExpr("select", otherwise);
  for (const part of [a, b, c]) requireScalar("select", part);
  const stage = commonStage("select", [a, b, c]);
  const known = constantValue(a);
  if (known !== undefined) return selectValue(known, 1, 0) === 1 ? b : c;
  const extent = [a, b, c].some((part) => part.extent === "path") ? "path" : "uniform";
  return makeExpr({ op: "select", a, b, c }, extent, 1, stage);
}

/** A vector with the given values as its rows. */
export function stack(values: readonly Num[]): Expr {
  if (values.length === 0)
    throw new ShapeError("stack: expected at least one value, got none. Give the rows.");
  const parts = values.map((value) => toExpr("stack", value));
  for (const part of parts) requireScalar("stack", part);
  const stage = commonStage("stack", parts);
  return makeExpr({ op: "stack", parts }, "vector", parts.length, stage);
}

/** One row of a vector, as a value per path. */
export function element(vector: Expr, row: number): Expr {
  const a = toExpr("element", vector);
  if (a.extent !== "vector")
    throw new ShapeError(
      `element: expected a vector, got ${describe(a)} of extent ${a.extent}. Make one with stack or dense.`,
    );
  if (!Number.isInteger(row) || row < 0 || row >= a.size)
    throw new InputError(
      `element: expected a row in 0 … ${a.size - 1} of ${describe(a)}, got ${row}. Correct the row.`,
    );
  return makeExpr({ op: "element", a, row }, "path", 1, stageOf(a));
}

/** Weights of one affine layer in the flat parameter vector: W row-major [outputs][inputs], b [outputs]. */
export interface DenseWeights {
  readonly inputs: number;
  readonly outputs: number;
  readonly weight: number;
  readonly bias: number;
}

/**
 * W·vector + b. `stage` is the stage that the weights were taken in, when the vector is made of constants.
 *
 * Throws    ShapeError when the vector has not `inputs` rows
 */
export function dense(vector: Expr, weights: DenseWeights, stage = stageOf(vector)): Expr {
  const a = toExpr("dense", vector);
  if (a.extent !== "vector" || a.size !== weights.inputs)
    throw new ShapeError(
      `dense: expected a vector of ${weights.inputs} rows, got ${describe(a)} of extent ${a.extent} with ${a.size}. ` +
        "Give the network as many inputs as its spec says.",
    );
  const { outputs, weight, bias } = weights;
  return makeExpr({ op: "dense", a, outputs, weight, bias }, "vector", outputs, stage);
}

/** The same value under a name of the user's, shown in errors and in print. */
export function named(label: string, value: Num): Expr {
  const expr = toExpr("named", value);
  return makeExpr(bodyOf(expr), expr.extent, expr.size, stageOf(expr), label);
}
