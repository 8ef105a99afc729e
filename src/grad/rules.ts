/**
 * Reverse rules: how the adjoint of a node's value passes to its inputs and to the leaves.
 *
 * For y = f(a, b, …) and adjoint ȳ = ∂L/∂y every rule adds to the adjoints of the inputs,
 *
 *   ā += ȳ · ∂f/∂a.
 *
 * The table is total over `Op`: adding an op without a rule does not compile. Conventions at kinks, which
 * every backend follows: max and min give a tie to the first argument, select passes the adjoint to the
 * chosen branch only, and the derivatives of abs and sqrt at 0 are 0 (a truncated variance √max(v, 0) would
 * otherwise turn 0·∞ into NaN), and round passes the adjoint on as if nothing were rounded.
 */
import type { BinaryNode, BinaryOp, Node, Op, UnaryNode, UnaryOp } from "../ir/node.ts";
import { logistic, normDensity } from "../ir/scalar.ts";

/** The tape of one graph on one path, and where the adjoints of its leaves go. */
export interface ReverseTape {
  /** Parameters and their adjoints: [param]. */
  readonly theta: Float64Array;
  readonly thetaAdjoint: Float64Array;
  /** Step tables of this step: the integer columns choose the parameter of `paramAt`. */
  readonly table: (column: number) => number;
  /** Adjoints of the state on entry, and of the observed values (row stage). */
  readonly stateAdjoint: Float64Array;
  readonly observedAdjoint: Float64Array;
  /** [tape position] values and adjoints; node i occupies `size` numbers from start[i]. */
  readonly start: readonly number[];
  readonly value: Float64Array;
  readonly adjoint: Float64Array;
}

type NodeOf<K extends Op> = Extract<Node, { readonly op: K }>;

/** Passes on the adjoint of a node whose value begins at tape position `at`. */
export type Rule<K extends Op> = (node: NodeOf<K>, at: number, tape: ReverseTape) => void;

/** Derivative of each unary op, from its argument x and its value y. */
export const unaryDerivative: { readonly [K in UnaryOp]: (x: number, y: number) => number } = {
  neg: () => -1,
  exp: (_x, y) => y,
  log: (x) => 1 / x,
  sqrt: (_x, y) => (y === 0 ? 0 : 0.5 / y),
  tanh: (_x, y) => 1 - y * y,
  sigmoid: (_x, y) => y * (1 - y),
  softplus: (x) => logistic(x),
  silu: (x, y) => logistic(x) + y * (1 - logistic(x)),
  normCdf: (x) => normDensity(x),
  abs: (x) => Math.sign(x),
  round: () => 1,
  reciprocal: (_x, y) => -y * y,
  square: (x) => 2 * x,
};

function unary(op: UnaryOp): (node: UnaryNode, at: number, tape: ReverseTape) => void {
  return (node, at, { start, value, adjoint }) => {
    for (let r = 0; r < node.size; r++) {
      const a = start[node.a] + r;
      adjoint[a] += adjoint[at + r] * unaryDerivative[op](value[a], value[at + r]);
    }
  };
}

/** Partial derivatives [∂y/∂a, ∂y/∂b] of each binary op. */
export const binaryDerivatives: {
  readonly [K in BinaryOp]: (a: number, b: number) => readonly [number, number];
} = {
  add: () => [1, 1],
  sub: () => [1, -1],
  mul: (a, b) => [b, a],
  div: (a, b) => [1 / b, -a / (b * b)],
  max: (a, b) => (a >= b ? [1, 0] : [0, 1]),
  min: (a, b) => (a <= b ? [1, 0] : [0, 1]),
};

function binary(op: BinaryOp): (node: BinaryNode, at: number, tape: ReverseTape) => void {
  return (node, at, { start, value, adjoint }) => {
    const a = start[node.a];
    const b = start[node.b];
    const [byA, byB] = binaryDerivatives[op](value[a], value[b]);
    // Zero partials are skipped, not multiplied: an infinite adjoint must not become NaN in the branch not taken.
    if (byA !== 0) adjoint[a] += adjoint[at] * byA;
    if (byB !== 0) adjoint[b] += adjoint[at] * byB;
  };
}

/** The reverse rule of every op. */
export const reverseRules: { readonly [K in Op]: Rule<K> } = {
  const: () => {},
  table: () => {},
  noise: () => {},
  param: (node, at, tape) => {
    tape.thetaAdjoint[node.offset] += tape.adjoint[at];
  },
  paramAt: (node, at, tape) => {
    tape.thetaAdjoint[node.offset + tape.table(node.column)] += tape.adjoint[at];
  },
  state: (node, at, tape) => {
    tape.stateAdjoint[node.index] += tape.adjoint[at];
  },
  observed: (node, at, tape) => {
    tape.observedAdjoint[node.index] += tape.adjoint[at];
  },
  neg: unary("neg"),
  exp: unary("exp"),
  log: unary("log"),
  sqrt: unary("sqrt"),
  tanh: unary("tanh"),
  sigmoid: unary("sigmoid"),
  softplus: unary("softplus"),
  silu: unary("silu"),
  normCdf: unary("normCdf"),
  abs: unary("abs"),
  round: unary("round"),
  reciprocal: unary("reciprocal"),
  square: unary("square"),
  add: binary("add"),
  sub: binary("sub"),
  mul: binary("mul"),
  div: binary("div"),
  max: binary("max"),
  min: binary("min"),
  select: (node, at, { start, value, adjoint }) => {
    const chosen = value[start[node.a]] > 0 ? node.b : node.c;
    adjoint[start[chosen]] += adjoint[at];
  },
  stack: (node, at, { start, adjoint }) => {
    for (const [r, part] of node.parts.entries()) adjoint[start[part]] += adjoint[at + r];
  },
  element: (node, at, { start, adjoint }) => {
    adjoint[start[node.a] + node.row] += adjoint[at];
  },
  dense: (node, at, { theta, thetaAdjoint, start, value, adjoint }) => {
    const a = start[node.a];
    for (let r = 0; r < node.size; r++) {
      const out = adjoint[at + r];
      const weight = node.weight + r * node.inputs;
      thetaAdjoint[node.bias + r] += out;
      for (let k = 0; k < node.inputs; k++) {
        thetaAdjoint[weight + k] += out * value[a + k];
        adjoint[a + k] += out * theta[weight + k];
      }
    }
  },
};

/** Applies the rule of one node. */
export function applyReverseRule(node: Node, at: number, tape: ReverseTape): void {
  // The union over ops loses the tie between the rule and its node, which the table's type guarantees.
  (reverseRules[node.op] as Rule<Op>)(node, at, tape);
}
