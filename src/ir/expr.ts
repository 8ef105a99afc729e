/**
 * Traced values: what a user's `init`, `step`, `observe` and `row` functions compute with.
 *
 * An `Expr` is an immutable tree that remembers which stage of which program it was traced in, its extent
 * and the words to use for it in an error. Numbers are constants and belong to no stage. Trees share
 * subtrees freely; `lower.ts` turns the outputs of one stage into one graph without repetition.
 */
import { InputError, ShapeError } from "../num/errors.ts";
import type { BinaryOp, Extent, UnaryOp } from "./node.ts";

/** The four functions a program is traced from. */
export type StageName = "init" | "step" | "observe" | "row";

/** Identity of one traced function: two values can meet only if their stages are the same object. */
export interface Stage {
  readonly program: string;
  readonly name: StageName;
}

/** What an expression computes, its inputs being expressions. */
export type Body =
  | { readonly op: "const"; readonly value: number }
  | { readonly op: "param"; readonly offset: number }
  | {
      readonly op: "paramAt";
      readonly offset: number;
      readonly length: number;
      readonly column: number;
    }
  | { readonly op: "table" | "state" | "noise" | "observed"; readonly index: number }
  | { readonly op: UnaryOp; readonly a: Expr }
  | { readonly op: BinaryOp; readonly a: Expr; readonly b: Expr }
  | { readonly op: "select"; readonly a: Expr; readonly b: Expr; readonly c: Expr }
  | { readonly op: "stack"; readonly parts: readonly Expr[] }
  | { readonly op: "element"; readonly a: Expr; readonly row: number }
  | {
      readonly op: "dense";
      readonly a: Expr;
      readonly outputs: number;
      readonly weight: number;
      readonly bias: number;
    };

const traced: unique symbol = Symbol("traced expression");

/** A traced value: opaque, made and combined by the functions of `ops.ts`. */
export interface Expr {
  readonly extent: Extent;
  /** Rows per path: 1 unless the extent is `vector`. */
  readonly size: number;
  /** The user's name for it: `s.x`, `p.vol`, or what was given to `named`. */
  readonly label?: string;
  readonly [traced]: { readonly body: Body; readonly stage: Stage | undefined };
}

/** A traced value or a plain number. */
export type Num = Expr | number;

/** Makes an expression; `stage` is undefined only for constants. */
export function makeExpr(
  body: Body,
  extent: Extent,
  size: number,
  stage: Stage | undefined,
  label?: string,
): Expr {
  return { extent, size, ...(label === undefined ? {} : { label }), [traced]: { body, stage } };
}

/** What the expression computes. */
export function bodyOf(expr: Expr): Body {
  return expr[traced].body;
}

/** The stage in which it was traced; undefined for a constant. */
export function stageOf(expr: Expr): Stage | undefined {
  return expr[traced].stage;
}

/** Is this something made by `makeExpr`? */
export function isExpr(value: unknown): value is Expr {
  return typeof value === "object" && value !== null && traced in value;
}

/** A constant as an expression. */
export function constant(value: number): Expr {
  return makeExpr({ op: "const", value }, "uniform", 1, undefined);
}

/** The value of a constant expression, undefined for anything else. */
export function constantValue(expr: Expr): number | undefined {
  const body = bodyOf(expr);
  return body.op === "const" ? body.value : undefined;
}

/**
 * A number or expression as an expression.
 *
 * Throws    InputError when it is neither, or a number that is NaN; `where` begins the message
 */
export function toExpr(where: string, value: Num): Expr {
  if (isExpr(value)) return value;
  if (typeof value === "number" && !Number.isNaN(value)) return constant(value);
  throw new InputError(
    `${where}: expected a traced value or a number, got ${typeof value === "number" ? "NaN" : describeForeign(value)}. ` +
      "Pass a value of p, s, z, t or o, or something computed from them.",
  );
}

function describeForeign(value: unknown): string {
  if (Array.isArray(value)) return "an array (take one element of it)";
  if (typeof value === "function") return "a function (a network must be applied to its inputs)";
  if (typeof value === "object" && value !== null && "element" in value)
    return "a vector parameter (use .element(i) or .at(table))";
  return value === null ? "null" : typeof value;
}

/** The inputs of an expression, in order. */
export function inputsOf(expr: Expr): readonly Expr[] {
  const body = bodyOf(expr);
  if ("parts" in body) return body.parts;
  if ("c" in body) return [body.a, body.b, body.c];
  if ("b" in body) return [body.a, body.b];
  return "a" in body ? [body.a] : [];
}

/** The user's words for a value, shortened in depth: `mul(s.v, exp(…))`. */
export function describe(expr: Expr, depth = 2): string {
  if (expr.label !== undefined) return expr.label;
  const value = constantValue(expr);
  if (value !== undefined) return String(value);
  if (depth === 0) return "…";
  const inputs = inputsOf(expr);
  const shown = inputs.length > 4 ? [...inputs.slice(0, 2), undefined, inputs.at(-1)] : inputs;
  const words = shown.map((input) => (input === undefined ? "…" : describe(input, depth - 1)));
  return `${bodyOf(expr).op}(${words.join(", ")})`;
}

/**
 * The one stage that all the given values belong to; undefined when all are constants.
 *
 * Throws    InputError when two of them were traced in different stages or programs
 */
export function commonStage(where: string, values: readonly Expr[]): Stage | undefined {
  let owner: Expr | undefined;
  for (const value of values) {
    const stage = stageOf(value);
    if (stage === undefined) continue;
    if (owner === undefined) owner = value;
    else if (stageOf(owner) !== stage)
      throw new InputError(
        `${where}: expected values of one stage, got ${describe(owner)} of ${stageWords(stageOf(owner))} ` +
          `and ${describe(value)} of ${stageWords(stage)}. ` +
          "Carry a value to a later stage as a state or an observed value; take parameters from the p of the same stage.",
      );
  }
  return owner === undefined ? undefined : stageOf(owner);
}

/** "stage step of neural sde" */
export function stageWords(stage: Stage | undefined): string {
  return stage === undefined ? "no stage" : `stage ${stage.name} of ${stage.program}`;
}

/**
 * Refuses vectors where one number per path is needed.
 *
 * Throws    ShapeError naming the expression
 */
export function requireScalar(where: string, expr: Expr): void {
  if (expr.extent === "vector")
    throw new ShapeError(
      `${where}: expected one number per path, got ${describe(expr)} with ${expr.size} rows. Take one row with element(vector, row).`,
    );
}
