/**
 * Value and derivative of every elementwise op on vectors of float32. Both tables are total, so a new op
 * does not compile before it has both.
 */
import type { BinaryOp, UnaryOp } from "../../ir/node.ts";
import { each, read, type Vector, type VectorLocal } from "./vector.ts";
import type { VectorMath } from "./vectorMath.ts";

/** Value of the op at locals a (and b). */
export const unaryValue: { readonly [K in UnaryOp]: (m: VectorMath, a: VectorLocal) => Vector } = {
  neg: (_, a) => each("f32x4.neg", read(a)),
  exp: (m, a) => m.exp(a),
  log: (m, a) => m.log(a),
  sqrt: (_, a) => each("f32x4.sqrt", read(a)),
  tanh: (m, a) => m.tanh(a),
  sigmoid: (m, a) => m.sigmoid(a),
  softplus: (m, a) => m.softplus(a),
  silu: (m, a) => each("f32x4.mul", read(a), m.sigmoid(a)),
  normCdf: (m, a) => m.normCdf(a),
  abs: (_, a) => each("f32x4.abs", read(a)),
  round: (_, a) => each("f32x4.nearest", read(a)),
  reciprocal: (m, a) => each("f32x4.div", m.constant(1), read(a)),
  square: (_, a) => each("f32x4.mul", read(a), read(a)),
};

export const binaryValue: { readonly [K in BinaryOp]: (a: Vector, b: Vector) => Vector } = {
  add: (a, b) => each("f32x4.add", a, b),
  sub: (a, b) => each("f32x4.sub", a, b),
  mul: (a, b) => each("f32x4.mul", a, b),
  div: (a, b) => each("f32x4.div", a, b),
  // pmax(x, y) = x < y ? y : x: one instruction; ties and NaN keep the first operand
  max: (a, b) => each("f32x4.pmax", a, b),
  min: (a, b) => each("f32x4.pmin", a, b),
};

/** Which primal values a derivative reads. */
export interface Reads {
  readonly operands: readonly ("a" | "b")[];
  readonly value: boolean;
}

/** g · d op / d a, given the operand a and/or the value y as declared in `reads`. */
export interface UnaryAdjoint {
  readonly reads: Reads;
  readonly rule: (m: VectorMath, g: VectorLocal, a: VectorLocal, y: VectorLocal) => Vector;
}

const fromValue: Reads = { operands: [], value: true };
const fromOperand: Reads = { operands: ["a"], value: false };
const fromBoth: Reads = { operands: ["a"], value: true };
const fromNothing: Reads = { operands: [], value: false };

export const unaryAdjoint: { readonly [K in UnaryOp]: UnaryAdjoint } = {
  neg: { reads: fromNothing, rule: (_, g) => each("f32x4.neg", read(g)) },
  exp: { reads: fromValue, rule: (_, g, _a, y) => each("f32x4.mul", read(g), read(y)) },
  log: { reads: fromOperand, rule: (_, g, a) => each("f32x4.div", read(g), read(a)) },
  // at 0 the one-sided derivative is infinite; 0 is used, so that sqrt(max(v, 0)) never makes NaN
  sqrt: {
    reads: fromValue,
    rule: (m, g, _, y) =>
      m.whenPositive(
        read(y),
        each("f32x4.div", each("f32x4.mul", read(g), m.constant(0.5)), read(y)),
        m.constant(0),
      ),
  },
  tanh: {
    reads: fromValue,
    rule: (m, g, _, y) => each("f32x4.mul", read(g), m.nmadd(read(y), read(y), m.constant(1))),
  },
  sigmoid: {
    reads: fromValue,
    rule: (m, g, _, y) => each("f32x4.mul", read(g), m.nmadd(read(y), read(y), read(y))),
  },
  softplus: { reads: fromOperand, rule: (m, g, a) => each("f32x4.mul", read(g), m.sigmoid(a)) },
  silu: {
    reads: fromBoth,
    rule: (m, g, a, y) => {
      const s = m.keep(m.sigmoid(a));
      return each(
        "f32x4.mul",
        read(g),
        m.madd(read(y), each("f32x4.sub", m.constant(1), read(s)), read(s)),
      );
    },
  },
  normCdf: { reads: fromOperand, rule: (m, g, a) => each("f32x4.mul", read(g), m.normPdf(a)) },
  abs: {
    reads: fromOperand,
    rule: (m, g, a) => {
      const negativeOrZero = m.whenPositive(
        each("f32x4.neg", read(a)),
        each("f32x4.neg", read(g)),
        m.constant(0),
      );
      return m.whenPositive(read(a), read(g), negativeOrZero);
    },
  },
  round: { reads: fromNothing, rule: (_, g) => read(g) },
  reciprocal: {
    reads: fromValue,
    rule: (_, g, _a, y) =>
      each("f32x4.neg", each("f32x4.mul", read(g), each("f32x4.mul", read(y), read(y)))),
  },
  square: {
    reads: fromOperand,
    rule: (_, g, a) => each("f32x4.mul", read(g), each("f32x4.add", read(a), read(a))),
  },
};

