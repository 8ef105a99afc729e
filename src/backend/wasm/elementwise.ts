/**
 * Value and derivative of every elementwise op on four float32 lanes. Both tables are total, so a new op
 * does not compile before it has both.
 */
import type { BinaryOp, UnaryOp } from "../../ir/node.ts";
import type { Code } from "./encode.ts";
import { get, type Local, op } from "./instructions.ts";
import type { VectorMath } from "./vectorMath.ts";

/** Value of the op at locals a (and b). */
export const unaryValue: { readonly [K in UnaryOp]: (m: VectorMath, a: Local) => Code } = {
  neg: (_, a) => op("f32x4.neg", get(a)),
  exp: (m, a) => m.exp(a),
  log: (m, a) => m.log(a),
  sqrt: (_, a) => op("f32x4.sqrt", get(a)),
  tanh: (m, a) => m.tanh(a),
  sigmoid: (m, a) => m.sigmoid(a),
  softplus: (m, a) => m.softplus(a),
  silu: (m, a) => op("f32x4.mul", get(a), m.sigmoid(a)),
  normCdf: (m, a) => m.normCdf(a),
  abs: (_, a) => op("f32x4.abs", get(a)),
  reciprocal: (m, a) => op("f32x4.div", m.constant(1), get(a)),
  square: (_, a) => op("f32x4.mul", get(a), get(a)),
};

export const binaryValue: { readonly [K in BinaryOp]: (a: Code, b: Code) => Code } = {
  add: (a, b) => op("f32x4.add", a, b),
  sub: (a, b) => op("f32x4.sub", a, b),
  mul: (a, b) => op("f32x4.mul", a, b),
  div: (a, b) => op("f32x4.div", a, b),
  // pmax(x, y) = x < y ? y : x: one instruction; ties and NaN keep the first operand
  max: (a, b) => op("f32x4.pmax", a, b),
  min: (a, b) => op("f32x4.pmin", a, b),
};

/** Which primal values a derivative reads. */
export interface Reads {
  readonly operands: readonly ("a" | "b")[];
  readonly value: boolean;
}

/** g · d op / d a, given the operand a and/or the value y as declared in `reads`. */
export interface UnaryAdjoint {
  readonly reads: Reads;
  readonly rule: (m: VectorMath, g: Local, a: Local, y: Local) => Code;
}

const fromValue: Reads = { operands: [], value: true };
const fromOperand: Reads = { operands: ["a"], value: false };
const fromBoth: Reads = { operands: ["a"], value: true };
const fromNothing: Reads = { operands: [], value: false };

export const unaryAdjoint: { readonly [K in UnaryOp]: UnaryAdjoint } = {
  neg: { reads: fromNothing, rule: (_, g) => op("f32x4.neg", get(g)) },
  exp: { reads: fromValue, rule: (_, g, _a, y) => op("f32x4.mul", get(g), get(y)) },
  log: { reads: fromOperand, rule: (_, g, a) => op("f32x4.div", get(g), get(a)) },
  // at 0 the one-sided derivative is infinite; 0 is used, so that sqrt(max(v, 0)) never makes NaN
  sqrt: {
    reads: fromValue,
    rule: (m, g, _, y) =>
      m.whenPositive(
        get(y),
        op("f32x4.div", op("f32x4.mul", get(g), m.constant(0.5)), get(y)),
        m.constant(0),
      ),
  },
  tanh: {
    reads: fromValue,
    rule: (m, g, _, y) => op("f32x4.mul", get(g), m.nmadd(get(y), get(y), m.constant(1))),
  },
  sigmoid: {
    reads: fromValue,
    rule: (m, g, _, y) => op("f32x4.mul", get(g), m.nmadd(get(y), get(y), get(y))),
  },
  softplus: { reads: fromOperand, rule: (m, g, a) => op("f32x4.mul", get(g), m.sigmoid(a)) },
  silu: {
    reads: fromBoth,
    rule: (m, g, a, y) => {
      const s = m.keep(m.sigmoid(a));
      return op(
        "f32x4.mul",
        get(g),
        m.madd(get(y), op("f32x4.sub", m.constant(1), get(s)), get(s)),
      );
    },
  },
  normCdf: { reads: fromOperand, rule: (m, g, a) => op("f32x4.mul", get(g), m.normPdf(a)) },
  abs: {
    reads: fromOperand,
    rule: (m, g, a) => {
      const negativeOrZero = m.whenPositive(
        op("f32x4.neg", get(a)),
        op("f32x4.neg", get(g)),
        m.constant(0),
      );
      return m.whenPositive(get(a), get(g), negativeOrZero);
    },
  },
  reciprocal: {
    reads: fromValue,
    rule: (_, g, _a, y) =>
      op("f32x4.neg", op("f32x4.mul", get(g), op("f32x4.mul", get(y), get(y)))),
  },
  square: {
    reads: fromOperand,
    rule: (_, g, a) => op("f32x4.mul", get(g), op("f32x4.add", get(a), get(a))),
  },
};

/** g · d op / d a and g · d op / d b. */
export interface BinaryAdjoint {
  readonly readsA: Reads;
  readonly readsB: Reads;
  readonly a: (m: VectorMath, g: Local, a: Local, b: Local, y: Local) => Code;
  readonly b: (m: VectorMath, g: Local, a: Local, b: Local, y: Local) => Code;
}

const needs = (operands: Reads["operands"], value = false): Reads => ({ operands, value });

export const binaryAdjoint: { readonly [K in BinaryOp]: BinaryAdjoint } = {
  add: { readsA: fromNothing, readsB: fromNothing, a: (_, g) => get(g), b: (_, g) => get(g) },
  sub: {
    readsA: fromNothing,
    readsB: fromNothing,
    a: (_, g) => get(g),
    b: (_, g) => op("f32x4.neg", get(g)),
  },
  mul: {
    readsA: needs(["b"]),
    readsB: needs(["a"]),
    a: (_, g, _a, b) => op("f32x4.mul", get(g), get(b)),
    b: (_, g, a) => op("f32x4.mul", get(g), get(a)),
  },
  div: {
    readsA: needs(["b"]),
    readsB: needs(["b"], true),
    a: (_, g, _a, b) => op("f32x4.div", get(g), get(b)),
    b: (_, g, _a, b, y) =>
      op("f32x4.neg", op("f32x4.div", op("f32x4.mul", get(g), get(y)), get(b))),
  },
  max: {
    readsA: needs(["a", "b"]),
    readsB: needs(["a", "b"]),
    a: (_, g, a, b) => op("v128.and", get(g), op("f32x4.ge", get(a), get(b))),
    b: (_, g, a, b) => op("v128.and", get(g), op("f32x4.lt", get(a), get(b))),
  },
  min: {
    readsA: needs(["a", "b"]),
    readsB: needs(["a", "b"]),
    a: (_, g, a, b) => op("v128.and", get(g), op("f32x4.ge", get(b), get(a))),
    b: (_, g, a, b) => op("v128.and", get(g), op("f32x4.lt", get(b), get(a))),
  },
};

/** Derivative of an activation from its value, where that is possible: what a dense layer's epilogue can undo. */
export const activationSlopeFromValue: {
  readonly [K in UnaryOp]?: (m: VectorMath, y: Local) => Code;
} = {
  tanh: (m, y) => m.nmadd(get(y), get(y), m.constant(1)),
  sigmoid: (m, y) => m.nmadd(get(y), get(y), get(y)),
};