/** g · d op / d a and g · d op / d b. */
export interface BinaryAdjoint {
  readonly readsA: Reads;
  readonly readsB: Reads;
  readonly a: (
    m: VectorMath,
    g: VectorLocal,
    a: VectorLocal,
    b: VectorLocal,
    y: VectorLocal,
  ) => Vector;
  readonly b: (
    m: VectorMath,
    g: VectorLocal,
    a: VectorLocal,
    b: VectorLocal,
    y: VectorLocal,
  ) => Vector;
}

const needs = (operands: Reads["operands"], value = false): Reads => ({ operands, value });

export const binaryAdjoint: { readonly [K in BinaryOp]: BinaryAdjoint } = {
  add: { readsA: fromNothing, readsB: fromNothing, a: (_, g) => read(g), b: (_, g) => read(g) },
  sub: {
    readsA: fromNothing,
    readsB: fromNothing,
    a: (_, g) => read(g),
    b: (_, g) => each("f32x4.neg", read(g)),
  },
  mul: {
    readsA: needs(["b"]),
    readsB: needs(["a"]),
    a: (_, g, _a, b) => each("f32x4.mul", read(g), read(b)),
    b: (_, g, a) => each("f32x4.mul", read(g), read(a)),
  },
  div: {
    readsA: needs(["b"]),
    readsB: needs(["b"], true),
    a: (_, g, _a, b) => each("f32x4.div", read(g), read(b)),
    b: (_, g, _a, b, y) =>
      each("f32x4.neg", each("f32x4.div", each("f32x4.mul", read(g), read(y)), read(b))),
  },
  max: {
    readsA: needs(["a", "b"]),
    readsB: needs(["a", "b"]),
    a: (_, g, a, b) => each("v128.and", read(g), each("f32x4.ge", read(a), read(b))),
    b: (_, g, a, b) => each("v128.and", read(g), each("f32x4.lt", read(a), read(b))),
  },
  min: {
    readsA: needs(["a", "b"]),
    readsB: needs(["a", "b"]),
    a: (_, g, a, b) => each("v128.and", read(g), each("f32x4.ge", read(b), read(a))),
    b: (_, g, a, b) => each("v128.and", read(g), each("f32x4.lt", read(b), read(a))),
  },
};

/** Derivative of an activation from its value, where that is possible: what a dense layer's epilogue can undo. */
export const activationSlopeFromValue: {
  readonly [K in UnaryOp]?: (m: VectorMath, y: VectorLocal) => Vector;
} = {
  tanh: (m, y) => m.nmadd(read(y), read(y), m.constant(1)),
  sigmoid: (m, y) => m.nmadd(read(y), read(y), read(y)),
};
